/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/headers/walk.h"
#include "sniffer/tables.h"

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

void header_frame(HeaderWalk *walk, const FrameRecord *record, const uint8_t *data)
{
    FsPacket *packet = walk->packet;
    uint32_t layer = fs_open(packet, &fields[FRAME_LAYER], data, record->captured);
    fs_carry(packet, layer, (FsSpan){data, record->captured, record->reported});
    if (packet->brief) {
        fs_close(packet, layer, NULL);
        return;
    }
    add_span(packet, FRAME_TIME_EPOCH, data, record->time);
    add_span(packet, FRAME_TIME_DELTA, data, record->since_previous);
    add_span(packet, FRAME_TIME_RELATIVE, data, record->since_first);
    (void)fs_add_number(packet, &fields[FRAME_NUMBER], data, 0, record->number);
    (void)fs_add_number(packet, &fields[FRAME_LEN], data, 0, record->reported);
    (void)fs_add_number(packet, &fields[FRAME_CAP_LEN], data, 0, record->captured);
    fs_close(packet, layer, NULL);
}
