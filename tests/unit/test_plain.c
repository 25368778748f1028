/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Plain frames, whose entries are copied, have the entries that the decoders of the headers give:
 * every sample is decoded both ways, as it is and with each byte of its headers changed.
 */
#include "sniffer/headers/plain.h"
#include "sniffer/tables.h"
#include "tests/unit/decoder_check.h"
#include "tests/unit/sample_captures.h"

#include <glib.h>
#include <pcap/pcap.h>

enum { HEADERS = 54 };

static Decoder copied;
static Decoder decoded;
static unsigned plain_frames;

static void begin_frame(Decoder *decoder, FsSpan span)
{
    HeaderWalk *walk = &decoder->walk;
    *walk = (HeaderWalk){.packet = &decoder->packet,
                         .verify = walk->verify,
                         .frame_length = span.reported,
                         .streams = walk->streams,
                         .tcp = walk->tcp,
                         .udp = walk->udp,
                         .ecn = walk->ecn};
    fs_packet_reset(&decoder->packet, span.data);
}

static void check_frame(FsSpan span)
{
    begin_frame(&copied, span);
    if (!header_plain(&copied.walk, LINKTYPE_ETHERNET, span)) {
        g_assert_cmpuint(copied.packet.count, ==, 0);
        return;
    }
    plain_frames++;
    begin_frame(&decoded, span);
    header_ethernet(&decoded.walk, span);
    g_assert_cmpuint(copied.packet.count, ==, decoded.packet.count);
    for (uint32_t i = 0; i < decoded.packet.count; i++) {
        check_entry(&copied.entries[i], &decoded.entries[i]);
    }
}

/* The frame as it is, then with each byte of its headers changed in four ways. */
static void check_variants(const uint8_t *data, uint32_t captured, uint32_t reported)
{
    static const uint8_t changes[] = {0x01, 0x10, 0x80, 0xff};
    uint8_t *frame = g_memdup2(data, captured);
    FsSpan span = {frame, captured, MAX(captured, reported)};
    check_frame(span);
    for (uint32_t at = 0; at < captured && at < HEADERS; at++) {
        for (unsigned i = 0; i < sizeof changes; i++) {
            frame[at] ^= changes[i];
            check_frame(span);
            frame[at] ^= changes[i];
        }
    }
    g_free(frame);
}

static void check_capture(const char *name, void *verified)
{
    bool verify = *(bool *)verified;
    char message[PCAP_ERRBUF_SIZE];
    pcap_t *capture = pcap_open_offline(name, message);
    g_assert_nonnull(capture);
    decoder_begin(&copied, false, verify);
    decoder_begin(&decoded, false, verify);
    struct pcap_pkthdr *header;
    const uint8_t *data;
    while (pcap_datalink(capture) == DLT_EN10MB && pcap_next_ex(capture, &header, &data) == 1) {
        check_variants(data, header->caplen, header->len);
    }
    decoder_end(&copied);
    decoder_end(&decoded);
    pcap_close(capture);
}

static void check_samples(bool verify)
{
    plain_frames = 0;
    sample_captures(check_capture, &verify);
}

static void test_samples(void)
{
    check_samples(false);
    g_assert_cmpuint(plain_frames, >, 10000);
}

/* A checksum's verdict differs from frame to frame. */
static void test_verified(void)
{
    check_samples(true);
    g_assert_cmpuint(plain_frames, ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/plain/samples", test_samples);
    g_test_add_func("/plain/verified", test_verified);
    return g_test_run();
}
