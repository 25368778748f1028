/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The reader on damaged files: whatever the bytes, it ends, and what it gives can be read.
 */
#include "sniffer/source/reader.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { MUTATIONS = 1500 };

static uint32_t state;

static uint32_t next_random(void)
{
    state = state * 1664525 + 1013904223;
    return state >> 8;
}

/* Read all of a file's bytes; returns how many frames there were, and sums up what was read. */
static unsigned read_all(const uint8_t *bytes, size_t length, uint64_t *sum, CaptureStatus *status)
{
    char message[CAPTURE_MESSAGE] = "";
    const Waiter waiter = {.idle = NULL};
    FILE *file = tmpfile();
    g_assert_nonnull(file);
    g_assert_cmpuint(fwrite(bytes, 1, length, file), ==, length);
    g_assert_cmpint(fflush(file), ==, 0);
    int descriptor = dup(fileno(file));
    (void)lseek(descriptor, 0, SEEK_SET);
    (void)fclose(file);
    Reader *reader = reader_open(descriptor, &waiter, status, message);
    unsigned frames = 0;
    if (reader == NULL) {
        g_assert_cmpint(*status, !=, CAPTURE_FRAME);
        g_assert_cmpstr(message, !=, "");
        return 0;
    }
    const uint8_t *data;
    FrameRecord record;
    while ((*status = reader_next(reader, &data, &record, message)) == CAPTURE_FRAME) {
        frames++;
        g_assert_cmpuint(record.captured, <=, 256 * 1024);
        for (uint32_t i = 0; i < record.captured; i++) {
            *sum += data[i];
        }
        for (uint32_t i = 0; i < record.comment_count; i++) {
            for (uint32_t j = 0; j < record.comments[i].captured; j++) {
                *sum += record.comments[i].data[j];
            }
        }
        if (record.interface->name != NULL) {
            *sum += strlen(record.interface->name);
        }
    }
    if (*status != CAPTURE_END) {
        g_assert_cmpstr(message, !=, "");
    }
    reader_close(reader);
    return frames;
}

static void put(GByteArray *to, uint32_t value)
{
    g_byte_array_append(to, (const guint8 *)&value, sizeof value);
}

static GByteArray *make_pcapng(void)
{
    GByteArray *bytes = g_byte_array_new();
    static const uint32_t begin[] = {0x0a0d0d0a, 28, 0x1a2b3c4d, 1, UINT32_MAX, UINT32_MAX, 28};
    /* An interface "eth0", 9 digits of a second. */
    static const uint32_t interface[] = {1,           44, 1, 0, 4 << 16 | 2, 0x30687465,
                                         1 << 16 | 9, 9,  0, 0, 44};
    g_byte_array_append(bytes, (const guint8 *)begin, sizeof begin);
    g_byte_array_append(bytes, (const guint8 *)interface, sizeof interface);
    for (uint32_t i = 0; i < 20; i++) {
        uint32_t words = 4 + i;
        uint32_t length = 32 + words * 4 + 12;
        const uint32_t packet[] = {6, length, 0, 0, i, words * 4, words * 4};
        g_byte_array_append(bytes, (const guint8 *)packet, sizeof packet);
        for (uint32_t j = 0; j < words; j++) {
            put(bytes, i * 0x01010101);
        }
        put(bytes, 2 << 16 | 1); /* a comment of two letters */
        put(bytes, 0x4b4f);
        put(bytes, 0);
        put(bytes, length);
    }
    return bytes;
}

static GByteArray *make_pcap(void)
{
    GByteArray *bytes = g_byte_array_new();
    static const uint32_t begin[] = {0xa1b2c3d4, 4 << 16 | 2, 0, 0, 65535, 1};
    g_byte_array_append(bytes, (const guint8 *)begin, sizeof begin);
    for (uint32_t i = 0; i < 20; i++) {
        const uint32_t packet[] = {i, 0, 60 + i * 4, 60 + i * 4};
        g_byte_array_append(bytes, (const guint8 *)packet, sizeof packet);
        for (uint32_t j = 0; j < 15 + i; j++) {
            put(bytes, i);
        }
    }
    return bytes;
}

/* Damage a few bytes, cut it somewhere, or put a piece of it elsewhere. */
static void mutate(GByteArray *bytes)
{
    for (uint32_t times = next_random() % 4 + 1; times > 0; times--) {
        uint32_t at = next_random() % bytes->len;
        switch (next_random() % 4) {
        case 0:
            bytes->data[at] = (guint8)next_random();
            break;
        case 1:
            bytes->data[at] ^= (guint8)(1U << next_random() % 8);
            break;
        case 2:
            memset(bytes->data + at, next_random() % 2 == 0 ? 0 : 0xff, MIN(4, bytes->len - at));
            break;
        default:
            if (bytes->len > 64) {
                uint32_t length = next_random() % 16;
                g_byte_array_remove_range(bytes, at, MIN(length, bytes->len - at));
            }
            break;
        }
    }
}

static void check_mutations(GByteArray *(*make)(void))
{
    uint64_t sum = 0;
    unsigned damaged = 0;
    for (uint32_t i = 0; i < MUTATIONS; i++) {
        CaptureStatus status;
        GByteArray *bytes = make();
        state = i;
        mutate(bytes);
        (void)read_all(bytes->data, bytes->len, &sum, &status);
        damaged += status == CAPTURE_DAMAGED;
        g_byte_array_unref(bytes);
    }
    g_test_message("%u of %d were damaged, sum %" G_GUINT64_FORMAT, damaged, MUTATIONS, sum);
    g_assert_cmpuint(damaged, >, MUTATIONS / 10);
}

static void test_pcapng(void)
{
    check_mutations(make_pcapng);
}

static void test_pcap(void)
{
    check_mutations(make_pcap);
}

static void test_whole(void)
{
    GByteArray *(*const makers[])(void) = {make_pcapng, make_pcap};
    for (size_t i = 0; i < G_N_ELEMENTS(makers); i++) {
        CaptureStatus status;
        uint64_t sum = 0;
        GByteArray *bytes = makers[i]();
        g_assert_cmpuint(read_all(bytes->data, bytes->len, &sum, &status), ==, 20);
        g_assert_cmpint(status, ==, CAPTURE_END);
        g_byte_array_unref(bytes);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/reader/whole", test_whole);
    g_test_add_func("/reader/damaged-pcapng", test_pcapng);
    g_test_add_func("/reader/damaged-pcap", test_pcap);
    return g_test_run();
}
