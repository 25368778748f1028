/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A brief packet has exactly those entries of the whole one that the one-line form wants: every
 * sample is decoded both ways.
 */
#include "protocol/feiq/feiq.h"
#include "sniffer/conversation/tcp_connections.h"
#include "sniffer/conversation/udp_streams.h"
#include "sniffer/conversation/unacknowledged.h"
#include "sniffer/stream.h"
#include "sniffer/tables.h"
#include "sniffer/views/view.h"

#include <glib.h>
#include <pcap/pcap.h>
#include <string.h>

/* One way to decode: entries, and streams of its own. */
typedef struct {
    FsEntry entries[VIEW_MAX_ENTRIES];
    FsPacket packet;
    HeaderWalk walk;
} Decoder;

static Decoder whole;
static Decoder brief;

static void begin(Decoder *decoder, bool is_brief, bool verify)
{
    decoder->packet = (FsPacket){.entries = decoder->entries, .capacity = VIEW_MAX_ENTRIES};
    decoder->packet.brief = is_brief;
    decoder->walk = (HeaderWalk){.packet = &decoder->packet, .verify = verify};
    decoder->walk.streams = stream_table_new(&stream_default_settings);
    decoder->walk.tcp = tcp_connections_new(CONVERSATIONS_DEFAULT, UNACKNOWLEDGED_STORE);
    decoder->walk.udp = udp_streams_new(CONVERSATIONS_DEFAULT);
    g_assert_nonnull(decoder->walk.streams);
    g_assert_nonnull(decoder->walk.tcp);
    g_assert_nonnull(decoder->walk.udp);
}

static void decode(Decoder *decoder, int linktype, const FrameRecord *record, const uint8_t *data)
{
    FsSpan span = {data, record->captured, MAX(record->captured, record->reported)};
    fs_packet_reset(&decoder->packet, data);
    header_frame(&decoder->walk, record, data);
    g_assert_true(header_link(&decoder->walk, linktype, span));
}

static bool has_bytes(const FsField *field)
{
    return field->type == FS_LAYER || field->type == FS_REMARK || field->type == FS_TEXT ||
           field->type == FS_BYTES || field->type == FS_ETHER || field->type == FS_IPV6;
}

static void check_entry(const FsEntry *entry, const FsEntry *expected)
{
    g_assert_cmpstr(entry->field->name, ==, expected->field->name);
    g_assert_true(entry->field == expected->field);
    g_assert_cmpuint(entry->bit_offset, ==, expected->bit_offset);
    g_assert_cmpuint(entry->bit_length, ==, expected->bit_length);
    g_assert_cmpuint(entry->depth, ==, expected->depth);
    g_assert_cmpuint(entry->source, ==, expected->source);
    g_assert_cmpuint(entry->encoding, ==, expected->encoding);
    g_assert_cmpint(entry->generated, ==, expected->generated);
    if (has_bytes(entry->field)) {
        g_assert_cmpmem(entry->value.bytes.data, entry->value.bytes.length,
                        expected->value.bytes.data, expected->value.bytes.length);
    } else {
        g_assert_cmpuint(entry->value.number, ==, expected->value.number);
    }
}

static void check_packet(void)
{
    uint32_t next = 0;
    for (uint32_t i = 0; i < whole.packet.count; i++) {
        if (fs_wants(&brief.packet, whole.entries[i].field)) {
            g_assert_cmpuint(next, <, brief.packet.count);
            check_entry(&brief.entries[next++], &whole.entries[i]);
        }
    }
    g_assert_cmpuint(next, ==, brief.packet.count);
}

static unsigned check_capture(const char *name, bool verify)
{
    char message[PCAP_ERRBUF_SIZE];
    pcap_t *capture = pcap_open_offline(name, message);
    g_assert_nonnull(capture);
    begin(&whole, false, verify);
    begin(&brief, true, verify);
    struct pcap_pkthdr *header;
    const uint8_t *data;
    unsigned frames = 0;
    while (pcap_next_ex(capture, &header, &data) == 1) {
        FrameRecord record = {
            .number = ++frames, .captured = header->caplen, .reported = header->len};
        decode(&whole, pcap_datalink(capture), &record, data);
        decode(&brief, pcap_datalink(capture), &record, data);
        check_packet();
    }
    stream_table_free(whole.walk.streams);
    tcp_connections_free(whole.walk.tcp);
    conversations_free(whole.walk.udp);
    stream_table_free(brief.walk.streams);
    tcp_connections_free(brief.walk.tcp);
    conversations_free(brief.walk.udp);
    pcap_close(capture);
    return frames;
}

static void test_samples(void)
{
    GDir *folder = g_dir_open(SAMPLES, 0, NULL);
    g_assert_nonnull(folder);
    unsigned frames = 0;
    for (const char *name = g_dir_read_name(folder); name != NULL; name = g_dir_read_name(folder)) {
        if (g_str_has_suffix(name, ".pcapng") || g_str_has_suffix(name, ".pcap")) {
            char *path = g_build_filename(SAMPLES, name, NULL);
            frames += check_capture(path, false);
            frames += check_capture(path, true);
            g_free(path);
        }
    }
    g_dir_close(folder);
    g_assert_cmpuint(frames, >, 200);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/brief/samples", test_samples);
    return g_test_run();
}
