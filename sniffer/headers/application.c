/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What UDP and TCP carry, by port: FeiQ and its family, and 1#n. Each segment is decoded for
 * itself.
 */
#include "protocol/feiq/feiq.h"
#include "protocol/onehash/onehash.h"
#include "sniffer/headers/ethernet.h"

static bool is_onehash_port(uint16_t port)
{
    return port == ONEHASH_CHAT_PORT || port == ONEHASH_CONTROL_PORT;
}

/* The messages that a segment holds; the last may go on in the next segment. */
static void decode_onehash(FsPacket *packet, uint16_t service_port, bool from_server, FsSpan span)
{
    OnehashStream stream = {.framing = onehash_recognise(span.data, span.captured),
                            .service = service_port == ONEHASH_CHAT_PORT ? ONEHASH_SERVICE_CHAT
                                                                         : ONEHASH_SERVICE_CONTROL,
                            .block = ONEHASH_DEFAULT_BLOCK,
                            .from_server = from_server};
    if (stream.framing == ONEHASH_FRAMING_UNDECIDED) {
        return;
    }
    while (span.captured > 0) {
        OnehashFrame frame = onehash_next(&stream, span.data, span.captured);
        if (frame.verdict != ONEHASH_COMPLETE) {
            (void)onehash_decode(packet, &stream, span);
            return;
        }
        FsSpan message = {span.data, frame.length, frame.length};
        if (!onehash_decode(packet, &stream, message)) {
            return;
        }
        span = header_behind(span, frame.length);
    }
}

void header_application(HeaderWalk *walk, bool tcp, uint16_t source, uint16_t destination,
                        FsSpan span)
{
    if (span.captured == 0) {
        return;
    }
    if (source == FEIQ_PORT || destination == FEIQ_PORT) {
        (void)(tcp ? feiq_decode_segment : feiq_decode_datagram)(walk->packet, span);
    } else if (tcp && (is_onehash_port(source) || is_onehash_port(destination))) {
        bool from_server = is_onehash_port(source);
        decode_onehash(walk->packet, from_server ? source : destination, from_server, span);
    }
}
