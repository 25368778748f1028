/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dissector/statistics/rows.h"

#include <string.h>

enum { MOST_ROWS = 65536, MOST_KEYS = 2 * MOST_ROWS, MOST_TABLES = 4 };

struct Rows {
    stat_tap_table_ui ui;
    const RowsKind *kind;
    GHashTable *keys; /* to a row's number, from 1 on */
    GPtrArray *notes; /* by row */
    GPtrArray *spare; /* rows that were in the table before; windows may still point to them */
};

static Rows tables[MOST_TABLES];

static stat_tap_table *table_of(Rows *rows)
{
    return stat_tap_find_table(&rows->ui, rows->kind->title);
}

/* The text of a cell, which is then owned by it. */
static void own_text(stat_tap_table_item_type *cell, char *text)
{
    g_free(cell->user_data.ptr_value);
    cell->user_data.ptr_value = text;
    cell->value.string_value = text;
}

static void blank(const Rows *rows, stat_tap_table_item_type *cells)
{
    for (size_t i = 0; i < rows->kind->column_count; i++) {
        stat_tap_table_item_type *cell = &cells[i];
        own_text(cell, NULL);
        *cell = (stat_tap_table_item_type){.type = rows->kind->columns[i].type};
        if (cell->type == TABLE_ITEM_STRING) {
            own_text(cell, g_strdup(""));
        }
    }
}

static void empty(Rows *rows, stat_tap_table *table)
{
    for (unsigned i = 0; i < table->num_elements; i++) {
        blank(rows, table->elements[i]);
        g_ptr_array_add(rows->spare, table->elements[i]);
    }
    table->num_elements = 0;
    g_hash_table_remove_all(rows->keys);
    g_ptr_array_set_size(rows->notes, 0);
}

static void init(stat_tap_table_ui *ui)
{
    Rows *rows = (Rows *)ui;
    stat_tap_table *table = table_of(rows);
    if (table == NULL) {
        table = stat_tap_init_table(rows->kind->title, (int)rows->kind->column_count, 0, NULL);
        stat_tap_add_table(ui, table);
    }
    empty(rows, table);
}

static void reset(stat_tap_table *table)
{
    for (unsigned i = 0; i < MOST_TABLES && tables[i].kind != NULL; i++) {
        if (strcmp(tables[i].kind->title, table->title) == 0) {
            empty(&tables[i], table);
        }
    }
}

static void free_cell(stat_tap_table *table _U_, unsigned row _U_, unsigned column _U_,
                      stat_tap_table_item_type *cell)
{
    own_text(cell, NULL);
}

void rows_register(const RowsKind *kind)
{
    static tap_param parameters[] = {{PARAM_FILTER, "filter", "Filter", NULL, TRUE}};
    Rows *rows = tables;
    while (rows->kind != NULL) {
        rows++;
    }
    rows->kind = kind;
    rows->keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    rows->notes = g_ptr_array_new_with_free_func(g_free);
    rows->spare = g_ptr_array_new();
    rows->ui = (stat_tap_table_ui){.group = REGISTER_PACKET_STAT_GROUP_UNSORTED,
                                   .title = kind->title,
                                   .tap_name = kind->tap,
                                   .cli_string = kind->argument,
                                   .stat_tap_init_cb = init,
                                   .packet_func = kind->packet,
                                   .stat_tap_reset_table_cb = reset,
                                   .stat_tap_free_table_item_cb = free_cell,
                                   .nfields = kind->column_count,
                                   .fields = kind->columns,
                                   .nparams = G_N_ELEMENTS(parameters),
                                   .params = parameters};
    register_stat_tap_table_ui(&rows->ui);
}

static Row append(Rows *rows, stat_tap_table *table)
{
    stat_tap_table_item_type *cells =
        rows->spare->len > 0 ? g_ptr_array_remove_index_fast(rows->spare, rows->spare->len - 1)
                             : g_new0(stat_tap_table_item_type, rows->kind->column_count);
    blank(rows, cells);
    table->elements =
        g_renew(stat_tap_table_item_type *, table->elements, table->num_elements + 1U);
    table->elements[table->num_elements++] = cells;
    g_ptr_array_add(rows->notes, g_malloc0(MAX(rows->kind->note_size, 1)));
    return (Row){cells, g_ptr_array_index(rows->notes, rows->notes->len - 1), table->num_elements,
                 true};
}

static bool look_up(Rows *rows, const stat_tap_table *table, const char *key, Row *row)
{
    unsigned number = GPOINTER_TO_UINT(g_hash_table_lookup(rows->keys, key));
    if (number != 0) {
        *row = (Row){table->elements[number - 1], g_ptr_array_index(rows->notes, number - 1),
                     number, false};
    }
    return number != 0;
}

static Rows *rows_of(void *context)
{
    return (Rows *)((stat_data_t *)context)->stat_tap_data;
}

static void count_left_out(Rows *rows, stat_tap_table *table)
{
    if (table->num_elements == MOST_ROWS) {
        Row last = append(rows, table);
        row_set_text(&last, 0, rows->kind->left_out);
    }
    table->elements[MOST_ROWS][rows->kind->count_column].value.uint_value++;
}

bool rows_find(void *context, const char *key, Row *row)
{
    Rows *rows = rows_of(context);
    stat_tap_table *table = table_of(rows);
    if (look_up(rows, table, key, row)) {
        return true;
    }
    if (table->num_elements >= MOST_ROWS) {
        count_left_out(rows, table);
        return false;
    }
    *row = append(rows, table);
    g_hash_table_insert(rows->keys, g_strdup(key), GUINT_TO_POINTER(row->number));
    return true;
}

bool rows_look_up(void *context, const char *key, Row *row)
{
    Rows *rows = rows_of(context);
    return look_up(rows, table_of(rows), key, row);
}

void rows_bind(void *context, const char *key, const Row *row)
{
    Rows *rows = rows_of(context);
    if (g_hash_table_size(rows->keys) < MOST_KEYS) {
        g_hash_table_insert(rows->keys, g_strdup(key), GUINT_TO_POINTER(row->number));
    }
}

void row_set_text(const Row *row, unsigned column, const char *text)
{
    stat_tap_table_item_type *cell = &row->cells[column];
    if (strcmp(cell->value.string_value, text) == 0) {
        return;
    }
    char *copy = g_utf8_make_valid(text, -1);
    for (char *c = copy; *c != '\0'; c++) {
        if (g_ascii_iscntrl(*c)) {
            *c = '?';
        }
    }
    own_text(cell, copy);
}

void row_set_number(const Row *row, unsigned column, unsigned number)
{
    row->cells[column].value.uint_value = number;
}

void row_set_time(const Row *row, unsigned column, const nstime_t *time)
{
    row->cells[column].value.float_value = nstime_to_sec(time);
}
