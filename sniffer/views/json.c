/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "protocol/format.h"
#include "protocol/text.h"
#include "sniffer/views/fields_offsets.h"
#include "sniffer/views/view.h"

#include <string.h>

enum {
    SLOTS = 4096,   /* more than there are fields; a power of 2 */
    PLAIN_ROOM = 64 /* for numbers, addresses and times */
};

/* Entries are numbered in 16 bits. */
static const uint16_t NO_ENTRY = UINT16_MAX;
_Static_assert((int)VIEW_MAX_ENTRIES < UINT16_MAX, "an entry's number fits");

/* Chains the entries of one field: a slot a field, found by the field's address. */
typedef struct {
    struct {
        const FsField *field;
        uint64_t packet; /* the slot is empty unless this is the current packet */
        uint16_t last;
        uint16_t name_length; /* of the field, which outlives packets */
    } slots[SLOTS];
    uint64_t packet;
    uint16_t name_length[VIEW_MAX_ENTRIES];
    uint16_t next[VIEW_MAX_ENTRIES];
    bool first[VIEW_MAX_ENTRIES];
} Chains;

static _Thread_local Chains chains;

static void chain(const FsPacket *packet)
{
    chains.packet++;
    for (uint32_t i = 0; i < packet->count; i++) {
        const FsField *field = packet->entries[i].field;
        size_t slot = ((uintptr_t)field >> 3) * 0x9e37U % SLOTS;
        while (chains.slots[slot].packet == chains.packet && chains.slots[slot].field != field) {
            slot = (slot + 1) % SLOTS;
        }
        chains.first[i] = chains.slots[slot].packet != chains.packet;
        if (!chains.first[i]) {
            chains.next[chains.slots[slot].last] = (uint16_t)i;
        }
        chains.next[i] = NO_ENTRY;
        if (chains.slots[slot].field != field) {
            chains.slots[slot].field = field;
            chains.slots[slot].name_length = (uint16_t)strlen(field->name);
        }
        chains.name_length[i] = chains.slots[slot].name_length;
        chains.slots[slot].packet = chains.packet;
        chains.slots[slot].last = (uint16_t)i;
    }
}

/* A name of at most 32 bytes, and what follows it up to 32. */
static const char *padded_name(const FsField *field, size_t length)
{
    static _Thread_local struct {
        const FsField *field;
        char text[32];
    } remembered[1024];
    size_t slot = (uintptr_t)field / sizeof *field % (sizeof remembered / sizeof remembered[0]);
    if (remembered[slot].field != field) {
        memcpy(remembered[slot].text, field->name, length);
        remembered[slot].field = field;
    }
    return remembered[slot].text;
}

static bool needs_escape(unsigned char c)
{
    return c < 0x20 || c == '"' || c == '\\';
}

static void put_escaped(Output *output, const char *text, size_t length)
{
    static const char digits[] = "0123456789abcdef";
    static const char named[0x20] = {
        ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (!needs_escape(c)) {
            output_char(output, text[i]);
        } else if (c >= 0x20 || named[c] != 0) {
            char escape[2] = {'\\', (char)(c >= 0x20 ? text[i] : named[c])};
            output_bytes(output, escape, sizeof escape);
        } else {
            char escape[6] = {'\\', 'u', '0', '0', digits[c >> 4], digits[c & 15]};
            output_bytes(output, escape, sizeof escape);
        }
    }
}

static void put_text(Output *output, const FsEntry *entry)
{
    /* The text is made where the escaped text ends at the latest, so that escaping, which starts
     * here, never reaches what it has not read yet. */
    size_t most = FS_TEXT_ROOM(entry->value.bytes.length);
    char *to = output_room(output, 7 * most);
    if (to == NULL) {
        return;
    }
    char *text = to + 6 * most;
    size_t length = fs_format_value(text, most, entry);
    put_escaped(output, text, length);
}

static void put_value(Output *output, const FsEntry *entry)
{
    if (entry->field->type == FS_TEXT) {
        output_char(output, '"');
        put_text(output, entry);
        output_char(output, '"');
        return;
    }
    size_t room = PLAIN_ROOM;
    if (entry->field->type == FS_BYTES || entry->field->type == FS_ETHER) {
        room += (size_t)3 * entry->value.bytes.length;
    }
    char *to = output_room(output, room + 2);
    if (to != NULL) {
        size_t length = fs_format_value(to + 1, room, entry);
        to[0] = '"';
        to[1 + length] = '"';
        output->used += length + 2;
    }
}

static void put_key(Output *output, char separator, const FsField *field, size_t length)
{
    enum { USUAL = 32 }; /* a fixed length is two moves; bytes behind the name are overwritten */
    char *to = output_room(output, (length > USUAL ? length : USUAL) + 4);
    if (to != NULL) {
        to[0] = separator;
        to[1] = '"';
        if (length <= USUAL) {
            memcpy(to + 2, padded_name(field, length), USUAL);
        } else {
            memcpy(to + 2, field->name, length);
        }
        to[2 + length] = '"';
        to[3 + length] = ':';
        output->used += length + 4;
    }
}

/* What stands for an entry: its value, or an object that also says where it stands. */
static void put_entry(Output *output, const DecodedPacket *offsets, const FsEntry *entry)
{
    if (offsets == NULL) {
        put_value(output, entry);
        return;
    }
    output_text(output, "{\"value\":");
    put_value(output, entry);
    fields_put_offsets(output, offsets, entry);
    output_char(output, '}');
}

static void put_packet(Output *output, const FsPacket *packet, const DecodedPacket *offsets)
{
    chain(packet);
    char separator = '{';
    for (uint32_t i = 0; i < packet->count; i++) {
        if (!chains.first[i]) {
            continue;
        }
        put_key(output, separator, packet->entries[i].field, chains.name_length[i]);
        separator = ',';
        if (chains.next[i] == NO_ENTRY) {
            put_entry(output, offsets, &packet->entries[i]);
            continue;
        }
        char element = '[';
        for (uint16_t k = (uint16_t)i; k != NO_ENTRY; k = chains.next[k]) {
            output_char(output, element);
            put_entry(output, offsets, &packet->entries[k]);
            element = ',';
        }
        output_char(output, ']');
    }
    output_bytes(output, "}\n", 2);
}

void view_json(Output *output, const FrameRecord *record, const FsPacket *packet,
               const ViewStyle *style)
{
    (void)record;
    (void)style;
    put_packet(output, packet, NULL);
}

void view_json_offsets(Output *output, const FrameRecord *record, const FsPacket *packet,
                       const ViewStyle *style)
{
    FsSpan spans[FS_MAX_SOURCES];
    DecodedPacket decoded = decoded_packet(record, packet, spans);
    (void)style;
    put_packet(output, packet, &decoded);
}
