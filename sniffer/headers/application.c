/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What UDP and TCP carry: FeiQ and its family, and 1#n, by port; FeiQ's datagrams also on other
 * ports, by the same test as the plugin's heuristic.
 */
#include "sniffer/headers/application.h"
#include "protocol/feiq/feiq.h"
#include "protocol/opener.h"
#include "sniffer/stream.h"

static const PortSet feiq_port = {{{FEIQ_PORT, FEIQ_PORT}}, 1};

bool application_is_feiq(const HeaderWalk *walk, bool tcp, uint16_t port)
{
    const PortSet *ports = tcp ? walk->feiq_tcp : walk->feiq_udp;
    return port_set_holds(ports != NULL ? ports : &feiq_port, port);
}

bool application_is_onehash(const HeaderWalk *walk, uint16_t port)
{
    return stream_port(stream_settings(walk->streams), port);
}

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
    if (span.captured > 0 &&
        (application_is_feiq(walk, tcp, source) || application_is_feiq(walk, tcp, destination))) {
        decode_feiq(walk, tcp, span);
    } else if (!tcp && feiq_may_begin(span) && !walk->feiq_by_port_only && feiq_recognise(span)) {
        decode_feiq(walk, false, span);
    }
}
