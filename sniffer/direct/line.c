/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/direct/line.h"

#include "protocol/feiq/feiq.h"
#include "protocol/format.h"
#include "sniffer/headers/brief.h"
#include "sniffer/headers/tcp.h"
#include "sniffer/headers/tcp_findings.h"
#include "sniffer/tables.h"
#include "sniffer/views/line_columns.h"
#include "sniffer/views/time_column.h"

#include <string.h>

enum {
    SOURCE = 26,
    DESTINATION = 30,
    TRANSPORT = 34,
    UDP_HEADER = 8,
    HEAD_ROOM = FS_MOST_DIGITS + TIME_COLUMN_ROOM + 2 * LINE_ADDRESS_WIDTH + 64,
    ROOM = HEAD_ROOM + FEIQ_LINE_ROOM,
    ANALYSIS_ROOM = FEIQ_LINE_ROOM / 2
};

static uint16_t u16(const uint8_t *at)
{
    return (uint16_t)(at[0] << 8 | at[1]);
}

static uint32_t u32(const uint8_t *at)
{
    return (uint32_t)u16(at) << 16 | u16(at + 2);
}

/* --- what stands before what matters --- */

/* Of most frames all digits but the last two are those of the frame before. */
static char *put_number(DirectLine *direct, char *to, uint64_t number)
{
    uint64_t hundreds = number / 100;
    if (hundreds == 0) {
        return line_put_right(to, number, LINE_NUMBER_WIDTH);
    }
    if (hundreds != direct->hundreds) {
        char *end = line_put_right(direct->hundreds_text, hundreds, LINE_NUMBER_WIDTH - 2);
        direct->hundreds_length = (uint8_t)(end - direct->hundreds_text);
        direct->hundreds = hundreds;
    }
    memcpy(to, direct->hundreds_text, sizeof direct->hundreds_text);
    to += direct->hundreds_length;
    memcpy(to, fs_digit_pairs + (number - hundreds * 100) * 2, 2);
    return to + 2;
}

static char *put_end(char *to, const DirectEnd *end)
{
    memcpy(to, end->text, sizeof end->text);
    return to + LINE_ADDRESS_WIDTH;
}

/* Whose line it is. */
typedef enum { FEIQ, TCP, UDP, DECODED } Speech;

static void prepare_protocols(DirectLine *direct)
{
    static const FsTable *const tables[] = {
        [FEIQ] = &feiq_table, [TCP] = &tcp_table, [UDP] = &udp_table};
    for (unsigned i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        DirectProtocol *protocol = &direct->protocols[i];
        char *to = line_put_text(protocol->text, "  ");
        to = line_put_text(line_put_protocol(to, tables[i]->short_name), " ");
        protocol->length = (uint8_t)(to - protocol->text);
    }
}

static Speech speech_of(const HeaderWalk *walk, const Outline *outline, FsSpan payload, bool feiq,
                        bool special)
{
    if (outline->kind == OUTLINE_TCP) {
        return special ? DECODED : TCP;
    }
    if (feiq) {
        return FEIQ;
    }
    return !walk->feiq_by_port_only && feiq_may_begin(payload) ? DECODED : UDP;
}

/* Returns where what matters begins. */
static char *put_head(DirectLine *direct, char *to, const FrameRecord *record,
                      const HeaderWalk *walk, const Outline *outline, FsSpan span, FsSpan payload,
                      const ViewStyle *style, Speech *speech)
{
    static const char arrow[] = LINE_ARROW;
    to = put_number(direct, to, record->number);
    *to++ = ' ';
    to = time_column_put(to, record, style);
    if (style->time != TIME_NONE) {
        *to++ = ' ';
    }
    *to++ = ' ';
    const DirectEnd *end =
        direct_end(&direct->ends, walk, u32(span.data + SOURCE), outline->source);
    bool feiq = end->feiq;
    bool special = end->special;
    to = put_end(to, end);
    memcpy(to, arrow, sizeof arrow - 1);
    to += sizeof arrow - 1;
    end = direct_end(&direct->ends, walk, u32(span.data + DESTINATION), outline->destination);
    to = put_end(to, end);
    *speech = speech_of(walk, outline, payload, feiq || end->feiq, special || end->special);
    if (*speech == DECODED) {
        return to;
    }
    const DirectProtocol *protocol = &direct->protocols[*speech];
    if (protocol->length == 0) {
        prepare_protocols(direct);
    }
    memcpy(to, protocol->text, sizeof protocol->text);
    return to + protocol->length;
}

/* --- TCP and UDP --- */

static char *put_field(char *to, const FsField *field, uint64_t value)
{
    return fs_put_decimal(line_put_text(to, field->lead), value);
}

/* What is found of a segment has many forms, so it is written from entries. */
static char *put_analysis(char *to, FsPacket *packet, const TcpFindings *findings, FsSpan span)
{
    fs_packet_reset(packet, span.data);
    packet->depth = 1;
    tcp_findings_analysis(packet, findings, span.data + TRANSPORT);
    return to + fs_format_line(to, ANALYSIS_ROOM, packet->entries, packet->count);
}

/* NULL: it must be decoded. */
static char *put_segment(char *to, HeaderWalk *walk, FsSpan span, FsSpan payload)
{
    const FsField *fields = tcp_table.fields;
    uint16_t flags = u16(span.data + TRANSPORT + TCP_AT_FLAGS) & 0xfff;
    const char *name = fs_name(fields[TCP_FLAGS].names, flags);
    if (name == NULL) {
        return NULL;
    }
    const TcpFindings *findings = header_brief_segment(walk, span);
    to = line_put_text(to, fields[TCP_FLAGS].lead);
    to = line_put_text(to, name);
    to = line_put_text(to, fields[TCP_FLAGS].trail);
    to = put_field(to, &fields[TCP_SEQ], findings->sequence);
    to = put_field(to, &fields[TCP_ACK], findings->acknowledgment);
    to = put_field(to, &fields[TCP_WINDOW_SIZE], findings->window);
    to = put_field(to, &fields[TCP_LEN], payload.captured);
    return findings->marks != 0 ? put_analysis(to, walk->packet, findings, span) : to;
}

static char *put_datagram(char *to, FsSpan payload)
{
    static const FsField *length;
    if (length == NULL) {
        length = sniffer_field("udp.length");
    }
    return put_field(to, length, UDP_HEADER + payload.captured);
}

/* --- frames --- */

bool direct_line(DirectLine *direct, Output *output, const FrameRecord *record, HeaderWalk *walk,
                 FsSpan span, const ViewStyle *style)
{
    Outline outline = header_brief_outline(walk, (int)record->interface->link_type, span);
    char *start = outline.kind != OUTLINE_NONE ? output_room(output, ROOM) : NULL;
    if (start == NULL) {
        return false;
    }
    uint32_t headers = header_brief_length(outline.kind, span);
    FsSpan payload = {span.data + headers, span.captured - headers, span.captured - headers};
    Speech speech;
    char *to = put_head(direct, start, record, walk, &outline, span, payload, style, &speech);
    switch (speech) {
    case FEIQ:
        to = feiq_put_line(&direct->feiq, to, payload, u32(span.data + SOURCE),
                           walk->packet->prefer);
        break;
    case TCP:
        walk->frame_number = record->number;
        walk->frame_time = record->time;
        to = put_segment(to, walk, span, payload);
        break;
    case UDP:
        to = put_datagram(to, payload);
        break;
    case DECODED:
        return false;
    }
    if (to == NULL) {
        return false;
    }
    *to++ = '\n';
    output->used += (size_t)(to - start);
    return true;
}
