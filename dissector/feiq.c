/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * FeiQ and the rest of the IP Messenger family, in Wireshark.
 */
#include "dissector/compat.h"

#include "dissector/conversation.h"
#include "dissector/conversation_filter.h"
#include "dissector/decrypt.h"
#include "dissector/encoding.h"
#include "dissector/export.h"
#include "dissector/feiq_tcp.h"
#include "dissector/image.h"
#include "dissector/linked.h"
#include "dissector/mention.h"
#include "dissector/offer.h"
#include "dissector/register.h"
#include "dissector/statistics/statistics.h"
#include "dissector/tree.h"

#include "protocol/feiq/feiq.h"

static RegisteredTable feiq;
static dissector_handle_t feiq_udp_handle;
static dissector_handle_t feiq_tcp_handle;

static FsSpan whole(tvbuff_t *tvb)
{
    uint32_t captured = tvb_captured_length(tvb);
    return (FsSpan){captured == 0 ? NULL : tvb_get_ptr(tvb, 0, (int)captured), captured,
                    tvb_reported_length(tvb)};
}

/* All of the payload is the family's, or nothing: there is one message a datagram. */
static int dissect_feiq_udp(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data _U_)
{
    FsSpan span = whole(tvb);
    FsPacket *packet = tree_packet(span.data);
    packet->opener = decrypt_opener(pinfo);
    if (!feiq_decode_datagram(packet, span)) {
        return 0;
    }
    tree_columns(&feiq, pinfo, packet, 0, false);
    proto_tree *layer = tree_show(&feiq, tvb, pinfo, tree, packet, 0);
    Datagram datagram = datagram_read(packet);
    Exchange *exchange = conversation_track(feiq.proto, pinfo, &datagram, span);
    if (exchange != NULL) {
        offer_add(pinfo, &datagram);
        conversation_show(exchange, pinfo, layer, tree, tvb);
        offer_show(pinfo->num, layer, tvb);
        mention_show_message(pinfo, &datagram, layer, tvb);
        image_show(pinfo, &datagram, conversation_is_copy(exchange), layer, tree, tvb);
    }
    return (int)tvb_captured_length(tvb);
}

static int dissect_feiq_tcp(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    FsSpan span = whole(tvb);
    return span.captured == 0 ? 0 : feiq_tcp_dissect(&feiq, tvb, pinfo, tree, span, data);
}

/* Every UDP payload that no other dissector claims comes by here, so the test is strict. It is
 * feiq_recognise's, on the payload alone: five colons cut off a header; the version is one that a
 * known program writes, the packet number decimal, user and host printable and not empty, the
 * command word decimal with a command in use; and a header of "1:" is not a MAC or IPv6 address
 * (the exact list stands at its definition). It claimed none of 1,000,000 packets of randpkt and
 * none of the captures of tcpdump's and nDPI's tests (docs/wireshark.md). No conversation is marked
 * as FeiQ: each datagram is judged for itself, so the order in which datagrams are visited does not
 * matter. */
static ws_boolean dissect_feiq_heuristic(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                                         void *data _U_)
{
    if (!feiq_recognise(whole(tvb))) {
        return FALSE;
    }
    return dissect_feiq_udp(tvb, pinfo, tree, NULL) > 0;
}

static void give_port_back(const char *table, dissector_handle_t handle)
{
    range_t *wanted = prefs_get_range_value(feiq_table.filter, table);
    if (wanted != NULL && !value_is_in_range(wanted, FEIQ_PORT)) {
        dissector_delete_uint(table, FEIQ_PORT, handle);
    }
}

/* Ports that are set from the command line are claimed besides the default one; in Wireshark's
 * window they take its place. They do so everywhere. */
static void keep_to_ports(void)
{
    give_port_back("udp.port", feiq_udp_handle);
    give_port_back("tcp.port", feiq_tcp_handle);
}

void proto_register_feiq(void)
{
    feiq = register_table(&feiq_table);
    feiq_udp_handle = register_dissector("feiq", dissect_feiq_udp, feiq.proto);
    feiq_tcp_handle = register_dissector("feiq.tcp", dissect_feiq_tcp, feiq.proto);
    module_t *module = prefs_register_protocol(feiq.proto, keep_to_ports);
    encoding_register(module, &encoding_of_feiq);
    decrypt_register(module);
    linked_register(&feiq, LINKED_FEIQ);
    conversation_init();
    offer_init();
    export_register(feiq.proto);
    image_register();
    mention_init();
    conversation_filter_register_feiq();
    feiq_tree_register();
    feiq_srt_register(&feiq);
    feiq_users_register();
}

void proto_reg_handoff_feiq(void)
{
    image_handoff();
    dissector_add_uint_with_preference("udp.port", FEIQ_PORT, feiq_udp_handle);
    dissector_add_uint_with_preference("tcp.port", FEIQ_PORT, feiq_tcp_handle);
    heur_dissector_add("udp", dissect_feiq_heuristic, "FeiQ over UDP", "feiq_udp", feiq.proto,
                       HEURISTIC_ENABLE);
}
