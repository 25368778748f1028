/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Lists of hosts, for those who came late: BR_ISGETLIST2, OKGETLIST (feiq_build_signal), then
 * GETLIST and ANSLIST.
 */
#ifndef FEISCOPE_PROTOCOL_FEIQ_BUILD_LIST_H
#define FEISCOPE_PROTOCOL_FEIQ_BUILD_LIST_H

#include "protocol/feiq/build_header.h"

/** One host of a list. */
typedef struct {
    FsBytes user;     /**< log-in name */
    FsBytes host;     /**< machine name */
    uint32_t status;  /**< options of its entry */
    uint32_t address; /**< IPv4 address, host order */
    uint16_t port;    /**< UDP port, host order */
    FsBytes nick;     /**< nickname, or empty */
    FsBytes group;    /**< group, or empty */
} FeiqListedHost;

/**
 * Build GETLIST.
 *
 * @param start number of the first host that is asked for
 */
ptrdiff_t feiq_build_getlist(uint8_t *out, size_t capacity, const FeiqSender *sender,
                             uint64_t packet_number, uint32_t options, uint32_t start);

/**
 * Build ANSLIST. A port is sent as the official program does, its two bytes exchanged: 2425 as
 * 30985.
 *
 * @param next  number from which to ask on; 0: this is the end
 * @param hosts `count` of them
 *
 * Impossible: `next` or `count` of more than five digits; a text that holds one of the separators
 * 0x07 and 0x0c or the sign for empty, 0x08; an empty user or host.
 */
ptrdiff_t feiq_build_anslist(uint8_t *out, size_t capacity, const FeiqSender *sender,
                             uint64_t packet_number, uint32_t options, uint32_t next,
                             const FeiqListedHost *hosts, size_t count);

#endif
