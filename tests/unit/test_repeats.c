/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is remembered of earlier packets shows in no output: all samples are decoded and written as
 * a tree and as JSON once, then again when everything about them is remembered.
 */
#include "sniffer/views/view.h"
#include "tests/unit/view_output.h"

#include <pcap/pcap.h>

static FsEntry entries[VIEW_MAX_ENTRIES];
static FsPacket packet = {.entries = entries, .capacity = VIEW_MAX_ENTRIES};
static unsigned repeats;

/* Without streams, so that a frame has the same entries both times. */
static void write_frame(Output *output, int link_type, const FrameRecord *record,
                        const uint8_t *data)
{
    static const ViewStyle style = {.width = 80};
    HeaderWalk walk = {.packet = &packet};
    FsSpan span = {data, record->captured, MAX(record->captured, record->reported)};
    fs_packet_reset(&packet, data);
    header_frame(&walk, record, data);
    g_assert_true(header_link(&walk, link_type, span));
    repeats += packet.repeat_count;
    for (unsigned i = 0; i < packet.repeat_count; i++) {
        const FsRepeat *repeat = &packet.repeats[i];
        g_assert_cmpuint(repeat->first + repeat->count, <=, packet.count);
        for (uint32_t j = repeat->first; j < repeat->first + repeat->count; j++) {
            g_assert_cmpuint(packet.entries[j].bit_offset / 8, >=, repeat->at);
        }
    }
    view_tree(output, record, &packet, &style);
    view_json(output, record, &packet, &style);
}

static void write_capture(Output *output, const char *name)
{
    char message[PCAP_ERRBUF_SIZE];
    pcap_t *capture = pcap_open_offline(name, message);
    g_assert_nonnull(capture);
    struct pcap_pkthdr *header;
    const uint8_t *data;
    FrameRecord record = {0};
    while (pcap_next_ex(capture, &header, &data) == 1) {
        record.number++;
        record.captured = header->caplen;
        record.reported = header->len;
        uint8_t *copy = g_memdup2(data, header->caplen);
        write_frame(output, pcap_datalink(capture), &record, copy);
        g_free(copy);
    }
    pcap_close(capture);
}

static GString *write_samples(void)
{
    Written w;
    written_begin(&w);
    GDir *folder = g_dir_open(SAMPLES, 0, NULL);
    g_assert_nonnull(folder);
    for (const char *name = g_dir_read_name(folder); name != NULL; name = g_dir_read_name(folder)) {
        if (g_str_has_suffix(name, ".pcapng") || g_str_has_suffix(name, ".pcap")) {
            g_autofree char *path = g_build_filename(SAMPLES, name, NULL);
            write_capture(&w.output, path);
        }
    }
    g_dir_close(folder);
    return written_end(&w);
}

static void test_samples(void)
{
    GString *first = write_samples();
    unsigned learned = repeats;
    GString *second = write_samples();
    g_assert_cmpuint(learned, >, 500);
    g_assert_cmpuint(repeats - learned, >=, learned);
    g_assert_cmpuint(first->len, >, 100000);
    g_assert_cmpstr(first->str, ==, second->str);
    g_string_free(first, TRUE);
    g_string_free(second, TRUE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/repeats/samples", test_samples);
    return g_test_run();
}
