/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/headers/names.h"
#include "sniffer/headers/walk.h"
#include "sniffer/tables.h"

enum {
#define UNDECODED_FIELD(id, ...) UNDECODED_##id,
#include "sniffer/headers/undecoded_fields.def"
#undef UNDECODED_FIELD
    UNDECODED_FIELD_COUNT
};

static const FsField fields[] = {
#define UNDECODED_FIELD(id, ...) [UNDECODED_##id] = {__VA_ARGS__},
#include "sniffer/headers/undecoded_fields.def"
#undef UNDECODED_FIELD
};

/* No short name: a protocol column goes on naming the layer that carries the bytes. */
const FsTable undecoded_table = {"feiscope", "", "Feiscope", fields, UNDECODED_FIELD_COUNT};

void header_undecoded(HeaderWalk *walk, HeaderIdentifier kind, uint64_t value, FsSpan span)
{
    if (span.reported == 0) {
        return;
    }
    FsPacket *packet = walk->packet;
    uint32_t layer = fs_open(packet, &fields[UNDECODED_LAYER], span.data, span.captured);
    fs_carry(packet, layer, span);
    fs_add_number(packet, &fields[UNDECODED_ETHERTYPE + (int)kind], span.data, 0, value)
        ->generated = true;
    fs_add_number(packet, &fields[UNDECODED_LENGTH], span.data, 0, span.reported)->generated = true;
    fs_close(packet, layer, NULL);
}

void header_cut(HeaderWalk *walk, FsSpan span, uint32_t needed)
{
    bool truncated = needed <= span.reported;
    const FsField *field = &fields[truncated ? UNDECODED_TRUNCATED : UNDECODED_MALFORMED];
    walk->truncated |= truncated;
    (void)fs_add_remark(walk->packet, field, span.data, span.captured, false);
}
