/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is encrypted, and what the packet's opener makes of it: the plain text is a source of its
 * own, and what stands in it is decoded like what comes in the clear.
 */
#include "protocol/feiq/decode.h"
#include "protocol/feiq/names.h"
#include "protocol/opener.h"

#include <stdio.h>

const FsName feiq_verdict_names[] = {{FEIQ_VERDICT_GOOD, "good"},
                                     {FEIQ_VERDICT_BAD, "bad"},
                                     {FEIQ_VERDICT_KEY_NOT_SEEN, "key not seen"},
                                     {FEIQ_VERDICT_UNSUPPORTED, "not supported"},
                                     {0, NULL}};

static FsBytes bytes(FeiqSlice slice)
{
    return (FsBytes){slice.at, slice.length};
}

/* FeiQ's version has the MAC behind the second sign #. */
static FsBytes mac_of(FeiqSlice version)
{
    const uint8_t *at = version.at;
    const uint8_t *end = at + version.length;
    (void)feiq_take(&at, end, '#');
    (void)feiq_take(&at, end, '#');
    return bytes(feiq_take(&at, end, '#'));
}

/* A remark with a text that says more than the title. */
static void add_remark(FeiqDatagram *d, const FsField *field, FeiqSlice about, const char *text)
{
    size_t length = strlen(text);
    FsEntry *entry = fs_add_remark(d->packet, field, about.at, about.length, false);
    uint8_t *copy = length == 0 ? NULL : fs_derive(d->packet, length + 1);
    if (copy != NULL) {
        memcpy(copy, text, length + 1);
        entry->value.bytes.data = copy;
        entry->value.bytes.length = (uint32_t)length;
        entry->encoding = FS_ASCII;
    }
}

/* A body whose parts are missing or no digits has remarks of its own already. */
static void add_reason(FeiqDatagram *d, FeiqSlice about, const FsOpened *opened)
{
    char text[80] = "";
    switch ((int)opened->status) { /* those that are not listed are not worth a field */
    case CIPHER_OK:
    case CIPHER_NO_KEY:
    case CIPHER_MALFORMED:
    case CIPHER_CODING:
        return;
    case CIPHER_WRONG_KEY:
        add_remark(d, FEIQ(DECRYPT_WRONG_KEY), about, text);
        return;
    case CIPHER_KEY_SIZE:
        (void)snprintf(text, sizeof text, "%zu bytes, and the keys given have %zu",
                       opened->sealed_length, opened->key_length);
        add_remark(d, FEIQ(DECRYPT_KEY_SIZE), about, text);
        return;
    case CIPHER_UNSUPPORTED:
        add_remark(d, FEIQ(DECRYPT_UNSUPPORTED), about, text);
        return;
    case CIPHER_LENGTH:
        add_remark(d, FEIQ(DECRYPT_LENGTH), about, text);
        return;
    case CIPHER_PADDING:
        add_remark(d, FEIQ(DECRYPT_PADDING), about, text);
        return;
    default:
        add_remark(d, FEIQ(DECRYPT_FAILED), about, opened->reason == NULL ? "" : opened->reason);
        return;
    }
}

static void add_verdict(FeiqDatagram *d, FeiqSlice about, CipherStatus status)
{
    FeiqVerdict verdict = FEIQ_VERDICT_UNSUPPORTED;
    const FsField *remark = FEIQ(SIGNATURE_UNSUPPORTED);
    if (status == CIPHER_UNSIGNED) {
        return;
    }
    if (status == CIPHER_OK) {
        verdict = FEIQ_VERDICT_GOOD;
        remark = FEIQ(SIGNATURE_GOOD);
    } else if (status == CIPHER_FORGED) {
        verdict = FEIQ_VERDICT_BAD;
        remark = FEIQ(SIGNATURE_BAD);
    } else if (status == CIPHER_NO_KEY) {
        verdict = FEIQ_VERDICT_KEY_NOT_SEEN;
        remark = FEIQ(SIGNATURE_KEY_NOT_SEEN);
    }
    (void)feiq_conclude(d->packet, FEIQ(VERDICT), about.at, about.length, verdict);
    (void)fs_add_remark(d->packet, remark, about.at, about.length, false);
}

/* Decode the plain text in a source of its own; with wrong padding it is shown only. */
static void add_plain(FeiqDatagram *d, FsBytes plain, bool padded,
                      void (*decode)(FeiqDatagram *inner))
{
    FsSpan span = {plain.data, (uint32_t)plain.length, (uint32_t)plain.length};
    const uint8_t *outer = plain.length == 0 ? NULL : fs_begin_source(d->packet, span);
    if (outer == NULL) {
        return;
    }
    FeiqDatagram inner = *d;
    inner.at = plain.data;
    inner.end = plain.data + plain.length;
    inner.cut = false;
    inner.missing = 0;
    uint32_t group = fs_open(d->packet, FEIQ(DECRYPTED), plain.data, plain.length);
    if (padded) {
        decode(&inner);
        feiq_add_trailing(&inner);
    } else {
        (void)fs_add_bytes(d->packet, FEIQ(DECRYPTED_DATA), plain.data, plain.length);
    }
    fs_close(d->packet, group, NULL);
    fs_end_source(d->packet, outer);
}

void feiq_open_group(FeiqDatagram *d, FeiqSlice text)
{
    FsOpener *opener = d->packet->opener;
    if (opener == NULL) {
        return;
    }
    FsSealed sealed = {.group = true, .text = bytes(text), .mac = mac_of(d->version)};
    FsOpened opened = {.status = CIPHER_NO_KEY};
    opener->open(opener, &sealed, &opened);
    if (opened.status != CIPHER_LENGTH) { /* which the caller remarked upon */
        add_reason(d, text, &opened);
    }
    add_plain(d, opened.plain, opened.status == CIPHER_OK, feiq_decode_group_text);
}

static void decode_sealed_request(FeiqDatagram *d)
{
    feiq_decode_request(d, true);
}

void feiq_open_body(FeiqDatagram *d, FeiqSlice body)
{
    FsOpener *opener = d->packet->opener;
    if (opener == NULL) {
        return;
    }
    FsSealed sealed = {.text = bytes(body), .packet_number = bytes(d->number)};
    FsOpened opened = {.status = CIPHER_NO_KEY};
    opener->open(opener, &sealed, &opened);
    add_reason(d, body, &opened);
    if (opened.status == CIPHER_OK) {
        add_verdict(d, body, opened.signature);
    }
    bool request =
        feiq_command(d) == FEIQ_CMD_GETFILEDATA || feiq_command(d) == FEIQ_CMD_GETDIRFILES;
    add_plain(d, opened.plain, opened.status == CIPHER_OK,
              request ? decode_sealed_request : feiq_decode_sealed_message);
}

void feiq_learn_key(FeiqDatagram *d, FeiqSlice body)
{
    FsOpener *opener = d->packet->opener;
    CipherStatus status = opener == NULL ? CIPHER_OK : opener->learn(opener, bytes(body));
    if (status == CIPHER_IMPOSSIBLE) {
        (void)fs_add_remark(d->packet, FEIQ(KEY_UNUSABLE), body.at, body.length, false);
    } else if (status == CIPHER_NO_ROOM) {
        (void)fs_add_remark(d->packet, FEIQ(KEY_NOT_KEPT), body.at, body.length, false);
    }
}
