/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Wireshark's list of objects takes whole objects; files come in parts. An object is put into the
 * list with its first part, and grows there: the list is read when everything was seen.
 */
#include "dissector/export.h"

#include <epan/export_object.h>
#include <epan/to_str.h>

#include <inttypes.h>
#include <string.h>

/* A forged sequence number must not make an object of gigabytes. */
enum { MOST_AHEAD = 64 * 1024 * 1024 };

typedef struct {
    TransferPart part; /* its object is NULL if this is all of it */
    const char *type;
    const char *host;
    const uint8_t *data;
    uint32_t length;
    uint32_t frame;
} Part;

static int export_tap = -1;

/* Objects of the list that is being made. Wireshark owns the entries. */
static GHashTable *entries; /* by TransferPart.object */

bool export_wanted(void)
{
    return have_tap_listener(export_tap);
}

static void queue(packet_info *pinfo, const TransferPart *part, const char *type,
                  const uint8_t *data, uint32_t length)
{
    Part *copy = wmem_new(pinfo->pool, Part);
    *copy = (Part){.part = *part,
                   .type = type,
                   .host = address_to_str(pinfo->pool, &pinfo->src),
                   .data = wmem_memdup(pinfo->pool, data, length),
                   .length = length,
                   .frame = pinfo->num};
    tap_queue_packet(export_tap, pinfo, copy);
}

void export_part(packet_info *pinfo, const TransferPart *part, const uint8_t *data, uint32_t length)
{
    if (export_wanted()) {
        queue(pinfo, part, "application/octet-stream", data, length);
    }
}

void export_whole(packet_info *pinfo, const char *name, const char *type, const uint8_t *data,
                  uint32_t length)
{
    if (export_wanted()) {
        queue(pinfo, &(TransferPart){.name = name, .size = length, .sized = true}, type, data,
              length);
    }
}

static void forget(void)
{
    if (entries != NULL) {
        g_hash_table_remove_all(entries);
    }
}

/* A path from the wire, as one that leads nowhere but down: no folder is named "..", ".", or
 * nothing. Doubled colons stand for one. What else a file system may not bear, Wireshark escapes.
 */
static char *safe_name(const char *name)
{
    GString *safe = g_string_new(NULL);
    char **levels = g_strsplit(name, "/", -1);
    for (unsigned i = 0; levels[i] != NULL; i++) {
        char **parts = g_strsplit(levels[i], "::", -1);
        char *level = g_strjoinv(":", parts);
        g_strfreev(parts);
        g_strdelimit(level, "\\", '_');
        if (*level == '\0' || strcmp(level, ".") == 0 || strcmp(level, "..") == 0) {
            g_free(level);
            level = g_strdup("_");
        }
        g_string_append_printf(safe, "%s%s", i == 0 ? "" : "/", level);
        g_free(level);
    }
    g_strfreev(levels);
    return g_string_free(safe, FALSE);
}

static export_object_entry_t *new_entry(const Part *part, uint64_t from)
{
    export_object_entry_t *entry = g_new0(export_object_entry_t, 1);
    entry->pkt_num = part->frame;
    entry->hostname = g_strdup(part->host);
    entry->content_type = g_strdup(part->type);
    char *name = safe_name(part->part.name == NULL ? part->part.label : part->part.name);
    entry->filename = from == 0 ? g_strdup(name) : g_strdup_printf("%s.from-%" PRIu64, name, from);
    g_free(name);
    return entry;
}

/* Objects begin where the request says, not where the file does. */
static tap_packet_status add_part(void *list_pointer, packet_info *pinfo _U_,
                                  epan_dissect_t *dissection _U_, const void *data,
                                  tap_flags_t flags _U_)
{
    export_object_list_t *list = list_pointer;
    const Part *part = data;
    if (entries == NULL) {
        entries = g_hash_table_new(g_direct_hash, g_direct_equal);
    }
    export_object_entry_t *entry =
        part->part.object == NULL ? NULL : g_hash_table_lookup(entries, part->part.object);
    if (entry == NULL) {
        entry = new_entry(part, part->part.from);
        if (part->part.object != NULL) {
            g_hash_table_insert(entries, part->part.object, entry);
        }
        list->add_entry(list->gui_data, entry);
    }
    uint64_t begin = part->part.offset - part->part.from;
    if (begin > entry->payload_len + MOST_AHEAD) {
        return TAP_PACKET_DONT_REDRAW;
    }
    size_t end = (size_t)begin + part->length;
    if (end > entry->payload_len) {
        entry->payload_data = g_realloc(entry->payload_data, end);
        memset(entry->payload_data + entry->payload_len, 0, end - entry->payload_len);
        entry->payload_len = end;
    }
    if (part->length > 0) {
        memcpy(entry->payload_data + begin, part->data, part->length);
    }
    return TAP_PACKET_REDRAW;
}

void export_register(int proto)
{
    export_tap = register_export_object(proto, add_part, forget);
}
