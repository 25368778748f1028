/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Preferences: what bytes cannot tell and has to be said. Their names and values are those of the
 * Wireshark plugin's preferences, so that `-o onehash.framing:fixed` means the same to both
 * programs.
 */
#ifndef FEISCOPE_SNIFFER_PREFERENCES_H
#define FEISCOPE_SNIFFER_PREFERENCES_H

#include "sniffer/stream.h"

/**
 * Set one preference.
 *
 * @param settings changed only if true is returned
 * @param text     NAME:VALUE. Names: onehash.framing (auto, line, length, fixed, bare),
 *                 onehash.block_size (bytes), onehash.chat_ports, onehash.control_ports (one TCP
 *                 port each)
 * @return false if there is no such preference, or the value is not one of its values
 */
bool preference_set(StreamSettings *settings, const char *text);

#endif
