/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A file's bytes through one buffer, unpacked if they are compressed (gzip, zstd, lz4: their magic
 * numbers tell). What is read stays where it is in the buffer, so a packet is never copied but when
 * the buffer's end falls into it.
 */
#ifndef FEISCOPE_SNIFFER_SOURCE_BYTES_H
#define FEISCOPE_SNIFFER_SOURCE_BYTES_H

#include "sniffer/source/wait.h"

#include <stddef.h>
#include <stdint.h>

/** Why there are no more bytes. */
typedef enum {
    BYTES_MORE,    /**< there are, or nobody has looked yet */
    BYTES_END,     /**< the file's end */
    BYTES_STOPPED, /**< the waiter wanted an end */
    BYTES_DAMAGED, /**< the compressed file is damaged or cut short; see message */
    BYTES_FAILED   /**< reading failed, or there is no memory; see message */
} BytesState;

/** Bytes of a file that can be read. Only the functions below change it. */
typedef struct {
    const uint8_t *at;  /**< next byte */
    const uint8_t *end; /**< behind the last byte in the buffer */
    uint8_t *buffer;
    size_t capacity;
    uint64_t base; /**< offset of buffer[0] in the unpacked file */
    int descriptor;
    bool regular; /**< a regular file, which never has to be waited for */
    BytesState state;
    const char *message; /**< of BYTES_DAMAGED and BYTES_FAILED */
    Waiter waiter;
    struct Unpacker *unpacker; /**< NULL: not compressed */
} Bytes;

/**
 * Begin to read.
 *
 * @param descriptor closed by bytes_close
 * @return false if nothing can be read; state and message say why. bytes_close is called all the
 *         same
 */
bool bytes_open(Bytes *bytes, int descriptor, const Waiter *waiter);

/** Free the buffer and close the descriptor. */
void bytes_close(Bytes *bytes);

/** The compression's name, or NULL. */
const char *bytes_compression(const Bytes *bytes);

/** Offset of the next byte in the unpacked file. */
static inline uint64_t bytes_offset(const Bytes *bytes)
{
    return bytes->base + (uint64_t)(bytes->at - bytes->buffer);
}

/** The same as bytes_need, when the buffer has not enough. */
const uint8_t *bytes_fill(Bytes *bytes, size_t need);

/**
 * Bytes that stand one behind the other. Pointers of earlier calls are no longer valid.
 *
 * @param need how many, from the next byte on
 * @return the next byte; NULL if there are fewer: bytes->state says why, and the next byte is still
 *         the same
 */
static inline const uint8_t *bytes_need(Bytes *bytes, size_t need)
{
    if ((size_t)(bytes->end - bytes->at) >= need) {
        return bytes->at;
    }
    return bytes_fill(bytes, need);
}

/** Step over bytes that bytes_need gave. */
static inline void bytes_take(Bytes *bytes, size_t count)
{
    bytes->at += count;
}

/**
 * Step over bytes, however many, without keeping them.
 *
 * @return false if there were fewer; all there were are gone
 */
bool bytes_skip(Bytes *bytes, uint64_t count);

#endif
