/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * -z commands: how often each command of FeiQ's family was sent, and by how many hosts.
 */
#include "protocol/feiq/feiq.h"
#include "sniffer/tap/endpoint.h"
#include "sniffer/tap/table.h"
#include "sniffer/tap/tap.h"

#include <glib.h>
#include <stdio.h>

enum { COMMANDS = 256, MOST_SENDERS = 4096 };

typedef struct {
    uint64_t messages;
    uint64_t retries;
    uint64_t bytes;      /* of the messages, without headers around them */
    GHashTable *senders; /* addresses, NULL: none yet */
} Command;

typedef struct {
    Tap tap;
    Command commands[COMMANDS];
} CommandsTap;

static void add_sender(CommandsTap *t, Command *command, const Speakers *speakers)
{
    EndpointPair sender = {0};
    sender.ends[0] = endpoint_without_port(&speakers->ends[0]);
    if (command->senders == NULL) {
        command->senders =
            g_hash_table_new_full(endpoint_pair_hash, endpoint_pair_equal, g_free, NULL);
    }
    if (g_hash_table_contains(command->senders, &sender)) {
        return;
    }
    if (g_hash_table_size(command->senders) < MOST_SENDERS) {
        g_hash_table_add(command->senders, g_memdup2(&sender, sizeof sender));
    } else {
        t->tap.left_out_count++;
    }
}

static void packet(Tap *tap, const FrameRecord *record, const FsPacket *packet)
{
    (void)record;
    CommandsTap *t = (CommandsTap *)tap;
    uint64_t bytes = 0;
    Command *command = NULL;
    bool quoted = false; /* in an ICMP error: it was sent, and counted, before */
    for (uint32_t i = 0; i < packet->count; i++) {
        const FsEntry *entry = &packet->entries[i];
        if (entry->field->type == FS_LAYER) {
            bytes = entry->bit_length / 8;
            quoted = entry->depth > 0;
        } else if (quoted) {
            continue;
        } else if (entry->field == &feiq_table.fields[FEIQ_COMMAND]) {
            Speakers speakers = speakers_of(packet);
            command = &t->commands[entry->value.number % COMMANDS];
            command->messages++;
            command->bytes += bytes;
            add_sender(t, command, &speakers);
        } else if (entry->field == &feiq_table.fields[FEIQ_OPTION_RETRY] && command != NULL) {
            command->retries += entry->value.number;
        }
    }
}

static void report(Tap *tap, Output *output)
{
    static const char *const heads[] = {"<command", ">number",  ">messages", ">%",
                                        ">retries", ">senders", ">bytes"};
    CommandsTap *t = (CommandsTap *)tap;
    Table *table = table_new(heads, G_N_ELEMENTS(heads));
    uint64_t all = 0;
    for (unsigned i = 0; i < COMMANDS; i++) {
        all += t->commands[i].messages;
    }
    uint8_t order[COMMANDS];
    unsigned used = 0;
    for (unsigned i = 0; i < COMMANDS; i++) {
        unsigned at = used;
        if (t->commands[i].messages == 0) {
            continue;
        }
        for (; at > 0 && t->commands[order[at - 1]].messages < t->commands[i].messages; at--) {
            order[at] = order[at - 1];
        }
        order[at] = (uint8_t)i;
        used++;
    }
    for (unsigned i = 0; i < used; i++) {
        const Command *command = &t->commands[order[i]];
        const char *name = fs_name(feiq_table.fields[FEIQ_COMMAND].names, order[i]);
        char number[8];
        char share[16];
        (void)snprintf(number, sizeof number, "0x%02x", order[i]);
        uint64_t permille = (command->messages * 1000 + all / 2) / all;
        (void)snprintf(share, sizeof share, "%u.%u", (unsigned)(permille / 10),
                       (unsigned)(permille % 10));
        table_text(table, name != NULL ? name : "unknown");
        table_text(table, number);
        table_number(table, command->messages);
        table_text(table, share);
        table_number(table, command->retries);
        table_number(table, g_hash_table_size(command->senders));
        table_number(table, command->bytes);
    }
    table_write(table, "FeiQ commands", output);
}

static void destroy(Tap *tap)
{
    CommandsTap *t = (CommandsTap *)tap;
    for (unsigned i = 0; i < COMMANDS; i++) {
        if (t->commands[i].senders != NULL) {
            g_hash_table_destroy(t->commands[i].senders);
        }
    }
    g_free(t);
}

Tap *tap_commands(const char *arguments, const Preferences *preferences)
{
    (void)preferences;
    if (arguments != NULL) {
        return NULL;
    }
    CommandsTap *t = g_new0(CommandsTap, 1);
    t->tap = (Tap){packet, report, destroy, "senders of commands", 0};
    return &t->tap;
}
