/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Captures without a link layer: the first byte's upper half is the IP version.
 */
#include "sniffer/headers/walk.h"
#include "sniffer/tables.h"

static const FsField fields[] = {{.name = "raw",
                                  .title = "Raw IP",
                                  .blurb = "The capture holds no link-layer header",
                                  .type = FS_LAYER,
                                  .level = FS_LINK}};

/* Wireshark first looks for what some PPP drivers put in front, and shows less than that as cut. */
enum { LOOKED_AT = 8 };

const FsTable raw_table = {"raw", "Raw", "Raw IP", fields, 1};

/* The address and control bytes of PPP, maybe behind a made-up hardware address. */
enum { BEHIND_ADDRESS = 6 };

static bool begins_ppp(const uint8_t *data)
{
    return data[0] == 0xff && data[1] == 0x03;
}

void header_raw(HeaderWalk *walk, FsSpan span)
{
    uint32_t layer = walk->packet->count;
    (void)fs_add(walk->packet, &fields[0], span.data, 0);
    fs_carry(walk->packet, layer, span);
    if (span.captured < LOOKED_AT) {
        header_cut(walk, span, LOOKED_AT);
        return;
    }
    if (begins_ppp(span.data) || begins_ppp(span.data + BEHIND_ADDRESS)) {
        header_undecoded(walk, HEADER_BY_LINKTYPE, LINKTYPE_RAW, span);
        return;
    }
    switch (span.data[0] >> 4) {
    case 4:
        header_ethertype(walk, 0x0800, span);
        break;
    case 6:
        header_ethertype(walk, 0x86dd, span);
        break;
    default:
        header_undecoded(walk, HEADER_BY_LINKTYPE, LINKTYPE_RAW, span);
        break;
    }
}
