/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * IPDict: IP2:length:key:length:value:…:Z, lengths in hexadecimal. A value's kind shows in its
 * form only: what splits into pairs without rest is a dictionary, what splits into values a list.
 */
#include "protocol/feiq/decode.h"
#include "protocol/text.h"

#include <string.h>

enum { PREFIX = 4, LONGEST_LENGTH = 8, LONGEST_KEY = 32, DEEPEST = 8 };

typedef struct {
    FeiqDatagram *d;
    unsigned left;  /* values that may still be taken apart */
    unsigned level; /* of nesting */
    bool alone;     /* no classic header precedes it, so it names sender and command itself */
} Dict;

/* Keys whose values people choose, so that their form says nothing. */
static const char text_keys[][6] = {"UID", "HID", "NCK", "GRP", "BODY", "FN", "ABST"};

/* Keys of the outermost dictionary that stand for what a classic header holds. */
static const struct {
    char key[6];
    uint16_t field;
} header_keys[] = {{"PKT", FEIQ_PACKET_NUMBER}, {"UID", FEIQ_USER},    {"HID", FEIQ_HOST},
                   {"CMD", FEIQ_COMMAND},       {"FLG", FEIQ_OPTIONS}, {"NCK", FEIQ_NICK},
                   {"GRP", FEIQ_GROUP},         {"BODY", FEIQ_TEXT}};

static bool key_is(FeiqSlice key, const char *name)
{
    return key.length == strlen(name) && memcmp(key.at, name, key.length) == 0;
}

bool feiq_is_dict(const uint8_t *at, const uint8_t *end)
{
    return FEIQ_BEGINS(at, end, "IP2:");
}

/* length:value and, unless it is the last, a colon. */
static bool take_value(const uint8_t **at, const uint8_t *end, FeiqSlice *value)
{
    uint64_t length;
    FeiqSlice digits = feiq_take(at, end, ':');
    *value = (FeiqSlice){*at, (size_t)(end - *at), false};
    if (!digits.closed || digits.length > LONGEST_LENGTH ||
        !feiq_hexadecimal(digits.at, digits.length, UINT32_MAX, &length)) {
        return false;
    }
    if (length > value->length) {
        return false;
    }
    value->length = (size_t)length;
    value->closed = true;
    *at += length;
    if (*at == end) {
        return true;
    }
    return *(*at)++ == ':';
}

static bool take_key(const uint8_t **at, const uint8_t *end, FeiqSlice *key)
{
    *key = feiq_take(at, end, ':');
    if (!key->closed || key->length == 0 || key->length > LONGEST_KEY) {
        return false;
    }
    for (size_t i = 0; i < key->length; i++) {
        if (key->at[i] <= 0x20 || key->at[i] >= 0x7f) {
            return false;
        }
    }
    return true;
}

static bool splits(FeiqSlice slice, bool pairs)
{
    const uint8_t *at = slice.at;
    const uint8_t *end = at + slice.length;
    FeiqSlice key;
    FeiqSlice value;
    while (at < end) {
        if ((pairs && !take_key(&at, end, &key)) || !take_value(&at, end, &value)) {
            return false;
        }
    }
    return slice.length > 0;
}

bool feiq_dict_has_pair(const uint8_t *at, const uint8_t *end)
{
    uint64_t length;
    FeiqSlice key;
    FeiqSlice value;
    at += PREFIX;
    FeiqSlice digits = feiq_take(&at, end, ':');
    return digits.length <= LONGEST_LENGTH &&
           feiq_hexadecimal(digits.at, digits.length, UINT32_MAX, &length) &&
           take_key(&at, end, &key) && take_value(&at, end, &value);
}

static void add_plain(FeiqDatagram *d, FeiqSlice value)
{
    FsEncoding encoding = fs_text_guess(value.at, value.length);
    bool text = encoding == FS_ASCII || encoding == FS_UTF8;
    for (size_t i = 0; i < value.length && text; i++) {
        uint8_t c = value.at[i];
        text = c >= 0x20 || c == '\n' || c == '\r' || c == '\t';
    }
    if (text) {
        (void)fs_add_text(d->packet, FEIQ(DICT_VALUE), value.at, value.length, encoding);
    } else {
        (void)fs_add_bytes(d->packet, FEIQ(DICT_BYTES), value.at, value.length);
    }
    d->encoding = encoding;
}

/* A number of the header: command and options make up the command word, one after the other. */
static void add_header_number(FeiqDatagram *d, uint16_t field, FeiqSlice value)
{
    uint64_t number;
    if (!feiq_hexadecimal(value.at, value.length, feiq_most(&feiq_fields[field]), &number)) {
        return;
    }
    if (field == FEIQ_OPTIONS) {
        d->word = (d->word & 0xff) | ((uint32_t)number & 0xffffff00);
        feiq_decode_options(d, value.at, value.length);
        return;
    }
    (void)fs_add_number(d->packet, &feiq_fields[field], value.at, value.length, number);
    if (field == FEIQ_COMMAND) {
        d->word = (d->word & 0xffffff00) | (uint32_t)number;
        if (!feiq_command_known((uint8_t)number)) {
            (void)fs_add_remark(d->packet, FEIQ(COMMAND_UNKNOWN), value.at, value.length, true);
        }
    }
}

static void add_header_value(FeiqDatagram *d, FeiqSlice key, FeiqSlice value)
{
    for (size_t i = 0; i < sizeof header_keys / sizeof header_keys[0]; i++) {
        if (!key_is(key, header_keys[i].key)) {
            continue;
        }
        uint16_t field = header_keys[i].field;
        fs_enter(d->packet);
        if (feiq_fields[field].type == FS_UINT) {
            add_header_number(d, field, value);
        } else {
            feiq_add_text(d, &feiq_fields[field], value.at, value.length);
        }
        fs_leave(d->packet);
        return;
    }
}

static bool is_text_key(FeiqSlice key)
{
    for (size_t i = 0; i < sizeof text_keys / sizeof text_keys[0]; i++) {
        if (key_is(key, text_keys[i])) {
            return true;
        }
    }
    return false;
}

/* Values stand in values, to a depth that is bounded. */
static bool decode_values(Dict *dict, FeiqSlice slice, bool pairs);

static void decode_value(Dict *dict, FeiqSlice value, bool text)
{
    FeiqDatagram *d = dict->d;
    bool pairs = !text && splits(value, true);
    bool list = !text && !pairs && splits(value, false);
    if (!pairs && !list) {
        add_plain(d, value);
    } else if (dict->level == DEEPEST) {
        add_plain(d, value);
        (void)fs_add_remark(d->packet, FEIQ(DICT_DEEP), value.at, value.length, false);
    } else {
        uint32_t group =
            fs_open(d->packet, pairs ? FEIQ(DICT_NESTED) : FEIQ(DICT_LIST), value.at, value.length);
        dict->level++;
        (void)decode_values(dict, value, pairs);
        dict->level--;
        fs_close(d->packet, group, NULL);
    }
}

static void decode_pair(Dict *dict, const uint8_t *start, FeiqSlice key, FeiqSlice value)
{
    FeiqDatagram *d = dict->d;
    const uint8_t *stop = value.at + value.length;
    uint32_t group = fs_open(d->packet, FEIQ(DICT_PAIR), start, (size_t)(stop - start));
    (void)fs_add_text(d->packet, FEIQ(DICT_KEY), key.at, key.length, FS_ASCII);
    decode_value(dict, value, is_text_key(key));
    if (dict->level == 0 && dict->alone) {
        add_header_value(d, key, value);
    }
    fs_close(d->packet, group, NULL);
}

static bool decode_values(Dict *dict, FeiqSlice slice, bool pairs)
{
    FeiqDatagram *d = dict->d;
    const uint8_t *at = slice.at;
    const uint8_t *end = at + slice.length;
    while (at < end) {
        const uint8_t *start = at;
        FeiqSlice key = {at, 0, true};
        FeiqSlice value = {at, 0, true};
        if (dict->left == 0) {
            feiq_add_too_many(d, FEIQ(DICT_TOO_MANY), at, end);
            return true;
        }
        if ((pairs && !take_key(&at, end, &key)) || !take_value(&at, end, &value)) {
            if (!d->cut) {
                (void)fs_add_remark(d->packet, FEIQ(DICT_MALFORMED), start, (size_t)(end - start),
                                    true);
            }
            return false;
        }
        dict->left--;
        if (pairs) {
            decode_pair(dict, start, key, value);
        } else {
            decode_value(dict, value, false);
        }
    }
    return true;
}

void feiq_decode_dict(FeiqDatagram *d, bool alone)
{
    const uint8_t *start = d->at;
    uint32_t group = fs_open(d->packet, FEIQ(DICT), start, (size_t)(d->end - start));
    d->at += PREFIX;
    FeiqSlice digits = feiq_take(&d->at, d->end, ':');
    uint64_t length = 0;
    if (feiq_add_hexadecimal(d, FEIQ(DICT_LENGTH), digits, FEIQ(DICT_MALFORMED), &length)) {
        size_t present = (size_t)(d->end - d->at);
        bool fits = length <= present;
        FeiqSlice pairs = {d->at, fits ? (size_t)length : present, fits};
        Dict dict = {d, FEIQ_MOST, 0, alone};
        bool whole = decode_values(&dict, pairs, true);
        d->at += pairs.length;
        if (FEIQ_BEGINS(d->at, d->end, ":Z")) {
            d->at += 2;
        } else if (whole && !d->cut) {
            (void)fs_add_remark(d->packet, fits ? FEIQ(DICT_END) : FEIQ(DICT_MALFORMED), d->at, 0,
                                false);
        }
    }
    fs_close(d->packet, group, d->at);
}
