/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "protocol/builder.h"

void fs_put(FsBuilder *b, FsBytes bytes)
{
    if (b->error != 0 || bytes.length == 0) {
        return;
    }
    if (bytes.length > b->capacity - b->used) {
        b->error = FS_NO_ROOM;
        return;
    }
    memcpy(b->out + b->used, bytes.data, bytes.length);
    b->used += bytes.length;
}

void fs_put_byte(FsBuilder *b, uint8_t byte)
{
    fs_put(b, (FsBytes){&byte, 1});
}

void fs_put_fill(FsBuilder *b, uint8_t byte, size_t count)
{
    if (b->error != 0 || count == 0) {
        return;
    }
    if (count > b->capacity - b->used) {
        b->error = FS_NO_ROOM;
        return;
    }
    memset(b->out + b->used, byte, count);
    b->used += count;
}

void fs_put_string(FsBuilder *b, const char *text)
{
    fs_put(b, fs_bytes(text));
}

static void put_number(FsBuilder *b, uint64_t number, unsigned base, unsigned width, uint8_t fill)
{
    uint8_t digits[20];
    size_t n = 0;
    do {
        digits[sizeof digits - ++n] = (uint8_t) "0123456789abcdef"[number % base];
        number /= base;
    } while (number > 0);
    if (n < width) {
        fs_put_fill(b, fill, width - n);
    }
    fs_put(b, (FsBytes){digits + sizeof digits - n, n});
}

void fs_put_decimal(FsBuilder *b, uint64_t number, unsigned width)
{
    put_number(b, number, 10, width, ' ');
}

void fs_put_hex(FsBuilder *b, uint64_t number, unsigned digits)
{
    put_number(b, number, 16, digits, '0');
}
