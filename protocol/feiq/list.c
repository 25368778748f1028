/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * ANSLIST: the next number to ask for, the number of hosts, then seven fields a host. The official
 * program ends each field with 0x07; newer ones separate with 0x0c.
 */
#include "protocol/feiq/decode.h"

#include <string.h>

enum { BELL = 0x07, EMPTY = 0x08, FORM_FEED = 0x0c, HOST_FIELDS = 7 };

static FeiqSlice take_field(const uint8_t **at, const uint8_t *end)
{
    const uint8_t *start = *at;
    const uint8_t *stop = start;
    while (stop < end && *stop != BELL && *stop != FORM_FEED) {
        stop++;
    }
    *at = stop < end ? stop + 1 : end;
    return (FeiqSlice){start, (size_t)(stop - start), stop < end};
}

/* Numbers are padded to columns with spaces. */
static FeiqSlice without_padding(FeiqSlice slice)
{
    while (slice.length > 0 && *slice.at == ' ') {
        slice.at++;
        slice.length--;
    }
    return slice;
}

static bool add_list_number(FeiqDatagram *d, const FsField *field, FeiqSlice slice, uint64_t *value)
{
    return feiq_add_decimal(d, field, without_padding(slice), FEIQ(LIST_INVALID), value);
}

static void add_address(FeiqDatagram *d, FeiqSlice slice)
{
    const uint8_t *at = slice.at;
    const uint8_t *end = at + slice.length;
    uint64_t address = 0;
    unsigned parts = 0;
    uint64_t octet;
    for (bool more = true; more; parts++) {
        FeiqSlice part = feiq_take(&at, end, '.');
        more = part.closed;
        if (part.length > 3 || !feiq_decimal(part.at, part.length, 255, &octet)) {
            break;
        }
        address = address << 8 | octet;
    }
    if (!slice.closed && d->cut) {
        return;
    }
    if (parts == 4 && at == end && address <= UINT32_MAX) {
        (void)fs_add_number(d->packet, FEIQ(LIST_IP), slice.at, slice.length, address);
    } else {
        (void)fs_add_remark(d->packet, FEIQ(LIST_IP_INVALID), slice.at, slice.length, true);
    }
}

static void add_port(FeiqDatagram *d, FeiqSlice slice)
{
    uint64_t port;
    if (add_list_number(d, FEIQ(LIST_PORT), slice, &port)) {
        FeiqSlice digits = without_padding(slice);
        (void)feiq_conclude(d->packet, FEIQ(LIST_REAL_PORT), digits.at, digits.length,
                            (port & 0xff) << 8 | port >> 8);
    }
}

static void add_unless_empty(FeiqDatagram *d, const FsField *field, FeiqSlice slice)
{
    if (slice.length != 1 || *slice.at != EMPTY) {
        feiq_add_text(d, field, slice.at, slice.length);
    }
}

static void decode_host(FeiqDatagram *d, const uint8_t **at, const uint8_t *end)
{
    const uint8_t *start = *at;
    FeiqSlice part[HOST_FIELDS];
    unsigned found = 0;
    uint32_t group = fs_open(d->packet, FEIQ(LIST_HOST), start, 0);
    while (found < HOST_FIELDS && *at < end) {
        part[found++] = take_field(at, end);
    }
    if (found > 0) {
        feiq_add_text(d, FEIQ(LIST_USER), part[0].at, part[0].length);
    }
    if (found > 1) {
        feiq_add_text(d, FEIQ(LIST_NAME), part[1].at, part[1].length);
    }
    if (found > 2) {
        (void)add_list_number(d, FEIQ(LIST_STATUS), part[2], NULL);
    }
    if (found > 3) {
        add_address(d, part[3]);
    }
    if (found > 4) {
        add_port(d, part[4]);
    }
    if (found > 5) {
        add_unless_empty(d, FEIQ(LIST_NICK), part[5]);
    }
    if (found > 6) {
        add_unless_empty(d, FEIQ(LIST_GROUP), part[6]);
    } else if (!d->cut) {
        (void)fs_add_remark(d->packet, FEIQ(LIST_INCOMPLETE), start, (size_t)(*at - start), true);
    }
    fs_close(d->packet, group, *at);
}

void feiq_body_anslist(FeiqDatagram *d)
{
    feiq_add_encoding(d, d->at, d->end);
    FeiqSlice list = feiq_take(&d->at, d->end, '\0');
    const uint8_t *at = list.at;
    const uint8_t *end = at + list.length;
    FeiqSlice next = take_field(&at, end);
    (void)add_list_number(d, FEIQ(LIST_NEXT), next, NULL);
    if (!next.closed) {
        return;
    }
    uint64_t announced = 0;
    FeiqSlice count = take_field(&at, end);
    bool counted = add_list_number(d, FEIQ(LIST_COUNT), count, &announced);
    uint64_t hosts = 0;
    for (; at < end; hosts++) {
        if (hosts == FEIQ_MOST) {
            feiq_add_too_many(d, FEIQ(LIST_TOO_MANY), at, end);
            return;
        }
        decode_host(d, &at, end);
    }
    if (counted && hosts != announced && !d->cut) {
        FeiqSlice digits = without_padding(count);
        (void)fs_add_remark(d->packet, FEIQ(LIST_MISMATCH), digits.at, digits.length, true);
    }
}
