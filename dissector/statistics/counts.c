/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dissector/statistics/counts.h"

#include <inttypes.h>

enum { LONGEST_LABEL = 256, MOST_FIELDS = 512 };

void heading_create(stats_tree *tree, Heading *heading)
{
    heading->id = stats_tree_create_node(tree, heading->title, 0, STAT_DT_INT, TRUE);
}

void heading_count(stats_tree *tree, const Heading *heading, const char *what)
{
    stats_tree_tick_pivot(tree, heading->id, what);
}

static void count_number(stats_tree *tree, const Heading *heading, const FsEntry *entry,
                         bool numbered)
{
    char label[LONGEST_LABEL];
    const char *name = fs_name(entry->field->names, entry->value.number);
    bool hex = entry->field->base == FS_HEX;
    if (name != NULL && !numbered) {
        (void)snprintf(label, sizeof label, "%s", name);
    } else {
        (void)snprintf(label, sizeof label, hex ? "%s (0x%02" PRIx64 ")" : "%s (%" PRIu64 ")",
                       name == NULL ? "unknown" : name, entry->value.number);
    }
    heading_count(tree, heading, label);
}

void headings_create(stats_tree *tree, NumberHeading *headings, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        heading_create(tree, &headings[i].heading);
    }
}

void headings_count(stats_tree *tree, const NumberHeading *headings, size_t count,
                    const FsTable *table, const Tapped *tapped)
{
    for (size_t i = 0; i < count; i++) {
        const FsEntry *entry = tapped_find(tapped, &table->fields[headings[i].field]);
        if (entry != NULL) {
            count_number(tree, &headings[i].heading, entry, headings[i].numbered);
        }
    }
}

/* What a message has, each kind once. The name is there to filter by. */
typedef struct {
    const char *names[MOST_FIELDS];
    unsigned count;
} Seen;

static void count_once(stats_tree *tree, const Heading *heading, Seen *seen, const char *name,
                       const char *title)
{
    char label[LONGEST_LABEL];
    for (unsigned i = 0; i < seen->count; i++) {
        if (seen->names[i] == name) {
            return;
        }
    }
    if (seen->count == MOST_FIELDS) {
        return;
    }
    if (seen->count == 0) {
        tick_stat_node(tree, heading->title, 0, TRUE);
    }
    seen->names[seen->count++] = name;
    (void)snprintf(label, sizeof label, "%s (%s)", title, name);
    tick_stat_node(tree, label, heading->id, FALSE);
}

void heading_count_each(stats_tree *tree, const Heading *heading, const Tapped *tapped,
                        bool (*wanted)(const FsEntry *entry))
{
    Seen seen;
    seen.count = 0;
    for (uint32_t i = 0; i < tapped->count; i++) {
        const FsEntry *entry = &tapped->entries[i];
        if (wanted(entry)) {
            count_once(tree, heading, &seen, entry->field->name, entry->field->title);
        }
    }
}

void heading_count_remarks(stats_tree *tree, const Heading *heading, const Tapped *tapped)
{
    Seen seen;
    seen.count = 0;
    for (uint32_t i = 0; i < tapped->count; i++) {
        const FsField *field = tapped->entries[i].field;
        if (field->type == FS_REMARK) {
            count_once(tree, heading, &seen, field->name, field->title);
        }
    }
    for (unsigned i = 0; i < tapped->remark_count; i++) {
        count_once(tree, heading, &seen, tapped->remark_names[i], tapped->remark_titles[i]);
    }
}
