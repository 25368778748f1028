/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The floor of feiqdump: its reader with a loop that only counts. To be held against empty_loop.
 *
 * Usage: reader_loop FILE
 */
#include "sniffer/source/reader.h"

#include <fcntl.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    char message[CAPTURE_MESSAGE] = "usage: reader_loop FILE";
    const Waiter waiter = {.idle = NULL};
    CaptureStatus status = CAPTURE_FAILED;
    int descriptor = argc == 2 ? open(argv[1], O_RDONLY) : -1;
    Reader *reader = descriptor >= 0 ? reader_open(descriptor, &waiter, &status, message) : NULL;
    unsigned long packets = 0;
    if (reader != NULL) {
        const uint8_t *data;
        FrameRecord record;
        while ((status = reader_next(reader, &data, &record, message)) == CAPTURE_FRAME) {
            packets++;
        }
        reader_close(reader);
    }
    printf("%lu\n", packets);
    if (status != CAPTURE_END) {
        fprintf(stderr, "reader_loop: %s\n", message);
        return 1;
    }
    return 0;
}
