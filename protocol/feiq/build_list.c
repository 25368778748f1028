/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "protocol/feiq/build_list.h"

enum { BELL = 0x07, EMPTY = 0x08, FORM_FEED = 0x0c, COLUMNS = 5, MOST = 99999 };

ptrdiff_t feiq_build_getlist(uint8_t *out, size_t capacity, const FeiqSender *sender,
                             uint64_t packet_number, uint32_t options, uint32_t start)
{
    FsBuilder b = fs_builder(out, capacity);
    fs_refuse_if(&b, (options & 0xff) != 0);
    feiq_put_header(&b, sender, packet_number, options | FEIQ_CMD_GETLIST, 0);
    fs_put_decimal(&b, start, 1);
    fs_put_byte(&b, '\0');
    return fs_built(&b);
}

static void put_column(FsBuilder *b, uint64_t number)
{
    fs_refuse_if(b, number > MOST);
    fs_put_decimal(b, number, COLUMNS);
    fs_put_byte(b, BELL);
}

static void put_number(FsBuilder *b, uint32_t number)
{
    fs_put_decimal(b, number, 1);
    fs_put_byte(b, BELL);
}

static void put_field(FsBuilder *b, FsBytes text, uint32_t word)
{
    fs_refuse_if(b, fs_contains(text, BELL) || fs_contains(text, EMPTY) ||
                        fs_contains(text, FORM_FEED));
    feiq_put_open_text(b, text, word);
    fs_put_byte(b, BELL);
}

static void put_optional(FsBuilder *b, FsBytes text, uint32_t word)
{
    if (text.length == 0) {
        fs_put_byte(b, EMPTY);
    }
    put_field(b, text, word);
}

static void put_host(FsBuilder *b, const FeiqListedHost *host, uint32_t word)
{
    fs_refuse_if(b, host->user.length == 0 || host->host.length == 0);
    put_field(b, host->user, word);
    put_field(b, host->host, word);
    put_number(b, host->status);
    for (unsigned i = 0; i < 4; i++) {
        fs_put_decimal(b, host->address >> (24 - 8 * i) & 0xff, 1);
        fs_put_byte(b, i < 3 ? '.' : BELL);
    }
    put_number(b, (host->port & 0xffU) << 8 | host->port >> 8);
    put_optional(b, host->nick, word);
    put_optional(b, host->group, word);
}

ptrdiff_t feiq_build_anslist(uint8_t *out, size_t capacity, const FeiqSender *sender,
                             uint64_t packet_number, uint32_t options, uint32_t next,
                             const FeiqListedHost *hosts, size_t count)
{
    FsBuilder b = fs_builder(out, capacity);
    uint32_t word = options | FEIQ_CMD_ANSLIST;
    fs_refuse_if(&b, (options & 0xff) != 0);
    feiq_put_header(&b, sender, packet_number, word, 0);
    put_column(&b, next);
    put_column(&b, count);
    for (size_t i = 0; i < count; i++) {
        put_host(&b, &hosts[i], word);
    }
    fs_put_byte(&b, '\0');
    return fs_built(&b);
}
