/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The version field, in which each program of the family keeps what it likes.
 */
#include "protocol/feiq/decode.h"
#include "protocol/text.h"

#include <string.h>

/* What FeiQ writes between the signs #, after tag and avatar. */
static const uint16_t part_fields[] = {
    FEIQ_LEVEL,       FEIQ_MAC,       FEIQ_AVATAR_SIZE, FEIQ_PERSONAL_IMAGE_SIZE,
    FEIQ_BODY_LENGTH, FEIQ_VERSION_V, FEIQ_VERSION_N};
enum { PARTS = sizeof part_fields / sizeof part_fields[0], FEWEST_PARTS = 5 };

static bool equals(FeiqSlice slice, const char *text)
{
    return slice.length == strlen(text) && memcmp(slice.at, text, slice.length) == 0;
}

static void add_level(FeiqDatagram *d, FeiqSlice slice, uint64_t level)
{
    fs_enter(d->packet);
    (void)fs_add_number(d->packet, FEIQ(LEVEL_RANK), slice.at, slice.length, level >> 8);
    (void)fs_add_number(d->packet, FEIQ(LEVEL_LOW), slice.at, slice.length, level & 0xff);
    fs_leave(d->packet);
}

/* lbt6_0: generation tag and avatar. */
static void add_tag(FeiqDatagram *d, FeiqSlice tag)
{
    const uint8_t *stop = tag.at + tag.length;
    const uint8_t *split = stop;
    while (split > tag.at && split[-1] != '_') {
        split--;
    }
    if (split == tag.at) {
        feiq_add_text(d, FEIQ(GENERATION), tag.at, tag.length);
        return;
    }
    feiq_add_text(d, FEIQ(GENERATION), tag.at, (size_t)(split - 1 - tag.at));
    FeiqSlice avatar = {split, (size_t)(stop - split), tag.closed};
    (void)feiq_add_decimal(d, FEIQ(AVATAR), avatar, FEIQ(VERSION_INVALID), NULL);
}

static FeiqVendor add_feiq_parts(FeiqDatagram *d, const uint8_t *at, const uint8_t *end, bool whole)
{
    FeiqVendor vendor = at[0] == '1' ? FEIQ_VENDOR_MISSPELT : FEIQ_VENDOR_FEIQ;
    const uint8_t *start = at;
    FeiqSlice tag = feiq_take(&at, end, '#');
    bool more = tag.closed;
    tag.closed = tag.closed || whole;
    add_tag(d, tag);
    unsigned parts = 0;
    for (; more && parts < PARTS; parts++) {
        FeiqSlice slice = feiq_take(&at, end, '#');
        more = slice.closed;
        const FsField *field = &feiq_fields[part_fields[parts]];
        if (field->type == FS_TEXT) {
            feiq_add_text(d, field, slice.at, slice.length);
            if (field == FEIQ(MAC) && equals(slice, "FeiX")) {
                vendor = FEIQ_VENDOR_FEIX;
            } else if (field == FEIQ(MAC) && equals(slice, "ROCKETX")) {
                vendor = FEIQ_VENDOR_ROCKETX;
            }
            continue;
        }
        slice.closed = slice.closed || whole;
        uint64_t value;
        if (feiq_add_decimal(d, field, slice, FEIQ(VERSION_INVALID), &value)) {
            if (field == FEIQ(LEVEL)) {
                add_level(d, slice, value);
            } else if (field == FEIQ(BODY_LENGTH)) {
                d->body_length = value;
            }
        }
    }
    if (more) {
        feiq_add_text(d, FEIQ(VERSION_UNKNOWN), at, (size_t)(end - at));
    } else if (parts < FEWEST_PARTS && whole) {
        (void)fs_add_remark(d->packet, FEIQ(VERSION_SHORT), start, (size_t)(end - start), false);
    }
    return vendor;
}

static void add_client(FeiqDatagram *d, const uint8_t *at, size_t name, const uint8_t *end)
{
    feiq_add_text(d, FEIQ(CLIENT), at, name);
    at += name;
    if (at < end) { /* a space, an underscore or # stands between */
        feiq_add_text(d, FEIQ(CLIENT_VERSION), at + 1, (size_t)(end - at - 1));
    }
}

/* What follows the leading integer. */
static FeiqVendor add_rest(FeiqDatagram *d, const uint8_t *at, const uint8_t *end, bool whole)
{
    if (at == end) {
        return FEIQ_VENDOR_IPMSG;
    }
    if (FEIQ_BEGINS(at, end, "_lbt") || FEIQ_BEGINS(at, end, "_1bt")) {
        return add_feiq_parts(d, at + 1, end, whole);
    }
    if (FEIQ_BEGINS(at, end, "_iptux")) {
        add_client(d, at + 1, 5, end);
        return FEIQ_VENDOR_IPTUX;
    }
    if (FEIQ_BEGINS(at, end, "@shiyeline")) {
        add_client(d, at + 1, 9, end);
        return FEIQ_VENDOR_SHIYELINE;
    }
    feiq_add_text(d, FEIQ(VERSION_UNKNOWN), at, (size_t)(end - at));
    return FEIQ_VENDOR_UNKNOWN;
}

static FeiqVendor add_parts(FeiqDatagram *d, const uint8_t *at, const uint8_t *end, bool whole)
{
    if (FEIQ_BEGINS(at, end, "feiq_plus_plus")) {
        add_client(d, at, 14, end);
        return FEIQ_VENDOR_FEIQPP;
    }
    const uint8_t *rest = at;
    while (rest < end && *rest >= '0' && *rest <= '9') {
        rest++;
    }
    if (rest < end && *rest == '.') {
        feiq_add_text(d, FEIQ(CLIENT_VERSION), at, (size_t)(end - at));
        return FEIQ_VENDOR_FEIGE;
    }
    FeiqSlice number = {at, (size_t)(rest - at), rest < end || whole};
    (void)feiq_add_decimal(d, FEIQ(VERSION_NUMBER), number, FEIQ(VERSION_INVALID), NULL);
    return add_rest(d, rest, end, whole);
}

static void decode(FeiqDatagram *d, FeiqSlice version)
{
    const uint8_t *at = version.at;
    (void)fs_add_text(d->packet, FEIQ(VERSION), at, version.length, d->encoding);
    fs_enter(d->packet);
    d->vendor = add_parts(d, at, at + version.length, version.closed || !d->cut);
    d->vendor_entry = feiq_conclude(d->packet, FEIQ(VENDOR), at, version.length, d->vendor);
    fs_leave(d->packet);
}

enum { REMEMBERED = 512, VENDOR_BITS = 8 };

/* Not remembered: a version whose end was not captured, one whose vendor the body may amend, and
 * lengths of a body that nobody sends. */
void feiq_decode_version(FeiqDatagram *d, FeiqSlice version)
{
    static _Thread_local FsMemo memos[REMEMBERED];
    FsPacket *packet = d->packet;
    FsMemo *memo = version.closed
                       ? fs_memo_place(memos, REMEMBERED, packet, version.at, version.length)
                       : NULL;
    if (memo != NULL && fs_memo_append(memo, packet, version.at, version.length, d->encoding)) {
        d->vendor = (FeiqVendor)(memo->result & UINT8_MAX);
        d->body_length = memo->result >> VENDOR_BITS;
        return;
    }
    uint32_t first = packet->count;
    decode(d, version);
    if (d->vendor != FEIQ_VENDOR_IPMSG && d->body_length <= UINT32_MAX) {
        fs_memo_keep(memo, packet, first, version.at, version.length, d->encoding,
                     d->body_length << VENDOR_BITS | d->vendor);
    }
}
