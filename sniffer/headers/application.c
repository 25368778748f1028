/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What UDP and TCP carry, by port: FeiQ and its family, and 1#n.
 */
#include "protocol/feiq/feiq.h"
#include "sniffer/stream.h"

void header_application(HeaderWalk *walk, bool tcp, uint16_t source, uint16_t destination,
                        FsSpan span)
{
    if (tcp && stream_segment(walk, source, destination, span)) {
        return;
    }
    if (span.captured > 0 && (source == FEIQ_PORT || destination == FEIQ_PORT)) {
        (void)(tcp ? feiq_decode_segment : feiq_decode_datagram)(walk->packet, span);
    }
}
