/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/preferences.h"

#include "protocol/feiq/feiq.h"

#include <stdlib.h>
#include <string.h>

const Preferences preference_defaults = {.streams = STREAM_DEFAULT_SETTINGS,
                                         .feiq_udp = {{{FEIQ_PORT, FEIQ_PORT}}, 1},
                                         .feiq_tcp = {{{FEIQ_PORT, FEIQ_PORT}}, 1}};

static const struct {
    const char *name;
    OnehashFraming framing;
} framings[] = {{"auto", ONEHASH_FRAMING_UNDECIDED},
                {"line", ONEHASH_FRAMING_LINE},
                {"length", ONEHASH_FRAMING_LENGTH},
                {"fixed", ONEHASH_FRAMING_FIXED},
                {"bare", ONEHASH_FRAMING_BARE}};

static const char *set_framing(Preferences *preferences, const char *value)
{
    for (size_t i = 0; i < sizeof framings / sizeof *framings; i++) {
        if (strcmp(framings[i].name, value) == 0) {
            preferences->streams.framing = framings[i].framing;
            return NULL;
        }
    }
    return "a framing is auto, line, length, fixed or bare";
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

static const char *set_port(uint16_t *port, const char *value)
{
    uint32_t wanted = number(value, UINT16_MAX);
    *port = wanted != 0 ? (uint16_t)wanted : *port;
    return wanted != 0 ? NULL : "one port, a number from 1 to 65535";
}

static const char *set_chat_port(Preferences *preferences, const char *value)
{
    return set_port(&preferences->streams.chat_port, value);
}

static const char *set_control_port(Preferences *preferences, const char *value)
{
    return set_port(&preferences->streams.control_port, value);
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
} table[] = {{"onehash.framing", set_framing},      {"onehash.block_size", set_block},
             {"onehash.chat_ports", set_chat_port}, {"onehash.control_ports", set_control_port},
             {"feiq.udp.port", set_feiq_udp},       {"feiq.tcp.port", set_feiq_tcp}};

/* The name need not end with NUL. */
static const char *set(Preferences *preferences, const char *name, size_t length, const char *value)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if (strlen(table[i].name) == length && memcmp(table[i].name, name, length) == 0) {
            return table[i].set(preferences, value);
        }
    }
    return "there is no preference of that name";
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
