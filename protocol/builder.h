/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Writing a packet into a caller's buffer: what the builders beside the decoders share.
 *
 * A builder is a pure function: it allocates nothing and writes only into the buffer it is given.
 * It returns the number of bytes of the packet, or one of the two negative values below; then the
 * buffer holds nothing of use.
 */
#ifndef FEISCOPE_PROTOCOL_BUILDER_H
#define FEISCOPE_PROTOCOL_BUILDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
    FS_NO_ROOM = -1,   /**< the buffer is too small */
    FS_IMPOSSIBLE = -2 /**< the protocol has no way to say this; each builder lists when */
};

/** Bytes that are read, not owned: text in whatever encoding the packet has, or octets. */
typedef struct {
    const uint8_t *data; /**< may be NULL if length is 0 */
    size_t length;       /**< in bytes */
} FsBytes;

/** Bytes of a C string without its NUL; NULL is no bytes. */
static inline FsBytes fs_bytes(const char *text)
{
    return (FsBytes){(const uint8_t *)text, text == NULL ? 0 : strlen(text)};
}

/** Does `byte` stand in the bytes? */
static inline bool fs_contains(FsBytes bytes, uint8_t byte)
{
    return bytes.length > 0 && memchr(bytes.data, byte, bytes.length) != NULL;
}

/** A packet being written. */
typedef struct {
    uint8_t *out;
    size_t capacity;
    size_t used;
    ptrdiff_t error; /**< 0, FS_NO_ROOM or FS_IMPOSSIBLE; the first one stays */
} FsBuilder;

/** Begin a packet in a buffer of `capacity` bytes. */
static inline FsBuilder fs_builder(uint8_t *out, size_t capacity)
{
    return (FsBuilder){out, capacity, 0, 0};
}

/** End a packet: its length, or the first error. */
static inline ptrdiff_t fs_built(const FsBuilder *b)
{
    return b->error != 0 ? b->error : (ptrdiff_t)b->used;
}

/** Note that the protocol cannot say what was asked, if that is so. */
static inline void fs_refuse_if(FsBuilder *b, bool impossible)
{
    if (impossible && b->error == 0) {
        b->error = FS_IMPOSSIBLE;
    }
}

/** Append octets. */
void fs_put(FsBuilder *b, FsBytes bytes);

/** Append one octet. */
void fs_put_byte(FsBuilder *b, uint8_t byte);

/** Append one octet `count` times. */
void fs_put_fill(FsBuilder *b, uint8_t byte, size_t count);

/** Append a C string without its NUL. */
void fs_put_string(FsBuilder *b, const char *text);

/** Append a decimal number of at least `width` characters, blanks in front. */
void fs_put_decimal(FsBuilder *b, uint64_t number, unsigned width);

/** Append a hexadecimal number in lower case, at least `digits` digits, zeros in front. */
void fs_put_hex(FsBuilder *b, uint64_t number, unsigned digits);

#endif
