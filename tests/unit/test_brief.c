/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A brief packet has exactly those entries of the whole one that the one-line form wants: every
 * sample is decoded both ways.
 */
#include "protocol/feiq/feiq.h"
#include "sniffer/tables.h"
#include "tests/unit/decoder_check.h"
#include "tests/unit/sample_captures.h"

#include <glib.h>
#include <pcap/pcap.h>
#include <string.h>

static Decoder whole;
static Decoder brief;

static void decode(Decoder *decoder, int linktype, const FrameRecord *record, const uint8_t *data)
{
    FsSpan span = {data, record->captured, MAX(record->captured, record->reported)};
    fs_packet_reset(&decoder->packet, data);
    header_frame(&decoder->walk, record, data);
    g_assert_true(header_link(&decoder->walk, linktype, span));
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
    decoder_begin(&whole, false, verify);
    decoder_begin(&brief, true, verify);
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
    decoder_end(&whole);
    decoder_end(&brief);
    pcap_close(capture);
    return frames;
}

static void check_both(const char *name, void *frames)
{
    *(unsigned *)frames += check_capture(name, false) + check_capture(name, true);
}

static void test_samples(void)
{
    unsigned frames = 0;
    sample_captures(check_both, &frames);
    g_assert_cmpuint(frames, >, 200);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/brief/samples", test_samples);
    return g_test_run();
}
