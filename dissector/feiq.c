/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * FeiQ and the rest of the IP Messenger family, in Wireshark.
 */
#include "dissector/compat.h"

#include "dissector/register.h"
#include "dissector/tree.h"

#include "protocol/feiq/feiq.h"

static RegisteredTable feiq;

void proto_register_feiq(void)
{
    feiq = register_table(&feiq_table);
}

void proto_reg_handoff_feiq(void)
{
}
