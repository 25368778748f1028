/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What Wireshark's plugin loader looks for. It skips the plugin, with one line on standard error,
 * unless the major and minor version are its own.
 */
#include "dissector/compat.h"

#include "dissector/register.h"

WS_DLL_PUBLIC_DEF const char plugin_version[] = FEISCOPE_VERSION;
WS_DLL_PUBLIC_DEF const int plugin_want_major = WIRESHARK_VERSION_MAJOR;
WS_DLL_PUBLIC_DEF const int plugin_want_minor = WIRESHARK_VERSION_MINOR;

WS_DLL_PUBLIC void plugin_register(void);

#if FEISCOPE_WIRESHARK(4, 4)
WS_DLL_PUBLIC uint32_t plugin_describe(void);

uint32_t plugin_describe(void)
{
    return WS_PLUGIN_DESC_DISSECTOR;
}
#endif

void plugin_register(void)
{
    static const proto_plugin feiq = {proto_register_feiq, proto_reg_handoff_feiq};
    static const proto_plugin onehash = {proto_register_onehash, proto_reg_handoff_onehash};
    proto_register_plugin(&feiq);
    proto_register_plugin(&onehash);
}
