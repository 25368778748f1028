/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Preferences: what bytes cannot tell and has to be said. Their names and values are those of the
 * Wireshark plugin's preferences, so that `-o onehash.framing:fixed` means the same to both
 * programs.
 */
#ifndef FEISCOPE_SNIFFER_PREFERENCES_H
#define FEISCOPE_SNIFFER_PREFERENCES_H

#include "sniffer/ports.h"
#include "sniffer/stream.h"

/** What can be set. */
typedef struct {
    StreamSettings streams;
    PortSet feiq_udp;         /**< ports of FeiQ's family */
    PortSet feiq_tcp;         /**< ports of its file transfer */
    FsEncoding feiq_encoding; /**< FsPacket.prefer */
    bool absolute_numbers;    /**< TCP's numbers are shown as sent */
    bool feiq_by_port_only;   /**< HeaderWalk.feiq_by_port_only; no preference sets it */
} Preferences;

/** The plugin's own defaults. */
extern const Preferences preference_defaults;

/**
 * Set one preference.
 *
 * @param preferences changed only if NULL is returned
 * @param text        NAME:VALUE. Names: onehash.framing (auto, line, length, fixed, bare),
 *                    onehash.block_size (bytes), onehash.dialect (auto, chat, control),
 *                    onehash.chat_ports, onehash.control_ports, feiq.udp.port, feiq.tcp.port (see
 *                    ports.h), feiq.encoding, onehash.encoding (auto, gb18030, utf-8, shift-jis),
 *                    tcp.reassemble_out_of_order, tcp.relative_sequence_numbers (TRUE, FALSE)
 * @return what is wrong, as a clause that completes "TEXT: …"; NULL if nothing is
 */
const char *preference_set(Preferences *preferences, const char *text);

/** The same with the name and the value apart. */
const char *preference_set_value(Preferences *preferences, const char *name, const char *value);

/** Let a walk go by preferences, which must live as long; its streams are the caller's affair. */
void preferences_apply(const Preferences *preferences, HeaderWalk *walk);

#endif
