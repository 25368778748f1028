/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/source/reader_format.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* Block types, and the bytes that each has at least. */
enum {
    SECTION_HEADER = 0x0a0d0d0a,
    INTERFACE_DESCRIPTION = 1,
    OLD_PACKET = 2,
    SIMPLE_PACKET = 3,
    ENHANCED_PACKET = 6,
    BYTE_ORDER_MAGIC = 0x1a2b3c4d,
    LEAST_BLOCK = 12,
    LEAST_SECTION = 28,
    LEAST_INTERFACE = 20,
    LEAST_SIMPLE = 16,
    LEAST_PACKET = 32,
    MOST_BLOCK = 16 * 1024 * 1024 /* what Wireshark reads */
};

/* Options. */
enum {
    OPTION_END = 0,
    OPTION_COMMENT = 1,
    OPTION_NAME = 2,
    OPTION_DESCRIPTION = 3,
    OPTION_RESOLUTION = 9,
    OPTION_TIME_OFFSET = 14
};

typedef struct {
    uint32_t type;
    uint32_t length; /* as written */
    uint32_t size;   /* rounded up to whole words, as some writers mean it */
    uint64_t offset; /* in the file */
    const uint8_t *at;
} Block;

/* An option, taken from the front of a span. False: there are no more, or they are damaged. */
static bool take_option(const Reader *reader, FsSpan *options, unsigned *code, FsSpan *value)
{
    if (options->captured < 4) {
        return false;
    }
    uint32_t length = reader_u16(reader, options->data + 2);
    uint32_t size = 4 + ((length + 3) & ~3U);
    *code = reader_u16(reader, options->data);
    if (*code == OPTION_END || size > options->captured) {
        return false;
    }
    *value = (FsSpan){options->data + 4, length, length};
    options->data += size;
    options->captured -= size;
    return true;
}

/* --- interfaces --- */

static char *text_of(FsSpan value)
{
    return strndup((const char *)value.data, value.captured);
}

static void set_resolution(ReaderInterface *interface, uint8_t resolution)
{
    interface->shift = resolution & 0x7f;
    interface->per_second = 0;
    if ((resolution & 0x80) == 0) {
        interface->per_second = 1;
        for (unsigned i = 0; i < interface->shift && interface->per_second < UINT64_MAX / 10; i++) {
            interface->per_second *= 10;
        }
    }
}

static void set_offset(const Reader *reader, ReaderInterface *interface, const uint8_t *at)
{
    uint64_t first = reader_u32(reader, at);
    uint64_t second = reader_u32(reader, at + 4);
    uint16_t one = 1;
    uint8_t little;
    memcpy(&little, &one, 1);
    bool little_file = (little == 1) != reader->swapped;
    interface->offset = (int64_t)(little_file ? second << 32 | first : first << 32 | second);
}

static void set_option(const Reader *reader, ReaderInterface *interface, unsigned code,
                       FsSpan value)
{
    FrameInterface *facts = &interface->facts;
    if (code == OPTION_NAME && facts->name == NULL) {
        facts->name = text_of(value);
    } else if (code == OPTION_DESCRIPTION && facts->description == NULL) {
        facts->description = text_of(value);
    } else if (code == OPTION_RESOLUTION && value.captured >= 1) {
        set_resolution(interface, value.data[0]);
    } else if (code == OPTION_TIME_OFFSET && value.captured >= 8) {
        set_offset(reader, interface, value.data);
    }
}

static ReaderInterface *add_interface(Reader *reader)
{
    uint32_t count = reader->interface_count;
    if ((count & (count - 1)) == 0) { /* room for a power of two is full */
        size_t room = count == 0 ? 1 : (size_t)count * 2;
        ReaderInterface **larger = realloc(reader->interfaces, room * sizeof(ReaderInterface *));
        if (larger == NULL) {
            return NULL;
        }
        reader->interfaces = larger;
    }
    ReaderInterface *interface = calloc(1, sizeof *interface);
    if (interface != NULL) {
        reader->interfaces[reader->interface_count++] = interface;
    }
    return interface;
}

static CaptureStatus read_interface(Reader *reader, const Block *block,
                                    char message[CAPTURE_MESSAGE])
{
    if (reader->interface_count == READER_MOST_INTERFACES) {
        return reader_damaged(message, block->offset, "one interface too many is described");
    }
    ReaderInterface *interface = add_interface(reader);
    if (interface == NULL) {
        (void)snprintf(message, CAPTURE_MESSAGE, "%s", strerror(ENOMEM));
        return CAPTURE_FAILED;
    }
    interface->facts =
        (FrameInterface){.number = reader->interface_count - 1 - reader->section_first,
                         .numbered = true,
                         .link_type = reader_u16(reader, block->at + 8),
                         .snapshot = reader_u32(reader, block->at + 12)};
    set_resolution(interface, 6);
    FsSpan options = {block->at + 16, block->size - LEAST_INTERFACE, block->size - LEAST_INTERFACE};
    unsigned code;
    FsSpan value;
    while (take_option(reader, &options, &code, &value)) {
        set_option(reader, interface, code, value);
    }
    return CAPTURE_FRAME;
}

/* Nanoseconds; what does not fit is cut off, as in damaged files only. */
static int64_t time_of(const ReaderInterface *interface, uint64_t ticks)
{
    uint64_t seconds;
    uint64_t part;
    if (interface->per_second != 0) {
        seconds = ticks / interface->per_second;
        part = ticks % interface->per_second;
        part = interface->per_second <= NANOSECONDS ? part * (NANOSECONDS / interface->per_second)
                                                    : part / (interface->per_second / NANOSECONDS);
    } else {
        unsigned shift = interface->shift;
        seconds = shift < 64 ? ticks >> shift : 0;
        part = shift < 64 ? ticks & (((uint64_t)1 << shift) - 1) : ticks;
        unsigned most = 34; /* bits that can be multiplied by 1e9 */
        if (shift > most) {
            part = shift - most < 64 ? part >> (shift - most) : 0;
            shift = most;
        }
        part = part * NANOSECONDS >> shift;
    }
    return (int64_t)((seconds + (uint64_t)interface->offset) * NANOSECONDS + part);
}

/* --- packets --- */

/* They are as many as fit into a block, which bounds the memory. */
static bool add_comment(Reader *reader, FrameRecord *record, FsSpan text)
{
    if (record->comment_count == reader->comment_room) {
        uint32_t room = reader->comment_room == 0 ? 16 : reader->comment_room * 2;
        FsSpan *larger = realloc(reader->comments, room * sizeof *larger);
        if (larger == NULL) {
            return false;
        }
        reader->comments = larger;
        reader->comment_room = room;
    }
    reader->comments[record->comment_count++] = text;
    return true;
}

static CaptureStatus read_comments(Reader *reader, FsSpan options, FrameRecord *record,
                                   char message[CAPTURE_MESSAGE])
{
    unsigned code;
    FsSpan value;
    while (take_option(reader, &options, &code, &value)) {
        if (code == OPTION_COMMENT && !add_comment(reader, record, value)) {
            (void)snprintf(message, CAPTURE_MESSAGE, "%s", strerror(ENOMEM));
            return CAPTURE_FAILED;
        }
    }
    record->comments = reader->comments;
    return CAPTURE_FRAME;
}

/* NULL if there is none: the capture is damaged. */
static const ReaderInterface *find_interface(const Reader *reader, const Block *block,
                                             uint32_t number, char message[CAPTURE_MESSAGE])
{
    if (number >= reader->interface_count - reader->section_first) {
        (void)reader_wrong_number(message, block->offset,
                                  "a packet is said to come from an interface that is not "
                                  "described: number",
                                  number);
        return NULL;
    }
    return reader->interfaces[reader->section_first + number];
}

static CaptureStatus check_length(const Block *block, uint32_t captured, uint32_t room,
                                  char message[CAPTURE_MESSAGE])
{
    if (captured > room) {
        return reader_wrong_number(message, block->offset,
                                   "a packet claims to hold more bytes than its block:", captured);
    }
    if (captured > READER_MOST_BYTES) {
        return reader_wrong_number(message, block->offset,
                                   "a packet claims to hold more bytes than any has:", captured);
    }
    return CAPTURE_FRAME;
}

static CaptureStatus read_simple(Reader *reader, const Block *block, const uint8_t **data,
                                 FrameRecord *record, char message[CAPTURE_MESSAGE])
{
    const ReaderInterface *interface = find_interface(reader, block, 0, message);
    if (interface == NULL) {
        return CAPTURE_DAMAGED;
    }
    uint32_t room = block->size - LEAST_SIMPLE;
    record->reported = reader_u32(reader, block->at + 8);
    record->captured = record->reported < room ? record->reported : room;
    if (interface->facts.snapshot != 0 && record->captured > interface->facts.snapshot) {
        record->captured = interface->facts.snapshot;
    }
    record->time = 0;
    record->untimed = true;
    record->interface = &interface->facts;
    *data = block->at + 12;
    return check_length(block, record->captured, room, message);
}

static CaptureStatus read_packet(Reader *reader, const Block *block, const uint8_t **data,
                                 FrameRecord *record, char message[CAPTURE_MESSAGE])
{
    const uint8_t *at = block->at + 8;
    uint32_t number = block->type == OLD_PACKET ? reader_u16(reader, at) : reader_u32(reader, at);
    const ReaderInterface *interface = find_interface(reader, block, number, message);
    if (interface == NULL) {
        return CAPTURE_DAMAGED;
    }
    uint64_t high = reader_u32(reader, at + 4);
    record->time = time_of(interface, high << 32 | reader_u32(reader, at + 8));
    record->untimed = false;
    record->interface = &interface->facts;
    record->captured = reader_u32(reader, at + 12);
    record->reported = reader_u32(reader, at + 16);
    *data = at + 20;
    uint32_t room = block->size - LEAST_PACKET;
    CaptureStatus status = check_length(block, record->captured, room, message);
    if (status == CAPTURE_FRAME) {
        uint32_t padded = (record->captured + 3) & ~3U;
        if (room > padded) {
            status = read_comments(reader, (FsSpan){*data + padded, room - padded, room - padded},
                                   record, message);
        }
    }
    return status;
}

/* --- blocks --- */

/* A section header says in which byte order it is; before its length can be read. */
static CaptureStatus set_byte_order(Reader *reader, uint64_t offset, const uint8_t *at,
                                    char message[CAPTURE_MESSAGE])
{
    reader->swapped = false;
    if (reader_u32(reader, at + 8) == BYTE_ORDER_MAGIC) {
        return CAPTURE_FRAME;
    }
    reader->swapped = true;
    if (reader_u32(reader, at + 8) == BYTE_ORDER_MAGIC) {
        return CAPTURE_FRAME;
    }
    return reader_damaged(message, offset, "a section of no known byte order begins");
}

static CaptureStatus begin_section(Reader *reader, const Block *block,
                                   char message[CAPTURE_MESSAGE])
{
    uint32_t major = reader_u16(reader, block->at + 12);
    if (major != 1) {
        return reader_wrong_number(message, block->offset,
                                   "a section is of an unknown version of pcapng:", major);
    }
    reader->section_first = reader->interface_count;
    return CAPTURE_FRAME;
}

static uint32_t least_length(uint32_t type)
{
    switch (type) {
    case SECTION_HEADER:
        return LEAST_SECTION;
    case INTERFACE_DESCRIPTION:
        return LEAST_INTERFACE;
    case SIMPLE_PACKET:
        return LEAST_SIMPLE;
    case OLD_PACKET:
    case ENHANCED_PACKET:
        return LEAST_PACKET;
    default:
        return LEAST_BLOCK;
    }
}

/* The type and length of the next block, of which 12 bytes stand at `at`. */
static CaptureStatus read_block_header(Reader *reader, Block *block, const uint8_t *at,
                                       char message[CAPTURE_MESSAGE])
{
    block->offset = bytes_offset(&reader->bytes);
    block->type = reader_u32(reader, at); /* the section header's reads the same in both orders */
    if (block->type == SECTION_HEADER) {
        CaptureStatus status = set_byte_order(reader, block->offset, at, message);
        if (status != CAPTURE_FRAME) {
            return status;
        }
    }
    block->length = reader_u32(reader, at + 4);
    block->size = (block->length + 3) & ~3U;
    if (block->length < least_length(block->type) || block->length > MOST_BLOCK) {
        return reader_wrong_number(message, block->offset,
                                   "a block's length cannot be right:", block->length);
    }
    return CAPTURE_FRAME;
}

static CaptureStatus check_end(const Reader *reader, const Block *block, const uint8_t *last,
                               char message[CAPTURE_MESSAGE])
{
    uint32_t again = reader_u32(reader, last);
    if (again == block->length) {
        return CAPTURE_FRAME;
    }
    char wrong[96];
    (void)snprintf(wrong, sizeof wrong, "a block's length is %u at its begin and %u at its end,",
                   block->length, again);
    return reader_damaged(message, block->offset, wrong);
}

/* Name resolution, statistics, secrets, custom and unknown blocks. */
static CaptureStatus skip_block(Reader *reader, const Block *block, char message[CAPTURE_MESSAGE])
{
    const uint8_t *last =
        bytes_skip(&reader->bytes, block->size - 4) ? bytes_need(&reader->bytes, 4) : NULL;
    if (last == NULL) {
        return reader_cut(reader, "block", block->offset, message);
    }
    bytes_take(&reader->bytes, 4);
    return check_end(reader, block, last, message);
}

/* A whole block in the buffer, stepped over. */
static CaptureStatus take_block(Reader *reader, Block *block, char message[CAPTURE_MESSAGE])
{
    block->at = bytes_need(&reader->bytes, block->size);
    if (block->at == NULL) {
        return reader_cut(reader, "block", block->offset, message);
    }
    bytes_take(&reader->bytes, block->size);
    return check_end(reader, block, block->at + block->size - 4, message);
}

static CaptureStatus next(Reader *reader, const uint8_t **data, FrameRecord *record,
                          char message[CAPTURE_MESSAGE])
{
    Bytes *bytes = &reader->bytes;
    record->comment_count = 0;
    for (;;) {
        Block block;
        const uint8_t *at = bytes_need(bytes, LEAST_BLOCK);
        if (at == NULL) {
            return bytes->state == BYTES_END && bytes->at == bytes->end
                       ? CAPTURE_END
                       : reader_cut(reader, "block", bytes_offset(bytes), message);
        }
        CaptureStatus status = read_block_header(reader, &block, at, message);
        bool known = least_length(block.type) > LEAST_BLOCK;
        if (status == CAPTURE_FRAME) {
            status =
                known ? take_block(reader, &block, message) : skip_block(reader, &block, message);
        }
        if (status != CAPTURE_FRAME) {
            return status;
        }
        if (block.type == ENHANCED_PACKET || block.type == OLD_PACKET) {
            return read_packet(reader, &block, data, record, message);
        }
        if (block.type == SIMPLE_PACKET) {
            return read_simple(reader, &block, data, record, message);
        }
        if (block.type == SECTION_HEADER) {
            status = begin_section(reader, &block, message);
        } else if (block.type == INTERFACE_DESCRIPTION) {
            status = read_interface(reader, &block, message);
        }
        if (status != CAPTURE_FRAME) {
            return status;
        }
    }
}

bool pcapng_recognise(const uint8_t *data)
{
    Reader none = {.swapped = false};
    return reader_u32(&none, data) == SECTION_HEADER;
}

CaptureStatus pcapng_begin(Reader *reader, char message[CAPTURE_MESSAGE])
{
    /* The section header is read like every other, but an unknown one is no pcapng at all. */
    const uint8_t *at = bytes_need(&reader->bytes, LEAST_BLOCK);
    Block block;
    if (at == NULL) {
        return reader_cut(reader, "section header", 0, message);
    }
    reader->next = next;
    return read_block_header(reader, &block, at, message);
}
