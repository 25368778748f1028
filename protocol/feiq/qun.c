/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * FeiQ's group chat (群): QUNMSGMARK#group[_message]#text, plain or as Blowfish cipher text whose
 * length stands in the version field.
 */
#include "protocol/feiq/decode.h"

enum { MARK = 10, BLOCK = 8 };

static void decode_cipher_text(FeiqDatagram *d)
{
    size_t present = (size_t)(d->end - d->at);
    uint64_t sent = present + (uint64_t)d->missing;
    size_t length = present;
    bool fits = d->body_length > 0 && d->body_length <= sent;
    if (fits && d->body_length < present) {
        length = (size_t)d->body_length;
    } else if (!fits && !d->cut && present % BLOCK == 1 && d->end[-1] == '\0') {
        length--; /* the NUL that some append */
    }
    uint32_t group = fs_open(d->packet, FEIQ(CIPHER), d->at, length);
    (void)fs_add_bytes(d->packet, FEIQ(ENCRYPTED), d->at, length);
    if (!fits) {
        (void)fs_add_remark(d->packet, FEIQ(ENCRYPTED_LENGTH), d->at, length, false);
    }
    if (!d->cut && length % BLOCK != 0) {
        (void)fs_add_remark(d->packet, FEIQ(ENCRYPTED_BLOCK), d->at, length, false);
    }
    if (length <= present && !d->cut) {
        feiq_open_group(d, (FeiqSlice){d->at, length, true});
    }
    fs_close(d->packet, group, NULL);
    d->at += length;
}

void feiq_decode_group_text(FeiqDatagram *d)
{
    feiq_add_encoding(d, d->at, d->end);
    FeiqSlice body = feiq_take(&d->at, d->end, '\0');
    const uint8_t *at = body.at;
    const uint8_t *end = at + body.length;
    FeiqSlice mark = feiq_take(&at, end, '#');
    FeiqSlice id = feiq_take(&at, end, '#');
    const uint8_t *inside = id.at;
    FeiqSlice group = feiq_take(&inside, id.at + id.length, '_');
    uint64_t number;
    bool valid = mark.length == MARK && FEIQ_BEGINS(mark.at, end, "QUNMSGMARK") && id.closed &&
                 feiq_hexadecimal(group.at, group.length, UINT32_MAX, &number);
    if (!valid) {
        feiq_decode_text(d, body.at, end);
        if (!d->cut) {
            (void)fs_add_remark(d->packet, FEIQ(QUN_MALFORMED), body.at, body.length, false);
        }
        return;
    }
    feiq_add_text(d, FEIQ(QUN_MARK), mark.at, mark.length);
    (void)fs_add_number(d->packet, FEIQ(QUN_ID), group.at, group.length, number);
    feiq_add_text(d, FEIQ(QUN_MESSAGE_NUMBER), inside, (size_t)(id.at + id.length - inside));
    if (feiq_command(d) == FEIQ_CMD_GROUP_ENTRY) {
        feiq_add_text(d, FEIQ(QUN_NAME), at, (size_t)(end - at));
    } else {
        feiq_decode_text(d, at, end);
    }
}

/* Group entries are encrypted without saying so in the options; a length in the version tells. */
void feiq_body_qun(FeiqDatagram *d)
{
    bool encrypted = feiq_has(d, FEIQ_OPT_ENCRYPT) || d->body_length > 0;
    if (encrypted && !FEIQ_BEGINS(d->at, d->end, "QUNMSGMARK#")) {
        decode_cipher_text(d);
    } else {
        feiq_decode_group_text(d);
    }
}
