/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/forgotten.h"
#include "sniffer/conversation/tcp_connections.h"
#include "sniffer/conversation/udp_streams.h"
#include "sniffer/reassembly/fragments.h"
#include "sniffer/stream.h"

#include <inttypes.h>
#include <stdio.h>

/* Of what so many were forgotten, one and several of them. */
typedef struct {
    uint64_t count;
    const char *one;
    const char *several;
} Kind;

static void begin_line(const char *source, Output *output)
{
    output_flush(output);
    (void)fprintf(stderr, "feiqdump: %s%s", source != NULL ? source : "",
                  source != NULL ? ": " : "");
}

static void put_count(uint64_t count, const char *one, const char *several)
{
    (void)fprintf(stderr, "%" PRIu64 " %s", count, count == 1 ? one : several);
}

static void show_no_room(const Kind *kinds, size_t count, const char *source, Output *output)
{
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        if (kinds[i].count == 0) {
            continue;
        }
        if (!any) {
            begin_line(source, output);
        }
        (void)fputs(any ? ", " : "forgotten to make room: ", stderr);
        put_count(kinds[i].count, kinds[i].one, kinds[i].several);
        any = true;
    }
    if (any) {
        (void)fputs("; a capture filter (host, port) leaves more room for the rest\n", stderr);
    }
}

static void show_unread(const StreamCounts *streams, const char *source, Output *output)
{
    if (streams->unread_segments > 0) {
        begin_line(source, output);
        put_count(streams->unread_segments, "TCP segment of 1#n (", "TCP segments of 1#n (");
        put_count(streams->unread_bytes, "byte", "bytes");
        (void)fputs(") not read, behind bytes that were not captured;\n"
                    "feiqdump: -o tcp.reassemble_out_of_order:FALSE reads each as it comes\n",
                    stderr);
    }
}

static void show_broken(uint64_t count, const char *source, Output *output)
{
    if (count > 0) {
        begin_line(source, output);
        put_count(count, "message of 1#n ends", "messages of 1#n end");
        (void)fputs(" too early and cannot be shown; -z sticky shows what came\n", stderr);
    }
}

void forgotten_show(const HeaderWalk *walk, const char *source, Output *output)
{
    FragmentCounts fragments = {0};
    StreamCounts streams = {0};
    TcpForgotten tcp = {0, 0};
    if (walk->fragments != NULL) {
        fragments = fragments_counts(walk->fragments);
    }
    if (walk->streams != NULL) {
        streams = stream_counts(walk->streams);
    }
    if (walk->tcp != NULL) {
        tcp = tcp_connections_forgotten(walk->tcp);
    }
    const Kind kinds[] = {
        {fragments.forgotten, "incomplete IP datagram", "incomplete IP datagrams"},
        {tcp.connections, "TCP connection", "TCP connections"},
        {tcp.segments, "TCP segment that was not acknowledged",
         "TCP segments that were not acknowledged"},
        {walk->udp != NULL ? conversations_forgotten(walk->udp) : 0, "UDP stream", "UDP streams"},
        {streams.streams, "stream of 1#n", "streams of 1#n"},
        {streams.partials, "partial message of 1#n", "partial messages of 1#n"},
    };
    show_no_room(kinds, sizeof kinds / sizeof kinds[0], source, output);
    show_unread(&streams, source, output);
    show_broken(streams.closed + streams.unfinished, source, output);
}
