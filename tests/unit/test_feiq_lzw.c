/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The unpacker of FeiQ's bitmaps against a packer: each code as wide as it must be, the table used
 * again, and bytes that no packer wrote; and the packer that the programs use against both.
 */
#include "protocol/feiq/lzw.h"

#include <glib.h>

#include <stdlib.h>
#include <string.h>

/* The packer keeps whole strings, so it shares no idea with the unpacker. */
typedef struct {
    GByteArray *out;
    unsigned bits; /* of the last byte that are used */
    unsigned width;
    unsigned codes;
} Writer;

static void write_code(Writer *writer, unsigned code)
{
    for (unsigned i = 0; i < writer->width; i++) {
        if (writer->bits == 0) {
            g_byte_array_append(writer->out, (const guint8 *)"", 1);
        }
        writer->out->data[writer->out->len - 1] |= (guint8)((code >> i & 1) << (7 - writer->bits));
        writer->bits = (writer->bits + 1) % 8;
    }
    writer->codes++;
    if (writer->codes + 256 == 1U << writer->width && writer->width < 12) {
        writer->width++;
    }
}

static GByteArray *pack(const guint8 *data, gsize length)
{
    Writer writer = {g_byte_array_new(), 0, 9, 0};
    g_autoptr(GHashTable) codes =
        g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
    GBytes *slots[4096] = {NULL};
    for (unsigned i = 0; i < 256; i++) {
        guint8 byte = (guint8)i;
        slots[i] = g_bytes_new(&byte, 1);
        g_hash_table_insert(codes, slots[i], GUINT_TO_POINTER(i));
    }
    unsigned next = 256;
    gsize start = 0;
    for (gsize end = 1; end <= length; end++) {
        GBytes *longer = g_bytes_new(data + start, end + 1 - start - (end == length));
        if (end < length && g_hash_table_contains(codes, longer)) {
            g_bytes_unref(longer);
            continue;
        }
        g_autoptr(GBytes) string = g_bytes_new(data + start, end - start);
        write_code(&writer, GPOINTER_TO_UINT(g_hash_table_lookup(codes, string)));
        start = end;
        if (slots[next] != NULL) {
            g_hash_table_remove(codes, slots[next]);
        }
        slots[next] = longer;
        g_hash_table_replace(codes, longer, GUINT_TO_POINTER(next));
        next = next == 4095 ? 256 : next + 1;
    }
    return writer.out;
}

/* The programs' packer: what it writes unpacks to what went in, and while the table was not used
 * up it is what the packer above writes. */
static void check_packer(const guint8 *data, gsize length, const GByteArray *expected)
{
    FeiqLzwHeader header;
    gsize room = feiq_lzw_room(length);
    g_autofree guint8 *packed = g_malloc(room);
    g_autofree guint8 *out = g_malloc(length + 1);
    gsize size = feiq_lzw_pack(data, length, packed, room);
    g_assert_cmpuint(size, >=, FEIQ_LZW_HEADER);
    g_assert_true(feiq_lzw_header(packed, size, &header));
    g_assert_cmpuint(header.length, ==, length);
    g_assert_cmphex(header.crc, ==, feiq_crc32(data, length));
    g_assert_cmpuint(feiq_lzw_unpack(packed + FEIQ_LZW_HEADER, size - FEIQ_LZW_HEADER, out, length),
                     ==, length);
    g_assert_cmpmem(out, length, data, length);
    if (length < 4096 - 256) {
        g_assert_cmpmem(packed + FEIQ_LZW_HEADER, size - FEIQ_LZW_HEADER, expected->data,
                        expected->len);
    }
    g_assert_cmpuint(size, <=, FEIQ_LZW_HEADER + expected->len * 11 / 10);
    g_autofree guint8 *exact = g_malloc(size); /* too much is a fault under AddressSanitizer */
    g_assert_cmpuint(feiq_lzw_pack(data, length, exact, size), ==, size);
    g_assert_cmpuint(feiq_lzw_pack(data, length, exact, size - 1), ==, 0);
}

static void check(const guint8 *data, gsize length)
{
    g_autoptr(GByteArray) packed = pack(data, length);
    g_autofree guint8 *out = g_malloc(length + 1);
    out[length] = 0xee;
    g_assert_cmpuint(feiq_lzw_unpack(packed->data, packed->len, out, length), ==, length);
    g_assert_cmpmem(out, length, data, length);
    g_assert_cmpuint(out[length], ==, 0xee);
    check_packer(data, length, packed);
}

static void test_known_bytes(void)
{
    /* a, b, ab as code 256, and aba as 258, which the code itself completes: by hand
     * 100001100 010001100 000000001 010000001. */
    const guint8 text[] = "abababa";
    const guint8 packed[] = {0x86, 0x23, 0x00, 0x28, 0x10};
    guint8 out[16];
    g_assert_cmpuint(feiq_lzw_unpack(packed, sizeof packed, out, 7), ==, 7);
    g_assert_cmpmem(out, 7, text, 7);
    g_autoptr(GByteArray) ours = pack(text, 7);
    g_assert_cmpmem(ours->data, ours->len, packed, sizeof packed);
}

static void test_all_widths(void)
{
    /* Few repetitions: more than 256 + 512 + 1024 codes, and the table goes round three times. */
    gsize length = 60000;
    g_autofree guint8 *data = g_malloc(length);
    g_autoptr(GRand) random = g_rand_new_with_seed(7);
    for (gsize i = 0; i < length; i++) {
        data[i] = (guint8)g_rand_int_range(random, 0, 64);
    }
    for (gsize part = 1; part < 3000; part += 61) {
        check(data, part);
    }
    check(data, length);
}

static void test_long_strings(void)
{
    gsize length = 400000;
    g_autofree guint8 *data = g_malloc0(length);
    for (gsize i = length / 2; i < length; i += 1000) {
        data[i] = (guint8)(i / 1000);
    }
    check(data, length / 2); /* one byte only: each string is one longer than the one before */
    check(data, length);
}

/* The packer at what makes it big, and on a picture: rows that are like each other. */
static void test_packing(void)
{
    gsize length = 300 * 200 * 3;
    g_autofree guint8 *data = g_malloc(length);
    g_autoptr(GRand) random = g_rand_new_with_seed(3);
    for (gsize i = 0; i < length; i++) {
        data[i] = (guint8)g_rand_int(random);
    }
    check(data, length);
    for (gsize i = 0; i < length; i++) {
        data[i] = (guint8)(i % 900 / 7 + (g_rand_int(random) % 50 == 0));
    }
    check(data, length);
    g_assert_cmpuint(feiq_lzw_pack(data, 1, data, FEIQ_LZW_HEADER - 1), ==, 0);
}

static void test_room(void)
{
    guint8 zeros[1000] = {0};
    g_autoptr(GByteArray) packed = pack(zeros, sizeof zeros);
    for (gsize room = 0; room < sizeof zeros; room += 37) {
        g_autofree guint8 *out = g_malloc(room); /* too much is a fault under AddressSanitizer */
        g_assert_cmpuint(feiq_lzw_unpack(packed->data, packed->len, out, room), ==, room);
    }
}

static void test_any_bytes(void)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(11);
    g_autofree guint8 *out = g_malloc(100000);
    for (unsigned round = 0; round < 2000; round++) {
        gsize length = (gsize)g_rand_int_range(random, 0, 300);
        g_autofree guint8 *data = g_malloc(length);
        for (gsize i = 0; i < length; i++) {
            data[i] = (guint8)(g_rand_int(random) & (round % 2 ? 0xff : 0x11));
        }
        g_assert_cmpuint(feiq_lzw_unpack(data, length, out, 100000), <=, 100000);
    }
    const guint8 unknown[] = {0xff, 0xff};
    g_assert_cmpuint(feiq_lzw_unpack(unknown, 2, out, 100), ==, 0);
    g_assert_cmpuint(feiq_lzw_unpack(NULL, 0, out, 100), ==, 0);
}

static void test_header(void)
{
    FeiqLzwHeader header;
    const guint8 bytes[] = "LZW!\x04\x03\x02\x01\x26\x39\xf4\xcb";
    g_assert_true(feiq_lzw_header(bytes, 12, &header));
    g_assert_cmphex(header.length, ==, 0x01020304);
    g_assert_cmphex(header.crc, ==, feiq_crc32((const guint8 *)"123456789", 9));
    g_assert_false(feiq_lzw_header(bytes, 11, &header));
    g_assert_false(feiq_lzw_header((const guint8 *)"LZW?12345678", 12, &header));
}

static void put(guint8 *at, guint32 value)
{
    value = GUINT32_TO_LE(value);
    memcpy(at, &value, sizeof value);
}

static void test_bitmap(void)
{
    struct {
        guint16 bits;
        guint32 compression;
        guint32 colours;
        guint32 pixels; /* where they begin in the file */
    } const cases[] = {{24, 0, 0, 54},
                       {8, 0, 0, 54 + 1024},
                       {8, 0, 10, 54 + 40},
                       {1, 0, 0, 54 + 8},
                       {32, 3, 0, 54 + 12}};
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        guint8 dib[2000] = {0};
        FeiqBitmap bitmap;
        put(dib, 40);
        put(dib + 4, 3);
        put(dib + 8, (guint32)-2);
        dib[12] = 1;
        dib[14] = (guint8)cases[i].bits;
        put(dib + 16, cases[i].compression);
        put(dib + 32, cases[i].colours);
        g_assert_true(feiq_read_bitmap(dib, sizeof dib, &bitmap));
        g_assert_cmpint(bitmap.width, ==, 3);
        g_assert_cmpint(bitmap.height, ==, -2);
        g_assert_cmpuint(bitmap.bits, ==, cases[i].bits);
        guint8 expected[14] = {'B', 'M'};
        put(expected + 2, 2014);
        put(expected + 10, cases[i].pixels);
        g_assert_cmpmem(bitmap.file_header, 14, expected, 14);
        g_assert_false(feiq_read_bitmap(dib, 39, &bitmap));
        dib[0] = 12;
        g_assert_false(feiq_read_bitmap(dib, sizeof dib, &bitmap));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/feiq/lzw/known-bytes", test_known_bytes);
    g_test_add_func("/feiq/lzw/packing", test_packing);
    g_test_add_func("/feiq/lzw/all-widths", test_all_widths);
    g_test_add_func("/feiq/lzw/long-strings", test_long_strings);
    g_test_add_func("/feiq/lzw/room", test_room);
    g_test_add_func("/feiq/lzw/any-bytes", test_any_bytes);
    g_test_add_func("/feiq/lzw/header", test_header);
    g_test_add_func("/feiq/lzw/bitmap", test_bitmap);
    return g_test_run();
}
