/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The 1#n protocol, in Wireshark. What a stream's framing is and where its messages end is decided
 * by protocol/onehash, as in feiqdump; Wireshark's TCP puts the segments together.
 */
#include "dissector/compat.h"

#include "dissector/conversation_filter.h"
#include "dissector/encoding.h"
#include "dissector/linked.h"
#include "dissector/register.h"
#include "dissector/replies.h"
#include "dissector/segments.h"
#include "dissector/statistics/statistics.h"
#include "dissector/statistics/tapped.h"
#include "dissector/tree.h"

#include "protocol/onehash/onehash.h"

#include <epan/dissectors/packet-tcp.h>
#include <epan/proto_data.h>

static RegisteredTable onehash;
static dissector_handle_t onehash_handle;

/* Preferences. The framings' numbers are OnehashFraming's; undecided means to find out. */
static range_t *chat_ports;
static range_t *control_ports;
static int framing = ONEHASH_FRAMING_UNDECIDED;
static unsigned block_size = ONEHASH_DEFAULT_BLOCK;
static int dialect = ONEHASH_SERVICE_UNKNOWN; /* which means to go by the port */
static EncodingChoice encoding = FS_ASCII;

static bool is_service_port(uint32_t port)
{
    return value_is_in_range(chat_ports, port) || value_is_in_range(control_ports, port);
}

/* Where both ports are services', the destination counts; on a port of Decode As, the port that led
 * here is the server's. */
static bool from_server(const packet_info *pinfo)
{
    if (is_service_port(pinfo->destport)) {
        return false;
    }
    return is_service_port(pinfo->srcport) ||
           (pinfo->srcport == pinfo->match_uint && pinfo->destport != pinfo->match_uint);
}

static OnehashService service(uint32_t server_port)
{
    if (dialect != ONEHASH_SERVICE_UNKNOWN) {
        return (OnehashService)dialect;
    }
    if (value_is_in_range(chat_ports, server_port)) {
        return ONEHASH_SERVICE_CHAT;
    }
    return value_is_in_range(control_ports, server_port) ? ONEHASH_SERVICE_CONTROL
                                                         : ONEHASH_SERVICE_UNKNOWN;
}

/* What is known of a connection. It grows on the first visit of each frame only, so that a later
 * visit, in whatever order, finds what the first one found. */
typedef struct {
    wmem_tree_t *framings; /* that it was found to have, by the frame from which on */
    Waiting waiting;
    Segments segments[2]; /* from the client, from the server */
} Connection;

static Connection *connection_of(packet_info *pinfo)
{
    conversation_t *conversation = find_or_create_conversation(pinfo);
    Connection *connection = conversation_get_proto_data(conversation, onehash.proto);
    if (connection == NULL) {
        connection = wmem_new0(wmem_file_scope(), Connection);
        connection->framings = wmem_tree_new(wmem_file_scope());
        conversation_add_proto_data(conversation, onehash.proto, connection);
    }
    return connection;
}

static OnehashFraming find_framing(packet_info *pinfo, OnehashStream stream, const uint8_t *data,
                                   uint32_t length)
{
    wmem_tree_t *framings = connection_of(pinfo)->framings;
    OnehashFraming known =
        (OnehashFraming)GPOINTER_TO_UINT(wmem_tree_lookup32_le(framings, pinfo->num));
    if (PINFO_FD_VISITED(pinfo)) {
        return known;
    }
    stream.framing = known;
    onehash_learn(&stream, data, length);
    if (stream.framing != known) {
        wmem_tree_insert32(framings, pinfo->num, GUINT_TO_POINTER((unsigned)stream.framing));
    }
    return stream.framing;
}

static OnehashStream stream_of(packet_info *pinfo, const uint8_t *data, uint32_t length)
{
    OnehashStream stream = {.block = block_size, .from_server = from_server(pinfo)};
    stream.service = service(stream.from_server ? pinfo->srcport : pinfo->destport);
    stream.framing = framing != ONEHASH_FRAMING_UNDECIDED
                         ? (OnehashFraming)framing
                         : find_framing(pinfo, stream, data, length);
    return stream;
}

/* What a frame brings of a stream. */
typedef struct {
    packet_info *pinfo;
    proto_tree *tree;
    tvbuff_t *tvb;
    const uint8_t *bytes;
    uint32_t length;
    uint32_t first_seq; /* of the bytes */
    uint32_t messages;  /* of which the frame holds bytes; counted at the first visit */
    bool has_seq;
    Connection *connection;
    OnehashStream stream;
} Received;

/* Messages of which the frame holds bytes: those that end in it, and one that goes on. */
static uint32_t count_messages(const Received *r)
{
    uint32_t count = 0;
    for (uint32_t at = 0; at < r->length; count++) {
        OnehashFrame frame = onehash_next(&r->stream, r->bytes + at, r->length - at);
        at += frame.verdict == ONEHASH_COMPLETE ? frame.length : r->length - at;
    }
    return count;
}

typedef struct {
    uint32_t segments; /* that the message lies over */
    uint32_t messages; /* of which the frame holds bytes */
} Counts;

/* Decided at the first visit: TCP may later hand over a segment's messages apart. */
static Counts count(const Received *r, uint32_t offset, unsigned number)
{
    enum { COUNTS = 0x10000 }; /* the key; those below are of replies */
    const Segments *segments = &r->connection->segments[r->stream.from_server];
    const Counts *kept =
        p_get_proto_data(wmem_file_scope(), r->pinfo, onehash.proto, COUNTS + number);
    if (kept != NULL || PINFO_FD_VISITED(r->pinfo)) {
        return kept == NULL ? (Counts){1, 1} : *kept;
    }
    uint32_t lies_over = offset == 0 ? segments_of_first(segments, r->first_seq) : 1;
    Counts counts = {lies_over, r->messages};
    if (counts.segments > 1 || counts.messages > 1) {
        p_add_proto_data(wmem_file_scope(), r->pinfo, onehash.proto, COUNTS + number,
                         wmem_memdup(wmem_file_scope(), &counts, sizeof counts));
    }
    return counts;
}

static void show_message(const Received *r, uint32_t offset, uint32_t length, uint32_t reported)
{
    FsPacket *packet = tree_packet(r->bytes + offset);
    packet->prefer = (FsEncoding)encoding;
    if (!onehash_decode(packet, &r->stream, (FsSpan){r->bytes + offset, length, reported})) {
        return;
    }
    tvbuff_t *tvb = tvb_new_subset_length_caplen(r->tvb, (int)offset, (int)length, (int)reported);
    unsigned before = tree_shown_before(&onehash, r->pinfo);
    tree_columns(&onehash, r->pinfo, packet, 0, before > 0);
    proto_tree *layer = tree_show(&onehash, tvb, r->pinfo, r->tree, packet, 0);
    replies_show(onehash.proto, &r->connection->waiting, r->pinfo, layer, tvb, packet, before);
    if (r->has_seq) {
        Counts counts = count(r, offset, before);
        Tapped *tapped = tapped_last(r->pinfo);
        if (tapped != NULL) {
            tapped->segments = counts.segments;
            tapped->in_segment = counts.messages;
        }
        if (layer != NULL) {
            linked_add_number(layer, LINKED_ONEHASH_SEGMENTS, tvb, counts.segments);
            linked_add_number(layer, LINKED_ONEHASH_PDUS, tvb, counts.messages);
        }
    }
}

/* A message that goes on in the next segment will be shown with the segment that brings its last
 * byte. TCP is asked for whole segments, even where the message says how many bytes it lacks: so
 * all that a segment holds comes at once, and can be counted. Of a capture that lacks bytes of the
 * segment nothing is asked. */
static bool ask_for_more(const Received *r, uint32_t offset)
{
    if (!r->pinfo->can_desegment || r->length < tvb_reported_length(r->tvb)) {
        return false;
    }
    r->pinfo->desegment_offset = (int)offset;
    r->pinfo->desegment_len = DESEGMENT_ONE_MORE_SEGMENT;
    return true;
}

static void show_messages(Received *r)
{
    uint32_t offset = 0;
    bool waits = false;
    while (offset < r->length) {
        OnehashFrame frame = onehash_next(&r->stream, r->bytes + offset, r->length - offset);
        waits = frame.verdict == ONEHASH_PARTIAL && ask_for_more(r, offset);
        if (waits) {
            break;
        }
        uint32_t length = r->length - offset;
        uint32_t reported = tvb_reported_length(r->tvb) - offset;
        /* A bare message that ends with the captured bytes may reach into what was cut off. */
        bool open = r->stream.framing == ONEHASH_FRAMING_BARE && frame.length == length;
        if (frame.verdict == ONEHASH_COMPLETE && !open) {
            length = frame.length;
            reported = frame.length;
        }
        show_message(r, offset, length, reported);
        offset += length;
    }
    if (!PINFO_FD_VISITED(r->pinfo)) {
        segments_keep(&r->connection->segments[r->stream.from_server], r->first_seq, offset, waits);
    }
}

static int dissect_onehash(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    const struct tcpinfo *tcp = data;
    Received r = {.pinfo = pinfo,
                  .tree = tree,
                  .tvb = tvb,
                  .length = tvb_captured_length(tvb),
                  .first_seq = tcp == NULL ? 0 : tcp->seq,
                  .has_seq = tcp != NULL};
    if (r.length == 0) {
        return 0;
    }
    r.bytes = tvb_get_ptr(tvb, 0, (int)r.length);
    r.connection = connection_of(pinfo);
    r.stream = stream_of(pinfo, r.bytes, r.length);
    if (r.stream.framing == ONEHASH_FRAMING_UNDECIDED) {
        return 0;
    }
    r.messages = PINFO_FD_VISITED(pinfo) ? 0 : count_messages(&r);
    show_messages(&r);
    return (int)r.length;
}

/* Claim the ports of the preferences, and give back those that were claimed before. */
static void claim_ports(void)
{
    static range_t *claimed_chat;
    static range_t *claimed_control;
    dissector_delete_uint_range("tcp.port", claimed_chat, onehash_handle);
    dissector_delete_uint_range("tcp.port", claimed_control, onehash_handle);
    wmem_free(wmem_epan_scope(), claimed_chat);
    wmem_free(wmem_epan_scope(), claimed_control);
    claimed_chat = range_copy(wmem_epan_scope(), chat_ports);
    claimed_control = range_copy(wmem_epan_scope(), control_ports);
    dissector_add_uint_range("tcp.port", claimed_chat, onehash_handle);
    dissector_add_uint_range("tcp.port", claimed_control, onehash_handle);
}

static range_t *single_port(uint16_t port)
{
    range_t *range = range_empty(wmem_epan_scope());
    range_add_value(wmem_epan_scope(), &range, port);
    return range;
}

static void register_preferences(void)
{
    static const enum_val_t framing_values[] = {
        {"auto", "By the first bytes of each stream", ONEHASH_FRAMING_UNDECIDED},
        {"line", "LF ends a message", ONEHASH_FRAMING_LINE},
        {"length", "4-byte length before each message", ONEHASH_FRAMING_LENGTH},
        {"fixed", "Blocks padded with NUL", ONEHASH_FRAMING_FIXED},
        {"bare", "None: a segment holds messages", ONEHASH_FRAMING_BARE},
        {NULL, NULL, 0},
    };
    static const enum_val_t dialect_values[] = {
        {"auto", "By the server's port", ONEHASH_SERVICE_UNKNOWN},
        {"chat", "The chat service's", ONEHASH_SERVICE_CHAT},
        {"control", "The control service's", ONEHASH_SERVICE_CONTROL},
        {NULL, NULL, 0},
    };
    module_t *module = prefs_register_protocol(onehash.proto, claim_ports);
    chat_ports = single_port(ONEHASH_CHAT_PORT);
    control_ports = single_port(ONEHASH_CONTROL_PORT);
    prefs_register_range_preference(module, "chat_ports", "TCP ports of the chat service",
                                    "TCP ports on which servers offer the chat service",
                                    &chat_ports, UINT16_MAX);
    prefs_register_range_preference(module, "control_ports", "TCP ports of the control service",
                                    "TCP ports on which servers offer the control service",
                                    &control_ports, UINT16_MAX);
    prefs_register_enum_preference(module, "framing", "Framing",
                                   "How streams tell where a message ends", &framing,
                                   framing_values, FALSE);
    prefs_register_uint_preference(module, "block_size", "Block size",
                                   "Bytes of a block in the framing that pads blocks with NUL", 10,
                                   &block_size);
    prefs_register_enum_preference(module, "dialect", "Dialect",
                                   "What the codes of requests and replies mean", &dialect,
                                   dialect_values, FALSE);
    encoding_register(module, &encoding);
}

void proto_register_onehash(void)
{
    onehash = register_table(&onehash_table);
    onehash_handle = register_dissector("onehash", dissect_onehash, onehash.proto);
    register_preferences();
    linked_register(&onehash, LINKED_ONEHASH);
    conversation_filter_register_onehash();
    onehash_tree_register();
    onehash_srt_register(&onehash);
    onehash_users_register();
}

void proto_reg_handoff_onehash(void)
{
    claim_ports();
}
