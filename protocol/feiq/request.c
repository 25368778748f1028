/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Requests for files over TCP: packet number, file identifier and offset, all in hexadecimal. A
 * trailing colon and NUL may be missing; a folder's request needs no offset.
 */
#include "protocol/feiq/decode.h"

/* 32 octets. */
static bool is_file_key(FeiqSlice key)
{
    uint64_t digit;
    for (size_t i = 0; i < key.length; i++) {
        if (!feiq_hexadecimal(key.at + i, 1, 15, &digit)) {
            return false;
        }
    }
    return key.length == 64;
}

/* An encrypted request goes on with what the file's bytes are encrypted by: capability, key and
 * packet number, or capability and packet number where they are not. Source: official client,
 * mainwinfile.cpp (v4.99). */
static void decode_file_cipher(FeiqDatagram *d, const uint8_t **at, const uint8_t *end)
{
    FeiqSlice capability = feiq_take(at, end, ':');
    uint64_t bits = 0;
    (void)feiq_hexadecimal(capability.at, capability.length, UINT32_MAX, &bits);
    feiq_decode_capability(d, capability);
    if ((bits & FEIQ(CAP_NOENC_FILEBODY)->mask) == 0 && *at < end) {
        FeiqSlice key = feiq_take(at, end, ':');
        feiq_add_text(d, FEIQ(REQUEST_FILE_KEY), key.at, key.length);
        if (!is_file_key(key)) {
            (void)fs_add_remark(d->packet, FEIQ(REQUEST_INVALID), key.at, key.length, true);
        }
    }
    if (*at < end) {
        FeiqSlice number = feiq_take(at, end, ':');
        number.closed = true;
        (void)feiq_add_hexadecimal(d, FEIQ(REQUEST_FILE_NUMBER), number, FEIQ(REQUEST_INVALID),
                                   NULL);
    }
}

/* The official client leaves the offset of a folder out; others write one, and it is 0. */
static bool has_offset(const FeiqDatagram *d, const uint8_t *at, const uint8_t *end, bool sealed)
{
    FeiqSlice part = feiq_take(&at, end, ':');
    return !sealed || feiq_command(d) != FEIQ_CMD_GETDIRFILES ||
           (part.length == 1 && part.at[0] == '0');
}

void feiq_decode_request(FeiqDatagram *d, bool sealed)
{
    static const uint16_t fields[] = {FEIQ_REQUEST_PACKET_NUMBER, FEIQ_REQUEST_FILE_ID,
                                      FEIQ_REQUEST_OFFSET};
    FeiqSlice body = feiq_take(&d->at, d->end, '\0');
    const uint8_t *at = body.at;
    const uint8_t *end = at + body.length;
    unsigned found = 0;
    while (found < 3 && at < end && (found < 2 || has_offset(d, at, end, sealed))) {
        FeiqSlice part = feiq_take(&at, end, ':');
        part.closed = part.closed || body.closed;
        (void)feiq_add_hexadecimal(d, &feiq_fields[fields[found++]], part, FEIQ(REQUEST_INVALID),
                                   NULL);
    }
    unsigned needed = feiq_command(d) == FEIQ_CMD_GETDIRFILES ? 2 : 3;
    if (found < needed && (body.closed || !d->cut)) {
        (void)fs_add_remark(d->packet, FEIQ(REQUEST_INCOMPLETE), body.at, body.length, true);
    }
    if (sealed && at < end && feiq_has(d, FEIQ_OPT_ENCFILE)) {
        decode_file_cipher(d, &at, end);
    }
    if (at < end) {
        (void)fs_add_remark(d->packet, FEIQ(TRAILING), at, (size_t)(end - at), true);
    }
}

void feiq_body_request(FeiqDatagram *d)
{
    if (feiq_has(d, FEIQ_OPT_ENCRYPT)) {
        feiq_decode_cipher(d);
    } else {
        feiq_decode_request(d, false);
    }
}
