/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Unpacking gzip, zstd and lz4 as a stream. Files that were put one behind the other unpack to
 * their contents one behind the other, as these tools' own programs do.
 */
#ifndef FEISCOPE_SNIFFER_SOURCE_UNPACK_H
#define FEISCOPE_SNIFFER_SOURCE_UNPACK_H

#include <stddef.h>
#include <stdint.h>

/** Compressions. */
typedef enum { UNPACK_NONE, UNPACK_GZIP, UNPACK_ZSTD, UNPACK_LZ4 } UnpackFormat;

/** Bytes that unpack_recognise and unpack_skippable want to see. */
enum { UNPACK_MAGIC = 4, UNPACK_SKIPPABLE = 8 };

/** An unpacker, with a buffer for compressed bytes. */
typedef struct Unpacker Unpacker;

/** Reads compressed bytes; returns how many, 0 if there are no more. */
typedef size_t UnpackInput(void *context, uint8_t *to, size_t room);

/** Recognise a compression by a file's first bytes; fewer than UNPACK_MAGIC may be none. */
UnpackFormat unpack_recognise(const uint8_t *data, size_t length);

/**
 * A frame that zstd and lz4 have in common, and which holds nothing of the file: parallel
 * compressors begin with one.
 *
 * @param data at least UNPACK_SKIPPABLE bytes
 * @return how long it is with its header; 0: this is none
 */
size_t unpack_skippable(const uint8_t *data);

/**
 * Begin.
 *
 * @param first  compressed bytes that were read already; at most 256 KiB
 * @return to be freed by unpacker_free; NULL if there is no memory
 */
Unpacker *unpacker_new(UnpackFormat format, UnpackInput *input, void *context, const uint8_t *first,
                       size_t length);

/** Unpack up to `room` bytes. Returns how many; 0 at the end and at a fault. */
size_t unpacker_read(Unpacker *unpacker, uint8_t *to, size_t room);

/** What is wrong after unpacker_read returned 0; NULL if that was the right end. The text lives as
 *  long as the unpacker. */
const char *unpacker_fault(const Unpacker *unpacker);

/** "gzip", "zstd" or "lz4". */
const char *unpacker_name(const Unpacker *unpacker);

/** Free; NULL is none. */
void unpacker_free(Unpacker *unpacker);

#endif
