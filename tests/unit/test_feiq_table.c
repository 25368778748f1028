/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The table of fields keeps its rules.
 */
#include "protocol/feiq/decode.h"
#include "protocol/feiq/feiq.h"

#include <glib.h>
#include <string.h>

static void test_names(void)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_assert_cmpstr(feiq_table.fields[0].name, ==, feiq_table.filter);
    for (uint16_t i = 0; i < feiq_table.count; i++) {
        const FsField *field = &feiq_table.fields[i];
        g_assert_false(g_hash_table_contains(seen, field->name));
        g_hash_table_insert(seen, g_strdup(field->name), NULL);
        if (i > 0) {
            g_assert_true(g_str_has_prefix(field->name, "feiq."));
            g_assert_cmpint(field->type, !=, FS_LAYER);
        }
        for (const char *c = field->name; *c != '\0'; c++) {
            g_assert_true(g_ascii_islower(*c) || g_ascii_isdigit(*c) || *c == '.' || *c == '_');
        }
    }
}

static void test_wording(void)
{
    for (uint16_t i = 0; i < feiq_table.count; i++) {
        const FsField *field = &feiq_table.fields[i];
        g_assert_nonnull(field->title);
        g_assert_nonnull(field->blurb);
        g_assert_cmpuint(strlen(field->blurb), >, 0);
        g_assert_cmpstr(field->blurb, !=, field->title);
        g_assert_false(g_str_has_suffix(field->blurb, "."));
        g_assert_true(g_utf8_validate(field->title, -1, NULL));
        g_assert_true(g_utf8_validate(field->blurb, -1, NULL));
    }
}

static void test_types(void)
{
    for (uint16_t i = 0; i < feiq_table.count; i++) {
        const FsField *field = &feiq_table.fields[i];
        bool number = field->type == FS_UINT || field->type == FS_INT;
        bool width =
            field->bits == 8 || field->bits == 16 || field->bits == 32 || field->bits == 64;
        if (number || field->type == FS_BOOL) {
            g_assert_true(width);
        } else {
            g_assert_cmpuint(field->bits, ==, 0);
            g_assert_null(field->names);
        }
        if (field->type == FS_BOOL) { /* one bit */
            g_assert_cmpuint(field->mask, !=, 0);
            g_assert_cmpuint(field->mask & (field->mask - 1), ==, 0);
        }
        if (field->type != FS_REMARK) {
            g_assert_cmpint(field->severity, ==, 0);
        }
    }
}

static void test_values_sorted(void)
{
    for (uint16_t i = 0; i < feiq_table.count; i++) {
        const FsName *name = feiq_table.fields[i].names;
        for (; name != NULL && name->name != NULL && name[1].name != NULL; name++) {
            g_assert_cmpuint(name->value, <, name[1].value);
        }
    }
}

/* Names that people's filters rest on. */
static void test_fixed_names(void)
{
    static const char *const fixed[] = {
        "feiq.version",      "feiq.packet_number", "feiq.user",     "feiq.host",
        "feiq.command_word", "feiq.command",       "feiq.options",  "feiq.option.sendcheck",
        "feiq.text",         "feiq.encoding",      "feiq.nick",     "feiq.group",
        "feiq.mac",          "feiq.ack",           "feiq.file.id",  "feiq.file.name",
        "feiq.file.size",    "feiq.file.mtime",    "feiq.file.type"};
    for (size_t i = 0; i < G_N_ELEMENTS(fixed); i++) {
        g_assert_nonnull(fs_table_find(&feiq_table, fixed[i]));
    }
}

/* Each command of the list of facts has its name and a decoder. */
static void test_commands(void)
{
    const FsName *name = fs_table_find(&feiq_table, "feiq.command")->names;
    unsigned known = 0;
    unsigned named = 0;
    for (unsigned command = 0; command < 256; command++) {
        g_assert_true(feiq_command_known((uint8_t)command) == (fs_name(name, command) != NULL));
        known += feiq_command_known((uint8_t)command);
    }
    for (; name->name != NULL; name++) {
        named++;
    }
    g_assert_cmpuint(known, ==, named);
    g_assert_cmpuint(known, ==, 63);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/feiq/table/names", test_names);
    g_test_add_func("/feiq/table/wording", test_wording);
    g_test_add_func("/feiq/table/types", test_types);
    g_test_add_func("/feiq/table/values-sorted", test_values_sorted);
    g_test_add_func("/feiq/table/fixed-names", test_fixed_names);
    g_test_add_func("/feiq/table/commands", test_commands);
    return g_test_run();
}
