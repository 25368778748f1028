/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/views/layout.h"
#include "protocol/format.h"
#include "sniffer/views/layout_parts.h"

const char *const level_names[] = {[FS_APPLICATION] = "application",
                                   [FS_LINK] = "link",
                                   [FS_NETWORK] = "network",
                                   [FS_TRANSPORT] = "transport",
                                   [FS_PAYLOAD] = "payload"};

static void heading(Layout *layout, uint32_t index, uint32_t start, uint32_t end)
{
    const FsEntry *layer = &layout->packet->entries[index];
    heading_on(layout->out, layout->style->colour);
    g_string_append(layout->out, layer->field->title);
    colour_off(layout->out, layout->style->colour);
    g_string_append_printf(layout->out, " · %s · ", level_names[layer->field->level]);
    uint32_t bytes = (end - start + 7) / 8;
    if (bytes == 1) {
        g_string_append_printf(layout->out, "byte %" G_GUINT32_FORMAT, start / 8);
    } else {
        g_string_append_printf(layout->out,
                               "bytes %" G_GUINT32_FORMAT "–%" G_GUINT32_FORMAT
                               " (%" G_GUINT32_FORMAT ")",
                               start / 8, (end - 1) / 8, bytes);
    }
    if (layer->source > 0) {
        g_string_append(layout->out, " of derived bytes");
    }
    g_string_append_c(layout->out, '\n');
}

enum { REMARK_INDENT = 4 };

/* Remarks of the layer itself, not of layers beneath it. */
static void remarks(Layout *layout, uint32_t index)
{
    const DecodedPacket *packet = layout->packet;
    uint32_t after = field_after(packet->entries, packet->count, index);
    for (uint32_t i = index + 1; i < after; i++) {
        const FsEntry *entry = &packet->entries[i];
        if (entry->field->type == FS_LAYER) {
            i = field_after(packet->entries, packet->count, i) - 1;
        } else if (entry->field->type == FS_REMARK && !entry->field->hidden) {
            g_string_append(layout->out, entry->field->severity == FS_CHAT ? "  · " : "  ! ");
            put_left(layout->out, layout_text(layout, fs_format_label, entry),
                     layout->style->width - REMARK_INDENT);
            trim_line(layout->out);
            g_string_append_c(layout->out, '\n');
        }
    }
}

static void layer(Layout *layout, uint32_t index)
{
    const DecodedPacket *packet = layout->packet;
    const FsEntry *entry = &packet->entries[index];
    if (entry->source >= packet->source_count) {
        return;
    }
    const FsSpan *span = &packet->sources[entry->source];
    uint32_t start;
    uint32_t end;
    field_layer_extent(packet->entries, packet->count, index, span->captured * 8, &start, &end);
    if (start >= end) {
        return;
    }
    g_string_append_c(layout->out, '\n');
    heading(layout, index, start, end);
    if (entry->field->text_layer) {
        layout_ruler(layout, index, entry->source);
    } else {
        layout_boxes(layout, index);
    }
    for (uint8_t source = 1; source < packet->source_count; source++) {
        if (source != entry->source) {
            layout_ruler(layout, index, source);
        }
    }
    remarks(layout, index);
    layout_checksum(layout, index);
}

void layout_draw(GString *out, const DecodedPacket *packet, const ViewStyle *style)
{
    Layout layout = {.out = out, .packet = packet, .style = style};
    /* a gap may stand before and after each entry */
    layout.cells.capacity = packet->count * 2 + 2;
    layout.cells.cells = g_new(FieldCell, layout.cells.capacity);
    layout.texts = g_string_chunk_new(4096);
    layout_overview(&layout);
    for (uint32_t i = 0; i < packet->count; i++) {
        if (packet->entries[i].field->type == FS_LAYER) {
            layer(&layout, i);
        }
    }
    g_string_chunk_free(layout.texts);
    g_free(layout.cells.cells);
}

void view_layout(Output *output, const FrameRecord *record, const FsPacket *packet,
                 const ViewStyle *style)
{
    FsSpan spans[FS_MAX_SOURCES];
    DecodedPacket decoded = decoded_packet(record, packet, spans);
    GString *out = g_string_new(NULL);
    view_line(output, record, packet, style);
    layout_draw(out, &decoded, style);
    g_string_append_c(out, '\n');
    output_bytes(output, out->str, out->len);
    g_string_free(out, TRUE);
}
