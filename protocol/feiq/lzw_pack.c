/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "protocol/feiq/lzw.h"

#include <string.h>

enum {
    SINGLES = 256, /* codes that stand for a byte */
    CODES = 4096,
    FEWEST_BITS = 9,
    MOST_BITS = 12,
    NONE = 0 /* no code stands for it: a byte's code is nobody's child */
};

/* The table as a tree: a string's children are the strings that are longer by a byte. */
typedef struct {
    uint16_t parent[CODES];
    uint16_t child[CODES];   /* the first */
    uint16_t sibling[CODES]; /* the next child of the same parent */
    uint8_t last[CODES];     /* the byte by which a string is longer than its parent's */
    unsigned next;           /* the code to be given away next */
    bool used_up;            /* codes are given away a second time */
    bool orphan[CODES];      /* its parent's code stands for something else now */
} Table;

typedef struct {
    uint8_t *out;
    size_t room; /* bits */
    size_t at;   /* bits */
    unsigned width;
    unsigned until_wider; /* codes */
} Writer;

static bool write_code(Writer *writer, unsigned code)
{
    if (writer->width > writer->room - writer->at) {
        return false;
    }
    for (unsigned i = 0; i < writer->width; i++, writer->at++) {
        uint8_t *byte = &writer->out[writer->at / 8];
        *byte = (uint8_t)(writer->at % 8 == 0 ? 0 : *byte);
        *byte |= (uint8_t)((code >> i & 1U) << (7 - writer->at % 8));
    }
    if (--writer->until_wider == 0 && writer->width < MOST_BITS) {
        writer->width++;
        writer->until_wider = 1U << (writer->width - 1);
    }
    return true;
}

static unsigned find(const Table *table, unsigned code, uint8_t byte)
{
    unsigned child = table->child[code];
    while (child != NONE && table->last[child] != byte) {
        child = table->sibling[child];
    }
    return child;
}

/* A code is about to stand for something else. The strings that are longer than its own keep
 * theirs, and cannot be found any more. */
static void forget(Table *table, unsigned code)
{
    if (!table->orphan[code]) {
        uint16_t *link = &table->child[table->parent[code]];
        while (*link != code) {
            link = &table->sibling[*link];
        }
        *link = table->sibling[code];
    }
    for (unsigned child = table->child[code]; child != NONE; child = table->sibling[child]) {
        table->orphan[child] = true;
    }
    table->child[code] = NONE;
}

static void add(Table *table, unsigned parent, uint8_t byte)
{
    unsigned code = table->next;
    if (table->used_up) {
        forget(table, code);
    }
    /* a string that is made of the one whose code it takes cannot be found */
    table->orphan[code] = code == parent;
    table->parent[code] = (uint16_t)parent;
    table->last[code] = byte;
    if (code != parent) {
        table->sibling[code] = table->child[parent];
        table->child[parent] = (uint16_t)code;
    }
    table->next = code + 1 == CODES ? SINGLES : code + 1;
    table->used_up = table->used_up || table->next == SINGLES;
}

static void put_little_endian_32(uint8_t *at, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++) {
        at[i] = (uint8_t)(value >> 8 * i);
    }
}

size_t feiq_lzw_pack(const uint8_t *data, size_t length, uint8_t *out, size_t room)
{
    Table table = {.next = SINGLES};
    if (room < FEIQ_LZW_HEADER || length > UINT32_MAX) {
        return 0;
    }
    memcpy(out, (const uint8_t[]){'L', 'Z', 'W', '!'}, 4);
    put_little_endian_32(out + 4, (uint32_t)length);
    put_little_endian_32(out + 8, feiq_crc32(data, length));
    Writer writer = {out + FEIQ_LZW_HEADER, (room - FEIQ_LZW_HEADER) * 8, 0, FEWEST_BITS,
                     1U << (FEWEST_BITS - 1)};
    for (size_t i = 0; i < length;) {
        unsigned code = data[i++];
        unsigned longer = NONE;
        while (i < length && (longer = find(&table, code, data[i])) != NONE) {
            code = longer;
            i++;
        }
        if (!write_code(&writer, code)) {
            return 0;
        }
        if (i < length) {
            add(&table, code, data[i]);
        }
    }
    return FEIQ_LZW_HEADER + (writer.at + 7) / 8;
}
