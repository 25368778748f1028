/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Chunks are kept by Wireshark's reassembly, by sender, receiver and image, at their offset in the
 * image: so their order does not matter, and a chunk that comes again changes nothing.
 */
#include "dissector/image.h"
#include "dissector/export.h"
#include "dissector/linked.h"
#include "dissector/mention.h"

#include "protocol/feiq/command.h"
#include "protocol/feiq/lzw.h"

#include <epan/column-utils.h>
#include <epan/reassemble.h>

#include <inttypes.h>
#include <string.h>

/* What a forged chunk or container may make us hold. FeiQ's images are of a screen at most. */
enum { LONGEST_IMAGE = 64 * 1024 * 1024 };

static reassembly_table images;
static int fragment_tree = -1;
static int fragments_tree = -1;

static const fragment_items items = {
    .ett_fragment = &fragment_tree,
    .ett_fragments = &fragments_tree,
    .hf_fragments = &linked_fields[LINKED_IMAGE_FRAGMENTS],
    .hf_fragment = &linked_fields[LINKED_IMAGE_FRAGMENT],
    .hf_fragment_overlap = &linked_fields[LINKED_IMAGE_OVERLAP],
    .hf_fragment_overlap_conflict = &linked_fields[LINKED_IMAGE_CONFLICT],
    .hf_fragment_multiple_tails = &linked_fields[LINKED_IMAGE_TAILS],
    .hf_fragment_too_long_fragment = &linked_fields[LINKED_IMAGE_TOO_LONG],
    .hf_fragment_error = &linked_fields[LINKED_IMAGE_ERROR],
    .hf_fragment_count = &linked_fields[LINKED_IMAGE_FRAGMENT_COUNT],
    .hf_reassembled_in = &linked_fields[LINKED_IMAGE_REASSEMBLED_IN],
    .hf_reassembled_length = &linked_fields[LINKED_IMAGE_REASSEMBLED_LENGTH],
    .hf_reassembled_data = &linked_fields[LINKED_IMAGE_REASSEMBLED_DATA],
    .tag = "Chunks",
};

/* Formats that are known by their first bytes, and who shows them. */
typedef struct {
    const char *dissector;
    const char *type;
    const char *suffix;
    uint8_t length;
    uint8_t first[4];
    dissector_handle_t handle;
} Format;

static Format formats[] = {
    {"image-jfif", "image/jpeg", "jpg", 2, {0xff, 0xd8}, NULL},
    {"image-gif", "image/gif", "gif", 4, {'G', 'I', 'F', '8'}, NULL},
    {"png", "image/png", "png", 4, {0x89, 'P', 'N', 'G'}, NULL},
};

void image_register(void)
{
    static int *const subtrees[] = {&fragment_tree, &fragments_tree};
    proto_register_subtree_array(subtrees, G_N_ELEMENTS(subtrees));
    reassembly_table_register(&images, &addresses_ports_reassembly_table_functions);
}

void image_handoff(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(formats); i++) {
        formats[i].handle = find_dissector(formats[i].dissector);
    }
}

/* An image, put together. */
typedef struct {
    packet_info *pinfo;
    proto_tree *layer;
    proto_tree *tree;
    tvbuff_t *tvb;
    const uint8_t *bytes;
    uint32_t length;
    uint32_t id;
} Image;

static void export_image(const Image *image, const char *type, const char *suffix,
                         const uint8_t *data, uint32_t length)
{
    if (export_wanted()) {
        char *name = wmem_strdup_printf(image->pinfo->pool, "image-%08x.%s", image->id, suffix);
        export_whole(image->pinfo, name, type, data, length);
    }
}

static void show_bitmap(const Image *image, tvbuff_t *tvb, const uint8_t *dib, uint32_t length)
{
    FeiqBitmap bitmap;
    if (!feiq_read_bitmap(dib, length, &bitmap)) {
        export_image(image, "application/octet-stream", "dib", dib, length);
        return;
    }
    if (image->layer != NULL) {
        int id = linked_fields[LINKED_BITMAP_WIDTH];
        proto_item_set_generated(proto_tree_add_int(image->layer, id, tvb, 4, 4, bitmap.width));
        id = linked_fields[LINKED_BITMAP_HEIGHT];
        proto_item_set_generated(proto_tree_add_int(image->layer, id, tvb, 8, 4, bitmap.height));
        linked_add_number(image->layer, LINKED_BITMAP_BITS, tvb, bitmap.bits);
    }
    if (export_wanted()) {
        uint8_t *file = wmem_alloc(image->pinfo->pool, sizeof bitmap.file_header + length);
        memcpy(file, bitmap.file_header, sizeof bitmap.file_header);
        memcpy(file + sizeof bitmap.file_header, dib, length);
        export_image(image, "image/bmp", "bmp", file, sizeof bitmap.file_header + length);
    }
}

static void add_remark(const Image *image, Linked remark, tvbuff_t *tvb)
{
    linked_add_remark(image->layer != NULL ? image->layer : image->tree, image->pinfo, remark, tvb,
                      0, 0);
}

static void unpack(const Image *image, const FeiqLzwHeader *header)
{
    uint32_t room = MIN(header->length, LONGEST_IMAGE);
    uint8_t *dib = wmem_alloc(image->pinfo->pool, MAX(room, 1));
    uint32_t length = (uint32_t)feiq_lzw_unpack(image->bytes + FEIQ_LZW_HEADER,
                                                image->length - FEIQ_LZW_HEADER, dib, room);
    if (length < header->length) {
        add_remark(image, LINKED_LZW_INCOMPLETE, image->tvb);
    } else if (feiq_crc32(dib, length) != header->crc) {
        add_remark(image, LINKED_LZW_CRC_WRONG, image->tvb);
    }
    if (length > 0) {
        tvbuff_t *tvb = tvb_new_child_real_data(image->tvb, dib, length, (int)length);
        add_new_data_source(image->pinfo, tvb, "Unpacked bitmap");
        show_bitmap(image, tvb, dib, length);
    }
}

/* The columns stay ours. */
static void show_by_wireshark(const Image *image, dissector_handle_t handle)
{
    gboolean writable = col_get_writable(image->pinfo->cinfo, -1);
    col_set_writable(image->pinfo->cinfo, -1, FALSE);
    (void)call_dissector_only(handle, image->tvb, image->pinfo, image->tree, NULL);
    col_set_writable(image->pinfo->cinfo, -1, writable);
}

static void show_image(const Image *image)
{
    FeiqLzwHeader header;
    if (feiq_lzw_header(image->bytes, image->length, &header)) {
        unpack(image, &header);
        return;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(formats); i++) {
        const Format *format = &formats[i];
        if (image->length > format->length &&
            memcmp(image->bytes, format->first, format->length) == 0) {
            export_image(image, format->type, format->suffix, image->bytes, image->length);
            if (format->handle != NULL && image->tree != NULL) {
                show_by_wireshark(image, format->handle);
            }
            return;
        }
    }
    export_image(image, "application/octet-stream", "bin", image->bytes, image->length);
}

static bool is_whole_chunk(const Datagram *d)
{
    if (datagram_command(d) != FEIQ_CMD_SENDIMAGE || d->image_id == NULL ||
        d->image_total == NULL || d->image_offset == NULL || d->image_length == NULL ||
        d->image_data == NULL || d->image_data->source != 0) {
        return false;
    }
    uint64_t total = d->image_total->value.number;
    uint64_t offset = d->image_offset->value.number;
    uint64_t length = d->image_length->value.number;
    return total <= LONGEST_IMAGE && length == d->image_data->value.bytes.length &&
           length <= total && offset <= total - length;
}

static unsigned chunks_that_came(const packet_info *pinfo, uint32_t id)
{
    unsigned count = 0;
    const fragment_head *head = fragment_get(&images, pinfo, id, NULL);
    for (const fragment_item *f = head == NULL ? NULL : head->next; f != NULL; f = f->next) {
        count++;
    }
    return count;
}

void image_show(packet_info *pinfo, const Datagram *datagram, bool copy, proto_tree *layer,
                proto_tree *tree, tvbuff_t *tvb)
{
    if (copy || !is_whole_chunk(datagram)) {
        return;
    }
    int at = (int)(datagram->image_data->bit_offset / 8);
    uint32_t offset = (uint32_t)datagram->image_offset->value.number;
    uint32_t length = datagram->image_data->value.bytes.length;
    uint32_t id = (uint32_t)datagram->image_id->value.number;
    bool more = offset + length < datagram->image_total->value.number;
    fragment_head *head =
        fragment_add_check(&images, tvb, at, pinfo, id, NULL, offset, length, more);
    if (head == NULL && PINFO_FD_VISITED(pinfo)) {
        if (layer != NULL) {
            unsigned came = chunks_that_came(pinfo, id);
            linked_add_number(layer, LINKED_IMAGE_CAME, tvb, came);
        }
        linked_add_remark(layer != NULL ? layer : tree, pinfo, LINKED_IMAGE_UNFINISHED, tvb, 0, 0);
    }
    if (head == NULL || (layer == NULL && head->reassembled_in != pinfo->num)) {
        return;
    }
    if (head->reassembled_in == pinfo->num) {
        mention_show_image(pinfo, id, layer, tvb);
    }
    tvbuff_t *whole = process_reassembled_data(tvb, at, pinfo, "Image", head, &items, NULL, layer);
    if (whole != NULL) {
        uint32_t size = tvb_captured_length(whole);
        show_image(&(Image){pinfo, layer, tree, whole, tvb_get_ptr(whole, 0, (int)size), size, id});
    }
}
