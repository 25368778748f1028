/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "protocol/field.h"

#include <string.h>

const char *fs_name(const FsName *names, uint64_t value)
{
    for (; names != NULL && names->name != NULL && names->value <= value; names++) {
        if (names->value == value) {
            return names->name;
        }
    }
    return NULL;
}

const FsField *fs_table_find(const FsTable *table, const char *name)
{
    for (uint16_t i = 0; i < table->count; i++) {
        if (strcmp(table->fields[i].name, name) == 0) {
            return &table->fields[i];
        }
    }
    return NULL;
}
