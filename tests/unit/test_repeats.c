/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is remembered of earlier packets shows in no output: all samples are decoded and written as
 * a tree and as JSON once, then again when everything about them is remembered, and so with bytes
 * of their headers changed. Where a repeat comes again, its entries are those that it had.
 */
#include "sniffer/views/view.h"
#include "tests/unit/sample_captures.h"
#include "tests/unit/view_output.h"

#include <pcap/pcap.h>

enum { HEADERS = 90, CHANGES = 12 };

static FsEntry entries[VIEW_MAX_ENTRIES];
static FsPacket packet = {.entries = entries, .capacity = VIEW_MAX_ENTRIES};
static unsigned repeats;

/* What the first repeat with a serial had. */
typedef struct {
    const FsRepeat *repeat;
    const FsEntry *entries;
    uint32_t at;
} Repeated;

static bool has_number(FsType type)
{
    return type == FS_UINT || type == FS_INT || type == FS_BOOL || type == FS_IPV4 ||
           type == FS_TIME || type == FS_TIME_SPAN;
}

/* All but what may differ. */
static void check_same(const FsRepeat *repeat, const Repeated *earlier)
{
    g_assert_cmpuint(repeat->count, ==, earlier->repeat->count);
    g_assert_cmpuint(repeat->varying, ==, earlier->repeat->varying);
    for (uint32_t i = 0; i < repeat->count; i++) {
        const FsEntry *now = &packet.entries[repeat->first + i];
        const FsEntry *then = &earlier->entries[i];
        bool varies = i < 64 && (repeat->varying >> i & 1) != 0;
        FsType type = now->field->type;
        g_assert_true(now->field == then->field && now->depth == then->depth);
        g_assert_true(now->generated == then->generated && now->source == then->source);
        g_assert_cmpuint(now->bit_offset - repeat->at * 8, ==, then->bit_offset - earlier->at * 8);
        g_assert_cmpuint(now->bit_length, ==, then->bit_length);
        if (varies || type == FS_LAYER) {
            continue;
        }
        if (has_number(type)) {
            g_assert_cmpuint(now->value.number, ==, then->value.number);
        } else if (type != FS_GROUP) {
            g_assert_cmpuint(now->value.bytes.length, ==, then->value.bytes.length);
        }
    }
}

static void check_repeat(const FsRepeat *repeat)
{
    static GHashTable *known;
    if (known == NULL) {
        known = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, NULL);
    }
    g_assert_cmpuint(repeat->first + repeat->count, <=, packet.count);
    for (uint32_t j = repeat->first; j < repeat->first + repeat->count; j++) {
        g_assert_cmpuint(packet.entries[j].bit_offset / 8, >=, repeat->at);
    }
    const Repeated *earlier = g_hash_table_lookup(known, &repeat->serial);
    if (earlier != NULL) {
        check_same(repeat, earlier);
        return;
    }
    FsRepeat *copy = g_memdup2(repeat, sizeof *repeat);
    Repeated *repeated = g_new(Repeated, 1);
    *repeated = (Repeated){
        copy, g_memdup2(&packet.entries[repeat->first], repeat->count * sizeof *packet.entries),
        repeat->at};
    g_hash_table_insert(known, &copy->serial, repeated);
}

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
        check_repeat(&packet.repeats[i]);
    }
    size_t start = output->used;
    view_tree(output, record, &packet, &style);
    view_json(output, record, &packet, &style);
    /* the same, entry for entry */
    g_autofree char *copied = g_strndup(output->buffer + start, output->used - start);
    packet.repeat_count = 0;
    output->used = start;
    view_tree(output, record, &packet, &style);
    view_json(output, record, &packet, &style);
    g_assert_cmpmem(copied, strlen(copied), output->buffer + start, output->used - start);
    output_flush(output);
}

/* Which byte of a frame's headers is changed, counted over all frames; 0: none is. */
static uint32_t change;

static void write_capture(const char *name, void *output)
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
        if (change > 0 && header->caplen > 0) {
            copy[(change + record.number) % MIN(header->caplen, HEADERS)] ^= (uint8_t)(1 + change);
        }
        write_frame(output, pcap_datalink(capture), &record, copy);
        g_free(copy);
    }
    pcap_close(capture);
}

static GString *write_samples(void)
{
    Written w;
    written_begin(&w);
    sample_captures(write_capture, &w.output);
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

/* What was changed is written for the first time after all else was remembered, and then again. */
static void test_changed(void)
{
    for (change = 1; change <= CHANGES; change++) {
        GString *first = write_samples();
        GString *second = write_samples();
        g_assert_cmpstr(first->str, ==, second->str);
        g_string_free(first, TRUE);
        g_string_free(second, TRUE);
    }
    change = 0;
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/repeats/samples", test_samples);
    g_test_add_func("/repeats/changed", test_changed);
    return g_test_run();
}
