/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/source/reader_format.h"

#include <stdio.h>

enum { FILE_HEADER = 24, RECORD_HEADER = 16, RECORD_HEADER_MODIFIED = 24 };

/* As they are read on a machine of the writer's byte order. */
static const struct {
    uint32_t magic;
    uint32_t nanoseconds;   /* of a fraction */
    uint32_t header_length; /* of a record */
} kinds[] = {
    {0xa1b2c3d4, 1000, RECORD_HEADER},
    {0xa1b23c4d, 1, RECORD_HEADER},
    /* libpcap's "modified" format of old Linux distributions: interface, protocol and direction
     * behind the lengths. */
    {0xa1b2cd34, 1000, RECORD_HEADER_MODIFIED},
};

static bool find_kind(Reader *reader, const uint8_t *data)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        uint32_t magic;
        memcpy(&magic, data, sizeof magic);
        reader->swapped = magic != kinds[i].magic;
        if (reader_u32(reader, data) == kinds[i].magic) {
            reader->nanoseconds = kinds[i].nanoseconds;
            reader->header_length = kinds[i].header_length;
            return true;
        }
    }
    return false;
}

bool pcap_recognise(const uint8_t *data)
{
    Reader none = {.swapped = false};
    return find_kind(&none, data);
}

/* The lengths of a record. Versions before 2.3 had them the other way round, and some writers of
 * 2.3 did not know of the change. Source: libpcap, sf-pcap.c. */
static void set_lengths(const Reader *reader, const uint8_t *header, FrameRecord *record)
{
    record->captured = reader_u32(reader, header + 8);
    record->reported = reader_u32(reader, header + 12);
    if (reader->minor < 3 || (reader->minor == 3 && record->captured > record->reported)) {
        uint32_t swap = record->captured;
        record->captured = record->reported;
        record->reported = swap;
    }
}

/* Of the frame after the next. */
static const uint8_t *look_ahead(const Reader *reader)
{
    size_t room = (size_t)(reader->bytes.end - reader->bytes.at);
    size_t header_length = reader->header_length;
    if (room < header_length) {
        return NULL;
    }
    size_t next = header_length + reader_u32(reader, reader->bytes.at + 8);
    return room >= next + header_length + FRAME_AHEAD ? reader->bytes.at + next + header_length
                                                      : NULL;
}

static CaptureStatus next(Reader *reader, const uint8_t **data, FrameRecord *record,
                          char message[CAPTURE_MESSAGE])
{
    Bytes *bytes = &reader->bytes;
    uint32_t header_length = reader->header_length;
    const uint8_t *header = bytes_need(bytes, header_length);
    if (header == NULL) {
        return bytes->state == BYTES_END && bytes->at == bytes->end
                   ? CAPTURE_END
                   : reader_cut(reader, "record", bytes_offset(bytes), message);
    }
    set_lengths(reader, header, record);
    if (record->reported == 0 && pcap_recognise(header)) { /* as a file header has it there */
        return reader_damaged(message, bytes_offset(bytes),
                              "another pcap file is joined to the first: name both (or join them "
                              "by mergecap); it begins");
    }
    if (record->captured > READER_MOST_BYTES) {
        return reader_wrong_number(
            message, bytes_offset(bytes),
            "a record claims to hold more bytes than any packet has:", record->captured);
    }
    header = bytes_need(bytes, header_length + record->captured);
    if (header == NULL) {
        return reader_cut(reader, "record", bytes_offset(bytes), message);
    }
    record->time = (int64_t)((uint64_t)reader_u32(reader, header) * NANOSECONDS +
                             (uint64_t)reader_u32(reader, header + 4) * reader->nanoseconds);
    record->untimed = false;
    record->interface = &reader->single.facts;
    record->comment_count = 0;
    *data = header + header_length;
    bytes_take(bytes, header_length + record->captured);
    record->ahead = look_ahead(reader);
    return CAPTURE_FRAME;
}

CaptureStatus pcap_begin(Reader *reader, char message[CAPTURE_MESSAGE])
{
    const uint8_t *header = bytes_need(&reader->bytes, FILE_HEADER);
    if (header == NULL) {
        return reader_cut(reader, "file header", 0, message);
    }
    (void)find_kind(reader, header);
    unsigned major = reader_u16(reader, header + 4);
    reader->minor = reader_u16(reader, header + 6);
    if (major != 2) {
        (void)snprintf(message, CAPTURE_MESSAGE,
                       "unknown file format: pcap of version %u.%u, not 2.x", major, reader->minor);
        return CAPTURE_FAILED;
    }
    /* The upper bits say how long the frame check sequences are. */
    reader->single.facts = (FrameInterface){.link_type = reader_u32(reader, header + 20) & 0xffff,
                                            .snapshot = reader_u32(reader, header + 16)};
    bytes_take(&reader->bytes, FILE_HEADER);
    reader->next = next;
    return CAPTURE_FRAME;
}
