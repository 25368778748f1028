/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The 1#n protocol, in Wireshark.
 */
#include "dissector/compat.h"

#include "dissector/register.h"
#include "dissector/tree.h"

#include "protocol/onehash/onehash.h"

static RegisteredTable onehash;

void proto_register_onehash(void)
{
    onehash = register_table(&onehash_table);
}

void proto_reg_handoff_onehash(void)
{
}
