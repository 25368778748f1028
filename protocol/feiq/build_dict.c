/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The length of a value stands before it, so each is measured before it is written; nested ones
 * once for each level above them, of which there are few.
 */
#include "protocol/feiq/build_dict.h"

enum { LONGEST_KEY = 32 };

static size_t hex_digits(uint64_t number)
{
    size_t digits = 1;
    while (number > 15) {
        number >>= 4;
        digits++;
    }
    return digits;
}

static uint64_t magnitude(int64_t number)
{
    return number < 0 ? -(uint64_t)number : (uint64_t)number;
}

static size_t measure_items(const FeiqPair *items, size_t count, bool keys, unsigned level);

/* Octets of a value without its length; SIZE_MAX / 2 stands for too deep. */
static size_t measure(const FeiqPair *item, unsigned level)
{
    switch (item->form) {
    case FEIQ_PAIR_NUMBER:
        return hex_digits(magnitude(item->number)) + (item->number < 0);
    case FEIQ_PAIR_BYTES:
        return item->bytes.length;
    case FEIQ_PAIR_DICT:
    case FEIQ_PAIR_LIST:
        break;
    }
    return measure_items(item->items, item->count, item->form == FEIQ_PAIR_DICT, level + 1);
}

static size_t measure_items(const FeiqPair *items, size_t count, bool keys, unsigned level)
{
    size_t sum = count > 0 ? count - 1 : 0; /* colons between them */
    if (level > FEIQ_DICT_DEEPEST) {
        return INT32_MAX;
    }
    for (size_t i = 0; i < count && sum < INT32_MAX; i++) {
        size_t length = measure(&items[i], level);
        sum += length < INT32_MAX ? hex_digits(length) + 1 + length : INT32_MAX;
        sum += keys ? strlen(items[i].key) + 1 : 0;
    }
    return sum < INT32_MAX ? sum : INT32_MAX;
}

static void put_key(FsBuilder *b, const char *key)
{
    size_t length = strlen(key);
    fs_refuse_if(b, length == 0 || length > LONGEST_KEY);
    for (size_t i = 0; i < length && b->error == 0; i++) {
        fs_refuse_if(b, key[i] <= ' ' || key[i] > '~' || key[i] == ':');
    }
    fs_put_string(b, key);
    fs_put_byte(b, ':');
}

static void put_items(FsBuilder *b, const FeiqPair *items, size_t count, bool keys, unsigned level)
{
    for (size_t i = 0; i < count && b->error == 0; i++) {
        const FeiqPair *item = &items[i];
        if (i > 0) {
            fs_put_byte(b, ':');
        }
        if (keys) {
            put_key(b, item->key);
        }
        fs_put_hex(b, measure(item, level), 1);
        fs_put_byte(b, ':');
        switch (item->form) {
        case FEIQ_PAIR_NUMBER:
            if (item->number < 0) {
                fs_put_byte(b, '-');
            }
            fs_put_hex(b, magnitude(item->number), 1);
            break;
        case FEIQ_PAIR_BYTES:
            fs_put(b, item->bytes);
            break;
        case FEIQ_PAIR_DICT:
        case FEIQ_PAIR_LIST:
            put_items(b, item->items, item->count, item->form == FEIQ_PAIR_DICT, level + 1);
            break;
        }
    }
}

ptrdiff_t feiq_build_dict(uint8_t *out, size_t capacity, const FeiqPair *pairs, size_t count)
{
    FsBuilder b = fs_builder(out, capacity);
    size_t length = measure_items(pairs, count, true, 1);
    fs_refuse_if(&b, length >= INT32_MAX);
    fs_put_string(&b, "IP2:");
    fs_put_hex(&b, length, 1);
    fs_put_byte(&b, ':');
    put_items(&b, pairs, count, true, 1);
    fs_put_string(&b, ":Z");
    return fs_built(&b);
}
