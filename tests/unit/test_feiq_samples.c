/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Each printed datagram, entry by entry: depth, name, value, first byte and length, as files in
 * tests/unit/feiq. FEISCOPE_UPDATE_DRAWINGS=1 rewrites them; read the difference before committing.
 */
#include "feiq_check.h"
#include "feiq_samples.h"

static const char *value_of(const FsEntry *entry)
{
    static char text[4096];
    if (entry->field->type == FS_TEXT || entry->field->type == FS_REMARK) {
        (void)fs_format_readable(text, sizeof text, entry);
        return text;
    }
    return check_value(entry);
}

/* Flags that are not set would fill the files, so only their number is told. */
static GString *describe(void)
{
    GString *text = g_string_new(check_line());
    unsigned unset = 0;
    g_string_append_c(text, '\n');
    for (uint32_t i = 0; i < check.packet.count; i++) {
        const FsEntry *entry = &check.entries[i];
        if (entry->field->type == FS_BOOL && entry->value.number == 0) {
            unset++;
            continue;
        }
        g_string_append_printf(text, "%*s%s", entry->depth * 2, "", entry->field->name);
        const char *value = value_of(entry);
        if (*value != '\0') {
            g_string_append_printf(text, " = %s", value);
        }
        g_string_append_printf(text, "%s @%u+%u\n", entry->generated ? " (concluded)" : "",
                               entry->bit_offset / 8, entry->bit_length / 8);
    }
    g_string_append_printf(text, "%u flags are not set\n", unset);
    return text;
}

static void compare(const char *name)
{
    g_autofree char *path = g_strdup_printf(UNIT_TESTS "/feiq/%s.txt", name);
    g_autoptr(GError) error = NULL;
    g_autofree char *expected = NULL;
    GString *text = describe();
    if (g_getenv("FEISCOPE_UPDATE_DRAWINGS") != NULL) {
        g_assert_true(g_file_set_contents(path, text->str, (gssize)text->len, &error));
    } else {
        g_file_get_contents(path, &expected, NULL, &error);
        g_assert_no_error(error);
        g_assert_cmpstr(text->str, ==, expected);
    }
    g_string_free(text, TRUE);
}

/* Bits of a number whose digits belong to another entry. */
static bool is_part_of_word(const FsField *field)
{
    static const char *const parts[] = {"feiq.command", "feiq.options", "feiq.file.type",
                                        "feiq.option.unknown", "feiq.image.kind"};
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        if (g_str_equal(field->name, parts[i])) {
            return true;
        }
    }
    return field->mask != 0;
}

/* A number that is sent as digits is what its own bytes say, by another reader of digits. */
static void check_digits(void)
{
    for (uint32_t i = 0; i < check.packet.count; i++) {
        const FsEntry *entry = &check.entries[i];
        const FsField *field = entry->field;
        bool number = field->type == FS_TIME || field->type == FS_UINT;
        if (!number || !field->text_digits || entry->generated || is_part_of_word(field)) {
            continue;
        }
        g_autofree char *digits =
            g_strndup((const char *)check.copy + entry->bit_offset / 8, entry->bit_length / 8);
        guint64 decimal = g_ascii_strtoull(digits, NULL, 10);
        guint64 hexadecimal = g_ascii_strtoull(digits, NULL, 16);
        g_assert_true(entry->value.number == decimal || entry->value.number == hexadecimal);
    }
}

static void test_sample(gconstpointer data)
{
    const Sample *sample = data;
    bool directory = sample == &feiq_directory_sample;
    CheckDecoder *decoder = directory ? feiq_decode_segment : feiq_decode_datagram;
    g_assert_true(check_decode(decoder, sample->bytes, sample->length, sample->length));
    check_invariants();
    check_digits();
    compare(sample->name);
    FsSpan span = {check.copy, check.captured, check.captured};
    g_assert_true(feiq_recognise(span) != directory);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(feiq_samples); i++) {
        g_autofree char *path = g_strdup_printf("/feiq/samples/%s", feiq_samples[i].name);
        g_test_add_data_func(path, &feiq_samples[i], test_sample);
    }
    g_test_add_data_func("/feiq/samples/dict", &feiq_dict_sample, test_sample);
    g_test_add_data_func("/feiq/samples/directory", &feiq_directory_sample, test_sample);
    return g_test_run();
}
