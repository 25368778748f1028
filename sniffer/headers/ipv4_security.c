/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/headers/ipv4_security.h"
#include "sniffer/headers/ipv4.h"

#include <string.h>

/* RFC 791's sixteen security levels. */
static bool is_rfc791_level(uint16_t level)
{
    static const uint16_t levels[] = {0x0000, 0x135e, 0x24bd, 0x35e2, 0x4d78, 0x5e26,
                                      0x6bc5, 0x789a, 0x89af, 0x9af1, 0xaf13, 0xbc4d,
                                      0xc4d6, 0xd788, 0xe26b, 0xf135};
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        if (levels[i] == level) {
            return true;
        }
    }
    return false;
}

static const HeaderPart rfc791_parts[] = {
    NEXT(IPV4_OPT_SEC_RFC791_SEC, 2),
    NEXT(IPV4_OPT_SEC_RFC791_COMP, 2),
    NEXT(IPV4_OPT_SEC_RFC791_HR, 2),
    NEXT(IPV4_OPT_SEC_RFC791_TCC, 3),
};

static const uint16_t first_authorities[] = {
    IPV4_OPT_SEC_PROT_AUTH_GENSER, IPV4_OPT_SEC_PROT_AUTH_SIOP_ESI, IPV4_OPT_SEC_PROT_AUTH_SCI,
    IPV4_OPT_SEC_PROT_AUTH_NSA,    IPV4_OPT_SEC_PROT_AUTH_DOE,
};

/* One byte of protection authority flags; returns whether another follows. */
static bool authorities(HeaderReader *o, bool first)
{
    uint8_t flags = (uint8_t)reader_put(o, IPV4_OPT_SEC_PROT_AUTH_FLAGS, 1);
    if (o->stopped) {
        return false;
    }
    fs_enter(o->packet);
    if (first) {
        for (size_t i = 0; i < sizeof first_authorities / sizeof first_authorities[0]; i++) {
            (void)reader_put(o, first_authorities[i], 1);
        }
    }
    unsigned known = first ? 5 : 0; /* the last bit tells whether another byte follows */
    (void)fs_add_bit_number(o->packet, &o->fields[IPV4_OPT_SEC_PROT_AUTH_UNASSIGNED],
                            reader_here(o), known, 7 - known, (flags & (0xffU >> known)) >> 1);
    (void)reader_take(o, IPV4_OPT_SEC_PROT_AUTH_FTI, 1);
    fs_leave(o->packet);
    return (flags & 1) != 0;
}

void ipv4_basic_security(HeaderReader *option, uint8_t ttl)
{
    enum { RFC791_LENGTH = 11 };
    (void)ttl;
    if (option->span.reported == RFC791_LENGTH) {
        uint16_t level = (uint16_t)reader_peek(option, 0, 2);
        if (option->stopped) {
            return;
        }
        if (is_rfc791_level(level)) {
            READ_PARTS(option, rfc791_parts);
            return;
        }
    }
    (void)reader_take(option, IPV4_OPT_SEC_CL, 1);
    if (option->stopped || reader_left(option) == 0) {
        return;
    }
    bool first = true;
    while (authorities(option, first) && !option->stopped && reader_left(option) > 0) {
        first = false;
    }
}

void ipv4_extended_security(HeaderReader *option, uint8_t ttl)
{
    (void)ttl;
    (void)reader_take(option, IPV4_OPT_EXT_SEC_ADD_SEC_INFO_FORMAT_CODE, 1);
    if (!option->stopped && reader_left(option) > 0) {
        (void)reader_take(option, IPV4_OPT_EXT_SEC_ADD_SEC_INFO, reader_left(option));
    }
}

/* --- CIPSO --- */

/* A list of category numbers as text, "3,7,12-14". A tag has room for 240 categories. */
typedef struct {
    char text[240 * 4];
    size_t used;
} Categories;

static void put_number(Categories *c, unsigned number)
{
    char digits[5];
    size_t n = 0;
    do {
        digits[n++] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0 && n < sizeof digits);
    while (n > 0 && c->used < sizeof c->text) {
        c->text[c->used++] = digits[--n];
    }
}

static void put_separator(Categories *c, char separator)
{
    if (c->used > 0 && c->used < sizeof c->text) {
        c->text[c->used++] = separator;
    }
}

static void add_categories(HeaderReader *o, const Categories *c, uint32_t length)
{
    uint8_t *copy = fs_derive(o->packet, c->used);
    if (copy != NULL) {
        memcpy(copy, c->text, c->used);
        reader_derived(o, IPV4_CIPSO_CATEGORIES, length, copy, c->used);
    }
}

static void bitmap_categories(HeaderReader *o, uint32_t length)
{
    Categories c = {.used = 0};
    if (!reader_want(o, length)) {
        return;
    }
    for (uint32_t bit = 0; bit < length * 8; bit++) {
        if ((reader_here(o)[bit / 8] & 0x80 >> bit % 8) != 0) {
            put_separator(&c, ',');
            put_number(&c, bit);
        }
    }
    add_categories(o, &c, length);
}

static void enumerated_categories(HeaderReader *o, uint32_t length)
{
    Categories c = {.used = 0};
    for (uint32_t at = 0; at + 2 <= length; at += 2) {
        unsigned category = (unsigned)reader_peek(o, at, 2);
        if (o->stopped) {
            return;
        }
        put_separator(&c, ',');
        put_number(&c, category);
    }
    add_categories(o, &c, length);
}

/* Each range is its upper and its lower end; the last lower end may be left out for 0. */
static void ranged_categories(HeaderReader *o, uint32_t length)
{
    Categories c = {.used = 0};
    for (uint32_t at = 0; at + 2 <= length; at += 4) {
        unsigned high = (unsigned)reader_peek(o, at, 2);
        unsigned low = at + 4 <= length ? (unsigned)reader_peek(o, at + 2, 2) : 0;
        if (o->stopped) {
            return;
        }
        put_separator(&c, ',');
        put_number(&c, high);
        if (low != high) {
            put_separator(&c, '-');
            put_number(&c, low);
        }
    }
    add_categories(o, &c, length);
}

typedef void (*CategoryDecoder)(HeaderReader *option, uint32_t length);

/* A tag of categories: type, length, an octet for alignment, the level, the categories. */
static void category_tag(HeaderReader *o, uint32_t length, CategoryDecoder decode)
{
    reader_skip(o, 3);
    (void)reader_take(o, IPV4_CIPSO_SENSITIVITY_LEVEL, 1);
    if (length > 4 && !o->stopped) {
        uint32_t unit = decode == bitmap_categories ? 1 : 2;
        decode(o, length - 4);
        reader_skip(o, (length - 4) / unit * unit); /* an odd byte is left for the next tag */
    }
}

void ipv4_commercial_security(HeaderReader *option, uint8_t ttl)
{
    enum { PADDING = 0, BITMAP = 1, ENUMERATED = 2, RANGED = 5, PERMISSIVE = 6, FREE_FORM = 7 };
    enum { LONGEST = 34 };
    (void)ttl;
    (void)reader_take(option, IPV4_CIPSO_DOI, 4);
    while (!option->stopped && reader_left(option) > 0) {
        uint8_t type = (uint8_t)reader_put(option, IPV4_CIPSO_TAG_TYPE, 1);
        if (type == PADDING) {
            reader_skip(option, 1);
            continue;
        }
        if (type != BITMAP && type != ENUMERATED && type != RANGED && type != PERMISSIVE &&
            type != FREE_FORM) {
            (void)reader_want(option, 2); /* Wireshark asks for the length of an unknown tag, too */
            return;
        }
        uint32_t length = reader_left(option) > 1 ? (uint32_t)reader_peek(option, 1, 1) : 1;
        uint32_t least = type == FREE_FORM ? 2 : 4;
        /* Wireshark lets a tag reach one byte further than the option. */
        if (option->stopped || length < least || length > LONGEST ||
            length > reader_left(option) + 1) {
            return;
        }
        if (type == BITMAP) {
            category_tag(option, length, bitmap_categories);
        } else if (type == ENUMERATED) {
            category_tag(option, length, enumerated_categories);
        } else if (type == RANGED) {
            category_tag(option, length, ranged_categories);
        } else {
            reader_skip(option, 2);
            (void)reader_take(option, IPV4_CIPSO_TAG_DATA, length - 2);
        }
    }
}
