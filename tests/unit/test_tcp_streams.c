/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/conversation/tcp_connections.h"
#include "sniffer/tap/tcp_streams.h"

#include <glib.h>
#include <string.h>

enum { FIN = 1, SYN = 2, ACK = 16, CLIENT = 40000, SERVER = 12425, ENTRIES = 512 };

/* What a stream's reader took, as text: "c:abc|s:def|c:[3]". */
typedef struct {
    GString *taken;
    TcpStreams *streams;
    TcpConnections *connections; /* they give streams their numbers */
    uint64_t frames;
    uint32_t newest; /* number of the stream that bytes came from last */
} Reading;

static bool wants(void *context, const TcpStream *stream)
{
    (void)context;
    (void)stream;
    return true;
}

static void take(void *context, const TcpStream *stream, const TcpChunk *chunk)
{
    Reading *r = context;
    r->newest = stream->number;
    g_string_append_printf(r->taken, "%s%c:", r->taken->len > 0 ? "|" : "",
                           chunk->side == 0 ? 'c' : 's');
    if (chunk->missing > 0) {
        g_string_append_printf(r->taken, "[%u]", chunk->missing);
    } else {
        g_string_append_len(r->taken, (const char *)chunk->data, chunk->length);
    }
}

static void begin(Reading *r)
{
    *r = (Reading){.taken = g_string_new("")};
    r->streams = tcp_streams_new(&(TcpReader){wants, take, r});
    r->connections = tcp_connections_new(16, 64);
}

static void end(Reading *r, const char *expected)
{
    g_assert_cmpstr(r->taken->str, ==, expected);
    tcp_streams_free(r->streams);
    tcp_connections_free(r->connections);
    g_string_free(r->taken, TRUE);
}

static void put_u16(uint8_t *at, unsigned value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static void put_u32(uint8_t *at, uint32_t value)
{
    put_u16(at, value >> 16);
    put_u16(at + 2, value & 0xffff);
}

/* One segment of the client's, or the server's. */
static void segment(Reading *r, bool server, uint32_t sequence, uint32_t acknowledged,
                    unsigned flags, const char *text)
{
    uint32_t length = 40 + (uint32_t)strlen(text);
    g_autofree uint8_t *bytes = g_malloc0(length);
    bytes[0] = 0x45;
    put_u16(bytes + 2, length);
    bytes[8] = 64;
    bytes[9] = 6;
    put_u32(bytes + 12, server ? 0x0a000002 : 0x0a000001);
    put_u32(bytes + 16, server ? 0x0a000001 : 0x0a000002);
    put_u16(bytes + 20, server ? SERVER : CLIENT);
    put_u16(bytes + 22, server ? CLIENT : SERVER);
    put_u32(bytes + 24, sequence);
    put_u32(bytes + 28, acknowledged);
    bytes[32] = 0x50;
    bytes[33] = (uint8_t)flags;
    memcpy(bytes + 40, text, length - 40);
    static FsEntry entries[ENTRIES];
    FsPacket packet = {.entries = entries, .capacity = ENTRIES};
    HeaderWalk walk = {.packet = &packet, .tcp = r->connections};
    fs_packet_reset(&packet, bytes);
    g_assert_true(header_link(&walk, LINKTYPE_RAW, (FsSpan){bytes, length, length}));
    FrameRecord record = {.number = ++r->frames};
    tcp_streams_packet(r->streams, &record, &packet);
}

static void test_in_order(void)
{
    Reading r;
    begin(&r);
    segment(&r, false, 99, 0, SYN, "");
    segment(&r, true, 499, 100, SYN | ACK, "");
    segment(&r, false, 100, 500, ACK, "abc");
    segment(&r, true, 500, 103, ACK, "de");
    segment(&r, false, 103, 502, ACK | FIN, "f");
    end(&r, "c:abc|s:de|c:f");
}

static void test_early_and_again(void)
{
    Reading r;
    begin(&r);
    segment(&r, false, 99, 0, SYN, "");
    segment(&r, false, 106, 0, ACK, "ghi");
    segment(&r, false, 103, 0, ACK, "def");
    segment(&r, false, 103, 0, ACK, "def");
    segment(&r, false, 100, 0, ACK, "abc");
    segment(&r, false, 100, 0, ACK, "abc");
    segment(&r, false, 107, 0, ACK, "hijk");
    end(&r, "c:abc|c:def|c:ghi|c:jk");
}

static void test_numbers_wrap(void)
{
    Reading r;
    begin(&r);
    segment(&r, false, UINT32_MAX - 1, 0, SYN, "");
    segment(&r, false, 2, 0, ACK, "d");
    segment(&r, false, UINT32_MAX, 0, ACK, "abc");
    end(&r, "c:abc|c:d");
}

static void test_lost(void)
{
    Reading r;
    begin(&r);
    segment(&r, false, 100, 500, ACK, "abc");
    segment(&r, false, 106, 500, ACK, "ghi");
    segment(&r, true, 500, 103, ACK, "");
    segment(&r, true, 500, 109, ACK, "ok");
    end(&r, "c:abc|c:[3]|c:ghi|s:ok");
}

static void test_ports_again(void)
{
    Reading r;
    begin(&r);
    segment(&r, false, 99, 0, SYN, "");
    segment(&r, false, 99, 0, SYN, "");
    segment(&r, false, 100, 0, ACK, "a");
    g_assert_cmpuint(r.newest, ==, 0);
    segment(&r, false, 7999, 0, SYN, "");
    segment(&r, false, 8000, 0, ACK, "b");
    g_assert_cmpuint(r.newest, ==, 1);
    end(&r, "c:a|c:b");
}

static void test_bounded(void)
{
    Reading r;
    begin(&r);
    segment(&r, false, 99, 0, SYN, "");
    for (uint32_t i = 0; i < 300; i++) {
        segment(&r, false, 200 + 2 * i, 0, ACK, "x");
    }
    g_assert_cmpuint(tcp_streams_left_out(r.streams).early, ==, 300 - 256);
    end(&r, "");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/tcp-streams/in-order", test_in_order);
    g_test_add_func("/tcp-streams/early-and-again", test_early_and_again);
    g_test_add_func("/tcp-streams/numbers-wrap", test_numbers_wrap);
    g_test_add_func("/tcp-streams/lost", test_lost);
    g_test_add_func("/tcp-streams/ports-again", test_ports_again);
    g_test_add_func("/tcp-streams/bounded", test_bounded);
    return g_test_run();
}
