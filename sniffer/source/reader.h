/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Capture files: pcap and pcapng, as they are on disk or compressed.
 *
 * Sources: draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng.
 */
#ifndef FEISCOPE_SNIFFER_SOURCE_READER_H
#define FEISCOPE_SNIFFER_SOURCE_READER_H

#include "sniffer/headers/walk.h"
#include "sniffer/source/wait.h"

/** What reading came to. */
typedef enum {
    CAPTURE_FRAME,   /**< a frame */
    CAPTURE_END,     /**< the end, or the waiter wanted one */
    CAPTURE_DAMAGED, /**< cannot be read any further */
    CAPTURE_FAILED   /**< cannot be read, or the filter is wrong */
} CaptureStatus;

/** Room for a message of a capture. */
enum { CAPTURE_MESSAGE = 512 };

/** An open file. */
typedef struct Reader Reader;

/**
 * Open a capture file of any kind; its magic numbers tell which.
 *
 * @param descriptor closed by reader_close, and if NULL is returned
 * @param status     why it could not be opened: CAPTURE_DAMAGED or CAPTURE_FAILED; CAPTURE_END if
 *                   the waiter wanted an end
 * @param message    what is wrong, without the file's name
 * @return to be freed by reader_close; NULL if it could not be opened
 */
Reader *reader_open(int descriptor, const Waiter *waiter, CaptureStatus *status,
                    char message[CAPTURE_MESSAGE]);

/**
 * Read the next frame.
 *
 * @param data    the frame, valid until the next call
 * @param record  its time, lengths, interface and comments are set, valid until the next call; the
 *                interface until the reader is closed
 * @param message what is wrong, and at which byte of the (unpacked) file, unless it is
 *                CAPTURE_FRAME or CAPTURE_END
 */
CaptureStatus reader_next(Reader *reader, const uint8_t **data, FrameRecord *record,
                          char message[CAPTURE_MESSAGE]);

/** Close and free. */
void reader_close(Reader *reader);

#endif
