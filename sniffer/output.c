/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/output.h"
#include "protocol/digits.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* Large enough that a system call costs nothing per packet; grows only for a larger packet. */
enum { BUFFER_SIZE = 256 * 1024 };

bool output_open(Output *output, int descriptor)
{
    *output = (Output){.descriptor = descriptor, .capacity = BUFFER_SIZE};
    output->buffer = malloc(output->capacity);
    return output->buffer != NULL;
}

void output_flush(Output *output)
{
    size_t done = 0;
    while (done < output->used && output->error == 0) {
        ssize_t written = write(output->descriptor, output->buffer + done, output->used - done);
        if (written >= 0) {
            done += (size_t)written;
            output->written += (uint64_t)written;
        } else if (errno != EINTR) {
            output->error = errno;
        }
    }
    output->used = 0;
}

void output_close(Output *output)
{
    output_flush(output);
    free(output->buffer);
    output->buffer = NULL;
    if (close(output->descriptor) != 0 && output->error == 0) {
        output->error = errno;
    }
}

char *output_more_room(Output *output, size_t need)
{
    output_flush(output);
    if (need > output->capacity) {
        char *larger = realloc(output->buffer, need);
        if (larger == NULL) {
            output->error = ENOMEM;
            return NULL;
        }
        output->buffer = larger;
        output->capacity = need;
    }
    return output->buffer;
}

void output_repeat(Output *output, char c, size_t times)
{
    char *to = output_room(output, times);
    if (to != NULL) {
        memset(to, c, times);
        output->used += times;
    }
}

void output_number(Output *output, unsigned long long number, size_t width)
{
    char digits[FS_MOST_DIGITS];
    size_t n = (size_t)(fs_put_decimal(digits, number) - digits);
    if (width > n) {
        output_repeat(output, ' ', width - n);
    }
    output_bytes(output, digits, n);
}
