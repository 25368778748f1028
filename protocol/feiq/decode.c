/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A datagram from its first byte on: the header, then what the command calls for.
 */
#include "protocol/feiq/decode.h"
#include "protocol/feiq/encoding.h"

enum { FINGERPRINT_DIGITS = 16 };

static void add_user(FeiqDatagram *d, FeiqSlice user)
{
    feiq_add_text(d, FEIQ(USER), user.at, user.length);
    if (!user.closed || user.length <= FINGERPRINT_DIGITS + 1) {
        return;
    }
    size_t name = user.length - FINGERPRINT_DIGITS - 1;
    uint64_t fingerprint;
    if (user.at[name] != '-' ||
        !feiq_hexadecimal(user.at + name + 1, FINGERPRINT_DIGITS, UINT64_MAX, &fingerprint)) {
        return;
    }
    d->fingerprint = true;
    fs_enter(d->packet);
    feiq_add_text(d, FEIQ(USER_NAME), user.at, name);
    (void)fs_add_number(d->packet, FEIQ(USER_FINGERPRINT), user.at + name + 1, FINGERPRINT_DIGITS,
                        fingerprint);
    if (feiq_command(d) == FEIQ_CMD_SENDMSG && !feiq_has(d, FEIQ_OPT_ENCRYPT)) {
        (void)fs_add_remark(d->packet, FEIQ(USER_UNSEALED), user.at, user.length, false);
    }
    fs_leave(d->packet);
}

static void add_packet_number(FeiqDatagram *d, FeiqSlice slice)
{
    uint64_t number;
    if (feiq_add_decimal(d, FEIQ(PACKET_NUMBER), slice, FEIQ(PACKET_NUMBER_INVALID), &number) &&
        number > UINT32_MAX) {
        fs_enter(d->packet);
        (void)fs_add_remark(d->packet, FEIQ(PACKET_NUMBER_WIDE), slice.at, slice.length, false);
        fs_leave(d->packet);
    }
}

/* Names are decided apart from the body: many programs flag or convert only one of them. */
static void add_header_encoding(FeiqDatagram *d, const FeiqDecision *decision, const uint8_t *at,
                                size_t length)
{
    if (decision->reason == FEIQ_REASON_ASCII || length == 0) {
        return;
    }
    (void)feiq_conclude(d->packet, FEIQ(HEADER_ENCODING), at, length, decision->encoding);
    if (decision->flag_wrong) {
        fs_enter(d->packet);
        (void)fs_add_remark(d->packet, FEIQ(ENCODING_FLAG_WRONG), at, length, false);
        fs_leave(d->packet);
    }
}

static bool decode_header(FeiqDatagram *d, const FeiqHeader *header)
{
    const FeiqSlice *part = header->part;
    const FeiqSlice *last_name = &part[header->found < 4 ? header->found - 1 : 3];
    size_t names = (size_t)(last_name->at + last_name->length - part[0].at);
    uint64_t word = 0;
    bool known = header->found == 5 && (part[4].closed || !d->cut) &&
                 feiq_decimal(part[4].at, part[4].length, UINT32_MAX, &word);
    d->word = known ? (uint32_t)word : 0;
    FeiqDecision decision =
        feiq_decide_encoding(d->packet->prefer, part[0].at, names,
                             known && feiq_has(d, FEIQ_OPT_UTF8), d->cut && header->found < 5);
    d->encoding = decision.encoding;
    d->version = part[0];

    feiq_decode_version(d, part[0]);
    if (header->found > 1) {
        d->number = part[1];
        add_packet_number(d, part[1]);
    }
    if (header->found > 2) {
        add_user(d, part[2]);
    }
    if (header->found > 3) {
        feiq_add_text(d, FEIQ(HOST), part[3].at, part[3].length);
    }
    add_header_encoding(d, &decision, part[0].at, names);
    if (known) {
        feiq_decode_command_word(d, part[4].at, part[4].length);
    } else if (header->found == 5 && (part[4].closed || !d->cut)) {
        (void)fs_add_remark(d->packet, FEIQ(COMMAND_WORD_INVALID), part[4].at, part[4].length,
                            true);
    }
    bool complete = header->found == 5 && part[4].closed;
    if (!complete && !d->cut) {
        (void)fs_add_remark(d->packet, FEIQ(HEADER_INCOMPLETE), header->rest,
                            (size_t)(d->end - header->rest), true);
    }
    if (complete) {
        d->at = header->rest;
        feiq_decode_body(d, known);
    }
    return complete;
}

bool feiq_decode_datagram(FsPacket *packet, FsSpan span)
{
    if (span.captured == 0) {
        return false;
    }
    FeiqDatagram d = {.packet = packet,
                      .at = span.data,
                      .end = span.data + span.captured,
                      .cut = span.reported > span.captured,
                      .missing = span.reported - span.captured};
    bool dict = feiq_is_dict(d.at, d.end);
    FeiqHeader header; /* not cleared, which would take as long as cutting it */
    if (!dict) {
        feiq_split_header(&header, d.at, d.end);
        if (!feiq_plausible(&header)) {
            return false;
        }
    }
    uint32_t layer = fs_open(packet, FEIQ(LAYER), span.data, span.captured);
    fs_carry(packet, layer, span);
    if (dict) {
        feiq_decode_dict(&d, true);
        feiq_add_trailing(&d);
    } else {
        (void)decode_header(&d, &header);
    }
    if (d.cut) {
        (void)fs_add_remark(packet, FEIQ(TRUNCATED), d.end, 0, false);
    }
    fs_close(packet, layer, NULL);
    return true;
}

bool feiq_decode_segment(FsPacket *packet, FsSpan span)
{
    return feiq_decode_datagram(packet, span) || feiq_decode_directory(packet, span);
}
