/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * FeiQ's inline images, chunk by chunk:
 * identifier|total|offset|chunks|number|length|?|?|?|00000000# NUL, then the bytes.
 */
#include "protocol/feiq/image.h"
#include "protocol/feiq/decode.h"

#include <string.h>

enum { LONGEST_HEADER = 160, LZW_HEADER = 12 };

enum { TOTAL, OFFSET, COUNT, NUMBER, LENGTH, UNKNOWN1, UNKNOWN2, UNKNOWN3, NUMBERS };

static const uint16_t number_fields[NUMBERS] = {
    [TOTAL] = FEIQ_IMAGE_TOTAL,       [OFFSET] = FEIQ_IMAGE_OFFSET,
    [COUNT] = FEIQ_IMAGE_COUNT,       [NUMBER] = FEIQ_IMAGE_NUMBER,
    [LENGTH] = FEIQ_IMAGE_LENGTH,     [UNKNOWN1] = FEIQ_IMAGE_UNKNOWN1,
    [UNKNOWN2] = FEIQ_IMAGE_UNKNOWN2, [UNKNOWN3] = FEIQ_IMAGE_UNKNOWN3};

/* The header ends with #, else with a NUL; the bytes of the image may hold both. */
static FeiqSlice take_header(FeiqDatagram *d)
{
    const uint8_t *at = d->at;
    const uint8_t *end = d->end - at > LONGEST_HEADER ? at + LONGEST_HEADER : d->end;
    const uint8_t *stop = at;
    while (stop < end && *stop != '#' && *stop != '\0') {
        stop++;
    }
    bool marked = stop < end && *stop == '#';
    d->at = marked ? stop + 1 : stop;
    return (FeiqSlice){at, (size_t)(stop - at), marked};
}

static bool was_cut(const FeiqDatagram *d)
{
    return d->cut && d->at == d->end;
}

static uint32_t little_endian(const uint8_t *at)
{
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

/* The first bytes of an image tell its format. */
static void add_format(FeiqDatagram *d, const uint8_t *at, size_t length)
{
    if (length >= 2 && at[0] == 0xff && at[1] == 0xd8) {
        (void)feiq_conclude(d->packet, FEIQ(IMAGE_FORMAT), at, 2, FEIQ_IMAGE_JPEG);
    } else if (length >= LZW_HEADER && memcmp(at, "LZW!", 4) == 0) {
        (void)feiq_conclude(d->packet, FEIQ(IMAGE_FORMAT), at, 4, FEIQ_IMAGE_LZW);
        (void)fs_add_number(d->packet, FEIQ(IMAGE_LZW_LENGTH), at + 4, 4, little_endian(at + 4));
        (void)fs_add_number(d->packet, FEIQ(IMAGE_LZW_CRC), at + 8, 4, little_endian(at + 8));
    }
}

static void add_data(FeiqDatagram *d, const uint64_t *value, bool first)
{
    if (d->at < d->end && *d->at == '\0') {
        d->at++;
    }
    size_t present = (size_t)(d->end - d->at);
    uint64_t sent = present + (uint64_t)d->missing;
    size_t length = value[LENGTH] < present ? (size_t)value[LENGTH] : present;
    if (length > 0) {
        (void)fs_add_bytes(d->packet, FEIQ(IMAGE_DATA), d->at, length);
        if (first) {
            fs_enter(d->packet);
            add_format(d, d->at, length);
            fs_leave(d->packet);
        }
    }
    if (value[LENGTH] > sent) {
        (void)fs_add_remark(d->packet, FEIQ(IMAGE_LENGTH_MISMATCH), d->at, length, false);
    }
    d->at += length;
}

void feiq_body_image(FeiqDatagram *d)
{
    const uint8_t *start = d->at;
    uint32_t group = fs_open(d->packet, FEIQ(IMAGE), start, (size_t)(d->end - start));
    FeiqSlice header = take_header(d);
    const uint8_t *at = header.at;
    const uint8_t *end = at + header.length;
    bool ended = header.closed || !was_cut(d);
    FeiqSlice id = feiq_take(&at, end, '|');
    id.closed = id.closed || ended;
    (void)feiq_add_hexadecimal(d, FEIQ(IMAGE_ID), id, FEIQ(IMAGE_INVALID), NULL);
    uint64_t value[NUMBERS] = {0};
    unsigned valid = 0;
    unsigned found = 0;
    for (; found < NUMBERS && at < end; found++) {
        FeiqSlice part = feiq_take(&at, end, '|');
        part.closed = part.closed || ended;
        valid += feiq_add_decimal(d, &feiq_fields[number_fields[found]], part, FEIQ(IMAGE_INVALID),
                                  &value[found]);
    }
    feiq_add_text(d, FEIQ(IMAGE_UNKNOWN4), at, (size_t)(end - at));
    if ((!header.closed || found < NUMBERS) && ended) {
        (void)fs_add_remark(d->packet, FEIQ(IMAGE_INCOMPLETE), header.at, header.length, true);
    }
    if (valid == NUMBERS) {
        if (value[NUMBER] > value[COUNT] || value[OFFSET] + value[LENGTH] > value[TOTAL]) {
            (void)fs_add_remark(d->packet, FEIQ(IMAGE_RANGE), header.at, header.length, true);
        }
        if (value[NUMBER] == 0) {
            (void)fs_add_remark(d->packet, FEIQ(IMAGE_ZERO), header.at, header.length, false);
        }
        add_data(d, value, value[OFFSET] == 0);
    }
    fs_close(d->packet, group, d->at);
}

/* identifier|number# NUL */
void feiq_body_image_ack(FeiqDatagram *d)
{
    FeiqSlice header = take_header(d);
    const uint8_t *at = header.at;
    const uint8_t *end = at + header.length;
    bool ended = header.closed || !was_cut(d);
    FeiqSlice id = feiq_take(&at, end, '|');
    bool both = id.closed;
    id.closed = id.closed || ended;
    (void)feiq_add_hexadecimal(d, FEIQ(IMAGE_ID), id, FEIQ(IMAGE_INVALID), NULL);
    if (both) {
        FeiqSlice number = {at, (size_t)(end - at), ended};
        (void)feiq_add_decimal(d, FEIQ(IMAGE_NUMBER), number, FEIQ(IMAGE_INVALID), NULL);
    }
    if ((!header.closed || !both) && ended) {
        (void)fs_add_remark(d->packet, FEIQ(IMAGE_INCOMPLETE), header.at, header.length, true);
    }
}
