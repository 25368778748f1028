/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is written straight from the bytes is what the decoders and view_line write: of every
 * sample, of its datagrams when they are damaged, and of datagrams that are put together at random.
 */
#include "protocol/feiq/feiq.h"
#include "protocol/feiq/line.h"
#include "protocol/format.h"
#include "sniffer/direct/line.h"
#include "tests/unit/decoder_check.h"
#include "tests/unit/sample_captures.h"

#include <pcap/pcap.h>
#include <string.h>

enum { NETWORK = 14, TRANSPORT = 34, PAYLOAD = 42, LONGEST_DAMAGED = 700 };

static Decoder whole;  /* decodes every frame */
static Decoder spared; /* decodes what direct_line does not take */
static DirectLine direct;
static Output expected;
static Output written;
static unsigned taken;
static const ViewStyle styles[] = {{.width = 80},
                                   {.width = 80, .time = TIME_EPOCH, .nanoseconds = true},
                                   {.width = 80, .time = TIME_NONE}};

static void decode(Decoder *decoder, Output *output, const FrameRecord *record, FsSpan span,
                   const ViewStyle *style)
{
    fs_packet_reset(&decoder->packet, span.data);
    header_frame(&decoder->walk, record, span.data);
    g_assert_true(header_link(&decoder->walk, (int)record->interface->link_type, span));
    view_line(output, record, &decoder->packet, style);
}

static void check_frame(FrameRecord *record, const uint8_t *data, uint32_t captured,
                        uint32_t reported)
{
    uint8_t *copy = g_memdup2(data, captured); /* what is read beyond its end is noticed */
    FsSpan span = {copy, captured, MAX(captured, reported)};
    const ViewStyle *style = &styles[record->number % G_N_ELEMENTS(styles)];
    record->captured = captured;
    record->reported = reported;
    expected.used = written.used = 0;
    decode(&whole, &expected, record, span, style);
    if (direct_line(&direct, &written, record, &spared.walk, span, style)) {
        taken++;
    } else {
        g_assert_cmpuint(written.used, ==, 0);
        decode(&spared, &written, record, span, style);
    }
    g_assert_cmpmem(written.buffer, written.used, expected.buffer, expected.used);
    g_free(copy);
}

static void begin(FsEncoding prefer)
{
    decoder_begin(&whole, true, false);
    decoder_begin(&spared, true, false);
    whole.packet.prefer = spared.packet.prefer = prefer;
    g_assert_true(output_open(&expected, -1));
    g_assert_true(output_open(&written, -1));
    memset(&direct, 0, sizeof direct);
    taken = 0;
}

static void end(void)
{
    decoder_end(&whole);
    decoder_end(&spared);
    g_free(g_steal_pointer(&expected.buffer));
    g_free(g_steal_pointer(&written.buffer));
}

/* --- samples --- */

typedef void CheckFrame(FrameRecord *record, const uint8_t *data, uint32_t captured,
                        uint32_t reported);

typedef struct {
    CheckFrame *check;
    unsigned frames;
} Samples;

static void check_capture(const char *path, void *context)
{
    Samples *samples = context;
    char message[PCAP_ERRBUF_SIZE];
    pcap_t *capture = pcap_open_offline(path, message);
    g_assert_nonnull(capture);
    FrameInterface interface = {.link_type = (uint32_t)pcap_datalink(capture)};
    FrameRecord record = {.interface = &interface};
    struct pcap_pkthdr *header;
    const uint8_t *data;
    while (pcap_next_ex(capture, &header, &data) == 1) {
        record.number++;
        record.time = header->ts.tv_sec * INT64_C(1000000000) + header->ts.tv_usec * INT64_C(1000);
        record.since_first = (int64_t)record.number * 123456789;
        samples->check(&record, data, header->caplen, header->len);
    }
    pcap_close(capture);
    samples->frames += (unsigned)record.number;
}

/* Returns how many frames there were. */
static unsigned check_samples(CheckFrame *check)
{
    Samples samples = {check, 0};
    sample_captures(check_capture, &samples);
    return samples.frames;
}

static void test_samples(void)
{
    static const FsEncoding prefer[] = {FS_ASCII, FS_GB18030, FS_UTF8, FS_SHIFT_JIS};
    for (unsigned i = 0; i < G_N_ELEMENTS(prefer); i++) {
        begin(prefer[i]);
        unsigned frames = check_samples(check_frame);
        g_assert_cmpuint(frames, >, 200);
        g_assert_cmpuint(taken, >, 100);
        end();
    }
}

/* --- damaged --- */

static void put_u16(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static bool is_plain_datagram(const uint8_t *data, uint32_t length)
{
    return length > PAYLOAD && data[12] == 8 && data[13] == 0 && data[NETWORK] == 0x45 &&
           data[23] == 17;
}

/* As it came; each byte changed to one that means something somewhere; and a datagram cut at every
 * byte, by the sender and by the capture. */
static void check_damaged(FrameRecord *record, const uint8_t *data, uint32_t captured,
                          uint32_t reported)
{
    static const char instead[] = "\0:\n#{/~\x07"
                                  "0 1\x80\xff\x1f\x7f\xc2-";
    static unsigned turn;
    uint8_t frame[LONGEST_DAMAGED];
    check_frame(record, data, captured, reported);
    if (record->interface->link_type != LINKTYPE_ETHERNET || captured != reported ||
        captured > LONGEST_DAMAGED) {
        return;
    }
    memcpy(frame, data, captured);
    for (uint32_t i = 0; i < captured; i++) {
        uint8_t before = frame[i];
        frame[i] = (uint8_t)instead[turn++ % (sizeof instead - 1)];
        check_frame(record, frame, captured, captured);
        frame[i] = before ^ (uint8_t)(1U << turn % 8);
        check_frame(record, frame, captured, captured);
        frame[i] = before;
    }
    bool cut = is_plain_datagram(data, captured);
    for (uint32_t length = captured - 1; cut && length >= PAYLOAD; length--) {
        check_frame(record, frame, length, captured);
        put_u16(frame + 16, length - NETWORK);
        put_u16(frame + TRANSPORT + 4, length - TRANSPORT);
        check_frame(record, frame, length, length);
        put_u16(frame + 16, captured - NETWORK);
        put_u16(frame + TRANSPORT + 4, captured - TRANSPORT);
    }
}

static void test_damaged(void)
{
    begin(FS_ASCII);
    unsigned frames = check_samples(check_damaged);
    g_assert_cmpuint(frames, >, 200);
    g_assert_cmpuint(taken, >, 5000);
    end();
}

/* --- made up --- */

static const char *const versions[] = {"1",
                                       "1_lbt6_47#128#141877000000#0#0#0#4001#9",
                                       "1_lbt6_0",
                                       "1_lbt80_0#128#x#y#0#0#4001#9",
                                       "2",
                                       "1_lbt6_0#128#141877000000#0#0#17#4001#9",
                                       "",
                                       "5.1.180210",
                                       "1_iptux 0.7",
                                       "feiq_plus_plus#1",
                                       "1@shiyeline"};
static const char *const numbers[] = {"1600000000",   "0", "12a", "", "18446744073709551616",
                                      "1700000000123"};
static const char *const users[] = {"alice",     "u",
                                    "",          "\xd6\xd0",
                                    "a b",       "bob-0123456789abcdef",
                                    "with\ttab", "averylongusernamethatgoeson"};
static const char *const hosts[] = {"HOST-00012", "h", "", "\xe4\xb8\xad", "HOST-WITH-LONGER-NAME"};
static const char *const words[] = {
    "1",  "6291457", "3",           "2",       "32",      "288", "33",      "48",
    "50", "121",     "122",         "8388640", "8388609", "176", "2097440", "4194592",
    "0",  "00288",   "99999999999", "256",     "12x",     "77",  "16777217"};
static const char *const texts[] = {"",
                                    "hello",
                                    "\xc4\xe3\xba\xc3",
                                    "\xe4\xbd\xa0\xe5\xa5\xbd",
                                    "\xff\xfe",
                                    "/~#>64ea4edd<B~",
                                    "a~b",
                                    "{brace}",
                                    "tab\there",
                                    "line\nbreak",
                                    "\xc2\x85",
                                    "\x80 100",
                                    "\x81\x7b/",
                                    "1600000000",
                                    "0",
                                    "007",
                                    "\x81\x30\x81\x30",
                                    "18446744073709551615",
                                    "long enough to be copied eight at a time /:)"};
static const char *const fonts[] = {
    "",
    "",
    "",
    "{/font;-16 0 0 0 400 0 0 0 134 0 0 2 32 \xce\xa2\xc8\xed\xd1\xc5\xba\xda 8404992;}",
    "{/font;-16 0 0 0 400 0 0 0 134 0 0 2 32 Tahoma 8404992;}",
    "{/font;x}",
    "{/font;-16 0 0 0 400 0 0 0 134 0 0 2 32 \xe5\xbe\xae\xe8\xbd\xaf 8404992;}",
    "{/font;"};
static const char *const ends[] = {"",
                                   "z",
                                   "zz",
                                   "zgroup",
                                   "z\xb9\xa4\xd7\xf7z",
                                   "zgroupzmorez",
                                   "z\nNN:nick\nz"}; /* z stands for NUL */

#define ANY(list) (list)[g_test_rand_int_range(0, G_N_ELEMENTS(list))]

/* Mostly the first of a list, so that not every datagram is odd. */
#define USUALLY(list) (g_test_rand_int_range(0, 8) != 0 ? (list)[0] : ANY(list))

static GString *make_datagram(void)
{
    GString *made = g_string_new(g_test_rand_int_range(0, 4) != 0 ? versions[1] : ANY(versions));
    g_string_append_printf(made, ":%s:%s:%s:%s:", USUALLY(numbers), USUALLY(users), USUALLY(hosts),
                           ANY(words));
    g_string_append(made, ANY(texts));
    g_string_append(made, g_test_rand_int_range(0, 4) != 0 ? "" : ANY(texts));
    g_string_append(made, ANY(fonts));
    for (const char *at = ANY(ends); *at != '\0'; at++) {
        g_string_append_c(made, (char)(*at == 'z' ? '\0' : *at));
    }
    return made;
}

static void test_made_up(void)
{
    static const FsEncoding prefer[] = {FS_ASCII, FS_ASCII, FS_GB18030, FS_SHIFT_JIS};
    static FeiqLineMemory memory;
    static char line[FEIQ_LINE_ROOM];
    static char decoded[8 * FEIQ_LINE_ROOM];
    decoder_begin(&whole, true, false);
    unsigned plain = 0;
    for (unsigned i = 0; i < 100000; i++) {
        GString *made = make_datagram();
        FsSpan span = {(const uint8_t *)made->str, (uint32_t)made->len, (uint32_t)made->len};
        whole.packet.prefer = ANY(prefer);
        fs_packet_reset(&whole.packet, span.data);
        const char *to = feiq_put_line(&memory, line, span, i % 7, whole.packet.prefer);
        if (to != NULL) {
            g_assert_true(feiq_decode_datagram(&whole.packet, span));
            size_t length =
                fs_format_line(decoded, sizeof decoded, whole.entries, whole.packet.count);
            g_assert_cmpmem(line, (size_t)(to - line), decoded, length);
            plain++;
        }
        g_string_free(made, TRUE);
    }
    g_assert_cmpuint(plain, >, 5000);
    decoder_end(&whole);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/direct-line/samples", test_samples);
    g_test_add_func("/direct-line/damaged", test_damaged);
    g_test_add_func("/direct-line/made-up", test_made_up);
    return g_test_run();
}
