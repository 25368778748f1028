/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/tap/table.h"

#include <glib.h>

struct Table {
    const char *const *heads;
    unsigned columns;
    GPtrArray *cells;
};

Table *table_new(const char *const *heads, unsigned columns)
{
    Table *table = g_new(Table, 1);
    *table = (Table){heads, columns, g_ptr_array_new_with_free_func(g_free)};
    return table;
}

void table_text(Table *table, const char *text)
{
    char *cell = g_utf8_make_valid(text, -1);
    for (char *c = cell; *c != '\0'; c++) {
        if (g_ascii_iscntrl(*c)) {
            *c = '?';
        }
    }
    g_ptr_array_add(table->cells, cell);
}

void table_number(Table *table, unsigned long long number)
{
    g_ptr_array_add(table->cells, g_strdup_printf("%llu", number));
}

void table_seconds(Table *table, long long nanoseconds)
{
    const char *sign = nanoseconds < 0 ? "-" : "";
    unsigned long long micro =
        (nanoseconds < 0 ? 0 - (unsigned long long)nanoseconds : (unsigned long long)nanoseconds) /
        1000;
    g_ptr_array_add(table->cells,
                    g_strdup_printf("%s%llu.%06llu", sign, micro / 1000000, micro % 1000000));
}

static unsigned width_of(const char *text)
{
    unsigned width = 0;
    for (const char *c = text; *c != '\0'; c = g_utf8_next_char(c)) {
        gunichar character = g_utf8_get_char(c);
        width += g_unichar_iszerowidth(character) ? 0 : g_unichar_iswide(character) ? 2 : 1;
    }
    return width;
}

static void write_cell(const Table *table, unsigned column, const char *text, unsigned width,
                       Output *output)
{
    unsigned gap = width - width_of(text);
    bool right = table->heads[column][0] == '>';
    bool last = column + 1 == table->columns;
    if (column > 0) {
        output_text(output, "  ");
    }
    output_repeat(output, ' ', right ? gap : 0);
    output_text(output, text);
    output_repeat(output, ' ', right || last ? 0 : gap);
    if (last) {
        output_char(output, '\n');
    }
}

void table_write(Table *table, const char *title, Output *output)
{
    unsigned *widths = g_new0(unsigned, table->columns);
    for (unsigned i = 0; i < table->columns; i++) {
        widths[i] = width_of(table->heads[i] + 1);
    }
    for (unsigned i = 0; i < table->cells->len; i++) {
        unsigned width = width_of(g_ptr_array_index(table->cells, i));
        unsigned *widest = &widths[i % table->columns];
        *widest = width > *widest ? width : *widest;
    }
    output_text(output, title);
    output_char(output, '\n');
    for (unsigned i = 0; i < table->columns; i++) {
        write_cell(table, i, table->heads[i] + 1, widths[i], output);
    }
    for (unsigned i = 0; i < table->cells->len; i++) {
        unsigned column = i % table->columns;
        write_cell(table, column, g_ptr_array_index(table->cells, i), widths[column], output);
    }
    g_free(widths);
    g_ptr_array_free(table->cells, TRUE);
    g_free(table);
}
