/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What all parts of the decoder do with a section: cut it at separators, say its encoding, remark
 * upon what is left.
 */
#include "protocol/feiq/decode.h"
#include "protocol/feiq/encoding.h"

#include <string.h>

bool feiq_begins(const uint8_t *at, const uint8_t *end, const char *text, size_t length)
{
    return (size_t)(end - at) >= length && memcmp(at, text, length) == 0;
}

void feiq_add_text(FeiqDatagram *d, const FsField *field, const uint8_t *at, size_t length)
{
    if (length > 0) {
        (void)fs_add_text(d->packet, field, at, length, d->encoding);
    }
}

FsEntry *feiq_conclude(FsPacket *packet, const FsField *field, const uint8_t *at, size_t length,
                       uint64_t value)
{
    FsEntry *entry = fs_add_number(packet, field, at, length, value);
    entry->generated = true;
    return entry;
}

void feiq_add_encoding(FeiqDatagram *d, const uint8_t *at, const uint8_t *end)
{
    while (end > at && end[-1] == '\0') {
        end--;
    }
    if (at == end) {
        return;
    }
    size_t length = (size_t)(end - at);
    FeiqDecision decision =
        feiq_decide_encoding(d->packet->prefer, at, length, feiq_has(d, FEIQ_OPT_UTF8), d->cut);
    d->encoding = decision.encoding;
    (void)feiq_conclude(d->packet, FEIQ(ENCODING), at, length, decision.encoding);
    fs_enter(d->packet);
    (void)feiq_conclude(d->packet, FEIQ(ENCODING_REASON), at, length, decision.reason);
    if (decision.flag_wrong) {
        (void)fs_add_remark(d->packet, FEIQ(ENCODING_FLAG_WRONG), at, length, false);
    }
    fs_leave(d->packet);
}

void feiq_add_trailing(FeiqDatagram *d)
{
    while (d->at < d->end && *d->at == '\0') {
        d->at++;
    }
    if (d->at < d->end) {
        (void)fs_add_remark(d->packet, FEIQ(TRAILING), d->at, (size_t)(d->end - d->at), true);
        d->at = d->end;
    }
}

void feiq_add_too_many(FeiqDatagram *d, const FsField *remark, const uint8_t *at,
                       const uint8_t *end)
{
    size_t left = (size_t)(end - at);
    (void)fs_add_remark(d->packet, remark, at, left, false);
    (void)feiq_conclude(d->packet, FEIQ(BYTES_LEFT), at, left, left);
}
