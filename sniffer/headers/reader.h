/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A header read field by field. The reader stops at the first byte that is not there, as
 * Wireshark's exceptions do: what was read before stays, nothing is added after, and one remark
 * says why. So a decoder is a list of what it reads, and need not ask before each field.
 */
#ifndef FEISCOPE_SNIFFER_HEADERS_READER_H
#define FEISCOPE_SNIFFER_HEADERS_READER_H

#include "sniffer/headers/walk.h"

/** Where in which header a decoder is. */
typedef struct {
    HeaderWalk *walk;
    FsPacket *packet;
    const FsField *fields; /**< of the protocol: field numbers index this */
    FsSpan span;           /**< from the header's first byte on */
    uint32_t at;           /**< the next byte, from the start of the span */
    bool stopped;          /**< a byte was wanted that is not there; nothing more is added */
    bool complete; /**< the capture lacks no byte of the packet, though span says so: of a part
                    *   that reaches beyond the packet's end */
} HeaderReader;

/** How one part of a layout takes its bytes. */
typedef enum {
    PART_NEXT, /**< bytes of its own */
    PART_WORD, /**< a word whose parts follow, one level deeper */
    PART_FLAG, /**< part of that word */
    PART_BITS  /**< part of a word that has no field of its own */
} HeaderPartKind;

/** A part of a layout: a field, and how many bytes it or its word has. */
typedef struct {
    uint16_t field;
    uint8_t length; /**< of a PART_FLAG 0: that of its word */
    uint8_t kind;   /**< HeaderPartKind */
} HeaderPart;

/* For tables of parts. PART_BITS of one word follow each other and give the same length. */
#define NEXT(field, length)                                                                        \
    {                                                                                              \
        (field), (length), PART_NEXT                                                               \
    }
#define WORD(field, length)                                                                        \
    {                                                                                              \
        (field), (length), PART_WORD                                                               \
    }
#define FLAG(field)                                                                                \
    {                                                                                              \
        (field), 0, PART_FLAG                                                                      \
    }
#define BITS(field, length)                                                                        \
    {                                                                                              \
        (field), (length), PART_BITS                                                               \
    }

/** Read a whole table of parts. */
#define READ_PARTS(reader, parts) reader_parts(reader, parts, sizeof(parts) / sizeof(parts)[0])

/** Begin to read a header. */
static inline HeaderReader reader_start(HeaderWalk *walk, const FsTable *table, FsSpan span)
{
    return (HeaderReader){walk, walk->packet, table->fields, span, 0, false, false};
}

/** Bytes from here to the end of the packet, as it was on the wire. */
static inline uint32_t reader_left(const HeaderReader *reader)
{
    return reader->at < reader->span.reported ? reader->span.reported - reader->at : 0;
}

/** Bytes from here on that were captured. */
static inline uint32_t reader_captured(const HeaderReader *reader)
{
    return reader->at < reader->span.captured ? reader->span.captured - reader->at : 0;
}

/**
 * Does the end of this reader, which has a part of a header, end the header's reader too? In what
 * an ICMP error quotes, Wireshark goes on behind a part that is cut, but for the snapshot length.
 */
static inline bool reader_part_stops(const HeaderReader *part)
{
    return part->stopped && (!part->walk->inside_error || part->walk->truncated);
}

/** The next byte, or the end of what was captured; valid for reader_captured bytes. */
static inline const uint8_t *reader_here(const HeaderReader *reader)
{
    return reader->span.data +
           (reader->at < reader->span.captured ? reader->at : reader->span.captured);
}

/** Stop: `length` bytes from here on are not all there. */
void reader_stop(HeaderReader *reader, uint32_t length);

/** Are `length` bytes there? If not, stop. Even 0 bytes must begin where something was captured, or
 *  just behind it. False once stopped. */
static inline bool reader_want(HeaderReader *reader, uint32_t length)
{
    if (!reader->stopped &&
        (reader->at > reader->span.captured || length > reader_captured(reader))) {
        reader_stop(reader, length);
    }
    return !reader->stopped;
}

/** A number in network byte order. */
static inline uint64_t reader_number(const uint8_t *data, uint32_t length)
{
    uint64_t number = 0;
    for (uint32_t i = 0; i < length; i++) {
        number = number << 8 | data[i];
    }
    return number;
}

/**
 * A number ahead, without moving on.
 *
 * @param skip   bytes between here and the number
 * @param length 1 to 8 bytes, in network byte order
 * @return 0 if it is not all there; the reader is stopped then
 */
static inline uint64_t reader_peek(HeaderReader *reader, uint32_t skip, uint32_t length)
{
    return reader_want(reader, skip + length) ? reader_number(reader_here(reader) + skip, length)
                                              : 0;
}

/** A span of what follows: at most `length` bytes. */
FsSpan reader_span(const HeaderReader *reader, uint32_t length);

/** Add a field that is wanted, see reader_put. */
uint64_t reader_add(HeaderReader *reader, const FsField *field, uint32_t length);

/** What reader_add would return, and stop at, where the field is not wanted. */
uint64_t reader_glance(HeaderReader *reader, const FsField *field, uint32_t length);

/**
 * Add a field of any type but FS_REMARK from the next bytes, without moving on. FS_GROUP is cut at
 * the last byte captured; of all others every byte must be there. FS_TEXT ends with its first NUL.
 *
 * @return the number, address (IPv4) or flag that was read, its mask applied; else 0
 */
static inline uint64_t reader_put(HeaderReader *reader, unsigned number, uint32_t length)
{
    const FsField *field = &reader->fields[number];
    return fs_wants(reader->packet, field) ? reader_add(reader, field, length)
                                           : reader_glance(reader, field, length);
}

/** Add a field from the next bytes and move on. */
static inline uint64_t reader_take(HeaderReader *reader, unsigned field, uint32_t length)
{
    uint64_t value = reader_put(reader, field, length);
    reader->at += length;
    return value;
}

/**
 * Add a field whose length is a difference, and move on by it. If it comes out below 0, Wireshark
 * takes all that is left, but for bytes and text only if it is -1; else the reader stops.
 */
void reader_take_difference(HeaderReader *reader, unsigned field, int64_t length);

/** Move on. */
static inline void reader_skip(HeaderReader *reader, uint32_t length)
{
    reader->at += length;
}

/**
 * Move on over bytes of which a brief packet wants nothing.
 *
 * @return false if they have to be read: the packet is not brief, or they are not all there
 */
static inline bool reader_pass(HeaderReader *reader, uint32_t length)
{
    bool pass = reader->packet->brief && !reader->stopped && length <= reader_captured(reader);
    reader->at += pass ? length : 0;
    return pass;
}

/** Add a number that was concluded from the next `length` bytes, without moving on. */
FsEntry *reader_conclude(HeaderReader *reader, unsigned field, uint32_t length, uint64_t value);

/** Add a remark on the next `length` bytes, those that are there. */
void reader_remark(HeaderReader *reader, unsigned field, uint32_t length);

/** Add a field that holds what is added until reader_close, without moving on. */
static inline void reader_open(HeaderReader *reader, unsigned field, uint32_t length)
{
    uint32_t index = reader->packet->count;
    (void)reader_put(reader, field, length);
    if (reader->packet->count > index && reader->fields[field].type == FS_LAYER) {
        fs_carry(reader->packet, index, reader->span);
    }
    fs_enter(reader->packet);
}

/** End what reader_open began. */
static inline void reader_close(HeaderReader *reader)
{
    fs_leave(reader->packet);
}

/** Add what a table of parts lists, and move on. */
void reader_parts(HeaderReader *reader, const HeaderPart *parts, size_t count);

/**
 * Add a field of bytes that fs_derive gave (FS_TEXT as UTF-8, FS_BYTES, FS_ETHER, FS_IPV6), on the
 * next `length` bytes of the frame, without moving on.
 */
void reader_derived(HeaderReader *reader, unsigned field, uint32_t length, const uint8_t *bytes,
                    size_t count);

#endif
