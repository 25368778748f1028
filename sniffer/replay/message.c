/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/replay/message.h"

#include "protocol/feiq/feiq.h"
#include "protocol/format.h"
#include "protocol/text.h"
#include "sniffer/tables.h"

#include <string.h>

enum { MOST_ENTRIES = 8192, LINE_ROOM = 400, MOST_SHOWN = 24 };

Message *message_new(const Conversation *conversation, bool from_server, GBytes *bytes)
{
    Message *m = g_new0(Message, 1);
    gsize length;
    const uint8_t *data = g_bytes_get_data(bytes, &length);
    FsSpan span = {data, (uint32_t)length, (uint32_t)length};
    m->kind = conversation->kind;
    m->bytes = g_bytes_ref(bytes);
    if (m->kind == MESSAGE_BYTES || (m->kind == MESSAGE_FILE && from_server)) {
        return m;
    }
    FsPacket *packet = &m->packet;
    packet->entries = g_new(FsEntry, MOST_ENTRIES);
    packet->capacity = MOST_ENTRIES;
    fs_packet_reset(packet, data);
    OnehashStream stream = conversation->stream;
    stream.from_server = from_server;
    bool decoded = m->kind == MESSAGE_FEIQ   ? feiq_decode_datagram(packet, span)
                   : m->kind == MESSAGE_FILE ? feiq_decode_segment(packet, span)
                                             : onehash_decode(packet, &stream, span);
    if (!decoded) {
        packet->count = 0;
    }
    return m;
}

void message_free(Message *message)
{
    if (message != NULL) {
        g_free(message->packet.entries);
        g_bytes_unref(message->bytes);
        g_free(message);
    }
}

/* The bytes as hexadecimal pairs, those that are printable after it as text. */
static char *describe_bytes(const Message *message)
{
    gsize length;
    const uint8_t *data = g_bytes_get_data(message->bytes, &length);
    GString *text = g_string_new(NULL);
    g_string_printf(text, "%" G_GSIZE_FORMAT " byte%s", length, length == 1 ? "" : "s");
    for (gsize i = 0; i < length && i < MOST_SHOWN; i++) {
        g_string_append_printf(text, "%s%02x", i == 0 ? ": " : " ", data[i]);
    }
    g_string_append(text, length > MOST_SHOWN ? " … \"" : " \"");
    for (gsize i = 0; i < length && i < MOST_SHOWN; i++) {
        g_string_append_c(text, (char)(g_ascii_isprint((char)data[i]) ? data[i] : '.'));
    }
    g_string_append_c(text, '"');
    return g_string_free(text, FALSE);
}

char *message_line(const Message *message)
{
    const FsPacket *packet = &message->packet;
    if (packet->count == 0) {
        return describe_bytes(message);
    }
    char line[LINE_ROOM];
    (void)fs_format_line(line, sizeof line, packet->entries, packet->count);
    const char *name = message->kind == MESSAGE_ONEHASH ? "1#n" : "FeiQ";
    return g_strdup_printf("%s  %s", name, g_strchug(line));
}

const FsEntry *message_find(const Message *message, const FsField *field)
{
    for (uint32_t i = 0; i < message->packet.count; i++) {
        if (message->packet.entries[i].field == field) {
            return &message->packet.entries[i];
        }
    }
    return NULL;
}

static bool same_number(const Message *a, const Message *b, const FsField *field)
{
    const FsEntry *x = message_find(a, field);
    const FsEntry *y = message_find(b, field);
    return (x == NULL) == (y == NULL) && (x == NULL || x->value.number == y->value.number);
}

bool message_alike(const Message *a, const Message *b)
{
    if ((a->packet.count == 0) != (b->packet.count == 0)) {
        return false;
    }
    return same_number(a, b, &feiq_table.fields[FEIQ_COMMAND]) &&
           same_number(a, b, &onehash_table.fields[ONEHASH_KIND]) &&
           same_number(a, b, &onehash_table.fields[ONEHASH_CODE]);
}

/* --- what is compared --- */

/* Each host counts its datagrams for itself; the command word is compared by its parts. */
static const char *const never[] = {"feiq.packet_number", "feiq.command_word"};

/* Who a FeiQ host is, and of which program: another server is another host. */
static const char *const identity[] = {
    "feiq.version",
    "feiq.generation",
    "feiq.avatar",
    "feiq.level",
    "feiq.mac",
    "feiq.client",
    "feiq.vendor",
    "feiq.avatar_size",
    "feiq.user",
    "feiq.host",
    "feiq.nick",
    "feiq.group",
    "feiq.legacy",
    "feiq.extension",
    "feiq.feige",
    "feiq.iptux",
    "feiq.shiyeline",
    "feiq.header",
    "feiq.body_length",
    "feiq.personal_image_size",
    "feiq.client_version",
    "feiq.encoding",
};

static bool stands_for(const char *name, const char *field)
{
    size_t length = strlen(name);
    return strncmp(name, field, length) == 0 && (field[length] == '\0' || field[length] == '.');
}

bool comparison_knows(const char *name)
{
    const FsTable *const tables[] = {&feiq_table, &onehash_table};
    for (size_t t = 0; t < G_N_ELEMENTS(tables); t++) {
        for (unsigned i = 0; i < tables[t]->count; i++) {
            if (stands_for(name, tables[t]->fields[i].name)) {
                return true;
            }
        }
    }
    return false;
}

static bool among(const char *const *names, size_t count, const char *field)
{
    for (size_t i = 0; i < count; i++) {
        if (stands_for(names[i], field)) {
            return true;
        }
    }
    return false;
}

static bool is_compared(const Comparison *rules, const FsField *field)
{
    if (field->type == FS_LAYER || field->type == FS_GROUP ||
        (field->type == FS_REMARK && field->severity < FS_WARN) ||
        among(never, G_N_ELEMENTS(never), field->name)) {
        return false;
    }
    if (rules->only->len > 0) {
        return among((const char *const *)rules->only->pdata, rules->only->len, field->name);
    }
    return !among((const char *const *)rules->ignored->pdata, rules->ignored->len, field->name) &&
           (rules->exact || !among(identity, G_N_ELEMENTS(identity), field->name));
}

/* --- comparing --- */

static char *value_of(const FsEntry *entry)
{
    if (entry->field->type == FS_REMARK) {
        return g_strdup(entry->field->title);
    }
    bool of_bytes = entry->field->type == FS_TEXT || entry->field->type == FS_BYTES;
    size_t room = of_bytes ? FS_TEXT_ROOM(entry->value.bytes.length) : 256;
    char *text = g_malloc(room);
    if (entry->field->type == FS_BYTES) { /* whole, not as many as a tree shows */
        (void)fs_format_value(text, room, entry);
    } else {
        (void)fs_format_readable(text, room, entry);
    }
    return text;
}

/* All values of a field, or NULL if it has none. */
static char *values_of(const Message *message, const FsField *field, ExpectedValue *expected,
                       void *context)
{
    GString *text = NULL;
    for (uint32_t i = 0; i < message->packet.count; i++) {
        const FsEntry *entry = &message->packet.entries[i];
        if (entry->field != field) {
            continue;
        }
        g_autofree char *value = expected == NULL ? NULL : expected(context, entry);
        if (value == NULL) {
            value = value_of(entry);
        }
        if (text == NULL) {
            text = g_string_new(value);
        } else {
            g_string_append(text, ", ");
            g_string_append(text, value);
        }
    }
    return text == NULL ? NULL : g_string_free(text, FALSE);
}

static void free_difference(void *pointer)
{
    Difference *difference = pointer;
    g_free(difference->recorded);
    g_free(difference->live);
    g_free(difference);
}

/* Takes both texts. */
static void add_difference(GPtrArray *differences, Difference difference)
{
    g_ptr_array_add(differences, g_memdup2(&difference, sizeof difference));
}

static void compare_bytes(GPtrArray *differences, const Message *recorded, const Message *live)
{
    gsize lengths[2];
    const uint8_t *a = g_bytes_get_data(recorded->bytes, &lengths[0]);
    const uint8_t *b = g_bytes_get_data(live->bytes, &lengths[1]);
    gsize common = MIN(lengths[0], lengths[1]);
    gsize at = 0;
    while (at < common && a[at] == b[at]) {
        at++;
    }
    if (at == lengths[0] && at == lengths[1]) {
        return;
    }
    const gsize rest[2] = {lengths[0] - at, lengths[1] - at};
    const uint8_t *const data[2] = {a + at, b + at};
    char *texts[2];
    for (unsigned side = 0; side < 2; side++) {
        GString *text = g_string_new(NULL);
        g_string_printf(text, "%" G_GSIZE_FORMAT " bytes; from byte %" G_GSIZE_FORMAT " on:",
                        lengths[side], at);
        for (gsize i = 0; i < rest[side] && i < MOST_SHOWN; i++) {
            g_string_append_printf(text, " %02x", data[side][i]);
        }
        g_string_append(text, rest[side] == 0 ? " nothing" : rest[side] > MOST_SHOWN ? " …" : "");
        texts[side] = g_string_free(text, FALSE);
    }
    add_difference(differences, (Difference){NULL, texts[0], texts[1]});
}

/* Fields that the second has and the first has not are looked at when it is the first's turn. */
static void compare_fields(GPtrArray *differences, const Message *recorded, const Message *live,
                           const Comparison *rules, ExpectedValue *expected, void *context)
{
    g_autoptr(GHashTable) done = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    const Message *const both[2] = {recorded, live};
    for (unsigned side = 0; side < 2; side++) {
        for (uint32_t i = 0; i < both[side]->packet.count; i++) {
            const FsField *field = both[side]->packet.entries[i].field;
            if (!is_compared(rules, field) || !g_hash_table_add(done, g_strdup(field->name))) {
                continue;
            }
            char *a = values_of(recorded, field, expected, context);
            char *b = values_of(live, field, NULL, NULL);
            if (g_strcmp0(a, b) != 0) {
                add_difference(differences, (Difference){field->name, a, b});
            } else {
                g_free(a);
                g_free(b);
            }
        }
    }
}

GPtrArray *message_compare(const Message *recorded, const Message *live, const Comparison *rules,
                           ExpectedValue *expected, void *context)
{
    GPtrArray *differences = g_ptr_array_new_with_free_func(free_difference);
    if (recorded->packet.count == 0 || live->packet.count == 0) {
        compare_bytes(differences, recorded, live);
    } else {
        compare_fields(differences, recorded, live, rules, expected, context);
    }
    return differences;
}
