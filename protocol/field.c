/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "protocol/field.h"

#include <string.h>

/* The same few values of a list are asked for again and again, and lists are long. */
enum { REMEMBERED = 256 };
static _Thread_local struct {
    const FsName *names;
    uint64_t value;
    const char *name;
} remembered[REMEMBERED];

static const char *find_name(const FsName *names, uint64_t value)
{
    for (; names->name != NULL && names->value <= value; names++) {
        if (names->value == value) {
            return names->name;
        }
    }
    return NULL;
}

const char *fs_name(const FsName *names, uint64_t value)
{
    if (names == NULL) {
        return NULL;
    }
    size_t slot = (value ^ value >> 8 ^ (uintptr_t)names >> 4) % REMEMBERED;
    if (remembered[slot].names != names || remembered[slot].value != value) {
        remembered[slot].names = names;
        remembered[slot].value = value;
        remembered[slot].name = find_name(names, value);
    }
    return remembered[slot].name;
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
