/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/capture.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct Capture {
    Reader *reader;
    CaptureFilter *filter;
};

Capture *capture_open_file(int descriptor, CaptureFilter *filter, const Waiter *waiter,
                           CaptureStatus *status, char message[CAPTURE_MESSAGE])
{
    Capture *capture = malloc(sizeof *capture);
    if (capture == NULL) {
        *status = CAPTURE_FAILED;
        (void)snprintf(message, CAPTURE_MESSAGE, "%s", strerror(ENOMEM));
        (void)close(descriptor);
        return NULL;
    }
    capture->filter = filter;
    capture->reader = reader_open(descriptor, waiter, status, message);
    if (capture->reader == NULL) {
        free(capture);
        return NULL;
    }
    return capture;
}

CaptureStatus capture_next(Capture *capture, const uint8_t **data, FrameRecord *record,
                           char message[CAPTURE_MESSAGE])
{
    CaptureStatus status;
    do {
        status = reader_next(capture->reader, data, record, message);
        if (status != CAPTURE_FRAME || capture->filter == NULL) {
            return status;
        }
        status = capture_filter_match(capture->filter, record, *data, message);
    } while (status == CAPTURE_END);
    return status;
}

void capture_close(Capture *capture)
{
    reader_close(capture->reader);
    free(capture);
}
