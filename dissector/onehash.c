/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The 1#n protocol, in Wireshark. What a stream's framing is and where its messages end is decided
 * by protocol/onehash, as in feiqdump; Wireshark's TCP puts the segments together.
 */
#include "dissector/compat.h"

#include "dissector/linked.h"
#include "dissector/register.h"
#include "dissector/replies.h"
#include "dissector/tree.h"

#include "protocol/onehash/onehash.h"

static RegisteredTable onehash;
static dissector_handle_t onehash_handle;

/* Preferences. The framings' numbers are OnehashFraming's; undecided means to find out. */
static range_t *chat_ports;
static range_t *control_ports;
static int framing = ONEHASH_FRAMING_UNDECIDED;
static unsigned block_size = ONEHASH_DEFAULT_BLOCK;

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

static void show_message(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                         const OnehashStream *stream, FsSpan span)
{
    FsPacket *packet = tree_packet(span.data);
    if (onehash_decode(packet, stream, span)) {
        /* TCP comes back with the rest of a segment after the message that its first bytes
         * completed. */
        unsigned before = tree_shown_before(&onehash, pinfo);
        tree_columns(&onehash, pinfo, packet, 0, before > 0);
        proto_tree *layer = tree_show(&onehash, tvb, pinfo, tree, packet, 0);
        replies_show(onehash.proto, &connection_of(pinfo)->waiting, pinfo, layer, tvb, packet,
                     before);
    }
}

/* A message that goes on in the next segment is asked for whole; it will be shown with the segment
 * that brings its last byte. Of a capture that lacks bytes of the segment nothing is asked. */
static bool ask_for_more(packet_info *pinfo, tvbuff_t *tvb, uint32_t offset, OnehashFrame frame)
{
    uint32_t there = tvb_captured_length(tvb) - offset;
    if (frame.verdict != ONEHASH_PARTIAL || !pinfo->can_desegment ||
        tvb_captured_length(tvb) < tvb_reported_length(tvb)) {
        return false;
    }
    pinfo->desegment_offset = (int)offset;
    pinfo->desegment_len = frame.length > there ? frame.length - there : DESEGMENT_ONE_MORE_SEGMENT;
    return true;
}

static int dissect_onehash(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data _U_)
{
    uint32_t captured = tvb_captured_length(tvb);
    if (captured == 0) {
        return 0;
    }
    const uint8_t *bytes = tvb_get_ptr(tvb, 0, (int)captured);
    OnehashStream stream = stream_of(pinfo, bytes, captured);
    if (stream.framing == ONEHASH_FRAMING_UNDECIDED) {
        return 0;
    }

    uint32_t offset = 0;
    while (offset < captured) {
        OnehashFrame frame = onehash_next(&stream, bytes + offset, captured - offset);
        if (ask_for_more(pinfo, tvb, offset, frame)) {
            break;
        }
        uint32_t length = captured - offset;
        uint32_t reported = tvb_reported_length(tvb) - offset;
        /* A bare message that ends with the captured bytes may reach into what was cut off. */
        bool open = stream.framing == ONEHASH_FRAMING_BARE && frame.length == length;
        if (frame.verdict == ONEHASH_COMPLETE && !open) {
            length = frame.length;
            reported = frame.length;
        }
        tvbuff_t *message =
            tvb_new_subset_length_caplen(tvb, (int)offset, (int)length, (int)reported);
        show_message(message, pinfo, tree, &stream, (FsSpan){bytes + offset, length, reported});
        offset += length;
    }
    return (int)captured;
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
}

void proto_register_onehash(void)
{
    onehash = register_table(&onehash_table);
    onehash_handle = register_dissector("onehash", dissect_onehash, onehash.proto);
    register_preferences();
    linked_register(&onehash, LINKED_ONEHASH);
}

void proto_reg_handoff_onehash(void)
{
    claim_ports();
}
