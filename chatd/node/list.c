/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The list of hosts, for those who came late or who hear no broadcasts.
 */
#include "chatd/node/private.h"
#include "chatd/node/text.h"

enum { HOSTS_IN_ANSWER = 50, STRINGS = 4, HIGHEST_START = 99999 };

/* Only those with an IPv4 address can be in it. The node
 * itself is not: who asks knows it. */
static void answer_list(Node *node, const NodeDatagram *datagram, NodeEncoding encoding)
{
    FeiqListedHost hosts[HOSTS_IN_ANSWER];
    g_autoptr(GPtrArray) strings = g_ptr_array_new_with_free_func(g_free);
    gsize count = 0;
    guint32 number = 0;
    guint32 next = 0;
    for (const NodePeer *peer = node_peers_oldest(node->peers); peer != NULL;
         peer = node_peers_next(peer)) {
        guint32 address;
        if (!node_address_is_ipv4(&peer->address, &address) || number++ < datagram->list_start) {
            continue;
        }
        if (count == HOSTS_IN_ANSWER) {
            next = number - 1 <= HIGHEST_START ? number - 1 : 0;
            break;
        }
        char *text[STRINGS] = {node_text_encode_name(peer->text, encoding),
                               node_text_encode_name(node_peer_host(peer), encoding),
                               node_text_encode(node_peer_nick(peer), encoding),
                               node_text_encode(node_peer_group(peer), encoding)};
        for (gsize i = 0; i < STRINGS; i++) {
            g_ptr_array_add(strings, g_strdelimit(text[i], "\a\b\f", '_'));
        }
        hosts[count++] = (FeiqListedHost){.user = fs_bytes(text[0]),
                                          .host = fs_bytes(text[1]),
                                          .status = peer->options | FEIQ_CMD_BR_ENTRY,
                                          .address = address,
                                          .port = (uint16_t)peer->address.port,
                                          .nick = fs_bytes(text[2]),
                                          .group = fs_bytes(text[3])};
    }
    ptrdiff_t length =
        feiq_build_anslist(node->bytes, sizeof node->bytes, &node_identity(node, encoding)->sender,
                           node_stamp(node), 0, next, hosts, count);
    node_send(node, &datagram->from, node->bytes, length);
}

void node_handle_list(Node *node, const NodeDatagram *datagram, NodePeer *peer)
{
    NodeEncoding encoding = node_encoding_of(peer, datagram);
    if (datagram->command == FEIQ_CMD_GETLIST) {
        answer_list(node, datagram, encoding);
    } else {
        node_send_signal(node, &datagram->from, encoding, FEIQ_CMD_OKGETLIST);
    }
}
