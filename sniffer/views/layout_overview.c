/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What encapsulates what: each layer's header, and to the right of it all that it carries, which is
 * the layer above. The innermost stands on top, as in the textbooks' picture of the layers.
 */
#include "sniffer/views/layout_parts.h"

#include <inttypes.h>
#include <string.h>

enum { MOST_LAYERS = 16, LEVEL_COLUMNS = 13 };

typedef struct {
    const FsEntry *entry; /* NULL: bytes that nobody decodes */
    uint32_t start;       /* bytes, in the frame */
    uint32_t end;         /* of the header */
    uint32_t reach;       /* of the header and what it carries, as far as captured */
    unsigned left;        /* column */
    unsigned width;       /* columns, the left border included */
    char label[64];
} Step;

static const char *level_of(const Step *step)
{
    return level_names[step->entry != NULL ? step->entry->field->level : FS_PAYLOAD];
}

static unsigned collect(const DecodedPacket *packet, Step *steps)
{
    unsigned n = 0;
    bool told = false;
    uint32_t captured = packet->sources[0].captured;
    for (uint32_t i = 0; i < packet->count && n < MOST_LAYERS; i++) {
        const FsEntry *entry = &packet->entries[i];
        uint32_t start;
        uint32_t end;
        if (entry->field->type != FS_LAYER || entry->source != 0) {
            continue;
        }
        field_layer_extent(packet->entries, packet->count, i, captured * 8, &start, &end);
        /* what lies within the layer before is shown there, as the packet that an ICMP error quotes
         */
        if (start >= end || (n > 0 && start / 8 < steps[n - 1].end)) {
            continue;
        }
        uint32_t reach = layer_reach(packet, i, &told);
        Step *step = &steps[n++];
        *step = (Step){.entry = entry, .start = start / 8, .end = (end + 7) / 8};
        step->reach = reach < captured ? reach : captured;
        step->reach = step->reach < step->end ? step->end : step->reach;
        g_snprintf(step->label, sizeof step->label, "%.40s %" PRIu32, layer_name(entry),
                   step->end - step->start);
    }
    /* what the innermost header carries, but no layer shows: a later fragment, TCP data */
    if (told && n > 0 && n < MOST_LAYERS && steps[n - 1].reach > steps[n - 1].end) {
        Step *rest = &steps[n];
        *rest = (Step){.start = steps[n - 1].end, .end = steps[n - 1].reach};
        rest->reach = rest->end;
        g_snprintf(rest->label, sizeof rest->label, "%" PRIu32 " bytes", rest->end - rest->start);
        n++;
    }
    return n;
}

/* A line of the staircase is built in place: columns are bytes, all is ASCII but the labels, which
 * are put in last. */
static void put_line(Layout *layout, const char *level, char *line)
{
    g_string_append_c(layout->out, ' ');
    put_left(layout->out, level, LEVEL_COLUMNS - 1);
    g_string_append(layout->out, g_strchomp(line));
    g_string_append_c(layout->out, '\n');
}

static void rule(Layout *layout, const Step *steps, unsigned n, unsigned k, unsigned total)
{
    /* below step k (k == n: above all); between k - 1 below and k above */
    char line[512];
    memset(line, ' ', sizeof line);
    unsigned from = k == 0 ? steps[0].left : steps[k - 1].left;
    memset(line + from, '-', total - from);
    line[from] = '+';
    line[total] = '+';
    if (k < n) {
        line[steps[k].left] = '+';
    }
    if (k + 1 < n) {
        line[steps[k + 1].left] = '+';
    }
    line[total + 1] = '\0';
    put_line(layout, "", line);
}

static void carried(const Step *steps, unsigned n, unsigned k, char *text, size_t room)
{
    if (k + 1 == n) {
        text[0] = '\0';
        return;
    }
    uint32_t inside = steps[k].reach - steps[k].end;
    uint32_t within = steps[k + 1].reach - steps[k].end;
    if (steps[k + 1].reach < steps[k].reach && steps[k + 1].reach >= steps[k].end) {
        g_snprintf(text, room, "%" PRIu32 " bytes, then %" PRIu32 " more", within, inside - within);
    } else {
        g_snprintf(text, room, "%" PRIu32 " bytes", inside);
    }
}

static void stairs(Layout *layout, Step *steps, unsigned n, unsigned total)
{
    for (unsigned k = n; k > 0; k--) {
        const Step *step = &steps[k - 1];
        char body[64];
        rule(layout, steps, n, k, total);
        carried(steps, n, k - 1, body, sizeof body);
        g_string_append_c(layout->out, ' ');
        put_left(layout->out, level_of(step), LEVEL_COLUMNS - 1);
        put_repeated(layout->out, ' ', step->left);
        g_string_append_c(layout->out, '|');
        colour_on(layout->out, layout->style->colour, k - 1);
        put_centred(layout->out, step->label, step->width - 1);
        colour_off(layout->out, layout->style->colour);
        if (k < n) {
            g_string_append_c(layout->out, '|');
            put_centred(layout->out, body, total - step->left - step->width - 1);
        }
        g_string_append(layout->out, "|\n");
    }
    rule(layout, steps, n, 0, total);
    char line[512];
    memset(line, ' ', sizeof line);
    for (unsigned k = 0; k < n; k++) {
        char number[16];
        int digits = g_snprintf(number, sizeof number, "%" PRIu32, steps[k].start);
        memcpy(line + steps[k].left, number, (size_t)digits);
    }
    g_snprintf(line + total, sizeof line - total, "%" PRIu32, layout->packet->sources[0].captured);
    put_line(layout, "first byte", line);
}

static void listing(Layout *layout, const Step *steps, unsigned n)
{
    for (unsigned k = 0; k < n; k++) {
        g_string_append_c(layout->out, ' ');
        put_left(layout->out, level_of(&steps[k]), LEVEL_COLUMNS - 1);
        put_left(layout->out, steps[k].entry != NULL ? layer_name(steps[k].entry) : "", 24);
        g_string_append_printf(layout->out, " from byte %" PRIu32 ", %" PRIu32 " bytes\n",
                               steps[k].start, steps[k].end - steps[k].start);
    }
}

void layout_overview(Layout *layout)
{
    Step steps[MOST_LAYERS];
    unsigned n = collect(layout->packet, steps);
    if (n == 0) {
        return;
    }
    unsigned total = 0;
    for (unsigned k = 0; k < n; k++) {
        steps[k].left = total;
        steps[k].width = text_width(steps[k].label) + 3;
        total += steps[k].width;
    }
    unsigned least = total;
    unsigned room = layout->style->width > LEVEL_COLUMNS + 8 ? layout->style->width : 80;
    room = room > 100 ? 100 : room;
    if (LEVEL_COLUMNS + least + 7 > room) {
        listing(layout, steps, n);
        return;
    }
    /* the innermost layer takes what room there is, up to what its bytes would fill */
    unsigned spare = room - LEVEL_COLUMNS - least - 7;
    uint32_t bytes = steps[n - 1].end - steps[n - 1].start;
    unsigned extra = bytes > steps[n - 1].width ? bytes - steps[n - 1].width : 0;
    extra = extra < spare ? extra : spare;
    steps[n - 1].width += extra;
    total += extra;
    stairs(layout, steps, n, total);
}
