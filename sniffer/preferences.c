/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/preferences.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    OnehashFraming framing;
} framings[] = {{"auto", ONEHASH_FRAMING_UNDECIDED},
                {"line", ONEHASH_FRAMING_LINE},
                {"length", ONEHASH_FRAMING_LENGTH},
                {"fixed", ONEHASH_FRAMING_FIXED},
                {"bare", ONEHASH_FRAMING_BARE}};

static bool set_framing(StreamSettings *settings, const char *value)
{
    for (size_t i = 0; i < sizeof framings / sizeof *framings; i++) {
        if (strcmp(framings[i].name, value) == 0) {
            settings->framing = framings[i].framing;
            return true;
        }
    }
    return false;
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

static bool set_block(StreamSettings *settings, const char *value)
{
    uint32_t block = number(value, ONEHASH_MESSAGE_LIMIT);
    settings->block = block != 0 ? block : settings->block;
    return block != 0;
}

static bool set_port(uint16_t *port, const char *value)
{
    uint32_t wanted = number(value, UINT16_MAX);
    *port = wanted != 0 ? (uint16_t)wanted : *port;
    return wanted != 0;
}

static bool set_chat_port(StreamSettings *settings, const char *value)
{
    return set_port(&settings->chat_port, value);
}

static bool set_control_port(StreamSettings *settings, const char *value)
{
    return set_port(&settings->control_port, value);
}

static const struct {
    const char *name;
    bool (*set)(StreamSettings *settings, const char *value);
} preferences[] = {{"onehash.framing:", set_framing},
                   {"onehash.block_size:", set_block},
                   {"onehash.chat_ports:", set_chat_port},
                   {"onehash.control_ports:", set_control_port}};

bool preference_set(StreamSettings *settings, const char *text)
{
    for (size_t i = 0; i < sizeof preferences / sizeof *preferences; i++) {
        size_t length = strlen(preferences[i].name);
        if (strncmp(preferences[i].name, text, length) == 0) {
            return preferences[i].set(settings, text + length);
        }
    }
    return false;
}
