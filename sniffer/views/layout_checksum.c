/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The pseudo-header, and the Internet checksum step by step (RFC 1071): 16-bit words in network
 * order are added, the carries are added to the low 16 bits, the complement is sent.
 */
#include "protocol/format.h"
#include "sniffer/views/layout_parts.h"

#include <inttypes.h>
#include <string.h>

enum { INDENT = 5, LABEL = 15, DATA_LINES = 1 };

/* RFC 768, 9293: 12 bytes for IPv4; RFC 8200 8.1: 40 bytes for IPv6. */
typedef struct {
    uint8_t bytes[40];
    unsigned length;
} PseudoHeader;

typedef struct {
    Layout *layout;
    uint64_t sum;
    const uint8_t *checksum; /* where it lies: its word is taken as 0 */
} Sum;

static uint16_t folded(uint64_t sum)
{
    while (sum >> 16 != 0) {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return (uint16_t)sum;
}

static void label(GString *out, const char *text)
{
    put_repeated(out, ' ', INDENT);
    put_left(out, text, LABEL);
}

/* Add words, and write them: all of them, or the first line and their number. */
static void add_words(Sum *s, const char *name, const uint8_t *data, uint32_t length, bool all)
{
    GString *out = s->layout->out;
    unsigned width = s->layout->style->width < 60 ? 60 : s->layout->style->width;
    unsigned in_line = (width - INDENT - LABEL) / 5;
    in_line = in_line > 16 ? 16 : in_line;
    uint32_t words = (length + 1) / 2;
    if (words == 0) {
        return;
    }
    label(out, name);
    for (uint32_t i = 0; i < words; i++) {
        const uint8_t *at = data + (size_t)2 * i;
        unsigned word = (unsigned)at[0] << 8;
        if (2 * i + 1 < length) {
            word |= at[1];
        }
        bool own = at == s->checksum;
        s->sum += own ? 0 : word;
        bool shown = all || words <= in_line || i + 1 < in_line;
        if (!shown) {
            continue;
        }
        if (i > 0 && i % in_line == 0) {
            trim_line(out);
            g_string_append_c(out, '\n');
            label(out, "");
        }
        g_string_append_printf(out, own ? "[%02u]" : "%04x", own ? 0 : word);
        g_string_append_c(out, ' ');
    }
    if (!all && words > in_line) {
        g_string_append(out, "…");
    }
    trim_line(out);
    g_string_append_c(out, '\n');
    label(out, "");
    g_string_append_printf(out, "%" PRIu32 " word%s%s, sum 0x%05" PRIx64 "\n", words,
                           words == 1 ? "" : "s",
                           length % 2 != 0 ? " (last byte padded with 00)" : "", s->sum);
}

/* Copy an address and say whether it lies within what was captured. */
static bool copy_address(const DecodedPacket *packet, const FsEntry *entry, uint8_t *out)
{
    const FsSpan *span = &packet->sources[entry->source];
    uint32_t at = entry->bit_offset / 8;
    uint32_t length = entry->bit_length / 8;
    if (at > span->captured || span->captured - at < length) {
        return false;
    }
    memcpy(out, span->data + at, length);
    return true;
}

static bool pseudo_header(const DecodedPacket *packet, uint32_t index, uint32_t length,
                          PseudoHeader *pseudo, const FsEntry *of[3])
{
    of[0] = role_before(packet, index, FS_ROLE_SOURCE);
    of[1] = role_before(packet, index, FS_ROLE_DESTINATION);
    of[2] = role_before(packet, index, FS_ROLE_PROTOCOL);
    if (of[0] == NULL || of[1] == NULL || of[2] == NULL || of[0]->bit_length != of[1]->bit_length ||
        of[0]->source >= packet->source_count || of[1]->source >= packet->source_count) {
        return false;
    }
    unsigned size = of[0]->bit_length / 8;
    if ((size != 4 && size != 16) || !copy_address(packet, of[0], pseudo->bytes) ||
        !copy_address(packet, of[1], pseudo->bytes + size)) {
        return false;
    }
    uint8_t *at = pseudo->bytes + (size_t)2 * size;
    uint8_t protocol = (uint8_t)of[2]->value.number;
    if (size == 4) {
        at[0] = 0;
        at[1] = protocol;
        at[2] = (uint8_t)(length >> 8);
        at[3] = (uint8_t)length;
        pseudo->length = 12;
    } else {
        at[0] = (uint8_t)(length >> 24);
        at[1] = (uint8_t)(length >> 16);
        at[2] = (uint8_t)(length >> 8);
        at[3] = (uint8_t)length;
        at[4] = at[5] = at[6] = 0;
        at[7] = protocol;
        pseudo->length = 40;
    }
    return true;
}

static void draw_pseudo_header(Layout *layout, uint32_t index, uint32_t length,
                               const PseudoHeader *pseudo, const FsEntry *const of[3])
{
    const char *name = layer_name(&layout->packet->entries[index]);
    char length_title[64];
    char length_value[16];
    g_snprintf(length_title, sizeof length_title, "%.40s length", name);
    g_snprintf(length_value, sizeof length_value, "%" PRIu32, length);
    BoxCell cells[5];
    unsigned n = 0;
    uint32_t start = 0;
    for (unsigned i = 0; i < 2; i++) {
        const char *value = layout_text(layout, fs_format_value, of[i]);
        cells[n++] = (BoxCell){start,
                               of[i]->bit_length,
                               of[i]->field->title,
                               of[i]->field->brief,
                               value,
                               value,
                               pseudo->bytes + start / 8,
                               false};
        start += of[i]->bit_length;
    }
    const char *protocol = layout_text(layout, fs_format_readable, of[2]);
    const char *number = layout_text(layout, fs_format_value, of[2]);
    if (pseudo->length == 12) {
        cells[n++] = (BoxCell){start, 8, "Zero", NULL, "0", "0", NULL, false};
        cells[n++] = (BoxCell){
            start + 8, 8, of[2]->field->title, of[2]->field->brief, protocol, number, NULL, false};
        cells[n++] = (BoxCell){start + 16,   16,           length_title, "length",
                               length_value, length_value, NULL,         false};
    } else {
        cells[n++] =
            (BoxCell){start, 32, length_title, "length", length_value, length_value, NULL, false};
        cells[n++] = (BoxCell){start + 32, 24, "Zero", NULL, "0", "0", NULL, false};
        cells[n++] = (BoxCell){
            start + 56, 8, of[2]->field->title, of[2]->field->brief, protocol, number, NULL, false};
    }
    g_string_append_c(layout->out, '\n');
    heading_on(layout->out, layout->style->colour);
    g_string_append_printf(layout->out, "%s pseudo-header", name);
    colour_off(layout->out, layout->style->colour);
    g_string_append_printf(layout->out, " · %u bytes that are summed but never sent\n",
                           pseudo->length);
    box_draw(layout->out, cells, n, 0, layout->style);
}

static void verdict(Sum *s, uint16_t found, bool optional, bool pseudo, uint16_t pseudo_only)
{
    GString *out = s->layout->out;
    uint16_t sum = folded(s->sum);
    label(out, "fold carries");
    g_string_append_printf(out, "0x%" PRIx64 " + 0x%04" PRIx64, s->sum >> 16, s->sum & 0xffff);
    uint64_t once = (s->sum >> 16) + (s->sum & 0xffff);
    if (once != sum) {
        g_string_append_printf(out, " = 0x%" PRIx64 ", again:", once);
    } else {
        g_string_append(out, " =");
    }
    g_string_append_printf(out, " 0x%04x\n", sum);
    uint16_t expected = (uint16_t)~sum;
    label(out, "complement");
    g_string_append_printf(out, "~0x%04x = 0x%04x", sum, expected);
    if (optional && expected == 0) {
        /* RFC 768: 0 means "none", so a computed 0 is sent as its other form */
        expected = 0xffff;
        g_string_append(out, ", sent as 0xffff, for 0x0000 would say \"no checksum\"");
    }
    g_string_append_c(out, '\n');
    label(out, "in the packet");
    g_string_append_printf(out, "0x%04x: ", found);
    /* 0x0000 and 0xffff are the same number in one's complement */
    if (found == expected || (!optional && folded((uint64_t)sum + found) == 0xffff)) {
        g_string_append(out, "correct\n");
    } else if (pseudo && found == pseudo_only) {
        g_string_append(out, "the sum of the pseudo-header alone\n");
        label(out, "");
        g_string_append(out, "captured on the sender, before its network card did the rest\n");
    } else if (!pseudo && found == 0) {
        g_string_append_printf(out, "not filled in, 0x%04x expected\n", expected);
        label(out, "");
        g_string_append(out, "captured on the sender, before its network card did it?\n");
    } else {
        g_string_append_printf(out, "wrong, 0x%04x expected\n", expected);
    }
}

void layout_checksum(Layout *layout, uint32_t index)
{
    static const FsRole roles[] = {FS_ROLE_CHECKSUM_HEADER, FS_ROLE_CHECKSUM_WHOLE,
                                   FS_ROLE_CHECKSUM_PSEUDO, FS_ROLE_CHECKSUM_OPTIONAL};
    const DecodedPacket *packet = layout->packet;
    const FsEntry *layer = &packet->entries[index];
    const FsSpan *span = &packet->sources[layer->source];
    const FsEntry *checksum = NULL;
    for (unsigned i = 0; i < G_N_ELEMENTS(roles) && checksum == NULL; i++) {
        checksum = layer_role(packet, index, roles[i]);
    }
    if (checksum == NULL || checksum->source != layer->source || checksum->bit_length != 16 ||
        checksum->bit_offset / 8 + 2 > span->captured) {
        return;
    }
    FsRole role = checksum->field->role;
    uint32_t start = layer->bit_offset / 8;
    uint32_t start_bits;
    uint32_t end_bits;
    field_layer_extent(packet->entries, packet->count, index, span->captured * 8, &start_bits,
                       &end_bits);
    uint32_t header_end = (end_bits + 7) / 8;
    bool told;
    uint32_t end = role == FS_ROLE_CHECKSUM_HEADER ? header_end : layer_reach(packet, index, &told);
    if (end < header_end) {
        header_end = end;
    }
    bool with_pseudo = role == FS_ROLE_CHECKSUM_PSEUDO || role == FS_ROLE_CHECKSUM_OPTIONAL;
    const FsEntry *of[3];
    PseudoHeader pseudo;
    bool known = with_pseudo && pseudo_header(packet, index, end - start, &pseudo, of);
    if (known) {
        draw_pseudo_header(layout, index, end - start, &pseudo, of);
    }
    GString *out = layout->out;
    g_string_append_c(out, '\n');
    heading_on(out, layout->style->colour);
    g_string_append_printf(out, "%s checksum", layer_name(layer));
    colour_off(out, layout->style->colour);
    uint16_t found = (uint16_t)field_read_big(span->data + checksum->bit_offset / 8, 2);
    const FsEntry *fragment = role_before(packet, index, FS_ROLE_FRAGMENT);
    bool part = false;
    for (; role != FS_ROLE_CHECKSUM_HEADER && fragment != NULL && !part;
         fragment = role_before(packet, (uint32_t)(fragment - packet->entries), FS_ROLE_FRAGMENT)) {
        part = fragment->value.number != 0 && fragment->source == packet->entries[index].source;
    }
    if (role == FS_ROLE_CHECKSUM_OPTIONAL && found == 0) {
        g_string_append(out, " · 0x0000: the sender computed none\n");
        return;
    }
    if (end > span->captured) {
        g_string_append_printf(out,
                               " · 0x%04x, cannot be verified: %" PRIu32 " of the %" PRIu32
                               " bytes that it covers are missing\n",
                               found, end - span->captured, end - start);
        return;
    }
    if (part || (with_pseudo && !known)) {
        g_string_append_printf(out, " · 0x%04x, cannot be verified: %s\n", found,
                               part ? "this is a fragment"
                                    : "the addresses of the pseudo-header are not here");
        return;
    }
    g_string_append(out, " · 16-bit words in network order are added, its own word as 0\n");
    Sum s = {layout, 0, span->data + checksum->bit_offset / 8};
    if (known) {
        add_words(&s, "pseudo-header", pseudo.bytes, pseudo.length, true);
    }
    uint16_t pseudo_only = folded(s.sum);
    add_words(&s, "header", span->data + start, header_end - start, true);
    add_words(&s, "data", span->data + header_end, end - header_end, false);
    verdict(&s, found, role == FS_ROLE_CHECKSUM_OPTIONAL, known, pseudo_only);
}
