/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/views/fields.h"
#include "protocol/format.h"
#include "protocol/text.h"

enum { PLAIN_ROOM = 64 /* for numbers, addresses and times */ };

void fields_begin(FieldColumns *columns)
{
    memset(columns, 0, sizeof *columns);
    columns->separator = '\t';
    columns->aggregator = ',';
}

bool fields_add(FieldColumns *columns, const FsTable *const *tables, const char *name)
{
    if (columns->count >= FIELDS_MOST_COLUMNS) {
        return false;
    }
    unsigned n = 0;
    columns->columns[columns->count].name = name;
    for (; *tables != NULL; tables++) {
        for (uint16_t i = 0; i < (*tables)->count && n < FIELDS_SAME_NAME; i++) {
            if (strcmp((*tables)->fields[i].name, name) == 0) {
                columns->columns[columns->count].fields[n++] = &(*tables)->fields[i];
            }
        }
    }
    if (n == 0) {
        return false;
    }
    columns->count++;
    return true;
}

/* "x", "/t" or "/s"; 0: none of these */
static char one_character(const char *text)
{
    if (text[0] == '/' && (text[1] == 't' || text[1] == 's') && text[2] == '\0') {
        return (char)(text[1] == 't' ? '\t' : ' ');
    }
    return (char)(text[0] != '\0' && text[1] == '\0' ? text[0] : '\0');
}

static bool set_flag(bool *flag, const char *text)
{
    if ((text[0] != 'y' && text[0] != 'n') || text[1] != '\0') {
        return false;
    }
    *flag = text[0] == 'y';
    return true;
}

static bool set_character(char *where, const char *text)
{
    *where = one_character(text);
    return *where != '\0';
}

bool fields_option(FieldColumns *columns, const char *option)
{
    const char *value = strchr(option, '=');
    if (value == NULL) {
        return false;
    }
    size_t length = (size_t)(value++ - option);
    if (length == 6 && memcmp(option, "header", 6) == 0) {
        return set_flag(&columns->header, value);
    }
    if (length == 3 && memcmp(option, "bom", 3) == 0) {
        return set_flag(&columns->bom, value);
    }
    if (length == 9 && memcmp(option, "separator", 9) == 0) {
        return set_character(&columns->separator, value);
    }
    if (length == 10 && memcmp(option, "aggregator", 10) == 0) {
        return set_character(&columns->aggregator, value);
    }
    char letter = one_character(value);
    if (length == 10 && memcmp(option, "occurrence", 10) == 0) {
        columns->occurrence = letter == 'f'   ? FIELDS_FIRST
                              : letter == 'l' ? FIELDS_LAST
                                              : FIELDS_ALL;
        return letter == 'f' || letter == 'l' || letter == 'a';
    }
    if (length == 5 && memcmp(option, "quote", 5) == 0) {
        columns->quote = (char)(letter == 'd' ? '"' : letter == 's' ? '\'' : '\0');
        return letter == 'd' || letter == 's' || letter == 'n';
    }
    return false;
}

void fields_header(Output *output, const FieldColumns *columns)
{
    if (columns->bom) {
        output_text(output, "\xef\xbb\xbf");
    }
    for (unsigned i = 0; columns->header && i < columns->count; i++) {
        if (i > 0) {
            output_char(output, columns->separator);
        }
        output_text(output, columns->columns[i].name);
    }
    if (columns->header) {
        output_char(output, '\n');
    }
}

/* Line feeds and the like would break the line, quotes the column; tshark writes the named ones so
 * too. Other control characters could speak to the terminal. */
static void put_escaped(Output *output, const char *text, size_t length, char quote)
{
    static const char named[0x20] = {
        ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c >= 0x20 && c != 0x7f) {
            if (quote != '\0' && text[i] == quote) {
                output_char(output, quote);
            }
            output_char(output, text[i]);
        } else if (c < 0x20 && named[c] != '\0') {
            char escape[2] = {'\\', named[c]};
            output_bytes(output, escape, sizeof escape);
        } else {
            char escape[4] = {'\\', 'x', digits[c >> 4], digits[c & 15]};
            output_bytes(output, escape, sizeof escape);
        }
    }
}

static void put_value(Output *output, const FsEntry *entry, char quote)
{
    const FsField *field = entry->field;
    if (field->type == FS_LAYER) {
        output_text(output, field->title);
        return;
    }
    if (field->type == FS_GROUP || field->type == FS_REMARK) {
        output_char(output, '1'); /* it is there; tshark says the same */
        return;
    }
    size_t room = PLAIN_ROOM;
    if (field->type == FS_BYTES || field->type == FS_ETHER) {
        room += (size_t)3 * entry->value.bytes.length;
    }
    if (field->type != FS_TEXT) {
        char *to = output_room(output, room);
        if (to != NULL) {
            output->used += fs_format_value(to, room, entry);
        }
        return;
    }
    /* The text is made where the escaped text, of at most four times its length, cannot reach what
     * has not been read yet. */
    size_t most = FS_TEXT_ROOM(entry->value.bytes.length);
    char *to = output_room(output, 5 * most);
    if (to != NULL) {
        char *text = to + 4 * most;
        put_escaped(output, text, fs_format_value(text, most, entry), quote);
    }
}

static bool is_of(const FsField *field, const FsField *const *fields)
{
    for (unsigned i = 0; i < FIELDS_SAME_NAME && fields[i] != NULL; i++) {
        if (fields[i] == field) {
            return true;
        }
    }
    return false;
}

static void put_column(Output *output, const FsPacket *packet, const FieldColumns *columns,
                       unsigned column)
{
    const FsField *const *fields = columns->columns[column].fields;
    const FsEntry *last = NULL;
    unsigned found = 0;
    for (uint32_t i = 0; i < packet->count; i++) {
        const FsEntry *entry = &packet->entries[i];
        if (!is_of(entry->field, fields)) {
            continue;
        }
        last = entry;
        if (columns->occurrence == FIELDS_LAST || (columns->occurrence == FIELDS_FIRST && found)) {
            continue;
        }
        if (found == 0 && columns->quote != '\0') {
            output_char(output, columns->quote);
        }
        if (found++ > 0) {
            output_char(output, columns->aggregator);
        }
        put_value(output, entry, columns->quote);
    }
    if (last == NULL) {
        return;
    }
    if (columns->occurrence == FIELDS_LAST) {
        if (columns->quote != '\0') {
            output_char(output, columns->quote);
        }
        put_value(output, last, columns->quote);
    }
    if (columns->quote != '\0') {
        output_char(output, columns->quote);
    }
}

void view_fields(Output *output, const FrameRecord *record, const FsPacket *packet,
                 const ViewStyle *style)
{
    (void)record;
    for (unsigned i = 0; i < style->columns->count; i++) {
        if (i > 0) {
            output_char(output, style->columns->separator);
        }
        put_column(output, packet, style->columns, i);
    }
    output_char(output, '\n');
}
