/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/preferences.h"

#include "protocol/feiq/feiq.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

const Preferences preference_defaults = {.streams = STREAM_DEFAULT_SETTINGS,
                                         .feiq_udp = {{{FEIQ_PORT, FEIQ_PORT}}, 1},
                                         .feiq_tcp = {{{FEIQ_PORT, FEIQ_PORT}}, 1}};

/* A word that a value may be, and what it stands for. */
typedef struct {
    const char *name;
    unsigned value;
} Word;

static const Word framings[] = {
    {"auto", ONEHASH_FRAMING_UNDECIDED}, {"line", ONEHASH_FRAMING_LINE},
    {"length", ONEHASH_FRAMING_LENGTH},  {"fixed", ONEHASH_FRAMING_FIXED},
    {"bare", ONEHASH_FRAMING_BARE},      {NULL, 0}};

static const Word dialects[] = {{"auto", ONEHASH_SERVICE_UNKNOWN},
                                {"chat", ONEHASH_SERVICE_CHAT},
                                {"control", ONEHASH_SERVICE_CONTROL},
                                {NULL, 0}};

static const Word encodings[] = {{"auto", FS_ASCII},
                                 {"gb18030", FS_GB18030},
                                 {"utf-8", FS_UTF8},
                                 {"shift-jis", FS_SHIFT_JIS},
                                 {NULL, 0}};

static const Word truths[] = {{"true", 1}, {"false", 0}, {NULL, 0}};

/* NULL if there is no such word. Upper and lower case are the same, as they are to Wireshark. */
static const Word *find_word(const Word *words, const char *value)
{
    while (words->name != NULL && strcasecmp(words->name, value) != 0) {
        words++;
    }
    return words->name != NULL ? words : NULL;
}

static const char *set_framing(Preferences *preferences, const char *value)
{
    const Word *word = find_word(framings, value);
    if (word == NULL) {
        return "a framing is auto, line, length, fixed or bare";
    }
    preferences->streams.framing = (OnehashFraming)word->value;
    return NULL;
}

static const char *set_dialect(Preferences *preferences, const char *value)
{
    const Word *word = find_word(dialects, value);
    if (word == NULL) {
        return "a dialect is auto, chat or control";
    }
    preferences->streams.dialect = (OnehashService)word->value;
    return NULL;
}

static const char *set_encoding(FsEncoding *encoding, const char *value)
{
    const Word *word = find_word(encodings, value);
    if (word == NULL) {
        return "an encoding is auto, gb18030, utf-8 or shift-jis";
    }
    *encoding = (FsEncoding)word->value;
    return NULL;
}

static const char *set_feiq_encoding(Preferences *preferences, const char *value)
{
    return set_encoding(&preferences->feiq_encoding, value);
}

static const char *set_onehash_encoding(Preferences *preferences, const char *value)
{
    return set_encoding(&preferences->streams.prefer, value);
}

/* Wireshark reads any other word as false. */
static const char *set_negation(bool *negation, const char *value)
{
    const Word *word = find_word(truths, value);
    if (word == NULL) {
        return "it is TRUE or FALSE";
    }
    *negation = word->value == 0;
    return NULL;
}

static const char *set_order(Preferences *preferences, const char *value)
{
    return set_negation(&preferences->streams.as_they_come, value);
}

static const char *set_relative(Preferences *preferences, const char *value)
{
    return set_negation(&preferences->absolute_numbers, value);
}

/* A decimal number from 1 to most; 0 if it is none. */
static uint32_t number(const char *value, uint32_t most)
{
    char *end;
    if (value[0] < '0' || value[0] > '9') {
        return 0;
    }
    unsigned long n = strtoul(value, &end, 10);
    return *end == '\0' && n <= most ? (uint32_t)n : 0;
}

static const char *set_block(Preferences *preferences, const char *value)
{
    _Static_assert(ONEHASH_MESSAGE_LIMIT == 65536, "the message says it");
    uint32_t block = number(value, ONEHASH_MESSAGE_LIMIT);
    preferences->streams.block = block != 0 ? block : preferences->streams.block;
    return block != 0 ? NULL : "a block has from 1 to 65536 bytes";
}

static const char *set_chat_ports(Preferences *preferences, const char *value)
{
    return port_set_read(&preferences->streams.chat_ports, value);
}

static const char *set_control_ports(Preferences *preferences, const char *value)
{
    return port_set_read(&preferences->streams.control_ports, value);
}

static const char *set_feiq_udp(Preferences *preferences, const char *value)
{
    return port_set_read(&preferences->feiq_udp, value);
}

static const char *set_feiq_tcp(Preferences *preferences, const char *value)
{
    return port_set_read(&preferences->feiq_tcp, value);
}

static const struct {
    const char *name;
    const char *(*set)(Preferences *preferences, const char *value);
} table[] = {{"onehash.framing", set_framing},
             {"onehash.block_size", set_block},
             {"onehash.dialect", set_dialect},
             {"onehash.encoding", set_onehash_encoding},
             {"onehash.chat_ports", set_chat_ports},
             {"onehash.control_ports", set_control_ports},
             {"feiq.encoding", set_feiq_encoding},
             {"feiq.udp.port", set_feiq_udp},
             {"feiq.tcp.port", set_feiq_tcp},
             {"tcp.reassemble_out_of_order", set_order},
             {"tcp.relative_sequence_numbers", set_relative}};

/* The name need not end with NUL. */
static const char *set(Preferences *preferences, const char *name, size_t length, const char *value)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if (strlen(table[i].name) == length && memcmp(table[i].name, name, length) == 0) {
            return table[i].set(preferences, value);
        }
    }
    return "there is no preference of that name; feiqdump --help preferences lists them";
}

const char *preference_set(Preferences *preferences, const char *text)
{
    const char *colon = strchr(text, ':');
    if (colon == NULL) {
        return "a preference is set by NAME:VALUE";
    }
    return set(preferences, text, (size_t)(colon - text), colon + 1);
}

const char *preference_set_value(Preferences *preferences, const char *name, const char *value)
{
    return set(preferences, name, strlen(name), value);
}

void preferences_apply(const Preferences *preferences, HeaderWalk *walk)
{
    walk->feiq_udp = &preferences->feiq_udp;
    walk->feiq_tcp = &preferences->feiq_tcp;
    walk->feiq_by_port_only = preferences->feiq_by_port_only;
    walk->packet->prefer = preferences->feiq_encoding;
}
