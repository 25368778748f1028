/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Conversation filters: what Wireshark offers for a packet under Conversation Filter, and uses to
 * colour a conversation.
 */
#ifndef FEISCOPE_DISSECTOR_CONVERSATION_FILTER_H
#define FEISCOPE_DISSECTOR_CONVERSATION_FILTER_H

/** FeiQ: what two hosts say to each other; of what is sent to all, what the sender says and gets.
 */
void conversation_filter_register_feiq(void);

/** 1#n: the TCP stream. */
void conversation_filter_register_onehash(void);

#endif
