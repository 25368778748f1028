/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "protocol/feiq/build_header.h"
#include "protocol/text.h"

enum { LONGEST_NAME = 255, TAG_PREFIX = 3 };

static bool has_control(FsBytes bytes)
{
    for (size_t i = 0; i < bytes.length; i++) {
        if (bytes.data[i] < 0x20 || bytes.data[i] == 0x7f) {
            return true;
        }
    }
    return false;
}

static void put_name(FsBuilder *b, FsBytes name, uint32_t word)
{
    fs_refuse_if(b, name.length == 0 || name.length > LONGEST_NAME || has_control(name) ||
                        fs_contains(name, ':'));
    fs_refuse_if(b, (word & FEIQ_OPT_UTF8) != 0 && !fs_text_is_utf8(name.data, name.length));
    fs_put(b, name);
    fs_put_byte(b, ':');
}

static void put_version_part(FsBuilder *b, FsBytes part)
{
    fs_refuse_if(b, part.length == 0 || has_control(part) || fs_contains(part, ':') ||
                        fs_contains(part, '#'));
    fs_put_byte(b, '#');
    fs_put(b, part);
}

static void put_version_number(FsBuilder *b, uint32_t number)
{
    fs_put_byte(b, '#');
    fs_put_decimal(b, number, 1);
}

static void put_feiq_version(FsBuilder *b, const FeiqVersion *v, uint32_t body_length)
{
    size_t start = b->used;
    bool tag = v->tag.length >= TAG_PREFIX && memcmp(v->tag.data, "lbt", TAG_PREFIX) == 0;
    fs_refuse_if(b, !tag || has_control(v->tag) || fs_contains(v->tag, ':') ||
                        fs_contains(v->tag, '#') || fs_contains(v->tag, '_'));
    fs_put_string(b, "1_");
    fs_put(b, v->tag);
    fs_put_byte(b, '_');
    fs_put_decimal(b, v->avatar, 1);
    put_version_number(b, v->level);
    put_version_part(b, v->mac);
    put_version_number(b, v->avatar_size);
    put_version_number(b, v->personal_image_size);
    put_version_number(b, body_length);
    if (v->unknown_v.length > 0) {
        put_version_part(b, v->unknown_v);
        if (v->unknown_n.length > 0) {
            put_version_part(b, v->unknown_n);
        }
    } else {
        fs_refuse_if(b, v->unknown_n.length > 0);
    }
    fs_refuse_if(b, b->used - start > LONGEST_NAME);
}

ptrdiff_t feiq_build_version(uint8_t *out, size_t capacity, const FeiqVersion *version,
                             uint32_t body_length)
{
    FsBuilder b = fs_builder(out, capacity);
    put_feiq_version(&b, version, body_length);
    return fs_built(&b);
}

void feiq_put_header(FsBuilder *b, const FeiqSender *sender, uint64_t packet_number, uint32_t word,
                     uint32_t body_length)
{
    if (sender->feiq != NULL) {
        put_feiq_version(b, sender->feiq, body_length);
        fs_put_byte(b, ':');
    } else {
        /* the official receiver reads a leading integer, and wants it to be 1 */
        fs_refuse_if(b, sender->version.length == 0 || sender->version.data[0] != '1');
        put_name(b, sender->version, 0);
    }
    fs_put_decimal(b, packet_number, 1);
    fs_put_byte(b, ':');
    put_name(b, sender->user, word);
    put_name(b, sender->host, word);
    fs_put_decimal(b, word, 1);
    fs_put_byte(b, ':');
}

void feiq_refuse_text(FsBuilder *b, FsBytes text, uint32_t word)
{
    fs_refuse_if(b, fs_contains(text, '\0'));
    fs_refuse_if(b, (word & FEIQ_OPT_UTF8) != 0 && !fs_text_is_utf8(text.data, text.length));
}

void feiq_put_open_text(FsBuilder *b, FsBytes text, uint32_t word)
{
    feiq_refuse_text(b, text, word);
    fs_put(b, text);
}

void feiq_put_text(FsBuilder *b, FsBytes text, uint32_t word)
{
    feiq_put_open_text(b, text, word);
    fs_put_byte(b, '\0');
}
