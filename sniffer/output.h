/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Standard output through one large buffer. No byte is lost: short writes are continued, and an
 * error (full disk, closed pipe) is kept until the caller asks.
 */
#ifndef FEISCOPE_SNIFFER_OUTPUT_H
#define FEISCOPE_SNIFFER_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/** A buffered file descriptor. */
typedef struct {
    int descriptor;
    int error; /**< errno of the first write that failed; 0: none did. Nothing is written after */
    char *buffer;
    size_t used;
    size_t capacity;
    uint64_t written; /**< bytes that were written */
} Output;

/**
 * Begin.
 *
 * @return false if there is no memory
 */
bool output_open(Output *output, int descriptor);

/** Write what is buffered and free the buffer. The descriptor is closed; what close reports counts
 *  as an error of writing. */
void output_close(Output *output);

/** Write what is buffered. */
void output_flush(Output *output);

/**
 * Make room in the buffer.
 *
 * @param need bytes
 * @return where to write them; then add what was written to output->used. NULL if there is no
 *         memory, which is kept as an error
 */
static inline char *output_room(Output *output, size_t need);

/** The same, when the buffer has not room enough: writes it, or makes it larger. */
char *output_more_room(Output *output, size_t need);

static inline char *output_room(Output *output, size_t need)
{
    if (need > output->capacity - output->used) {
        return output_more_room(output, need);
    }
    return output->buffer + output->used;
}

/** Append bytes. */
static inline void output_bytes(Output *output, const char *bytes, size_t length)
{
    char *to = output_room(output, length);
    if (to != NULL) {
        memcpy(to, bytes, length);
        output->used += length;
    }
}

/** Append text that ends with a NUL. */
static inline void output_text(Output *output, const char *text)
{
    output_bytes(output, text, strlen(text));
}

/** Append one character. */
static inline void output_char(Output *output, char c)
{
    output_bytes(output, &c, 1);
}

/** Append a character so many times. */
void output_repeat(Output *output, char c, size_t times);

/** Append a number in decimal, to the right of a column at least `width` wide. */
void output_number(Output *output, unsigned long long number, size_t width);

#endif
