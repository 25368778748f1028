/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Where each header stands is remembered when its frame is visited first. What any bytes are, of
 * whatever segment, is then found by their place in the stream.
 */
#include "dissector/folder.h"
#include "dissector/encoding.h"
#include "dissector/export.h"
#include "dissector/linked.h"
#include "dissector/statistics/tapped.h"
#include "dissector/tree.h"

#include "protocol/feiq/directory.h"
#include "protocol/text.h"

enum {
    MOST_LEVELS = 64,     /* that a path shows */
    MOST_IN_A_LAYER = 500 /* the decoder takes a bounded number of entries apart */
};

typedef struct Entry {
    const struct Entry *parent;
    const char *name; /* UTF-8 */
    uint64_t start;   /* of the header, in the stream */
    uint64_t data;    /* of the file's first byte */
    uint64_t end;
    uint8_t type;
} Entry;

struct Folder {
    wmem_array_t *entries; /* of Entry *, in the order of the stream */
    const Entry *level;    /* the folder that the next entry lies in */
    uint64_t end;          /* where the next header is due */
    uint64_t broken_at;    /* from where on no header could be read; UINT64_MAX: nowhere */
};

/* A frame's bytes, while they are shown. */
typedef struct {
    const RegisteredTable *feiq;
    const Transfer *transfer;
    packet_info *pinfo;
    proto_tree *tree;
    tvbuff_t *tvb;
    const uint8_t *bytes;
    uint32_t length;
    uint32_t missing; /* bytes of the segment that were not captured */
    uint64_t offset;  /* in the stream */
    bool may_ask;
} Segment;

Folder *folder_new(void)
{
    Folder *folder = wmem_new0(wmem_file_scope(), Folder);
    folder->entries = wmem_array_new(wmem_file_scope(), sizeof(Entry *));
    folder->broken_at = UINT64_MAX;
    return folder;
}

/* The last entry that begins at or before an offset. */
static unsigned entry_index(const Folder *folder, uint64_t offset)
{
    unsigned low = 0;
    unsigned high = wmem_array_get_count(folder->entries);
    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        const Entry *entry = *(Entry **)wmem_array_index(folder->entries, middle);
        if (entry->start <= offset) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low; /* one behind */
}

static Entry *entry_at(const Folder *folder, uint64_t offset)
{
    unsigned index = entry_index(folder, offset);
    return index == 0 ? NULL : *(Entry **)wmem_array_index(folder->entries, index - 1);
}

static const char *name_text(const FeiqDirectoryHeader *header)
{
    size_t room = FS_TEXT_ROOM(header->name_length);
    char *text = wmem_alloc(wmem_file_scope(), room);
    (void)fs_text_to_utf8(
        text, room, header->name, header->name_length,
        fs_text_choose((FsEncoding)encoding_of_feiq, header->name, header->name_length));
    return text;
}

static void remember(Folder *folder, const FeiqDirectoryHeader *header, uint64_t start)
{
    Entry *entry = wmem_new0(wmem_file_scope(), Entry);
    *entry = (Entry){.parent = folder->level,
                     .name = name_text(header),
                     .start = start,
                     .data = start + header->length,
                     .end = start + header->length + header->size,
                     .type = header->type};
    wmem_array_append_one(folder->entries, entry);
    folder->end = entry->end;
    if (header->type == FEIQ_DIRECTORY_ENTER) {
        folder->level = entry;
    } else if (header->type == FEIQ_DIRECTORY_RETURN && folder->level != NULL) {
        folder->level = folder->level->parent;
    }
}

/* How many bytes are whole headers with what is there of their files; the last file may go on. */
static uint32_t whole_entries(Folder *folder, const Segment *s, uint32_t at,
                              FeiqDirectoryVerdict *verdict)
{
    *verdict = FEIQ_DIRECTORY_COMPLETE;
    for (unsigned count = 0; at < s->length && count < MOST_IN_A_LAYER; count++) {
        FeiqDirectoryHeader header;
        *verdict = feiq_read_directory_header(s->bytes + at, s->length - at, &header);
        if (*verdict != FEIQ_DIRECTORY_COMPLETE) {
            break;
        }
        uint64_t start = s->offset + at;
        if (!PINFO_FD_VISITED(s->pinfo) && start >= folder->end) {
            remember(folder, &header, start);
        }
        uint32_t left = s->length - at - header.length;
        if (header.size >= left) {
            return s->length;
        }
        at += header.length + (uint32_t)header.size;
    }
    return at;
}

static const char *path_of(wmem_allocator_t *pool, const Entry *entry)
{
    const Entry *levels[MOST_LEVELS];
    unsigned count = 0;
    for (const Entry *e = entry; e != NULL && count < MOST_LEVELS; e = e->parent) {
        levels[count++] = e;
    }
    wmem_strbuf_t *path = wmem_strbuf_new(pool, levels[count - 1]->name);
    while (--count > 0) {
        wmem_strbuf_append_c(path, '/');
        wmem_strbuf_append(path, levels[count - 1]->name);
    }
    return wmem_strbuf_get_str(path);
}

static bool holds_file(const Entry *entry)
{
    return entry->type != FEIQ_DIRECTORY_ENTER && entry->type != FEIQ_DIRECTORY_RETURN;
}

static TransferPart part_of(wmem_allocator_t *pool, Entry *entry, uint64_t offset)
{
    return (TransferPart){.object = entry,
                          .name = path_of(pool, entry),
                          .size = entry->end - entry->data,
                          .offset = offset - entry->data,
                          .sized = true};
}

static void show_entries(const Folder *folder, const Segment *s, uint32_t at, uint32_t end)
{
    uint32_t length = end - at;
    uint32_t reported = length + (end == s->length ? s->missing : 0);
    tvbuff_t *tvb = tvb_new_subset_length_caplen(s->tvb, (int)at, (int)length, (int)reported);
    FsPacket *packet = tree_packet(s->bytes + at);
    if (!feiq_decode_directory(packet, (FsSpan){s->bytes + at, length, reported})) {
        return;
    }
    tree_columns(s->feiq, s->pinfo, packet, 0, tree_shown_before(s->feiq, s->pinfo) > 0);
    proto_tree *layer = tree_show(s->feiq, tvb, s->pinfo, s->tree, packet, 0);
    if (layer != NULL) {
        transfer_show_links(s->transfer, s->pinfo, layer, tvb, at);
    }
    if (layer == NULL && !export_wanted()) {
        return;
    }
    unsigned first = entry_index(folder, s->offset + at);
    first -= first > 0 && entry_at(folder, s->offset + at)->start == s->offset + at;
    for (unsigned i = first; i < wmem_array_get_count(folder->entries); i++) {
        Entry *entry = *(Entry **)wmem_array_index(folder->entries, i);
        if (entry->start >= s->offset + end) {
            break;
        }
        if (holds_file(entry)) {
            TransferPart part = part_of(s->pinfo->pool, entry, entry->data);
            uint32_t begin = (uint32_t)(entry->data - s->offset);
            linked_add_text(layer, LINKED_TRANSFER_NAME, tvb, part.name);
            export_part(s->pinfo, &part, s->bytes + begin, (uint32_t)MIN(part.size, end - begin));
        }
    }
}

/* Bytes that cannot be taken apart. */
static void show_rest(const Segment *s, uint32_t at)
{
    transfer_show_data(s->feiq, s->transfer, s->pinfo, s->tree, s->tvb, (int)at,
                       (int)(s->length - at), NULL);
}

static void show_broken(const Segment *s, uint32_t at, FeiqField why)
{
    const FsField *field = &s->feiq->table->fields[why];
    show_rest(s, at);
    proto_tree_add_expert(s->tree, s->pinfo, &s->feiq->experts[why], s->tvb, (int)at,
                          (int)(s->length - at));
    tapped_remark(s->pinfo, field->name, field->title);
}

static bool ask_for_more(const Segment *s, uint32_t at)
{
    if (!s->may_ask) {
        return false;
    }
    s->pinfo->desegment_offset = (int)at;
    s->pinfo->desegment_len = DESEGMENT_ONE_MORE_SEGMENT;
    return true;
}

static uint32_t show_headers(Folder *folder, const Segment *s, uint32_t at)
{
    uint32_t first = at;
    if (s->offset + at == 0) {
        first = (uint32_t)feiq_find_directory_header(s->bytes, s->length);
        if (first == s->length && s->length < FEIQ_DIRECTORY_JUNK && ask_for_more(s, 0)) {
            return s->length;
        }
    }
    FeiqDirectoryVerdict verdict = FEIQ_DIRECTORY_NONE;
    uint32_t end = first == s->length ? first : whole_entries(folder, s, first, &verdict);
    if (end > first) {
        show_entries(folder, s, at, end);
        return verdict == FEIQ_DIRECTORY_PARTIAL && ask_for_more(s, end) ? s->length : end;
    }
    if (verdict == FEIQ_DIRECTORY_PARTIAL && ask_for_more(s, at)) {
        return s->length;
    }
    if (!PINFO_FD_VISITED(s->pinfo)) {
        folder->broken_at = MIN(folder->broken_at, s->offset + at);
    }
    show_broken(s, at, verdict == FEIQ_DIRECTORY_PARTIAL ? FEIQ_DIR_PARTIAL : FEIQ_DIR_MALFORMED);
    return s->length;
}

static uint32_t show_file(const Segment *s, uint32_t at, Entry *entry)
{
    uint64_t place = s->offset + at;
    uint32_t length = (uint32_t)MIN(entry->end - place, s->length - at);
    TransferPart part = part_of(s->pinfo->pool, entry, place);
    transfer_show_data(s->feiq, s->transfer, s->pinfo, s->tree, s->tvb, (int)at, (int)length,
                       &part);
    return at + length;
}

void folder_show(const RegisteredTable *feiq, const Transfer *transfer, packet_info *pinfo,
                 proto_tree *tree, tvbuff_t *tvb, const struct tcpinfo *tcp, uint64_t offset)
{
    Folder *folder = transfer->folder;
    Segment s = {.feiq = feiq,
                 .transfer = transfer,
                 .pinfo = pinfo,
                 .tree = tree,
                 .tvb = tvb,
                 .length = tvb_captured_length(tvb),
                 .missing = tvb_reported_length(tvb) - tvb_captured_length(tvb),
                 .offset = offset};
    s.bytes = tvb_get_ptr(tvb, 0, (int)s.length);
    s.may_ask = pinfo->can_desegment && s.missing == 0 && (tcp->flags & TH_FIN) == 0;
    for (uint32_t at = 0; at < s.length;) {
        uint64_t place = offset + at;
        Entry *entry = entry_at(folder, place);
        uint64_t due = entry == NULL ? 0 : entry->end;
        if (place >= folder->broken_at) {
            show_broken(&s, at, FEIQ_DIR_MALFORMED);
            return;
        }
        if (entry != NULL && place >= entry->data && place < entry->end) {
            at = show_file(&s, at, entry);
        } else if (place == due || (entry != NULL && place == entry->start)) {
            at = show_headers(folder, &s, at);
        } else {
            show_rest(&s, at);
            linked_add_remark(tree, pinfo, LINKED_TRANSFER_LOST, tvb, (int)at,
                              (int)(s.length - at));
            return;
        }
    }
}
