/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The stream that carries a folder: length:name:size:attributes[:key=value…]: and the bytes of the
 * file, again and again. FeiQ on Windows may send a block of zeros first.
 */
#include "protocol/feiq/directory.h"
#include "protocol/feiq/decode.h"
#include "protocol/feiq/names.h"
#include "protocol/text.h"

enum {
    FEWEST_DIGITS = 4, /* where a header is searched for, not expected */
    MOST_DIGITS = 8,
    LONGEST_HEADER = 4096
};

typedef struct {
    FeiqSlice length;
    FeiqSlice name;
    FeiqSlice size;
    FeiqSlice attributes;
    const uint8_t *extra;
    const uint8_t *end; /* of the header */
    uint64_t bytes;     /* of the file */
    uint64_t flags;     /* value of the attributes */
} Header;

static bool is_hexadecimal(uint8_t c)
{
    uint64_t digit;
    return feiq_hexadecimal(&c, 1, 15, &digit);
}

static FeiqDirectoryVerdict read_header(Header *header, const uint8_t *at, const uint8_t *end)
{
    const uint8_t *start = at;
    while (at < end && at - start <= MOST_DIGITS && is_hexadecimal(*at)) {
        at++;
    }
    size_t digits = (size_t)(at - start);
    uint64_t length;
    if (!feiq_hexadecimal(start, digits, LONGEST_HEADER, &length)) {
        return FEIQ_DIRECTORY_NONE;
    }
    if (at == end) {
        return FEIQ_DIRECTORY_PARTIAL;
    }
    if (*at++ != ':') {
        return FEIQ_DIRECTORY_NONE;
    }
    if (length > (size_t)(end - start)) {
        return FEIQ_DIRECTORY_PARTIAL;
    }
    *header = (Header){.length = {start, digits, true}, .end = start + length};
    if (at >= header->end || header->end[-1] != ':') {
        return FEIQ_DIRECTORY_NONE;
    }
    header->name = feiq_take_name(&at, header->end);
    header->size = feiq_take(&at, header->end, ':');
    header->attributes = feiq_take(&at, header->end, ':');
    header->extra = at;
    for (size_t i = 0; i < header->name.length; i++) {
        if (header->name.at[i] < 0x20) {
            return FEIQ_DIRECTORY_NONE;
        }
    }
    bool valid =
        header->name.length > 0 && header->attributes.closed &&
        feiq_hexadecimal(header->size.at, header->size.length, INT64_MAX, &header->bytes) &&
        feiq_hexadecimal(header->attributes.at, header->attributes.length, UINT32_MAX,
                         &header->flags) &&
        fs_name(feiq_file_type_names, header->flags & 0xff) != NULL;
    return valid ? FEIQ_DIRECTORY_COMPLETE : FEIQ_DIRECTORY_NONE;
}

FeiqDirectoryVerdict feiq_read_directory_header(const uint8_t *data, size_t length,
                                                FeiqDirectoryHeader *header)
{
    Header found;
    FeiqDirectoryVerdict verdict = read_header(&found, data, data + length);
    if (verdict == FEIQ_DIRECTORY_COMPLETE) {
        *header = (FeiqDirectoryHeader){.name = found.name.at,
                                        .name_length = found.name.length,
                                        .length = (uint32_t)(found.end - data),
                                        .type = (uint8_t)found.flags,
                                        .size = found.bytes};
    }
    return verdict;
}

/* The first header, which a block of other bytes may precede. */
static const uint8_t *find_header(const uint8_t *at, const uint8_t *end)
{
    Header header;
    if (read_header(&header, at, end) == FEIQ_DIRECTORY_COMPLETE) {
        return at;
    }
    const uint8_t *last = end - at > FEIQ_DIRECTORY_JUNK ? at + FEIQ_DIRECTORY_JUNK : end;
    for (at++; at < last; at++) {
        if (is_hexadecimal(*at) && !is_hexadecimal(at[-1]) &&
            read_header(&header, at, end) == FEIQ_DIRECTORY_COMPLETE &&
            header.length.length >= FEWEST_DIGITS) {
            return at;
        }
    }
    return NULL;
}

size_t feiq_find_directory_header(const uint8_t *data, size_t length)
{
    const uint8_t *found = find_header(data, data + length);
    return found == NULL ? length : (size_t)(found - data);
}

static const uint8_t *decode_entry(FeiqDatagram *d, const Header *header)
{
    const uint8_t *start = header->length.at;
    uint64_t present = (uint64_t)(d->end - header->end);
    size_t length = (size_t)(header->bytes < present ? header->bytes : present);
    uint32_t group =
        fs_open(d->packet, FEIQ(DIR_ENTRY), start, (size_t)(header->end - start) + length);
    (void)feiq_add_hexadecimal(d, FEIQ(DIR_HEADER_SIZE), header->length, FEIQ(DIR_MALFORMED), NULL);
    d->encoding = fs_text_choose(d->packet->prefer, header->name.at, header->name.length);
    feiq_add_name(d, FEIQ(DIR_NAME), header->name);
    (void)feiq_add_hexadecimal(d, FEIQ(DIR_SIZE), header->size, FEIQ(DIR_MALFORMED), NULL);
    (void)feiq_decode_attributes(d, header->attributes);
    feiq_decode_extra(d, header->extra, header->end);
    if (length > 0) {
        (void)fs_add_bytes(d->packet, FEIQ(DIR_DATA), header->end, length);
    }
    if (length < header->bytes) {
        (void)feiq_conclude(d->packet, FEIQ(DIR_LEFT), header->end, length, header->bytes - length);
    }
    fs_close(d->packet, group, NULL);
    return header->end + length;
}

static void decode_entries(FeiqDatagram *d)
{
    for (unsigned count = 0; d->at < d->end; count++) {
        if (count == FEIQ_MOST) {
            feiq_add_too_many(d, FEIQ(DIR_TOO_MANY), d->at, d->end);
            return;
        }
        Header header;
        FeiqDirectoryVerdict verdict = read_header(&header, d->at, d->end);
        if (verdict != FEIQ_DIRECTORY_COMPLETE) {
            (void)fs_add_remark(d->packet,
                                verdict == FEIQ_DIRECTORY_PARTIAL ? FEIQ(DIR_PARTIAL)
                                                                  : FEIQ(DIR_MALFORMED),
                                d->at, (size_t)(d->end - d->at), verdict == FEIQ_DIRECTORY_PARTIAL);
            return;
        }
        d->at = decode_entry(d, &header);
    }
}

bool feiq_decode_directory(FsPacket *packet, FsSpan span)
{
    const uint8_t *end = span.data + span.captured;
    const uint8_t *first = span.captured > 0 ? find_header(span.data, end) : NULL;
    if (first == NULL) {
        return false;
    }
    FeiqDatagram d = {.packet = packet,
                      .at = first,
                      .end = end,
                      .cut = span.reported > span.captured,
                      .missing = span.reported - span.captured};
    uint32_t layer = fs_open(packet, FEIQ(LAYER), span.data, span.captured);
    fs_carry(packet, layer, span);
    if (first > span.data) {
        (void)fs_add_remark(packet, FEIQ(DIR_JUNK), span.data, (size_t)(first - span.data), false);
    }
    uint32_t stream = fs_open(packet, FEIQ(DIR_STREAM), first, (size_t)(end - first));
    decode_entries(&d);
    fs_close(packet, stream, NULL);
    if (d.cut) {
        (void)fs_add_remark(packet, FEIQ(TRUNCATED), end, 0, false);
    }
    fs_close(packet, layer, NULL);
    return true;
}
