/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dissector/tree.h"
#include "dissector/encoding.h"
#include "dissector/statistics/tapped.h"

#include "protocol/format.h"
#include "protocol/text.h"

#include <epan/column-utils.h>
#include <epan/proto_data.h>
#include <wsutil/bits_ctz.h>

#include <string.h>

enum { MOST_ENTRIES = 65536 };

FsPacket *tree_packet(const uint8_t *base)
{
    static FsPacket packet;
    if (packet.entries == NULL) {
        packet.entries = g_new(FsEntry, MOST_ENTRIES);
        packet.capacity = MOST_ENTRIES;
    }
    packet.prefer = (FsEncoding)encoding_of_feiq;
    fs_packet_reset(&packet, base);
    return &packet;
}

/* An entry's bytes, as far as they were captured. */
typedef struct {
    int offset;
    int length;
} ByteRange;

static ByteRange byte_range(tvbuff_t *tvb, const FsEntry *entry)
{
    uint32_t captured = tvb_captured_length(tvb);
    uint32_t begin = entry->bit_offset / 8;
    uint32_t end = (uint32_t)(((uint64_t)entry->bit_offset + entry->bit_length + 7) / 8);
    if (entry->bit_length == 0) {
        end = begin;
    }
    begin = MIN(begin, captured);
    end = MIN(end, captured);
    return (ByteRange){(int)begin, (int)(end - begin)};
}

/* The item of an entry, and the tree beneath it once an entry needs it. */
typedef struct {
    proto_item *item;
    proto_tree *tree;
    int subtree;
} Parent;

typedef struct {
    const RegisteredTable *registered;
    packet_info *pinfo;
    tvbuff_t *tvbs[FS_MAX_SOURCES]; /* by source; the first holds the frame's bytes */
    Parent parents[UINT8_MAX + 2];  /* by depth; the first is the tree of the frame */
} Show;

/* Derived bytes get a tab of their own beneath the frame's, whoever wants their fields. They have
 * to live as long as the packet is shown, which is longer than the decoder's. */
static void add_sources(Show *show, const FsPacket *packet)
{
    for (unsigned i = 1; i <= packet->last_source; i++) {
        FsSpan span = packet->sources[i];
        uint8_t *copy = wmem_memdup(show->pinfo->pool, span.data, span.captured);
        show->tvbs[i] =
            tvb_new_child_real_data(show->tvbs[0], copy, span.captured, (int)span.reported);
        add_new_data_source(show->pinfo, show->tvbs[i], "Decrypted");
    }
}

static proto_tree *parent_tree(Show *show, unsigned depth)
{
    Parent *parent = &show->parents[depth];
    if (parent->tree == NULL && parent->item != NULL) {
        parent->tree = proto_item_add_subtree(parent->item, parent->subtree);
    }
    return parent->tree;
}

/* Wireshark takes a masked number in its place in the word and shifts it down itself. */
static uint64_t in_place(const FsField *field, uint64_t number)
{
    return field->mask == 0 ? number : number << ws_ctz(field->mask);
}

static proto_item *add_unsigned(proto_tree *tree, int id, tvbuff_t *tvb, ByteRange at,
                                const FsEntry *entry)
{
    uint64_t number = in_place(entry->field, entry->value.number);
    if (entry->field->bits > 32) {
        return proto_tree_add_uint64(tree, id, tvb, at.offset, at.length, number);
    }
    return proto_tree_add_uint(tree, id, tvb, at.offset, at.length, (uint32_t)number);
}

static proto_item *add_signed(proto_tree *tree, int id, tvbuff_t *tvb, ByteRange at,
                              const FsEntry *entry)
{
    int64_t number = (int64_t)in_place(entry->field, (uint64_t)entry->value.integer);
    if (entry->field->bits > 32) {
        return proto_tree_add_int64(tree, id, tvb, at.offset, at.length, number);
    }
    return proto_tree_add_int(tree, id, tvb, at.offset, at.length, (int32_t)number);
}

static proto_item *add_text(wmem_allocator_t *pool, proto_tree *tree, int id, tvbuff_t *tvb,
                            ByteRange at, const FsEntry *entry)
{
    size_t room = FS_TEXT_ROOM(entry->value.bytes.length);
    char *text = wmem_alloc(pool, room);
    (void)fs_text_to_utf8(text, room, entry->value.bytes.data, entry->value.bytes.length,
                          (FsEncoding)entry->encoding);
    return proto_tree_add_string(tree, id, tvb, at.offset, at.length, text);
}

static proto_item *add_time(proto_tree *tree, int id, tvbuff_t *tvb, ByteRange at,
                            const FsEntry *entry)
{
    nstime_t time = NSTIME_INIT_SECS_NSECS(0, 0);
    if (entry->field->type == FS_TIME) {
        time.secs = (time_t)entry->value.number;
    } else {
        time.secs = (time_t)(entry->value.integer / 1000000000);
        time.nsecs = (int)(entry->value.integer % 1000000000);
    }
    return proto_tree_add_time(tree, id, tvb, at.offset, at.length, &time);
}

static proto_item *add_ipv6(proto_tree *tree, int id, tvbuff_t *tvb, ByteRange at,
                            const FsEntry *entry)
{
    ws_in6_addr address;
    memcpy(&address, entry->value.bytes.data, sizeof address);
    return proto_tree_add_ipv6(tree, id, tvb, at.offset, at.length, &address);
}

static proto_item *add_field(Show *show, proto_tree *tree, unsigned index, tvbuff_t *tvb,
                             ByteRange at, const FsEntry *entry)
{
    int id = show->registered->header_fields[index];
    switch (entry->field->type) {
    case FS_UINT:
        return add_unsigned(tree, id, tvb, at, entry);
    case FS_INT:
        return add_signed(tree, id, tvb, at, entry);
    case FS_BOOL:
        return proto_tree_add_boolean(tree, id, tvb, at.offset, at.length,
                                      (uint32_t)in_place(entry->field, entry->value.number));
    case FS_TEXT:
        return add_text(show->pinfo->pool, tree, id, tvb, at, entry);
    case FS_BYTES:
        return proto_tree_add_bytes_with_length(tree, id, tvb, at.offset, at.length,
                                                entry->value.bytes.data,
                                                (int)entry->value.bytes.length);
    case FS_ETHER:
        return proto_tree_add_ether(tree, id, tvb, at.offset, at.length, entry->value.bytes.data);
    case FS_IPV4:
        return proto_tree_add_ipv4(tree, id, tvb, at.offset, at.length,
                                   g_htonl((uint32_t)entry->value.number));
    case FS_IPV6:
        return add_ipv6(tree, id, tvb, at, entry);
    case FS_TIME:
    case FS_TIME_SPAN:
        return add_time(tree, id, tvb, at, entry);
    case FS_GROUP:
        return proto_tree_add_item(tree, id, tvb, at.offset, at.length, ENC_NA);
    case FS_LAYER:
        return proto_tree_add_item(tree, show->registered->proto, tvb, at.offset, at.length,
                                   ENC_NA);
    case FS_REMARK:
        break;
    }
    return NULL;
}

static void add_remark(Show *show, proto_tree *tree, unsigned index, tvbuff_t *tvb, ByteRange at,
                       const FsEntry *entry)
{
    expert_field *expert = &show->registered->experts[index];
    if (entry->value.bytes.length == 0) {
        proto_tree_add_expert(tree, show->pinfo, expert, tvb, at.offset, at.length);
        return;
    }
    /* Wireshark cuts a label that is too long within a character; this cuts it before one. */
    char offending[ITEM_LABEL_LENGTH];
    size_t title = strlen(entry->field->title) + strlen("[: ]");
    (void)fs_format_readable(offending, sizeof offending - MIN(title, sizeof offending / 2), entry);
    proto_tree_add_expert_format(tree, show->pinfo, expert, tvb, at.offset, at.length, "%s: %s",
                                 entry->field->title, offending);
}

/* The one-line form behind the protocol's name, so that a closed layer says what it holds. It too
 * is cut before a character. */
static void add_summary(const Show *show, proto_tree *tree, proto_item *layer,
                        const FsPacket *packet, uint32_t first)
{
    char line[ITEM_LABEL_LENGTH];
    if (tree == NULL || !PTREE_DATA(tree)->visible) {
        return;
    }
    size_t name = strlen(show->registered->table->long_name) + strlen(", ");
    (void)fs_format_line(line, sizeof line - MIN(name, sizeof line / 2), packet->entries + first,
                         packet->count - first);
    if (line[0] != '\0') {
        proto_item_append_text(layer, ", %s", line + strspn(line, " "));
    }
}

proto_tree *tree_show(const RegisteredTable *registered, tvbuff_t *tvb, packet_info *pinfo,
                      proto_tree *tree, const FsPacket *packet, uint32_t first)
{
    /* A column, or a filter on other protocols, wants none of these fields. */
    bool wanted = proto_field_is_referenced(tree, registered->proto);
    Show show = {.registered = registered, .pinfo = pinfo, .tvbs = {tvb}};
    tapped_add(registered, pinfo, packet);
    show.parents[0].tree = tree;
    add_sources(&show, packet);

    for (uint32_t i = first; i < packet->count; i++) {
        const FsEntry *entry = &packet->entries[i];
        unsigned index = registered_index(registered, entry->field);
        bool remark = entry->field->type == FS_REMARK;
        if (index == registered->table->count || (!wanted && !remark)) {
            continue;
        }
        unsigned depth = wanted ? entry->depth : 0;
        proto_tree *into = parent_tree(&show, depth);
        tvbuff_t *bytes = show.tvbs[entry->source];
        ByteRange at = byte_range(bytes, entry);
        if (remark) {
            add_remark(&show, into, index, bytes, at, entry);
            continue;
        }
        proto_item *item = add_field(&show, into, index, bytes, at, entry);
        if (i == first) {
            add_summary(&show, tree, item, packet, first);
        }
        if (entry->generated) {
            proto_item_set_generated(item);
        }
        if (entry->field->hidden != 0) {
            proto_item_set_hidden(item);
        }
        show.parents[depth + 1] = (Parent){item, NULL, registered->subtrees[index]};
    }
    return wanted ? parent_tree(&show, 1) : NULL;
}

void tree_columns(const RegisteredTable *registered, packet_info *pinfo, const FsPacket *packet,
                  uint32_t first, bool more)
{
    char line[COL_MAX_INFO_LEN];
    line[0] = '\0';
    if (pinfo->cinfo != NULL && col_get_writable(pinfo->cinfo, COL_INFO)) {
        (void)fs_format_line(line, sizeof line, packet->entries + first, packet->count - first);
    }
    tree_column_text(registered, pinfo, line + strspn(line, " "), more); /* a part may be missing */
}

void tree_column_text(const RegisteredTable *registered, packet_info *pinfo, const char *text,
                      bool more)
{
    col_set_str(pinfo->cinfo, COL_PROTOCOL, registered->table->short_name);
    if (more) {
        col_append_str(pinfo->cinfo, COL_INFO, " | ");
        col_append_str(pinfo->cinfo, COL_INFO, text);
    } else {
        col_add_str(pinfo->cinfo, COL_INFO, text);
    }
}

unsigned tree_shown_before(const RegisteredTable *registered, packet_info *pinfo)
{
    unsigned *shown = p_get_proto_data(pinfo->pool, pinfo, registered->proto, 0);
    if (shown == NULL) {
        shown = wmem_new0(pinfo->pool, unsigned);
        p_add_proto_data(pinfo->pool, pinfo, registered->proto, 0, shown);
    }
    return (*shown)++;
}
