/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Lists of attachments: identifier:name:size:time:attributes[:key=value…]: and 0x07, again and
 * again. What stands between entries varies: `:` 07, `:` 07 `:`, or 07 NUL at the end.
 */
#include "protocol/feiq/decode.h"

#include <string.h>

enum { BELL = 0x07, CHANGE_TIME = 0x13, CREATION_TIME = 0x16 };

/* Last second of the year 9999, beyond which calendars give up. */
static const uint64_t last_time = UINT64_C(253402300799);

FeiqSlice feiq_take_name(const uint8_t **at, const uint8_t *end)
{
    const uint8_t *start = *at;
    const uint8_t *stop = start;
    while (stop < end && (*stop != ':' || (end - stop > 1 && stop[1] == ':'))) {
        stop += *stop == ':' ? 2 : 1;
    }
    bool closed = stop < end;
    *at = closed ? stop + 1 : end;
    return (FeiqSlice){start, (size_t)(stop - start), closed};
}

void feiq_add_name(FeiqDatagram *d, const FsField *field, FeiqSlice name)
{
    feiq_add_text(d, field, name.at, name.length);
    const uint8_t *colon = name.length > 0 ? memchr(name.at, ':', name.length) : NULL;
    if (colon != NULL) {
        fs_enter(d->packet);
        (void)fs_add_remark(d->packet, FEIQ(FILE_NAME_ESCAPED), name.at, name.length, false);
        fs_leave(d->packet);
    }
}

static void add_time(FeiqDatagram *d, const FsField *field, FeiqSlice slice)
{
    uint64_t time;
    if (!slice.closed && d->cut) {
        return;
    }
    if (feiq_hexadecimal(slice.at, slice.length, last_time, &time)) {
        (void)fs_add_number(d->packet, field, slice.at, slice.length, time);
    } else {
        (void)fs_add_remark(d->packet, FEIQ(FILE_MTIME_INVALID), slice.at, slice.length, true);
    }
}

bool feiq_decode_attributes(FeiqDatagram *d, FeiqSlice slice)
{
    static const uint16_t flags[] = {FEIQ_FILE_READONLY, FEIQ_FILE_HIDDEN, FEIQ_FILE_EXHIDDEN,
                                     FEIQ_FILE_ARCHIVE, FEIQ_FILE_SYSTEM};
    uint64_t value;
    if (!feiq_add_hexadecimal(d, FEIQ(FILE_ATTRIBUTES), slice, FEIQ(FILE_ATTRIBUTES_INVALID),
                              &value)) {
        return false;
    }
    uint64_t unknown = value & 0xffffff00;
    fs_enter(d->packet);
    (void)fs_add_number(d->packet, FEIQ(FILE_TYPE), slice.at, slice.length, value & 0xff);
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        const FsField *flag = &feiq_fields[flags[i]];
        (void)fs_add_number(d->packet, flag, slice.at, slice.length, (value & flag->mask) != 0);
        unknown &= ~flag->mask;
    }
    if (unknown != 0) {
        (void)fs_add_number(d->packet, FEIQ(FILE_FLAGS_UNKNOWN), slice.at, slice.length, unknown);
    }
    fs_leave(d->packet);
    return true;
}

static void decode_one_extra(FeiqDatagram *d, FeiqSlice extra)
{
    const uint8_t *at = extra.at;
    const uint8_t *end = at + extra.length;
    FeiqSlice key = feiq_take(&at, end, '=');
    uint64_t number;
    if (!key.closed || !feiq_hexadecimal(key.at, key.length, UINT32_MAX, &number)) {
        if (extra.closed || !d->cut) {
            (void)fs_add_remark(d->packet, FEIQ(FILE_EXTRA_INVALID), extra.at, extra.length, true);
        }
        return;
    }
    uint32_t group = fs_open(d->packet, FEIQ(FILE_EXTRA), extra.at, extra.length);
    (void)fs_add_number(d->packet, FEIQ(FILE_EXTRA_KEY), key.at, key.length, number);
    bool more = true;
    while (more) {
        FeiqSlice value = feiq_take(&at, end, ',');
        more = value.closed;
        value.closed = value.closed || extra.closed;
        feiq_add_text(d, FEIQ(FILE_EXTRA_VALUE), value.at, value.length);
        if (value.length > 0 && number >= CHANGE_TIME && number <= CREATION_TIME) {
            fs_enter(d->packet);
            add_time(d, FEIQ(FILE_EXTRA_TIME), value);
            fs_leave(d->packet);
        }
    }
    fs_close(d->packet, group, NULL);
}

void feiq_decode_extra(FeiqDatagram *d, const uint8_t *at, const uint8_t *end)
{
    while (at < end) {
        FeiqSlice extra = feiq_take(&at, end, ':');
        if (extra.length > 0) {
            decode_one_extra(d, extra);
        }
    }
}

/* Decimal in the official program, hexadecimal in others: both must be read. */
static void add_id(FeiqDatagram *d, FeiqSlice id)
{
    uint64_t number;
    bool hexadecimal = !feiq_decimal(id.at, id.length, UINT32_MAX, &number) &&
                       feiq_hexadecimal(id.at, id.length, UINT32_MAX, &number);
    if (!hexadecimal) {
        (void)feiq_add_decimal(d, FEIQ(FILE_ID), id, FEIQ(FILE_ID_INVALID), NULL);
    } else if (id.closed || !d->cut) {
        (void)fs_add_number(d->packet, FEIQ(FILE_ID), id.at, id.length, number);
        fs_enter(d->packet);
        (void)fs_add_remark(d->packet, FEIQ(FILE_ID_HEX), id.at, id.length, false);
        fs_leave(d->packet);
    }
}

static void add_size(FeiqDatagram *d, FeiqSlice slice)
{
    uint64_t size;
    if (feiq_add_hexadecimal(d, FEIQ(FILE_SIZE), slice, FEIQ(FILE_SIZE_INVALID), &size) &&
        size > INT64_MAX) {
        fs_enter(d->packet);
        (void)fs_add_remark(d->packet, FEIQ(FILE_SIZE_HUGE), slice.at, slice.length, true);
        fs_leave(d->packet);
    }
}

/* One attachment, from its first byte to the separator; ended: the separator is there. */
static void decode_one_file(FeiqDatagram *d, const uint8_t *at, const uint8_t *end, bool ended)
{
    const uint8_t *start = at;
    FeiqSlice part[5];
    unsigned found = 0;
    uint32_t group = fs_open(d->packet, FEIQ(FILE), start, (size_t)(end - start));
    while (found < 5 && at < end) {
        part[found] = found == 1 ? feiq_take_name(&at, end) : feiq_take(&at, end, ':');
        part[found].closed = part[found].closed || ended;
        found++;
    }
    if (found > 0) {
        add_id(d, part[0]);
    }
    if (found > 1) {
        feiq_add_name(d, FEIQ(FILE_NAME), part[1]);
    }
    if (found > 2) {
        add_size(d, part[2]);
    }
    if (found > 3) {
        add_time(d, FEIQ(FILE_MTIME), part[3]);
    }
    if (found > 4) {
        (void)feiq_decode_attributes(d, part[4]);
        feiq_decode_extra(d, at, end);
    } else if (ended || !d->cut) {
        (void)fs_add_remark(d->packet, FEIQ(FILE_INCOMPLETE), start, (size_t)(end - start), true);
    }
    fs_close(d->packet, group, NULL);
}

void feiq_decode_files(FeiqDatagram *d)
{
    FeiqSlice list = feiq_take(&d->at, d->end, '\0');
    const uint8_t *at = list.at;
    const uint8_t *end = at + list.length;
    for (unsigned count = 0;; count++) {
        while (at < end && (*at == ':' || *at == BELL)) {
            at++;
        }
        if (at == end) {
            return;
        }
        if (count == FEIQ_MOST) {
            feiq_add_too_many(d, FEIQ(FILE_TOO_MANY), at, end);
            return;
        }
        FeiqSlice file = feiq_take(&at, end, BELL);
        decode_one_file(d, file.at, file.at + file.length, file.closed || list.closed);
    }
}
