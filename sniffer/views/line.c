/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "protocol/format.h"
#include "protocol/text.h"
#include "sniffer/tables.h"
#include "sniffer/views/view.h"

enum {
    NUMBER_WIDTH = 5,
    SECONDS_WIDTH = 4,
    ADDRESS_WIDTH = 21, /* an IPv4 address with its port */
    PROTOCOL_WIDTH = 8,
    VALUE_ROOM = 128,
    LINE_ROOM = 4096
};

/* The entries that say who speaks to whom, and where layers begin. */
typedef struct {
    const FsEntry *source;
    const FsEntry *destination;
    const FsEntry *source_port;
    const FsEntry *destination_port;
    const FsEntry *link_source;
    const FsEntry *link_destination;
    uint32_t last_layer; /* index of the innermost layer's entry */
} Summary;

/* Layers inside of layers (the packet that an ICMP error quotes) are not looked at. */
static Summary summarise(const FsPacket *packet)
{
    Summary s = {0};
    uint8_t nested = UINT8_MAX; /* depth of the layer inside of a layer that we are in */
    for (uint32_t i = 0; i < packet->count; i++) {
        const FsEntry *entry = &packet->entries[i];
        if (entry->depth > nested) {
            continue;
        }
        nested = UINT8_MAX;
        if (entry->field->type == FS_LAYER) {
            if (entry->depth == 0) {
                s.last_layer = i;
            } else {
                nested = entry->depth;
            }
        }
        switch (entry->field->role) {
        case FS_ROLE_SOURCE:
            s.source = entry;
            s.source_port = NULL;
            break;
        case FS_ROLE_DESTINATION:
            s.destination = entry;
            s.destination_port = NULL;
            break;
        case FS_ROLE_SOURCE_PORT:
            s.source_port = entry;
            break;
        case FS_ROLE_DESTINATION_PORT:
            s.destination_port = entry;
            break;
        case FS_ROLE_LINK_SOURCE:
            s.link_source = entry;
            break;
        case FS_ROLE_LINK_DESTINATION:
            s.link_destination = entry;
            break;
        case FS_ROLE_NONE:
        case FS_ROLE_PROTOCOL:
        case FS_ROLE_TOTAL_LENGTH:
        case FS_ROLE_PAYLOAD_LENGTH:
        case FS_ROLE_FRAGMENT:
        case FS_ROLE_CHECKSUM_HEADER:
        case FS_ROLE_CHECKSUM_WHOLE:
        case FS_ROLE_CHECKSUM_PSEUDO:
        case FS_ROLE_CHECKSUM_OPTIONAL:
            break;
        }
    }
    return s;
}

/* Seconds with six places; the point stays in its column. */
static void put_time(Output *output, int64_t nanoseconds)
{
    bool negative = nanoseconds < 0;
    uint64_t micro = (negative ? (uint64_t)(-(nanoseconds + 1)) + 1 : (uint64_t)nanoseconds) / 1000;
    uint64_t seconds = micro / 1000000;
    if (negative) {
        size_t digits = 1;
        for (uint64_t rest = seconds; rest >= 10; rest /= 10) {
            digits++;
        }
        output_repeat(output, ' ', digits + 1 < SECONDS_WIDTH ? SECONDS_WIDTH - digits - 1 : 0);
        output_char(output, '-');
    }
    output_number(output, seconds, negative ? 1 : SECONDS_WIDTH);
    char places[7] = {'.'};
    uint64_t fraction = micro % 1000000;
    for (int i = 6; i > 0; i--) {
        places[i] = (char)('0' + fraction % 10);
        fraction /= 10;
    }
    output_bytes(output, places, sizeof places);
}

static size_t put_address(Output *output, const FsEntry *address, const FsEntry *port)
{
    char *to = output_room(output, (size_t)2 * VALUE_ROOM);
    if (to == NULL || address == NULL) {
        return 0;
    }
    size_t n = 0;
    bool brackets = port != NULL && address->field->type == FS_IPV6;
    if (brackets) {
        to[n++] = '[';
    }
    n += fs_format_value(to + n, VALUE_ROOM, address);
    if (brackets) {
        to[n++] = ']';
    }
    if (port != NULL) {
        to[n++] = ':';
        n += fs_format_value(to + n, VALUE_ROOM - 3, port);
    }
    output->used += n;
    return n;
}

static void put_speakers(Output *output, const Summary *s)
{
    bool network = s->source != NULL && s->destination != NULL;
    size_t n = network ? put_address(output, s->source, s->source_port)
                       : put_address(output, s->link_source, NULL);
    if (n < ADDRESS_WIDTH) {
        output_repeat(output, ' ', ADDRESS_WIDTH - n);
    }
    output_text(output, " → ");
    n = network ? put_address(output, s->destination, s->destination_port)
                : put_address(output, s->link_destination, NULL);
    if (n < ADDRESS_WIDTH) {
        output_repeat(output, ' ', ADDRESS_WIDTH - n);
    }
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
static void put_protocol(Output *output, const FsPacket *packet, uint32_t layer)
{
    const char *name = "";
    for (;;) {
        const FsTable *table = sniffer_table_of(packet->entries[layer].field);
        name = table != NULL ? table->short_name : "";
        if (name[0] != '\0' || layer == 0) {
            break;
        }
        layer = layer_before(packet, layer);
    }
    size_t length = strlen(name);
    output_bytes(output, name, length);
    if (length < PROTOCOL_WIDTH) {
        output_repeat(output, ' ', PROTOCOL_WIDTH - length);
    }
}

/* What matters of a layer, without layers inside of it. */
static void put_message(Output *output, const FsPacket *packet, uint32_t layer, uint32_t end)
{
    size_t room = LINE_ROOM;
    for (uint32_t i = layer; i < end; i++) {
        const FsEntry *entry = &packet->entries[i];
        if (i > layer && entry->field->type == FS_LAYER) {
            end = i;
        } else if (entry->field->line != 0 && entry->field->type == FS_TEXT) {
            room += FS_TEXT_ROOM(entry->value.bytes.length) * 4; /* escapes: \xNN */
        } else if (entry->field->line != 0 && entry->field->type == FS_BYTES) {
            room += (size_t)3 * entry->value.bytes.length;
        }
    }
    char *to = output_room(output, room);
    if (to != NULL) {
        size_t n = fs_format_line(to, room, &packet->entries[layer], end - layer);
        if (n > 0 && to[0] == ' ') { /* what the first field puts before it */
            memmove(to, to + 1, --n);
        }
        output->used += n;
    }
}

void view_line(Output *output, const FrameRecord *record, const FsPacket *packet,
               const ViewStyle *style)
{
    (void)style;
    Summary s = summarise(packet);
    output_number(output, record->number, NUMBER_WIDTH);
    output_char(output, ' ');
    put_time(output, record->since_first);
    output_bytes(output, "  ", 2);
    put_speakers(output, &s);
    output_bytes(output, "  ", 2);
    put_protocol(output, packet, s.last_layer);
    output_char(output, ' ');
    /* Several messages of the innermost protocol: begin with the first of them. */
    uint32_t first = s.last_layer;
    uint32_t before = layer_before(packet, first);
    while (before < first && packet->entries[before].field == packet->entries[first].field) {
        first = before;
        before = layer_before(packet, first);
    }
    while (first < packet->count) {
        uint32_t end = first + 1;
        while (end < packet->count &&
               (packet->entries[end].depth > 0 || packet->entries[end].field->type != FS_LAYER)) {
            end++;
        }
        put_message(output, packet, first, end);
        first = end;
        if (first < packet->count) {
            output_bytes(output, " | ", 3);
        }
    }
    output_char(output, '\n');
}
