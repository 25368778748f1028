/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Domain names in labels, RFC 1035 3.1 and 4.1.4, as text.
 */
#include "sniffer/headers/icmpv6.h"

#include <string.h>

enum { SHORTEST = 2, LONGEST_NAME = 255, MOST_ESCAPED = 4 };

/* Wireshark's words */
static const char looping[] = "<Name contains a pointer that loops>";
static const char unknown_label[] = "<Unknown extended label>";

static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD */

typedef struct {
    char text[LONGEST_NAME * MOST_ESCAPED];
    size_t used;
    uint32_t length; /* before escapes, with dots */
} Name;

/* Escapes as Wireshark writes them. */
static void put(Name *name, uint8_t byte)
{
    static const char letters[] = "abtnvfr";
    char escaped[MOST_ESCAPED] = {'\\'};
    size_t n = 1;
    if (byte >= 0x20 && byte < 0x7f && byte != '\\') {
        n = 0;
        escaped[n++] = (char)byte;
    } else if (byte == '\\') {
        escaped[n++] = '\\';
    } else if (byte >= '\a' && byte <= '\r') {
        escaped[n++] = letters[byte - '\a'];
    } else if (byte < 0x80) {
        escaped[n++] = (char)('0' + (byte >> 6));
        escaped[n++] = (char)('0' + (byte >> 3 & 7));
        escaped[n++] = (char)('0' + (byte & 7));
    } else {
        n = sizeof replacement - 1;
        memcpy(escaped, replacement, n);
    }
    if (n <= sizeof name->text - name->used) {
        memcpy(name->text + name->used, escaped, n);
        name->used += n;
    }
    name->length++;
}

/* In place of a name that cannot be read. */
static void say(Name *name, const char *text, uint32_t length)
{
    memcpy(name->text, text, length);
    name->used = length;
    name->length = length;
}

static bool put_label(HeaderReader *r, Name *name, uint32_t length)
{
    if (!reader_want(r, length)) {
        return false;
    }
    if (name->length > 0) {
        put(name, '.');
    }
    for (uint32_t i = 0; i < length && name->length < LONGEST_NAME; i++) {
        put(name, reader_here(r)[i]);
    }
    reader_skip(r, length);
    return true;
}

/* Collect labels; the reader ends behind the name. Returns false if there is no such name. */
static bool collect(HeaderReader *r, Name *name)
{
    enum { KIND = 0xc0, LABEL = 0, EXTENDED = 0x40, POINTER = 0xc0 };
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
                say(name, looping, sizeof looping - 1);
                r->at = end;
                return true;
            }
            r->at = to;
        } else if ((head & KIND) == EXTENDED) {
            say(name, unknown_label, sizeof unknown_label - 1);
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
    if (!collect(reader, &name) || name.length == 0 || reader->at < start + SHORTEST) {
        if (!reader->stopped) {
            reader_remark(reader, ICMPV6_BAD_OPTION, 0);
            reader->stopped = true;
        }
        return;
    }
    uint32_t end = reader->at;
    uint8_t *copy = fs_derive(reader->packet, name.used);
    if (copy != NULL) {
        memcpy(copy, name.text, name.used);
        reader->at = start;
        reader_derived(reader, field, end - start, copy, name.used);
        reader->at = end;
    }
}
