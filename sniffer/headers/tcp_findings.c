/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/headers/tcp_findings.h"
#include "sniffer/headers/tcp.h"

static const struct {
    uint32_t mark;
    uint16_t field;
} marks[] = {
    {TCP_REUSED_PORTS, TCP_ANALYSIS_REUSED_PORTS},
    {TCP_RETRANSMISSION, TCP_TIMEOUT},
    {TCP_FAST_RETRANSMISSION, TCP_ANALYSIS_FAST_RETRANSMISSION},
    {TCP_SPURIOUS_RETRANSMISSION, TCP_ANALYSIS_SPURIOUS_RETRANSMISSION},
    {TCP_RETRANSMISSION | TCP_FAST_RETRANSMISSION | TCP_SPURIOUS_RETRANSMISSION,
     TCP_ANALYSIS_RETRANSMISSION},
    {TCP_OUT_OF_ORDER, TCP_ANALYSIS_OUT_OF_ORDER},
    {TCP_LOST_SEGMENT, TCP_ANALYSIS_LOST_SEGMENT},
    {TCP_ACK_LOST_SEGMENT, TCP_ANALYSIS_ACK_LOST_SEGMENT},
    {TCP_WINDOW_UPDATE, TCP_ANALYSIS_WINDOW_UPDATE},
    {TCP_WINDOW_FULL, TCP_ANALYSIS_WINDOW_FULL},
    {TCP_KEEP_ALIVE, TCP_ANALYSIS_KEEP_ALIVE},
    {TCP_KEEP_ALIVE_ACK, TCP_ANALYSIS_KEEP_ALIVE_ACK},
    {TCP_DUPLICATE_ACK, TCP_ANALYSIS_DUPLICATE_ACK},
    {TCP_ZERO_WINDOW_PROBE, TCP_ANALYSIS_ZERO_WINDOW_PROBE},
    {TCP_ZERO_WINDOW, TCP_ANALYSIS_ZERO_WINDOW},
    {TCP_ZERO_WINDOW_PROBE_ACK, TCP_ANALYSIS_ZERO_WINDOW_PROBE_ACK},
};

static uint32_t number(const uint8_t *at, unsigned length)
{
    return (uint32_t)reader_number(at, length);
}

TcpSegment tcp_segment_of(const HeaderWalk *walk, const uint8_t *header)
{
    return (TcpSegment){
        .source = walk->source,
        .destination = walk->destination,
        .address_length = walk->address_length,
        .ports = {(uint16_t)number(header, 2), (uint16_t)number(header + 2, 2)},
        .flags = number(header + TCP_AT_FLAGS, 2) & 0xfff,
        .window = (uint16_t)number(header + TCP_AT_WINDOW, 2),
        .sequence = number(header + TCP_AT_SEQUENCE, 4),
        .acknowledgment = number(header + TCP_AT_ACKNOWLEDGMENT, 4),
        .frame = (uint32_t)walk->frame_number,
        .time = walk->frame_time,
    };
}

/* --- segments that are not decoded --- */

static void learn_blocks(TcpConnections *connections, const uint8_t *at, unsigned length)
{
    for (; length >= 8; at += 8, length -= 8) {
        tcp_connections_sack(connections, number(at, 4), number(at + 4, 4));
    }
}

/* Returns false if the options were cut. */
static bool learn_options(TcpConnections *connections, FsSpan options)
{
    enum { END = 0, NO_OPERATION = 1, WINDOW_SCALE = 3, SACK = 5 };
    const uint8_t *at = options.data;
    uint32_t left = options.reported;
    bool ended = false;
    if (options.captured < options.reported) {
        return false;
    }
    while (left > 0) {
        if (*at == END || (*at == NO_OPERATION && !ended)) {
            ended = ended || *at == END;
            at++;
            left--;
            continue;
        }
        unsigned length = left > 1 ? at[1] : 0;
        if (ended || length < 2 || length > left) {
            break;
        }
        if (*at == WINDOW_SCALE && length == 3) {
            tcp_connections_scale(connections, at[2]);
        } else if (*at == SACK) {
            learn_blocks(connections, at + 2, length - 2);
        }
        at += length;
        left -= length;
    }
    return true;
}

void tcp_findings_learn(const HeaderWalk *walk, FsSpan span)
{
    if (walk->tcp == NULL || span.captured < TCP_HEADER_LENGTH) {
        return;
    }
    TcpSegment segment = tcp_segment_of(walk, span.data);
    uint32_t length = (uint32_t)(span.data[TCP_AT_FLAGS] >> 4) * 4;
    segment.cut = length < TCP_HEADER_LENGTH;
    segment.sized = length <= span.reported;
    segment.length = segment.sized ? span.reported - length : 0;
    (void)tcp_connections_segment(walk->tcp, &segment);
    if (segment.cut) {
        return;
    }
    uint32_t options = length - TCP_HEADER_LENGTH;
    uint32_t there = span.captured - TCP_HEADER_LENGTH;
    if (learn_options(walk->tcp, (FsSpan){span.data + TCP_HEADER_LENGTH,
                                          there < options ? there : options, options})) {
        tcp_connections_options_end(walk->tcp);
    }
}

/* --- entries --- */

static void conclude(FsPacket *packet, unsigned field, const uint8_t *header, uint64_t value)
{
    fs_add_number(packet, &tcp_table.fields[field], header, 0, value)->generated = true;
}

static void conclude_span(FsPacket *packet, unsigned field, const uint8_t *header,
                          int64_t nanoseconds)
{
    FsEntry *entry = fs_add(packet, &tcp_table.fields[field], header, 0);
    entry->value.integer = nanoseconds;
    entry->generated = true;
}

static void open_group(FsPacket *packet, unsigned field, const uint8_t *header)
{
    fs_add(packet, &tcp_table.fields[field], header, 0)->generated = true;
    fs_enter(packet);
}

void tcp_findings_stream(FsPacket *packet, const TcpFindings *findings, const uint8_t *header)
{
    conclude(packet, TCP_STREAM, header, findings->stream);
    conclude(packet, TCP_COMPLETENESS, header, findings->completeness);
}

void tcp_findings_times(FsPacket *packet, const TcpFindings *findings, const uint8_t *header)
{
    conclude_span(packet, TCP_TIME_RELATIVE, header, findings->since_first);
    conclude_span(packet, TCP_TIME_DELTA, header, findings->since_previous);
}

static void add_marks(FsPacket *packet, const TcpFindings *f, const uint8_t *header)
{
    for (unsigned i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        if ((f->marks & marks[i].mark) != 0) {
            (void)fs_add_remark(packet, &tcp_table.fields[marks[i].field], header, 0, false);
        }
    }
    if ((f->marks & TCP_RETRANSMISSION) != 0 && f->timeout != 0) {
        conclude_span(packet, TCP_ANALYSIS_RTO, header, f->timeout);
        conclude(packet, TCP_ANALYSIS_RTO_FRAME, header, f->timeout_frame);
    }
}

static void add_numbers(FsPacket *packet, const TcpFindings *f, const uint8_t *header)
{
    if (f->acks_frame != 0) {
        conclude(packet, TCP_ANALYSIS_ACKS_FRAME, header, f->acks_frame);
        if (f->ack_time != 0) {
            conclude_span(packet, TCP_ANALYSIS_ACK_RTT, header, f->ack_time);
        }
    }
    if (f->handshake_time != 0) {
        conclude_span(packet, TCP_ANALYSIS_INITIAL_RTT, header, f->handshake_time);
    }
    if (f->in_flight != 0) {
        conclude(packet, TCP_ANALYSIS_BYTES_IN_FLIGHT, header, f->in_flight);
        conclude(packet, TCP_ANALYSIS_PUSH_BYTES_SENT, header, f->push_bytes);
    }
}

void tcp_findings_analysis(FsPacket *packet, const TcpFindings *f, const uint8_t *header)
{
    if (!f->analysed) {
        return;
    }
    open_group(packet, TCP_ANALYSIS, header);
    if (!packet->brief) {
        add_numbers(packet, f, header);
    }
    if ((f->marks & ~(uint32_t)TCP_DELAYED_ACK) != 0) {
        open_group(packet, TCP_ANALYSIS_FLAGS, header);
        add_marks(packet, f, header);
        fs_leave(packet);
    }
    if ((f->marks & TCP_DUPLICATE_ACK) != 0) {
        conclude(packet, TCP_ANALYSIS_DUPLICATE_ACK_NUM, header, f->duplicate);
        conclude(packet, TCP_ANALYSIS_DUPLICATE_ACK_FRAME, header, f->duplicate_of);
    }
    if ((f->marks & TCP_DELAYED_ACK) != 0) {
        (void)fs_add_remark(packet, &tcp_table.fields[TCP_DELAYED_ACK_REMARK], header, 0, false);
    }
    fs_leave(packet);
}
