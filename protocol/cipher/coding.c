/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "protocol/cipher/coding.h"

enum { NOT_HEX = 16, NOT_BASE64 = 64 };

FsBytes cipher_take(FsBytes *text, uint8_t separator)
{
    FsBytes taken = *text;
    const uint8_t *stop = text->length == 0 ? NULL : memchr(text->data, separator, text->length);
    if (stop == NULL) {
        text->data += text->length;
        text->length = 0;
        return taken;
    }
    taken.length = (size_t)(stop - taken.data);
    text->data = stop + 1;
    text->length -= taken.length + 1;
    return taken;
}

static unsigned hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10U : NOT_HEX;
}

CipherStatus cipher_read_number(FsBytes text, uint32_t *number)
{
    uint32_t value = 0;
    *number = 0;
    for (size_t i = 0; i < text.length; i++) {
        unsigned digit = hex_digit(text.data[i]);
        if (digit == NOT_HEX || value > UINT32_MAX >> 4) {
            return CIPHER_CODING;
        }
        value = value << 4 | digit;
    }
    *number = value;
    return text.length > 0 ? CIPHER_OK : CIPHER_CODING;
}

CipherStatus cipher_read_long(FsBytes text, uint8_t *out, size_t capacity, size_t *length)
{
    *length = 0;
    size_t octets = text.length / 2 + text.length % 2;
    if (octets == 0) {
        return CIPHER_CODING;
    }
    if (octets > capacity) {
        return CIPHER_NO_ROOM;
    }
    size_t missing = text.length % 2;
    unsigned value = 0;
    for (size_t i = 0; i < text.length; i++) {
        unsigned digit = hex_digit(text.data[i]);
        if (digit == NOT_HEX) {
            return CIPHER_CODING;
        }
        value = value << 4 | digit;
        if ((i + missing) % 2 == 1) {
            out[(i + missing) / 2] = (uint8_t)value;
        }
    }
    *length = octets;
    return CIPHER_OK;
}

CipherStatus cipher_read_hex(FsBytes text, uint8_t *out, size_t capacity, size_t *length)
{
    *length = 0;
    return text.length % 2 == 0 ? cipher_read_long(text, out, capacity, length) : CIPHER_CODING;
}

static unsigned base64_digit(uint8_t c)
{
    if (c >= 'A' && c <= 'Z') {
        return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
        return c - 'a' + 26U;
    }
    if (c >= '0' && c <= '9') {
        return c - '0' + 52U;
    }
    return c == '+' ? 62 : c == '/' ? 63 : NOT_BASE64;
}

CipherStatus cipher_read_base64(FsBytes text, uint8_t *out, size_t capacity, size_t *length)
{
    *length = 0;
    for (unsigned filling = 0; filling < 2 && text.length > 0; filling++) {
        text.length -= text.data[text.length - 1] == '=';
    }
    if (text.length == 0 || text.length % 4 == 1) {
        return CIPHER_CODING;
    }
    size_t octets = text.length / 4 * 3 + (text.length % 4 == 0 ? 0 : text.length % 4 - 1);
    if (octets > capacity) {
        return CIPHER_NO_ROOM;
    }
    uint32_t bits = 0;
    size_t written = 0;
    for (size_t i = 0; i < text.length; i++) {
        unsigned digit = base64_digit(text.data[i]);
        if (digit == NOT_BASE64) {
            return CIPHER_CODING;
        }
        bits = bits << 6 | digit;
        if (i % 4 != 0) { /* from the second digit of four on each completes an octet */
            out[written++] = (uint8_t)(bits >> (6 - 2 * (i % 4)));
        }
    }
    *length = written;
    return CIPHER_OK;
}
