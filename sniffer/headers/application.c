/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What UDP and TCP carry: FeiQ and its family, and 1#n, by port; FeiQ's datagrams also on other
 * ports, by the same test as the plugin's heuristic.
 */
#include "protocol/feiq/feiq.h"
#include "protocol/opener.h"
#include "sniffer/stream.h"

static const PortSet feiq_port = {{{FEIQ_PORT, FEIQ_PORT}}, 1};

static void decode_feiq(HeaderWalk *walk, bool tcp, FsSpan span)
{
    FsOpener *opener = walk->packet->opener;
    if (opener != NULL) {
        opener->source = (FsBytes){walk->source, walk->address_length};
        opener->destination = (FsBytes){walk->destination, walk->address_length};
    }
    (void)(tcp ? feiq_decode_segment : feiq_decode_datagram)(walk->packet, span);
}

void header_application(HeaderWalk *walk, bool tcp, uint16_t source, uint16_t destination,
                        FsSpan span)
{
    if (tcp && stream_segment(walk, source, destination, span)) {
        return;
    }
    const PortSet *ports = tcp ? walk->feiq_tcp : walk->feiq_udp;
    if (ports == NULL) {
        ports = &feiq_port;
    }
    if (span.captured > 0 &&
        (port_set_holds(ports, source) || port_set_holds(ports, destination))) {
        decode_feiq(walk, tcp, span);
    } else if (!tcp && feiq_may_begin(span) && !walk->feiq_by_port_only && feiq_recognise(span)) {
        decode_feiq(walk, false, span);
    }
}
