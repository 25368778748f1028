/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "protocol/format.h"
#include "protocol/digits.h"
#include "protocol/moment.h"
#include "protocol/octets.h"
#include "protocol/plain.h"
#include "protocol/text.h"

#include <string.h>

/* A bounded writer: what does not fit is left out, and the text always ends with a NUL. */
typedef struct {
    char *out;
    size_t used;
    size_t room; /* without the NUL */
} Writer;

static Writer writer(char *out, size_t capacity)
{
    return (Writer){out, 0, capacity == 0 ? 0 : capacity - 1};
}

static size_t finish(Writer *w, size_t capacity)
{
    if (capacity > 0) {
        w->out[w->used] = '\0';
    }
    return w->used;
}

static void put(Writer *w, const char *text, size_t length)
{
    if (length > w->room - w->used) {
        length = w->room - w->used;
        /* never half a UTF-8 character */
        while (length > 0 && ((uint8_t)text[length] & 0xc0) == 0x80) {
            length--;
        }
        w->room = w->used + length;
    }
    if (length > 0) {
        memcpy(w->out + w->used, text, length);
        w->used += length;
    }
}

/* Titles, names and what stands between values: too short for a call of memcpy to be worth it. */
static void put_string(Writer *w, const char *text)
{
    char *to = w->out + w->used;
    const char *end = w->out + w->room;
    const char *from = text;
    while (to < end && *from != '\0') {
        *to++ = *from++;
    }
    if (*from == '\0') {
        w->used = (size_t)(to - w->out);
    } else {
        put(w, text, strlen(text));
    }
}

static void put_char(Writer *w, char c)
{
    if (w->used < w->room) {
        w->out[w->used++] = c;
    }
}

/* Is there room for text of this length, so that it can be written without asking again? */
static bool fits(const Writer *w, size_t length)
{
    return length <= w->room - w->used;
}

static void written_to(Writer *w, const char *end)
{
    w->used = (size_t)(end - w->out);
}

/* What has a bounded length is written without asking for room at each character: functions that
 * take where to write, and return where they ended. */

static const char hex_digits[] = "0123456789abcdef";

static void put_pairs(Writer *w, const uint8_t *data, size_t length)
{
    if (length > 0 && fits(w, 3 * length + 1)) {
        char *to = w->out + w->used;
        size_t i = 0;
        for (; i + 4 <= length; i += 4, to += 12) {
            memcpy(to, fs_octet_pairs[data[i]], sizeof *fs_octet_pairs);
            memcpy(to + 3, fs_octet_pairs[data[i + 1]], sizeof *fs_octet_pairs);
            memcpy(to + 6, fs_octet_pairs[data[i + 2]], sizeof *fs_octet_pairs);
            memcpy(to + 9, fs_octet_pairs[data[i + 3]], sizeof *fs_octet_pairs);
        }
        for (; i < length; i++, to += 3) {
            memcpy(to, fs_octet_pairs[data[i]], sizeof *fs_octet_pairs);
        }
        written_to(w, to - 1);
        return;
    }
    for (size_t i = 0; i < length; i++) {
        put(w, fs_octet_pairs[data[i]], i + 1 == length ? 2 : 3);
    }
}

/* RFC 5952: lower case, the longest run of at least two zero groups as "::", and the mixed form
 * for addresses that hold an IPv4 address, as inet_ntop writes it. */
static char *put_ipv6(char *to, const uint8_t *address)
{
    unsigned group[8];
    unsigned best = 8;
    unsigned best_length = 1;
    for (unsigned i = 0; i < 8; i++) {
        group[i] = (unsigned)address[2 * i] << 8 | address[2 * i + 1];
    }
    for (unsigned i = 0; i < 8; i++) {
        unsigned length = 0;
        while (i + length < 8 && group[i + length] == 0) {
            length++;
        }
        if (length > best_length) {
            best = i;
            best_length = length;
        }
        i += length;
    }
    for (unsigned i = 0; i < 8; i++) {
        if (i == best) {
            *to++ = ':';
            i += best_length - 1;
            if (i == 7) {
                *to++ = ':';
            }
            continue;
        }
        if (i > 0) {
            *to++ = ':';
        }
        bool mixed = i == 6 && best == 0 &&
                     (best_length == 6 || (best_length == 7 && group[7] != 1) ||
                      (best_length == 5 && group[5] == 0xffff));
        if (mixed) {
            return fs_put_ipv4(to, group[6] << 16 | group[7]);
        }
        unsigned digits = group[i] > 0xfff ? 4 : group[i] > 0xff ? 3 : group[i] > 0xf ? 2 : 1;
        for (unsigned d = digits; d > 0; d--) {
            *to++ = hex_digits[group[i] >> (4 * (d - 1)) & 15];
        }
    }
    return to;
}

static char *put_time(char *to, const FsEntry *entry)
{
    if (entry->field->bits != 64) {
        return fs_put_moment(to, (int64_t)entry->value.number, 0, false);
    }
    uint32_t rest;
    int64_t seconds = fs_whole_seconds(entry->value.integer, &rest);
    return fs_put_moment(to, seconds, rest, true);
}

static char *put_integer(char *to, int64_t value)
{
    if (value < 0) {
        *to++ = '-';
        return fs_put_decimal(to, (uint64_t)(-(value + 1)) + 1);
    }
    return fs_put_decimal(to, (uint64_t)value);
}

char *fs_put_plain(char *to, const FsEntry *entry)
{
    const FsField *field = entry->field;
    switch (field->type) {
    case FS_UINT:
        return field->base == FS_HEX || field->base == FS_HEX_DEC
                   ? fs_put_hex(to, entry->value.number, field->bits)
                   : fs_put_number(to, entry->value.number);
    case FS_INT:
        return put_integer(to, entry->value.integer);
    case FS_BOOL:
        *to = entry->value.number != 0 ? '1' : '0';
        return to + 1;
    case FS_IPV4:
        return fs_put_ipv4(to, (uint32_t)entry->value.number);
    case FS_IPV6:
        return put_ipv6(to, entry->value.bytes.data);
    case FS_TIME:
        return put_time(to, entry);
    case FS_TIME_SPAN:
        return fs_put_time_span(to, entry->value.integer);
    case FS_TEXT:
    case FS_BYTES:
    case FS_ETHER:
    case FS_LAYER:
    case FS_GROUP:
    case FS_REMARK:
        break;
    }
    return to;
}

static void put_text(Writer *w, const FsEntry *entry)
{
    if (w->used < w->room) {
        w->used += fs_text_to_utf8(w->out + w->used, w->room - w->used + 1, entry->value.bytes.data,
                                   entry->value.bytes.length, (FsEncoding)entry->encoding);
    }
}

static void put_value(Writer *w, const FsEntry *entry)
{
    FsType type = entry->field->type;
    if (type == FS_TEXT) {
        put_text(w, entry);
    } else if (type == FS_BYTES || type == FS_ETHER) {
        put_pairs(w, entry->value.bytes.data, entry->value.bytes.length);
    } else if (fits(w, FS_PLAIN_ROOM)) {
        written_to(w, fs_put_plain(w->out + w->used, entry));
    } else {
        char text[FS_PLAIN_ROOM];
        put(w, text, (size_t)(fs_put_plain(text, entry) - text));
    }
}

/* Has UTF-8 text no control character: none of C0, DEL, or C1, whose first byte is 0xc2? */
static bool is_clean(const char *text, size_t length)
{
    size_t i = 0;
    for (; i + 8 <= length; i += 8) {
        uint64_t word = fs_octets(text + i);
        if (fs_octets_below(word, 0x20) || fs_octets_have(word, 0x7f) ||
            fs_octets_have(word, 0xc2)) {
            break;
        }
    }
    for (; i < length; i++) {
        uint8_t c = (uint8_t)text[i];
        if (c < 0x20 || c == 0x7f || (c == 0xc2 && i + 1 < length && (uint8_t)text[i + 1] < 0xa0)) {
            return false;
        }
    }
    return true;
}

/* Text for a line: control characters as escapes, so that a message cannot forge a line. */
static void put_escaped(Writer *w, const FsEntry *entry)
{
    static const char named[] = "abtnvfr";
    size_t length = entry->value.bytes.length;
    if (fs_printable_prefix(entry->value.bytes.data, length) == length) {
        put(w, (const char *)entry->value.bytes.data, length);
        return;
    }
    size_t start = w->used;
    put_text(w, entry);
    length = w->used - start;
    if (is_clean(w->out + start, length)) {
        return;
    }
    /* Escape from the copy at the far end of the room, which the escapes may grow into. */
    size_t extra = w->room - w->used;
    size_t from = start + extra;
    memmove(w->out + from, w->out + start, length);
    size_t to = start;
    for (size_t i = from; i < from + length; i++) {
        uint8_t c = (uint8_t)w->out[i];
        char escape[4];
        size_t size = 1;
        escape[0] = (char)c;
        if (c >= 7 && c <= 13) {
            escape[0] = '\\';
            escape[1] = named[c - 7];
            size = 2;
        } else if (c < 0x20 || c == 0x7f ||
                   (c == 0xc2 && i + 1 < from + length && (uint8_t)w->out[i + 1] < 0xa0)) {
            if (c == 0xc2) {
                c = (uint8_t)w->out[++i];
            }
            escape[0] = '\\';
            escape[1] = 'x';
            escape[2] = hex_digits[c >> 4];
            escape[3] = hex_digits[c & 15];
            size = 4;
        }
        if (to + size > i + 1) {
            break;
        }
        memcpy(w->out + to, escape, size);
        to += size;
    }
    while (to > start && ((uint8_t)w->out[to - 1] & 0xc0) == 0xc0) {
        to--;
    }
    w->used = to;
}

enum { READABLE_BYTES = 36 };

/* As many hexadecimal digits as the bits of a mask take, not as its word does. */
static char *put_masked(char *to, uint64_t number, uint64_t mask)
{
    static const char digits[] = "0123456789abcdef";
    unsigned bits = 0;
    for (; mask != 0; mask &= mask - 1) {
        bits++;
    }
    *to++ = '0';
    *to++ = 'x';
    for (unsigned digit = (bits + 3) / 4; digit > 0; digit--) {
        *to++ = digits[number >> (4 * (digit - 1)) & 15];
    }
    return to;
}

static void put_readable(Writer *w, const FsEntry *entry)
{
    const FsField *field = entry->field;
    if (field->type == FS_BOOL) {
        const char *name = fs_name(field->names, entry->value.number);
        put_string(w, name != NULL ? name : entry->value.number != 0 ? "Set" : "Not set");
        return;
    }
    if (field->type == FS_TEXT || field->type == FS_REMARK) {
        put_escaped(w, entry);
        return;
    }
    if (field->type == FS_BYTES && entry->value.bytes.length > READABLE_BYTES) {
        put_pairs(w, entry->value.bytes.data, READABLE_BYTES);
        put_string(w, "…");
        return;
    }
    if (field->type != FS_UINT) {
        put_value(w, entry);
        return;
    }
    const char *name = fs_name(field->names, entry->value.number);
    if (name != NULL) {
        put_string(w, name);
        put_string(w, " (");
    } else if (field->names != NULL) {
        put_string(w, "Unknown (");
    }
    if (field->mask != 0 && field->base == FS_HEX) {
        char text[FS_PLAIN_ROOM];
        put(w, text, (size_t)(put_masked(text, entry->value.number, field->mask) - text));
    } else {
        put_value(w, entry);
    }
    if (field->names != NULL) {
        put_char(w, ')');
    }
    if (field->base == FS_DEC_HEX || field->base == FS_HEX_DEC) {
        char text[FS_PLAIN_ROOM] = " (";
        char *to = field->base == FS_DEC_HEX
                       ? fs_put_hex(text + 2, entry->value.number, field->bits)
                       : fs_put_decimal(text + 2, entry->value.number);
        *to++ = ')';
        put(w, text, (size_t)(to - text));
    }
}

size_t fs_format_value(char *out, size_t capacity, const FsEntry *entry)
{
    Writer w = writer(out, capacity);
    put_value(&w, entry);
    return finish(&w, capacity);
}

size_t fs_format_readable(char *out, size_t capacity, const FsEntry *entry)
{
    Writer w = writer(out, capacity);
    put_readable(&w, entry);
    return finish(&w, capacity);
}

size_t fs_label_title(const FsEntry *entry)
{
    return entry->generated + strlen(entry->field->title) + 2;
}

size_t fs_format_label(char *out, size_t capacity, const FsEntry *entry)
{
    Writer w = writer(out, capacity);
    const FsField *field = entry->field;
    if (entry->generated) {
        put_char(&w, '[');
    }
    bool valueless = field->type == FS_LAYER || field->type == FS_GROUP ||
                     (field->type == FS_REMARK && entry->value.bytes.length == 0);
    put_string(&w, field->title);
    if (!valueless) {
        put_string(&w, ": ");
        put_readable(&w, entry);
    }
    if (entry->generated) {
        put_char(&w, ']');
    }
    return finish(&w, capacity);
}

static void put_line_entry(Writer *w, const FsEntry *entry)
{
    const FsField *field = entry->field;
    if (field->type == FS_REMARK && field->line == 0) {
        put_string(w, " [");
        put_string(w, field->title);
        put_char(w, ']');
        return;
    }
    if (field->lead != NULL) {
        put_string(w, field->lead);
    }
    if (field->type == FS_REMARK) {
        put_string(w, field->title);
    } else if (field->type == FS_TEXT) {
        put_escaped(w, entry);
    } else {
        const char *name = field->type == FS_UINT && !field->line_hex
                               ? fs_name(field->names, entry->value.number)
                               : NULL;
        if (name != NULL) {
            put_string(w, name);
        } else {
            put_value(w, entry);
        }
    }
    bool one = field->trail_of_1 != NULL && entry->value.number == 1;
    const char *trail = one ? field->trail_of_1 : field->trail;
    if (trail != NULL) {
        put_string(w, trail);
    }
}

/* A field's place in the line; what is wrong with the bytes stands at its end. */
static uint8_t line_place(const FsField *field)
{
    bool grave = field->type == FS_REMARK && field->severity >= FS_WARN;
    return field->line == 0 && grave ? UINT8_MAX : field->line;
}

size_t fs_format_line(char *out, size_t capacity, const FsEntry *entries, uint32_t count)
{
    enum { MOST = 32 };
    Writer w = writer(out, capacity);
    const FsEntry *chosen[MOST];
    uint8_t places[MOST];
    uint32_t n = 0;
    for (uint32_t i = 0; i < count && n < MOST; i++) {
        uint8_t line = line_place(entries[i].field);
        if (line == 0) {
            continue;
        }
        uint32_t place = n++;
        for (; place > 0 && places[place - 1] > line; place--) {
            chosen[place] = chosen[place - 1];
            places[place] = places[place - 1];
        }
        chosen[place] = &entries[i];
        places[place] = line;
    }
    for (uint32_t i = 0; i < n; i++) {
        put_line_entry(&w, chosen[i]);
    }
    return finish(&w, capacity);
}
