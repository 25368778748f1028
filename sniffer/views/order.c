/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/views/order.h"
#include "protocol/format.h"
#include "sniffer/views/layout_width.h"

#include <inttypes.h>

enum {
    INDENT = 2,
    BYTES_COLUMNS = 11,
    VALUE_COLUMNS = 10,
    WRONG_COLUMNS = 23,
    CALL_COLUMNS = 11,
    OCTETS_COLUMNS = 39, /* the longest IPv6 address */
    OCTETS_ROOM = 64,
    OTHER_COLUMNS = INDENT + BYTES_COLUMNS + VALUE_COLUMNS + WRONG_COLUMNS + CALL_COLUMNS,
    LEAST_TITLE = 12,
    MOST_TITLE = 30,
    WIDE = 100 /* columns from which the table has wider gaps */
};

/* A number of more than one byte, or bits of such a number. */
typedef struct {
    const FsEntry *entry;
    uint32_t at;    /* first byte of the word, in its source */
    unsigned bytes; /* of the word: 2 to 8 */
    unsigned shift; /* of the bits within the word, read in network order */
    uint64_t mask;  /* of the bits, shifted down */
    bool whole;     /* all bits of the word */
    bool little;    /* the wire has the least significant byte first */
} Word;

typedef struct {
    GString *out;
    const DecodedPacket *packet;
    const ViewStyle *style;
    FieldCells cells;
    unsigned title_columns;
    unsigned gap; /* between columns */
} Order;

static uint64_t swapped(uint64_t value, unsigned bytes)
{
    uint64_t turned = 0;
    for (unsigned i = 0; i < bytes; i++) {
        turned = turned << 8 | (value & 255);
        value >>= 8;
    }
    return turned;
}

/* The call that turns a word of the wire into a number; NULL: there is none for that width. */
static const char *receive_call(const Word *word)
{
    switch (word->bytes) {
    case 2:
        return word->little ? "le16toh" : "ntohs";
    case 4:
        return word->little ? "le32toh" : "ntohl";
    case 8:
        return word->little ? "le64toh" : "be64toh";
    default:
        return NULL;
    }
}

static const char *send_call(const Word *word)
{
    switch (word->bytes) {
    case 2:
        return word->little ? "htole16" : "htons";
    case 4:
        return word->little ? "htole32" : "htonl";
    case 8:
        return word->little ? "htole64" : "htobe64";
    default:
        return NULL;
    }
}

/* Bits that do not fill their bytes: the word of 2, 4 or 8 bytes, counted from the layer's first
 * byte, that holds them. A program reads that word and masks it. */
static bool word_of_bits(const FieldCell *cell, uint32_t layer, uint32_t captured, Word *word)
{
    uint32_t first = cell->start / 8;
    uint32_t last = (cell->start + cell->length - 1) / 8;
    if (first == last || first < layer) {
        return false;
    }
    for (unsigned bytes = 2; bytes <= 8; bytes *= 2) {
        uint32_t at = layer + (first - layer) / bytes * bytes;
        if (last < at + bytes && at + bytes <= captured) {
            word->at = at;
            word->bytes = bytes;
            word->shift = (at + bytes) * 8 - (cell->start + cell->length);
            word->mask = cell->length >= 64 ? UINT64_MAX : ((uint64_t)1 << cell->length) - 1;
            word->whole = false;
            word->little = false;
            return true;
        }
    }
    return false;
}

static bool find_word(const FsEntry *entry, const FieldCell *cell, uint32_t layer,
                      const FsSpan *span, Word *word)
{
    word->entry = entry;
    if (cell->rest) {
        return false;
    }
    FieldOrder order = field_order(entry, span->data, span->captured);
    if (order != FIELD_NO_ORDER) {
        word->at = cell->start / 8;
        word->bytes = cell->length / 8;
        word->shift = 0;
        word->mask = word->bytes == 8 ? UINT64_MAX : ((uint64_t)1 << (8 * word->bytes)) - 1;
        word->whole = true;
        word->little = order == FIELD_LITTLE_ENDIAN;
        return true;
    }
    return entry->field->type == FS_UINT && !entry->field->text_digits &&
           word_of_bits(cell, layer, span->captured, word);
}

/* A text that is wider than its column pushes the others to the right: an 8-byte word, which is
 * rare. */
static void put_field(Order *o, const char *text, unsigned columns)
{
    unsigned width = text_width(text);
    put_left(o->out, text, width > columns ? width : columns);
    put_repeated(o->out, ' ', o->gap);
}

static void put_bytes(GString *text, const uint8_t *data, unsigned bytes)
{
    g_string_truncate(text, 0);
    for (unsigned i = 0; i < bytes; i++) {
        g_string_append_printf(text, i == 0 ? "%02x" : " %02x", data[i]);
    }
}

/* A number as the field has it: signed, if it is. */
static void put_number(GString *text, const Word *word, uint64_t value)
{
    value = value >> word->shift & word->mask;
    if (word->entry->field->type == FS_INT && (value & (word->mask ^ word->mask >> 1)) != 0) {
        g_string_append_printf(text, "%" PRId64, (int64_t)(value | ~word->mask));
    } else {
        g_string_append_printf(text, "%" PRIu64, value);
    }
}

static void put_call(GString *text, const Word *word)
{
    const char *call = receive_call(word);
    g_string_assign(text, call != NULL ? call : "by hand");
    if (call != NULL && word->whole) {
        g_string_append_printf(text, "/%s", send_call(word));
    }
    if (word->shift > 0) {
        g_string_append_printf(text, " >> %u", word->shift);
    }
    if (!word->whole) {
        g_string_append_printf(text, " & 0x%" PRIx64, word->mask);
    }
}

static void put_row(Order *o, const Word *word, const uint8_t *data)
{
    GString *text = g_string_new(NULL);
    uint64_t big = field_read_big(data + word->at, word->bytes);
    uint64_t right = word->little ? swapped(big, word->bytes) : big;
    uint64_t wrong = swapped(right, word->bytes);
    const FsField *field = word->entry->field;
    bool brief = field->brief != NULL && text_width(field->title) > o->title_columns;
    put_repeated(o->out, ' ', INDENT);
    put_left(o->out, brief ? field->brief : field->title, o->title_columns);
    put_repeated(o->out, ' ', o->gap);
    put_bytes(text, data + word->at, word->bytes);
    put_field(o, text->str, BYTES_COLUMNS);
    g_string_truncate(text, 0);
    put_number(text, word, right);
    put_field(o, text->str, VALUE_COLUMNS);
    if (wrong == right) {
        g_string_assign(text, "the same");
    } else {
        g_string_printf(text, "0x%0*" PRIx64 " %s ", (int)(2 * word->bytes), wrong,
                        word->whole ? "=" : "→");
        put_number(text, word, wrong);
    }
    put_field(o, text->str, WRONG_COLUMNS);
    put_call(text, word);
    g_string_append(o->out, text->str);
    g_string_append_c(o->out, '\n');
    g_string_free(text, TRUE);
}

static void heading(Order *o, const char *text)
{
    g_string_append_c(o->out, '\n');
    heading_on(o->out, o->style->colour);
    g_string_append(o->out, text);
    colour_off(o->out, o->style->colour);
    g_string_append_c(o->out, '\n');
}

static void table_head(Order *o, bool little)
{
    put_repeated(o->out, ' ', INDENT);
    put_field(o, little ? "sent little-endian" : "field", o->title_columns);
    put_field(o, "on the wire", BYTES_COLUMNS);
    put_field(o, "value", VALUE_COLUMNS);
    put_field(o, little ? "read as big-endian" : "read as little-endian", WRONG_COLUMNS);
    g_string_append(o->out, "the call\n");
}

/* The numbers of a layer that are sent in one order. */
static void table(Order *o, uint32_t index, bool little, bool *begun)
{
    const FsEntry *layer = &o->packet->entries[index];
    const FsSpan *span = &o->packet->sources[layer->source];
    bool headed = false;
    for (uint32_t i = 0; i < o->cells.count; i++) {
        const FieldCell *cell = &o->cells.cells[i];
        Word word;
        if (!find_word(&o->packet->entries[cell->entry], cell, layer->bit_offset / 8, span,
                       &word) ||
            word.little != little) {
            continue;
        }
        if (!*begun) {
            heading(o, layer->field->title);
            *begun = true;
        }
        if (!headed) {
            table_head(o, little);
            headed = true;
        }
        put_row(o, &word, span->data);
    }
}

/* Addresses that are octets one behind the other: they are copied as they lie. */
static void octets(Order *o, const FsEntry *layer, bool *begun)
{
    bool headed = false;
    for (uint32_t i = 0; i < o->cells.count; i++) {
        const FieldCell *cell = &o->cells.cells[i];
        const FsEntry *entry = &o->packet->entries[cell->entry];
        FsType type = entry->field->type;
        if (cell->rest || entry->generated || (type != FS_ETHER && type != FS_IPV6)) {
            continue;
        }
        if (!*begun) {
            heading(o, layer->field->title);
            *begun = true;
        }
        if (!headed) {
            put_repeated(o->out, ' ', INDENT);
            put_field(o, "octets", o->title_columns);
            put_field(o, "in order, whatever the machine's", OCTETS_COLUMNS);
            g_string_append(o->out, "the call\n");
            headed = true;
        }
        char value[OCTETS_ROOM];
        (void)fs_format_value(value, sizeof value, entry);
        put_repeated(o->out, ' ', INDENT);
        put_field(o, entry->field->title, o->title_columns);
        put_field(o, value, OCTETS_COLUMNS);
        g_string_append(o->out, type == FS_ETHER ? "memcpy\n" : "inet_ntop/inet_pton\n");
    }
}

static void layer_tables(Order *o, uint32_t index)
{
    const DecodedPacket *packet = o->packet;
    const FsEntry *layer = &packet->entries[index];
    if (layer->source >= packet->source_count) {
        return;
    }
    bool begun = false;
    field_cells_of(&o->cells, packet->entries, packet->count, index, layer->source,
                   packet->sources[layer->source].captured * 8, false);
    table(o, index, false, &begun);
    table(o, index, true, &begun);
    octets(o, layer, &begun);
    if (!layer->field->text_layer) {
        return;
    }
    if (!begun) {
        heading(o, layer->field->title);
    }
    g_string_append_printf(o->out, "  %s numbers are digits of text, which have no byte order\n",
                           begun ? "other" : "its");
}

static bool is_address(const DecodedPacket *packet, uint32_t index)
{
    const FsEntry *entry = &packet->entries[index];
    return entry->field->type == FS_IPV4 && entry->bit_length == 32 && !entry->generated &&
           !entry->field->text_digits && !entry->field->hidden &&
           entry->source < packet->source_count;
}

/* Each address once, however many fields hold it. */
static void addresses(Order *o)
{
    const DecodedPacket *packet = o->packet;
    bool begun = false;
    for (uint32_t i = 0; i < packet->count; i++) {
        bool known = !is_address(packet, i);
        for (uint32_t k = 0; k < i && !known; k++) {
            known = is_address(packet, k) &&
                    packet->entries[k].value.number == packet->entries[i].value.number;
        }
        if (known) {
            continue;
        }
        if (!begun) {
            heading(o, "Addresses");
            begun = true;
        }
        order_address(o->out, packet->entries[i].field->title,
                      (uint32_t)packet->entries[i].value.number, o->style);
    }
}

void order_draw(GString *out, const DecodedPacket *packet, const ViewStyle *style)
{
    Order o = {.out = out, .packet = packet, .style = style};
    o.gap = style->width < WIDE ? 1 : 2;
    unsigned others = OTHER_COLUMNS + 4 * o.gap;
    o.title_columns = style->width > others + LEAST_TITLE ? style->width - others : LEAST_TITLE;
    o.title_columns = o.title_columns > MOST_TITLE ? MOST_TITLE : o.title_columns;
    /* a gap may stand before and after each entry */
    o.cells.capacity = packet->count * 2 + 2;
    o.cells.cells = g_new(FieldCell, o.cells.capacity);
    for (uint32_t i = 0; i < packet->count; i++) {
        if (packet->entries[i].field->type == FS_LAYER) {
            layer_tables(&o, i);
        }
    }
    addresses(&o);
    g_free(o.cells.cells);
}

void view_order(Output *output, const FrameRecord *record, const FsPacket *packet,
                const ViewStyle *style)
{
    FsSpan spans[FS_MAX_SOURCES];
    DecodedPacket decoded = decoded_packet(record, packet, spans);
    GString *out = g_string_new(NULL);
    view_line(output, record, packet, style);
    order_draw(out, &decoded, style);
    g_string_append_c(out, '\n');
    output_bytes(output, out->str, out->len);
    g_string_free(out, TRUE);
}
