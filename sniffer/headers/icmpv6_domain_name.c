/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Domain names in labels, RFC 1035 3.1 and 4.1.4, as text.
 */
#include "protocol/text.h"
#include "sniffer/headers/icmpv6.h"

#include <string.h>

enum { SHORTEST = 2, LONGEST_NAME = 255, MOST_ESCAPED = 4 };

/* Wireshark's words */
static const char looping[] = "<Name contains a pointer that loops>";
static const char root[] = "<Root>";
static const char unknown_label[] = "<Unknown extended label>";

typedef struct {
    uint8_t bytes[LONGEST_NAME];
    uint32_t used;   /* of bytes */
    uint32_t length; /* how many of them Wireshark shows: a bit-string label does not count */
} Name;

static void put(Name *name, uint8_t byte)
{
    if (name->used < LONGEST_NAME) {
        name->bytes[name->used++] = byte;
    }
}

static void put_text(Name *name, const char *text)
{
    for (; *text != '\0'; text++) {
        put(name, (uint8_t)*text);
    }
}

/* Escapes as Wireshark writes them. */
static size_t escape(char escaped[MOST_ESCAPED], uint8_t byte)
{
    static const char letters[] = "abtnvfr";
    size_t n = 0;
    if (byte >= 0x20 && byte < 0x7f) {
        escaped[n++] = (char)byte;
        return n;
    }
    escaped[n++] = '\\';
    if (byte >= '\a' && byte <= '\r') {
        escaped[n++] = letters[byte - '\a'];
    } else {
        escaped[n++] = (char)('0' + (byte >> 6));
        escaped[n++] = (char)('0' + (byte >> 3 & 7));
        escaped[n++] = (char)('0' + (byte & 7));
    }
    return n;
}

/* The name as text; returns its length. */
static size_t write_name(const Name *name, char text[FS_TEXT_ROOM(LONGEST_NAME)])
{
    size_t used = 0;
    uint32_t length = name->length < name->used ? name->length : name->used;
    for (uint32_t i = 0; i < length;) {
        uint32_t end = i;
        while (end < length && name->bytes[end] >= 0x80) {
            end++;
        }
        if (end > i) {
            used += fs_text_to_utf8(text + used, FS_TEXT_ROOM(end - i), name->bytes + i, end - i,
                                    FS_UTF8);
            i = end;
        } else {
            used += escape(text + used, name->bytes[i++]);
        }
    }
    return used;
}

/* In place of a name that cannot be read. */
static void say(Name *name, const char *text)
{
    name->used = 0;
    put_text(name, text);
    name->length = name->used;
}

static bool put_label(HeaderReader *r, Name *name, uint32_t length)
{
    if (!reader_want(r, length)) {
        return false;
    }
    if (name->used > 0) {
        put(name, '.');
        name->length++;
    }
    for (uint32_t i = 0; i < length && name->length < LONGEST_NAME; i++) {
        put(name, reader_here(r)[i]);
        name->length++;
    }
    reader_skip(r, length);
    return true;
}

/* RFC 2673 3.1: a count, and as many bits; 0 stands for 256, but Wireshark reads one byte. */
static bool put_bits(HeaderReader *r, Name *name)
{
    static const char digits[] = "0123456789abcdef";
    uint32_t count = (uint32_t)reader_peek(r, 0, 1);
    uint32_t length = count > 0 ? (count + 7) / 8 : 1;
    reader_skip(r, 1);
    if (r->stopped || !reader_want(r, length)) {
        return false;
    }
    put_text(name, "\\[x");
    for (uint32_t i = 0; i < length; i++) {
        put(name, (uint8_t)digits[reader_here(r)[i] >> 4]);
        put(name, (uint8_t)digits[reader_here(r)[i] & 15]);
    }
    put(name, '/');
    if (count >= 100) {
        put(name, (uint8_t)digits[count / 100]);
    }
    if (count >= 10) {
        put(name, (uint8_t)digits[count / 10 % 10]);
    }
    put(name, (uint8_t)digits[count % 10]);
    put(name, ']');
    reader_skip(r, length);
    return true;
}

/* Collect labels; the reader ends behind the name. Returns false if there is no such name. */
static bool collect(HeaderReader *r, Name *name)
{
    enum { KIND = 0xc0, LABEL = 0, EXTENDED = 0x40, BITS = 0x41, POINTER = 0xc0 };
    uint32_t start = r->at;
    uint32_t end = 0;
    unsigned pointers = 0;
    for (;;) {
        uint8_t head = (uint8_t)reader_peek(r, 0, 1);
        if (r->stopped) {
            return false;
        }
        reader_skip(r, 1);
        if (head == 0) {
            r->at = end > 0 ? end : r->at;
            return true;
        }
        if ((head & KIND) == LABEL) {
            if (!put_label(r, name, head)) {
                return false;
            }
        } else if ((head & KIND) == POINTER) {
            uint32_t low = (uint32_t)reader_peek(r, 0, 1);
            reader_skip(r, 1);
            end = end > 0 ? end : r->at;
            uint32_t to = start + ((head & 0x3fU) << 8 | low);
            pointers++;
            if (to == r->at + 2 || pointers > LONGEST_NAME) {
                say(name, looping);
                r->at = end;
                return true;
            }
            r->at = to;
        } else if (head == BITS) {
            if (!put_bits(r, name)) {
                return false;
            }
        } else if ((head & KIND) == EXTENDED) {
            say(name, unknown_label);
            return true;
        } else {
            return false;
        }
    }
}

void icmpv6_domain_name(HeaderReader *reader, unsigned field)
{
    Name name = {.used = 0};
    uint32_t start = reader->at;
    bool found = collect(reader, &name);
    /* of bits alone Wireshark makes no name, unless a pointer leads there */
    bool bits = name.length == 0 && name.used > 0 && reader->at > start + SHORTEST;
    if (!found || bits || reader->at < start + SHORTEST) {
        if (!reader->stopped) {
            reader_remark(reader, ICMPV6_BAD_OPTION, 0);
            reader->stopped = true;
        }
        return;
    }
    if (name.used == 0 || (name.used == 1 && name.bytes[0] == 0)) {
        say(&name, root);
    }
    char text[FS_TEXT_ROOM(LONGEST_NAME)];
    size_t used = write_name(&name, text);
    uint32_t end = reader->at;
    uint8_t *copy = fs_derive(reader->packet, used);
    if (copy != NULL) {
        memcpy(copy, text, used);
        reader->at = start;
        reader_derived(reader, field, end - start, copy, used);
        reader->at = end;
    }
}
