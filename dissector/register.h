/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The protocols of the plugin: each registers its fields and preferences first, and claims its
 * ports once every protocol of Wireshark is registered.
 */
#ifndef FEISCOPE_DISSECTOR_REGISTER_H
#define FEISCOPE_DISSECTOR_REGISTER_H

void proto_register_feiq(void);
void proto_reg_handoff_feiq(void);

void proto_register_onehash(void);
void proto_reg_handoff_onehash(void);

#endif
