/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Statistics of both protocols. Each is an argument of tshark's -z and an entry of Wireshark's
 * menu Statistics.
 */
#ifndef FEISCOPE_DISSECTOR_STATISTICS_STATISTICS_H
#define FEISCOPE_DISSECTOR_STATISTICS_STATISTICS_H

#include "dissector/fields.h"

/** -z feiq,tree: how many messages have which command, option, program, encoding, remark. */
void feiq_tree_register(void);

/** -z feiq,srt: how long each command waits for its answer. */
void feiq_srt_register(const RegisteredTable *feiq);

/** -z feiq,users: the online list. */
void feiq_users_register(void);

/** -z onehash,tree: how many messages are of which kind, operation, status, framing… */
void onehash_tree_register(void);

/** -z onehash,srt: how long each operation waits for its reply. */
void onehash_srt_register(const RegisteredTable *onehash);

/** -z onehash,users: who logged in to a chat service, or is said to be there. */
void onehash_users_register(void);

#endif
