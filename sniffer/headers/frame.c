/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "protocol/memo.h"
#include "protocol/text.h"
#include "sniffer/headers/walk.h"
#include "sniffer/tables.h"

#include <string.h>

enum {
#define FRAME_FIELD(id, ...) FRAME_##id,
#include "sniffer/headers/frame_fields.def"
#undef FRAME_FIELD
    FRAME_FIELD_COUNT
};

static const FsField fields[] = {
#define FRAME_FIELD(id, ...) [FRAME_##id] = {__VA_ARGS__},
#include "sniffer/headers/frame_fields.def"
#undef FRAME_FIELD
};

const FsTable frame_table = {"frame", "Frame", "Frame", fields, FRAME_FIELD_COUNT};

/* The facts stand in no byte of the frame, but they are not concluded either: not generated. */
static void add_span(FsPacket *packet, int field, const uint8_t *data, int64_t nanoseconds)
{
    fs_add(packet, &fields[field], data, 0)->value.integer = nanoseconds;
}

/* A text that stands outside the frame. */
static void add_text(FsPacket *packet, int field, const uint8_t *frame, const uint8_t *text,
                     size_t length)
{
    FsEntry *entry = fs_add(packet, &fields[field], frame, 0);
    entry->value.bytes.data = text;
    entry->value.bytes.length = (uint32_t)length;
    entry->encoding = fs_text_is_utf8(text, length) ? FS_UTF8 : FS_ESCAPED;
}

static void add_comments(FsPacket *packet, const FrameRecord *record, const uint8_t *frame)
{
    (void)fs_add(packet, &fields[FRAME_COMMENTS], frame, 0);
    fs_enter(packet);
    for (uint32_t i = 0; i < record->comment_count; i++) {
        add_text(packet, FRAME_COMMENT, frame, record->comments[i].data,
                 record->comments[i].captured);
    }
    fs_leave(packet);
}

static void add_interface(FsPacket *packet, const FrameInterface *interface, const uint8_t *frame)
{
    (void)fs_add_number(packet, &fields[FRAME_INTERFACE], frame, 0, interface->number);
    fs_enter(packet);
    if (interface->name != NULL) {
        add_text(packet, FRAME_INTERFACE_NAME, frame, (const uint8_t *)interface->name,
                 strlen(interface->name));
    }
    if (interface->description != NULL) {
        add_text(packet, FRAME_INTERFACE_DESCRIPTION, frame,
                 (const uint8_t *)interface->description, strlen(interface->description));
    }
    fs_leave(packet);
}

void header_frame(HeaderWalk *walk, const FrameRecord *record, const uint8_t *data)
{
    FsPacket *packet = walk->packet;
    walk->frame_number = record->number;
    walk->frame_time = record->time;
    uint32_t layer = fs_open(packet, &fields[FRAME_LAYER], data, record->captured);
    fs_carry(packet, layer, (FsSpan){data, record->captured, record->reported});
    if (packet->brief) {
        fs_close(packet, layer, NULL);
        return;
    }
    if (record->comment_count > 0) {
        add_comments(packet, record, data);
    }
    const FrameInterface *interface = record->interface;
    /* The only interface of a file that says nothing of it is not worth a line. */
    if (interface != NULL && interface->numbered &&
        (interface->number > 0 || interface->name != NULL || interface->description != NULL)) {
        add_interface(packet, interface, data);
    }
    uint32_t first = packet->count;
    if (!record->untimed) {
        add_span(packet, FRAME_TIME, data, record->time);
        add_span(packet, FRAME_TIME_EPOCH, data, record->time);
        if (!record->after_untimed) {
            add_span(packet, FRAME_TIME_DELTA, data, record->since_previous);
        }
        if (!record->shown_after_untimed) {
            add_span(packet, FRAME_TIME_DELTA_DISPLAYED, data, record->since_shown);
        }
        add_span(packet, FRAME_TIME_RELATIVE, data, record->since_first);
    }
    (void)fs_add_number(packet, &fields[FRAME_NUMBER], data, 0, record->number);
    (void)fs_add_number(packet, &fields[FRAME_LEN], data, 0, record->reported);
    (void)fs_add_number(packet, &fields[FRAME_CAP_LEN], data, 0, record->captured);
    if (!record->untimed && !record->after_untimed && !record->shown_after_untimed &&
        !packet->full) {
        static uint64_t serial;
        serial = serial != 0 ? serial : fs_memo_serial();
        fs_add_repeat(packet, first, packet->count - first, 0, serial, 0xff); /* all vary */
    }
    fs_close(packet, layer, NULL);
}
