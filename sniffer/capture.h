/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Where frames come from: capture files, read by libpcap.
 */
#ifndef FEISCOPE_SNIFFER_CAPTURE_H
#define FEISCOPE_SNIFFER_CAPTURE_H

#include "sniffer/headers/walk.h"

/** What reading came to. */
typedef enum {
    CAPTURE_FRAME,   /**< a frame */
    CAPTURE_END,     /**< the end of the file */
    CAPTURE_DAMAGED, /**< the file cannot be read any further */
    CAPTURE_FAILED   /**< the file cannot be read, or the filter is wrong */
} CaptureStatus;

/** Room for a message of a capture. */
enum { CAPTURE_MESSAGE = 512 };

/** An open capture. */
typedef struct Capture Capture;

/**
 * Open a capture file, pcap or pcapng, with time stamps of any precision.
 *
 * @param name    "-" is standard input
 * @param filter  a filter in libpcap's language, or NULL
 * @param status  why it could not be opened: CAPTURE_DAMAGED or CAPTURE_FAILED
 * @param message what is wrong, without the file's name
 * @return to be freed by capture_close; NULL if it could not be opened
 */
Capture *capture_open(const char *name, const char *filter, CaptureStatus *status,
                      char message[CAPTURE_MESSAGE]);

/** The link type of its frames, as pcap_datalink gives it. */
int capture_linktype(const Capture *capture);

/**
 * Read the next frame.
 *
 * @param data    the frame, valid until the next call
 * @param record  its time and lengths are set
 * @param message what is wrong with the file if it is CAPTURE_DAMAGED
 */
CaptureStatus capture_next(Capture *capture, const uint8_t **data, FrameRecord *record,
                           char message[CAPTURE_MESSAGE]);

/** Close and free. */
void capture_close(Capture *capture);

#endif
