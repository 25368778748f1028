/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The decoder holds its promises whatever the bytes: nothing is read outside the span, entries
 * nest, lie in the layer and fit their fields.
 */
#include "feiq_check.h"
#include "feiq_samples.h"

static void for_each_sample(void (*visit)(CheckDecoder *decoder, const Sample *sample))
{
    for (size_t i = 0; i < G_N_ELEMENTS(feiq_samples); i++) {
        visit(feiq_decode_datagram, &feiq_samples[i]);
        visit(feiq_decode_segment, &feiq_samples[i]);
    }
    visit(feiq_decode_datagram, &feiq_dict_sample);
    visit(feiq_decode_segment, &feiq_directory_sample);
}

static void decode_whole(CheckDecoder *decoder, const Sample *sample)
{
    g_assert_true(check_decode(decoder, sample->bytes, sample->length, sample->length));
    check_invariants();
    LACKS("feiq.truncated");
    g_assert_cmpuint(check.entries[0].bit_length, ==, sample->length * 8);
}

static void test_whole(void)
{
    for_each_sample(decode_whole);
}

/* A number that the capture cuts off must not be shown as a shorter one. */
static void check_no_false_number(const Sample *sample, size_t length)
{
    for (uint32_t i = 0; i < check.packet.count; i++) {
        const FsEntry *entry = &check.entries[i];
        bool number = entry->field->type == FS_UINT || entry->field->type == FS_TIME;
        if (number && entry->field->text_digits && !entry->generated &&
            (entry->bit_offset + entry->bit_length) / 8 == length) {
            if (g_ascii_isxdigit(sample->bytes[length])) {
                g_error("sample %s cut to %zu: %s", sample->name, length, entry->field->name);
            }
        }
    }
}

static void truncate_everywhere(CheckDecoder *decoder, const Sample *sample)
{
    for (size_t length = 0; length < sample->length; length++) {
        if (check_decode(decoder, sample->bytes, length, sample->length)) {
            check_invariants();
            check_no_false_number(sample, length);
            REMARKS("feiq.truncated", NULL);
        }
        if (check_decode(decoder, sample->bytes, length, length)) {
            check_invariants();
            LACKS("feiq.truncated");
        }
        FsSpan span = {check.copy, (uint32_t)length, (uint32_t)length};
        (void)feiq_recognise(span);
    }
}

static void test_truncated(void)
{
    for_each_sample(truncate_everywhere);
}

static GRand *mutation;

static void mutate(CheckDecoder *decoder, const Sample *sample)
{
    static const char special[] = "\0\a\b\n\f:#|{}=,-./0";
    for (int round = 0; round < 2000; round++) {
        g_autofree uint8_t *bytes = g_memdup2(sample->bytes, sample->length);
        int changes = g_rand_int_range(mutation, 1, 5);
        for (int i = 0; i < changes; i++) {
            int at = g_rand_int_range(mutation, 0, (int)sample->length);
            bytes[at] = g_rand_boolean(mutation)
                            ? (uint8_t)g_rand_int(mutation)
                            : (uint8_t)special[g_rand_int_range(mutation, 0, sizeof special - 1)];
        }
        size_t cut = g_rand_boolean(mutation) ? 0 : (size_t)g_rand_int_range(mutation, 0, 4);
        if (check_decode(decoder, bytes, sample->length - cut, sample->length)) {
            check_invariants();
        }
    }
}

static void test_mutated(void)
{
    mutation = g_rand_new_with_seed(2425);
    for_each_sample(mutate);
    g_rand_free(mutation);
}

/* With every capacity, entries are the first ones of the whole, and full says so. */
static void test_full(void)
{
    static FsEntry whole[CHECK_CAPACITY];
    const Sample *sample = &feiq_samples[12];
    (void)check_decode(feiq_decode_datagram, sample->bytes, sample->length, sample->length);
    uint32_t count = check.packet.count;
    memcpy(whole, check.entries, count * sizeof whole[0]);
    for (uint32_t capacity = 1; capacity <= count; capacity++) {
        g_autofree FsEntry *few = g_new0(FsEntry, capacity);
        FsPacket packet = {.entries = few, .capacity = capacity};
        fs_packet_reset(&packet, check.copy);
        FsSpan span = {check.copy, check.captured, check.captured};
        g_assert_true(feiq_decode_datagram(&packet, span));
        g_assert_true(packet.full == (capacity < count));
        g_assert_cmpuint(packet.count, ==, capacity);
        for (uint32_t i = 0; i < capacity; i++) {
            g_assert_true(few[i].field == whole[i].field);
            g_assert_cmpuint(few[i].bit_offset, ==, whole[i].bit_offset);
            g_assert_cmpuint(few[i].bit_length, ==, whole[i].bit_length);
        }
    }
}

static GString *repeat(const char *head, const char *item, size_t length, unsigned times)
{
    GString *text = g_string_new(head);
    for (unsigned i = 0; i < times; i++) {
        g_string_append_len(text, item, (gssize)length);
    }
    return text;
}

static void test_endless_files(void)
{
    g_autofree FsEntry *many = g_new(FsEntry, 40000);
    GString *text = repeat("1:7:a:b:2097184:t", "", 0, 0);
    g_string_append_c(text, '\0');
    for (unsigned i = 0; i < 1002; i++) {
        g_string_append(text, "0:a:1:1:1:\a");
    }
    FsPacket packet = {.entries = many, .capacity = 40000};
    fs_packet_reset(&packet, (const uint8_t *)text->str);
    FsSpan span = {(const uint8_t *)text->str, (uint32_t)text->len, (uint32_t)text->len};
    g_assert_true(feiq_decode_datagram(&packet, span));
    g_assert_false(packet.full);
    const FsEntry *last = &packet.entries[packet.count - 1];
    g_assert_cmpstr(last[-1].field->name, ==, "feiq.file.too_many");
    g_assert_cmpstr(last->field->name, ==, "feiq.bytes_left");
    g_assert_cmpuint(last->value.number, ==, 22);
    g_string_free(text, TRUE);
}

static void test_deep_dict(void)
{
    g_autofree char *value = g_strdup("1");
    for (unsigned i = 0; i < 20; i++) {
        char *outer = g_strdup_printf("k:%zx:%s", strlen(value), value);
        g_free(value);
        value = outer;
    }
    g_autofree char *dict = g_strdup_printf("IP2:%zx:%s:Z", strlen(value), value);
    g_assert_true(check_decode(feiq_decode_datagram, dict, strlen(dict), strlen(dict)));
    check_invariants();
    REMARKS("feiq.dict.deep", NULL);
    g_assert_cmpuint(check_count("feiq.dict.nested"), ==, 8);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/feiq/robust/whole", test_whole);
    g_test_add_func("/feiq/robust/truncated", test_truncated);
    g_test_add_func("/feiq/robust/mutated", test_mutated);
    g_test_add_func("/feiq/robust/full", test_full);
    g_test_add_func("/feiq/robust/endless-files", test_endless_files);
    g_test_add_func("/feiq/robust/deep-dict", test_deep_dict);
    return g_test_run();
}
