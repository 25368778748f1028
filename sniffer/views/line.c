/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "protocol/format.h"
#include "protocol/text.h"
#include "sniffer/tables.h"
#include "sniffer/views/layout_width.h"
#include "sniffer/views/line_columns.h"
#include "sniffer/views/name.h"
#include "sniffer/views/time_column.h"

#include <string.h>

enum {
    VALUE_ROOM = 128,
    ADDRESS_ROOM = VALUE_ROOM + 3 + NAMES_MOST + LINE_ADDRESS_WIDTH,
    HEAD_ROOM = 2 * ADDRESS_ROOM + TIME_COLUMN_ROOM + 128, /* all that stands before what matters */
    LINE_ROOM = 4096
};

/* The entries that say who speaks to whom, and where layers begin. */
typedef struct {
    const FsEntry *speakers[FS_ROLES - FS_FIRST_SPEAKER]; /* by role */
    uint32_t last_layer;                                  /* index of the innermost layer's entry */
} Summary;

static const FsEntry **speaker(Summary *s, FsRole role)
{
    return &s->speakers[role - FS_FIRST_SPEAKER];
}

/* Layers inside of layers (the packet that an ICMP error quotes) are not looked at. */
static Summary summarise(const FsPacket *packet)
{
    Summary s = {0};
    uint8_t nested = UINT8_MAX; /* depth of the layer inside of a layer that we are in */
    const FsEntry *end = packet->entries + packet->count;
    for (const FsEntry *entry = packet->entries; entry < end; entry++) {
        if (entry->depth > nested) {
            continue;
        }
        nested = UINT8_MAX;
        const FsField *field = entry->field;
        if (field->type == FS_LAYER) {
            if (entry->depth == 0) {
                s.last_layer = (uint32_t)(entry - packet->entries);
            } else {
                nested = entry->depth;
            }
        }
        if (field->role >= FS_FIRST_SPEAKER) {
            *speaker(&s, field->role) = entry;
            if (field->role == FS_ROLE_SOURCE) { /* ports seen so far belong to another address */
                *speaker(&s, FS_ROLE_SOURCE_PORT) = NULL;
            } else if (field->role == FS_ROLE_DESTINATION) {
                *speaker(&s, FS_ROLE_DESTINATION_PORT) = NULL;
            }
        }
    }
    return s;
}

/* At most ADDRESS_ROOM bytes. */
static char *put_address(char *to, const FsEntry *address, const FsEntry *port,
                         const ViewStyle *style)
{
    char *end = to + LINE_ADDRESS_WIDTH;
    if (address != NULL) {
        const char *name = style->names != NULL ? view_name(style->names, address) : NULL;
        const char *service =
            style->names != NULL && port != NULL ? view_name(style->names, port) : NULL;
        bool brackets = name == NULL && port != NULL && address->field->type == FS_IPV6;
        if (brackets) {
            *to++ = '[';
        }
        if (name != NULL) {
            end += strlen(name) - text_width(name); /* its bytes are more than its columns */
            to = line_put_text(to, name);
        } else {
            to += fs_format_value(to, VALUE_ROOM, address);
        }
        if (brackets) {
            *to++ = ']';
        }
        if (port != NULL) {
            *to++ = ':';
            to = service != NULL ? line_put_text(to, service)
                                 : fs_put_decimal(to, port->value.number);
        }
    }
    memset(to, ' ',
           LINE_ADDRESS_WIDTH); /* more than is wanted, since a fixed length is two stores */
    return to < end ? end : to;
}

static char *put_speakers(char *to, Summary *s, const ViewStyle *style)
{
    static const char arrow[] = LINE_ARROW;
    const FsEntry *source = *speaker(s, FS_ROLE_SOURCE);
    const FsEntry *destination = *speaker(s, FS_ROLE_DESTINATION);
    bool network = source != NULL && destination != NULL;
    to = network ? put_address(to, source, *speaker(s, FS_ROLE_SOURCE_PORT), style)
                 : put_address(to, *speaker(s, FS_ROLE_LINK_SOURCE), NULL, style);
    memcpy(to, arrow, sizeof arrow - 1);
    to += sizeof arrow - 1;
    return network ? put_address(to, destination, *speaker(s, FS_ROLE_DESTINATION_PORT), style)
                   : put_address(to, *speaker(s, FS_ROLE_LINK_DESTINATION), NULL, style);
}

/* The innermost layer before `end` that begins before it, or 0. */
static uint32_t layer_before(const FsPacket *packet, uint32_t end)
{
    while (end > 0) {
        const FsEntry *entry = &packet->entries[--end];
        if (entry->depth == 0 && entry->field->type == FS_LAYER) {
            return end;
        }
    }
    return 0;
}

/* The name of the innermost layer; a layer without a short name is called as what carries it. */
static const char *protocol_name(const FsPacket *packet, uint32_t layer)
{
    static struct {
        const FsField *layer;
        const char *name;
    } remembered[64];
    for (;;) {
        const FsField *field = packet->entries[layer].field;
        size_t slot = ((uintptr_t)field >> 4) % (sizeof remembered / sizeof remembered[0]);
        if (remembered[slot].layer != field) {
            const FsTable *table = sniffer_table_of(field);
            remembered[slot].layer = field;
            remembered[slot].name = table != NULL ? table->short_name : "";
        }
        if (remembered[slot].name[0] != '\0' || layer == 0) {
            return remembered[slot].name;
        }
        layer = layer_before(packet, layer);
    }
}

/* What matters of a layer, without layers inside of it. Returns where the next layer begins. */
static uint32_t put_message(Output *output, const FsPacket *packet, uint32_t layer)
{
    size_t room = LINE_ROOM;
    uint32_t end = layer + 1;
    uint32_t inner = UINT32_MAX; /* the first layer inside of it */
    for (; end < packet->count; end++) {
        const FsEntry *entry = &packet->entries[end];
        const FsField *field = entry->field;
        if (field->type == FS_LAYER) {
            if (entry->depth == 0) {
                break;
            }
            inner = end < inner ? end : inner;
        } else if (field->line != 0 && field->type == FS_TEXT) {
            room += FS_TEXT_ROOM(entry->value.bytes.length) * 4; /* escapes: \xNN */
        } else if (field->line != 0 && field->type == FS_BYTES) {
            room += (size_t)3 * entry->value.bytes.length;
        }
    }
    char *to = output_room(output, room);
    if (to != NULL) {
        size_t n =
            fs_format_line(to, room, &packet->entries[layer], (inner < end ? inner : end) - layer);
        if (n > 0 && to[0] == ' ') { /* what the first field puts before it */
            memmove(to, to + 1, --n);
        }
        output->used += n;
    }
    return end;
}

void view_line(Output *output, const FrameRecord *record, const FsPacket *packet,
               const ViewStyle *style)
{
    Summary s = summarise(packet);
    const char *name = protocol_name(packet, s.last_layer);
    char *start = output_room(output, HEAD_ROOM + strlen(name));
    if (start == NULL) {
        return;
    }
    char *to = line_put_right(start, record->number, LINE_NUMBER_WIDTH);
    *to++ = ' ';
    to = time_column_put(to, record, style);
    if (style->time != TIME_NONE) {
        *to++ = ' ';
    }
    *to++ = ' ';
    to = put_speakers(to, &s, style);
    *to++ = ' ';
    *to++ = ' ';
    to = line_put_protocol(to, name);
    *to++ = ' ';
    output->used += (size_t)(to - start);
    /* Several messages of the innermost protocol: begin with the first of them. */
    uint32_t first = s.last_layer;
    uint32_t before = layer_before(packet, first);
    while (before < first && packet->entries[before].field == packet->entries[first].field) {
        first = before;
        before = layer_before(packet, first);
    }
    while (first < packet->count) {
        first = put_message(output, packet, first);
        if (first < packet->count) {
            output_bytes(output, " | ", 3);
        }
    }
    output_char(output, '\n');
}
