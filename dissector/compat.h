/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What differs between the Wireshark versions that this plugin builds on: 4.0, 4.2, 4.4 and 4.6.
 * Every file of the plugin includes it first; no other file asks for a version.
 */
#ifndef FEISCOPE_DISSECTOR_COMPAT_H
#define FEISCOPE_DISSECTOR_COMPAT_H

#include <ws_version.h>

#define FEISCOPE_WIRESHARK(major, minor)                                                           \
    (WIRESHARK_VERSION_MAJOR > (major) ||                                                          \
     (WIRESHARK_VERSION_MAJOR == (major) && WIRESHARK_VERSION_MINOR >= (minor)))

#include <epan/packet.h>

#include <epan/conversation.h>
#include <epan/expert.h>
#include <epan/prefs.h>
#include <epan/tfs.h>

/* What heuristic dissectors return and boolean preferences point to: gboolean, an int, before 4.4.
 * A preference of the wrong width would let Wireshark write beyond it. */
#if FEISCOPE_WIRESHARK(4, 4)
#include <wsutil/array.h>
#include <wsutil/plugins.h>
typedef bool ws_boolean;
#else
typedef gboolean ws_boolean;
#endif

#endif
