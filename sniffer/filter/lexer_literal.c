/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/filter/lexer_literal.h"

#include <arpa/inet.h>
#include <glib.h>
#include <stdbool.h>
#include <string.h>

enum { IPV6_TEXT = 45, MAC_TEXT = 17 };

static uint32_t hex_run(const char *text)
{
    uint32_t length = 0;
    while (g_ascii_isxdigit(text[length])) {
        length++;
    }
    return length;
}

/* Pairs of digits joined by a separator; 0 if there are fewer than two pairs. */
static uint32_t joined_pairs(const char *text, char separator)
{
    uint32_t length = 0;
    uint32_t pairs = 0;
    while (g_ascii_isxdigit(text[length + (pairs > 0)]) &&
           g_ascii_isxdigit(text[length + (pairs > 0) + 1])) {
        length += pairs > 0 ? 3 : 2;
        pairs++;
        if (text[length] != separator) {
            break;
        }
    }
    return pairs > 1 ? length : 0;
}

static uint32_t mac_length(const char *text, char separator)
{
    return joined_pairs(text, separator) >= MAC_TEXT ? MAC_TEXT : 0;
}

/* A slash and digits after an address: part of it only if there is a digit. */
static uint32_t prefix_length(const char *text, uint32_t most_digits)
{
    uint32_t digits = 0;
    if (text[0] == '/') {
        while (digits < most_digits && g_ascii_isdigit(text[1 + digits])) {
            digits++;
        }
    }
    return digits > 0 ? 1 + digits : 0;
}

/* The longest text at the start that inet_pton takes as an address. */
static uint32_t address_length(const char *text, int family, const char *letters, uint32_t most)
{
    uint8_t address[16];
    char copy[IPV6_TEXT + 1];
    uint32_t length = (uint32_t)strspn(text, letters);
    if (length > most) {
        length = most;
    }
    for (; length > 1; length--) {
        memcpy(copy, text, length);
        copy[length] = '\0';
        if (inet_pton(family, copy, address) == 1) {
            return length;
        }
    }
    return 0;
}

static uint32_t ipv4_length(const char *text)
{
    uint32_t length = address_length(text, AF_INET, "0123456789.", 15);
    return length == 0 ? 0 : length + prefix_length(text + length, 2);
}

static uint32_t ipv6_length(const char *text)
{
    uint32_t length = address_length(text, AF_INET6, "0123456789abcdefABCDEF:.", IPV6_TEXT);
    return length == 0 ? 0 : length + prefix_length(text + length, 3);
}

uint32_t lexer_value_length(const char *text)
{
    uint32_t lengths[9] = {mac_length(text, ':'), mac_length(text, '-'), ipv4_length(text),
                           ipv6_length(text), joined_pairs(text, ':')};
    if (*text == ':') {
        lengths[5] = hex_run(text + 1);
        lengths[6] = joined_pairs(text + 1, ':');
        lengths[7] = joined_pairs(text + 1, '-');
        lengths[8] = joined_pairs(text + 1, '.');
        for (size_t i = 5; i < G_N_ELEMENTS(lengths); i++) {
            lengths[i] += lengths[i] > 0; /* the colon */
        }
    }
    uint32_t longest = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(lengths); i++) {
        longest = MAX(longest, lengths[i]);
    }
    return longest;
}

static bool begins_part(char c)
{
    return g_ascii_isalnum(c) || c == '_';
}

uint32_t lexer_word_length(const char *text)
{
    uint32_t length = 0;
    while (begins_part(text[length])) {
        while (begins_part(text[length]) || text[length] == '-') {
            length++;
        }
        if (text[length] != '.' || !begins_part(text[length + 1])) {
            break;
        }
        length++;
    }
    return length;
}
