/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "protocol/feiq/build_key.h"

ptrdiff_t feiq_build_getpubkey(uint8_t *out, size_t capacity, const FeiqSender *sender,
                               uint64_t packet_number, uint32_t options, uint32_t capability)
{
    FsBuilder b = fs_builder(out, capacity);
    fs_refuse_if(&b, (options & 0xff) != 0);
    feiq_put_header(&b, sender, packet_number, options | FEIQ_CMD_GETPUBKEY, 0);
    fs_put_hex(&b, capability, 1);
    fs_put_byte(&b, '\0');
    return fs_built(&b);
}

static void put_pairs(FsBuilder *b, FsBytes octets)
{
    for (size_t i = 0; i < octets.length && b->error == 0; i++) {
        fs_put_hex(b, octets.data[i], 2);
    }
}

/* A number in upper-case hexadecimal without zeros in front, as the official program writes it. */
static void put_number(FsBuilder *b, FsBytes octets)
{
    static const char digits[] = "0123456789ABCDEF";
    bool begun = false;
    for (size_t i = 0; i < 2 * octets.length && b->error == 0; i++) {
        unsigned digit = i % 2 == 0 ? octets.data[i / 2] >> 4 : octets.data[i / 2] & 15;
        begun = begun || digit > 0;
        if (begun) {
            fs_put_byte(b, (uint8_t)digits[digit]);
        }
    }
    fs_refuse_if(b, !begun);
}

ptrdiff_t feiq_build_anspubkey(uint8_t *out, size_t capacity, const FeiqSender *sender,
                               uint64_t packet_number, uint32_t options, uint32_t capability,
                               FsBytes exponent, FsBytes modulus)
{
    FsBuilder b = fs_builder(out, capacity);
    fs_refuse_if(&b, (options & 0xff) != 0);
    feiq_put_header(&b, sender, packet_number, options | FEIQ_CMD_ANSPUBKEY, 0);
    fs_put_hex(&b, capability, 1);
    fs_put_byte(&b, ':');
    put_number(&b, exponent);
    fs_put_byte(&b, '-');
    put_number(&b, modulus);
    fs_put_byte(&b, '\0');
    return fs_built(&b);
}

static void put_base64(FsBuilder *b, FsBytes octets)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < octets.length && b->error == 0; i += 3) {
        size_t left = octets.length - i;
        uint32_t group = (uint32_t)octets.data[i] << 16;
        group |= left > 1 ? (uint32_t)octets.data[i + 1] << 8 : 0;
        group |= left > 2 ? octets.data[i + 2] : 0;
        for (unsigned digit = 0; digit < 4; digit++) {
            bool used = digit <= left;
            fs_put_byte(b, (uint8_t)(used ? digits[group >> (18 - 6 * digit) & 63] : '='));
        }
    }
}

static void put_octets(FsBuilder *b, const FeiqCipher *cipher, FsBytes octets)
{
    fs_put_byte(b, ':');
    if ((cipher->capability & FEIQ_CAPABILITY_ENCODE_BASE64) != 0) {
        put_base64(b, octets);
    } else {
        put_pairs(b, octets);
    }
}

void feiq_put_cipher(FsBuilder *b, const FeiqCipher *cipher)
{
    fs_refuse_if(b, cipher->key.length == 0 || cipher->message.length == 0);
    fs_put_hex(b, cipher->capability, 1);
    put_octets(b, cipher, cipher->key);
    put_octets(b, cipher, cipher->message);
    if (cipher->signature.length > 0) {
        put_octets(b, cipher, cipher->signature);
    }
    fs_put_byte(b, '\0');
}
