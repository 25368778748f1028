/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Where frames come from: a capture file, or the network.
 */
#ifndef FEISCOPE_SNIFFER_CAPTURE_H
#define FEISCOPE_SNIFFER_CAPTURE_H

#include "sniffer/source/capture_filter.h"
#include "sniffer/source/reader.h"

/** An open capture. */
typedef struct Capture Capture;

/**
 * Open a capture file: pcap or pcapng, also compressed.
 *
 * @param descriptor closed by capture_close, and if NULL is returned
 * @param filter     which frames to read, or NULL; must live as long as the capture
 * @param status     why it could not be opened: see reader_open
 * @param message    what is wrong, without the file's name
 * @return to be freed by capture_close; NULL if it could not be opened
 */
Capture *capture_open_file(int descriptor, CaptureFilter *filter, const Waiter *waiter,
                           CaptureStatus *status, char message[CAPTURE_MESSAGE]);

/**
 * Read the next frame that the filter lets through.
 *
 * @param data    the frame, valid until the next call
 * @param record  all is set but its number and the times since other frames
 * @param message what is wrong with the source unless it is CAPTURE_FRAME or CAPTURE_END
 */
CaptureStatus capture_next(Capture *capture, const uint8_t **data, FrameRecord *record,
                           char message[CAPTURE_MESSAGE]);

/** Close and free. */
void capture_close(Capture *capture);

#endif
