/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * libFuzzer driver of the header decoders: the first byte says how much the capture cut off and
 * whether checksums are verified, the second the link type. Beyond what the sanitizers see it
 * checks that entries nest, lie in the frame and can be written. The frame is decoded twice: what
 * was remembered of it counts the second time.
 */
#include "protocol/format.h"
#include "sniffer/conversation/tcp_connections.h"
#include "sniffer/conversation/udp_streams.h"
#include "sniffer/headers/walk.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static FsEntry entries[4096];

static const int linktypes[] = {
    LINKTYPE_RAW,  LINKTYPE_IPV4, LINKTYPE_IPV6,      LINKTYPE_ETHERNET,
    LINKTYPE_NULL, LINKTYPE_LOOP, LINKTYPE_LINUX_SLL, LINKTYPE_LINUX_SLL2,
};

static void check(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void check_entries(const FsPacket *packet, size_t length)
{
    char text[512];
    unsigned depth = 0;
    for (uint32_t i = 0; i < packet->count; i++) {
        const FsEntry *entry = &packet->entries[i];
        check(entry->source != 0 || entry->bit_offset + entry->bit_length <= length * 8);
        check(entry->depth <= depth);
        depth = entry->depth + 1U;
        (void)fs_format_label(text, sizeof text, entry);
        (void)fs_format_value(text, sizeof text, entry);
    }
    check(packet->depth == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2) {
        return 0;
    }
    uint32_t cut = data[0] >> 1;
    bool verify = (data[0] & 1) != 0;
    int linktype = linktypes[data[1] % (sizeof linktypes / sizeof linktypes[0])];
    data += 2;
    size -= 2;
    enum { FEW = 8, TIMES = 2 };
    FsPacket packet = {.entries = entries, .capacity = sizeof entries / sizeof entries[0]};
    HeaderWalk walk = {.packet = &packet,
                       .verify = verify,
                       .tcp = tcp_connections_new(FEW, FEW),
                       .udp = udp_streams_new(FEW)};
    check(walk.tcp != NULL && walk.udp != NULL);
    for (unsigned i = 0; i < TIMES; i++) {
        fs_packet_reset(&packet, data);
        walk.frame_number = i + 1;
        check(header_link(&walk, linktype, (FsSpan){data, (uint32_t)size, (uint32_t)size + cut}));
        check_entries(&packet, size);
    }
    tcp_connections_free(walk.tcp);
    conversations_free(walk.udp);
    return 0;
}
