/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/filter/suggest.h"

#include <glib.h>
#include <string.h>

enum { LONGEST = 63 };

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

unsigned suggest_distance(const char *first, const char *second)
{
    /* Three rows of the table of distances between beginnings (optimal string alignment). */
    unsigned rows[3][LONGEST + 1];
    size_t rows_length = strnlen(first, LONGEST);
    size_t columns = strnlen(second, LONGEST);
    unsigned *before = rows[0];
    unsigned *above = rows[1];
    unsigned *row = rows[2];
    for (unsigned j = 0; j <= columns; j++) {
        above[j] = j;
        before[j] = 0;
    }
    for (unsigned i = 1; i <= rows_length; i++) {
        char a = g_ascii_tolower(first[i - 1]);
        row[0] = i;
        for (unsigned j = 1; j <= columns; j++) {
            char b = g_ascii_tolower(second[j - 1]);
            row[j] = least(least(above[j], row[j - 1]) + 1, above[j - 1] + (a != b));
            if (i > 1 && j > 1 && a == g_ascii_tolower(second[j - 2]) &&
                b == g_ascii_tolower(first[i - 2])) {
                row[j] = least(row[j], before[j - 2] + 1);
            }
        }
        unsigned *spare = before;
        before = above;
        above = row;
        row = spare;
    }
    return above[columns];
}

/* The nearest so far of the names that were looked at. */
typedef struct {
    const char *wanted;
    const char *name;
    unsigned distance;
} Nearest;

/* A third of its letters wrong, and a word is another word. */
static Nearest nearest_to(const char *wanted)
{
    unsigned length = (unsigned)strnlen(wanted, LONGEST);
    return (Nearest){wanted, NULL, length < 6 ? 1 : length / 3};
}

static void look_at(Nearest *nearest, const char *name)
{
    unsigned distance = suggest_distance(nearest->wanted, name);
    if (distance < nearest->distance || (distance == nearest->distance && nearest->name == NULL)) {
        nearest->distance = distance;
        nearest->name = name;
    }
}

static const char *after_last_dot(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot != NULL ? dot + 1 : name;
}

/* 0: the whole name; 1: the beginning of the name; 2: its last part; 3: not like it. */
static unsigned likeness(const char *name, const char *wanted)
{
    if (g_ascii_strcasecmp(name, wanted) == 0) {
        return 0;
    }
    if (g_ascii_strncasecmp(name, wanted, strlen(wanted)) == 0) {
        return 1;
    }
    return g_ascii_strcasecmp(after_last_dot(name), wanted) == 0 ? 2 : 3;
}

void suggest_field(Fault *fault, const FsTable *const *tables, const char *name)
{
    Nearest nearest = nearest_to(name);
    const char *alike = NULL;
    unsigned how = 3;
    for (; *tables != NULL; tables++) {
        for (uint16_t i = 0; i < (*tables)->count; i++) {
            const char *field = (*tables)->fields[i].name;
            look_at(&nearest, field);
            unsigned like = likeness(field, name);
            if (like < how) {
                how = like;
                alike = field;
            }
        }
    }
    bool misspelt = nearest.name != NULL && nearest.distance <= 1 && how > 0;
    const char *best = misspelt || alike == NULL ? nearest.name : alike;
    if (best != NULL) {
        fault_suggest(fault, "%s", best);
    }
}

void suggest_value(Fault *fault, const FsField *field, const char *name)
{
    Nearest nearest = nearest_to(name);
    const char *beginning = NULL;
    size_t length = strlen(name);
    for (const FsName *one = field->names; one != NULL && one->name != NULL; one++) {
        look_at(&nearest, one->name);
        if (beginning == NULL && length > 0 && g_ascii_strncasecmp(one->name, name, length) == 0) {
            beginning = one->name;
        }
    }
    const char *best = beginning != NULL ? beginning : nearest.name;
    if (best != NULL) {
        fault_suggest(fault, "\"%s\"", best);
    }
}

void suggest_word(Fault *fault, const char *const *words, size_t count, const char *name)
{
    Nearest nearest = nearest_to(name);
    for (size_t i = 0; i < count; i++) {
        look_at(&nearest, words[i]);
    }
    if (nearest.name != NULL) {
        fault_suggest(fault, "%s", nearest.name);
    }
}
