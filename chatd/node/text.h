/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Text on its way to a FeiQ user.
 */
#ifndef FEISCOPE_CHATD_NODE_TEXT_H
#define FEISCOPE_CHATD_NODE_TEXT_H

#include "chatd/node/peers.h"

/**
 * Convert text from UTF-8 to what a user reads. What GBK lacks becomes four bytes of GB18030.
 *
 * @return bytes with a NUL behind them; free with g_free
 */
char *node_text_encode(const char *text, NodeEncoding encoding);

/**
 * What a FeiQ user reads of a message: "from: text". What its program would take for the font of
 * the text is written with a blank.
 *
 * @return free with g_free
 */
char *node_text_compose(const char *from, const char *text);

/**
 * Convert a name for the header: what would end it becomes "_", and an empty one is "_".
 *
 * @return as above
 */
char *node_text_encode_name(const char *name, NodeEncoding encoding);

/**
 * Where a text has to be cut so that it fits into a datagram.
 *
 * @param at   UTF-8, not empty
 * @param most bytes of UTF-8; in GBK a character has no more bytes than in UTF-8, but may have four
 *             where UTF-8 has two
 * @return bytes of the first piece, whole characters and at least one
 */
gsize node_text_piece(const char *at, gsize most);

#endif
