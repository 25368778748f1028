/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Key exchange, and encrypted bodies as they stand in the datagram.
 */
#include "protocol/feiq/decode.h"

enum { AES_BITS = 0x700000 };

static const uint16_t flags[] = {
    FEIQ_CAP_RSA_512,       FEIQ_CAP_RSA_1024,    FEIQ_CAP_RSA_2048,         FEIQ_CAP_RSA_4096,
    FEIQ_CAP_RC2_40_OLD,    FEIQ_CAP_RC2_128_OLD, FEIQ_CAP_BLOWFISH_128_OLD, FEIQ_CAP_RC2_40,
    FEIQ_CAP_RC2_128,       FEIQ_CAP_RC2_256,     FEIQ_CAP_BLOWFISH_128,     FEIQ_CAP_BLOWFISH_256,
    FEIQ_CAP_AES_128,       FEIQ_CAP_AES_256,     FEIQ_CAP_IPDICT_CTR,       FEIQ_CAP_PACKETNO_IV,
    FEIQ_CAP_ENCODE_BASE64, FEIQ_CAP_UNAMEEXT,    FEIQ_CAP_NOENC_FILEBODY,   FEIQ_CAP_SIGN_MD5,
    FEIQ_CAP_SIGN_SHA1,     FEIQ_CAP_SIGN_SHA256};

void feiq_decode_capability(FeiqDatagram *d, FeiqSlice slice)
{
    uint64_t value;
    if (!feiq_add_hexadecimal(d, FEIQ(CAPABILITY), slice, FEIQ(CAPABILITY_INVALID), &value)) {
        return;
    }
    uint64_t unknown = value;
    fs_enter(d->packet);
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        const FsField *flag = &feiq_fields[flags[i]];
        (void)fs_add_number(d->packet, flag, slice.at, slice.length, (value & flag->mask) != 0);
        unknown &= ~flag->mask;
    }
    if (unknown != 0) {
        (void)fs_add_number(d->packet, FEIQ(CAP_UNKNOWN), slice.at, slice.length, unknown);
    }
    if ((value & AES_BITS) != 0) {
        (void)fs_add_remark(d->packet, FEIQ(CAP_AES_AMBIGUOUS), slice.at, slice.length, false);
    }
    fs_leave(d->packet);
}

void feiq_body_getpubkey(FeiqDatagram *d)
{
    FeiqSlice slice = feiq_take(&d->at, d->end, '\0');
    if (slice.length > 0) {
        feiq_decode_capability(d, slice);
    }
}

/* Significant bits of a number in hexadecimal digits; 0 if there is another character. */
static uint64_t count_bits(const uint8_t *at, size_t length)
{
    uint64_t bits = 0;
    uint64_t digit;
    for (size_t i = 0; i < length; i++) {
        if (!feiq_hexadecimal(at + i, 1, 15, &digit)) {
            return 0;
        }
        if (bits > 0) {
            bits += 4;
        } else {
            bits = digit > 7 ? 4 : digit > 3 ? 3 : digit > 1 ? 2 : digit;
        }
    }
    return bits;
}

/* capability:exponent-modulus */
void feiq_body_anspubkey(FeiqDatagram *d)
{
    FeiqSlice body = feiq_take(&d->at, d->end, '\0');
    const uint8_t *at = body.at;
    const uint8_t *end = at + body.length;
    FeiqSlice capability = feiq_take(&at, end, ':');
    capability.closed = capability.closed || body.closed;
    feiq_decode_capability(d, capability);
    const uint8_t *key = at;
    FeiqSlice exponent = feiq_take(&at, end, '-');
    feiq_add_text(d, FEIQ(KEY_EXPONENT), exponent.at, exponent.length);
    size_t length = (size_t)(end - at);
    feiq_add_text(d, FEIQ(KEY_MODULUS), at, length);
    if (!body.closed && d->cut) {
        return;
    }
    uint64_t bits = count_bits(at, length);
    if (bits > 0 && count_bits(exponent.at, exponent.length) > 0) {
        (void)feiq_conclude(d->packet, FEIQ(KEY_BITS), at, length, bits);
        feiq_learn_key(d, body);
    } else {
        (void)fs_add_remark(d->packet, FEIQ(KEY_MALFORMED), key, (size_t)(end - key), true);
    }
}

/* Hexadecimal digits, or the alphabet of base64. */
static bool is_coded(FeiqSlice part, bool base64)
{
    for (size_t i = 0; i < part.length; i++) {
        uint8_t c = part.at[i];
        bool hexadecimal =
            (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!hexadecimal && !(base64 && (letter || c == '+' || c == '/' || c == '='))) {
            return false;
        }
    }
    return true;
}

/* capability:key:message[:signature] */
void feiq_decode_cipher(FeiqDatagram *d)
{
    static const uint16_t parts[] = {FEIQ_CIPHER_KEY, FEIQ_CIPHER_MESSAGE, FEIQ_CIPHER_SIGNATURE};
    FeiqSlice body = feiq_take(&d->at, d->end, '\0');
    const uint8_t *at = body.at;
    const uint8_t *end = at + body.length;
    uint32_t group = fs_open(d->packet, FEIQ(CIPHER), body.at, body.length);
    FeiqSlice capability = feiq_take(&at, end, ':');
    capability.closed = capability.closed || body.closed;
    feiq_decode_capability(d, capability);
    uint64_t bits = 0;
    (void)feiq_hexadecimal(capability.at, capability.length, UINT32_MAX, &bits);
    bool base64 = (bits & FEIQ(CAP_ENCODE_BASE64)->mask) != 0;
    unsigned found = 0;
    while (found < sizeof parts / sizeof parts[0] && at < end) {
        FeiqSlice part = feiq_take(&at, end, ':');
        feiq_add_text(d, &feiq_fields[parts[found++]], part.at, part.length);
        if (!is_coded(part, base64)) {
            (void)fs_add_remark(d->packet, FEIQ(CIPHER_MALFORMED), part.at, part.length, true);
        }
    }
    if (found < 2 && (body.closed || !d->cut)) {
        (void)fs_add_remark(d->packet, FEIQ(CIPHER_INCOMPLETE), body.at, body.length, true);
    } else if (at < end) {
        (void)fs_add_remark(d->packet, FEIQ(TRAILING), at, (size_t)(end - at), true);
    }
    if (found >= 2 && (body.closed || !d->cut)) {
        feiq_open_body(d, body);
    }
    fs_close(d->packet, group, NULL);
}
