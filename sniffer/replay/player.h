/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Playing a script: each client's UDP socket or TCP connection is made anew, from this machine to
 * one live server. Nothing is ever sent to another address.
 */
#ifndef FEISCOPE_SNIFFER_REPLAY_PLAYER_H
#define FEISCOPE_SNIFFER_REPLAY_PLAYER_H

#include "sniffer/replay/report.h"

#include <sys/socket.h>

/** A server's port in the capture, and now. Host order. */
typedef struct {
    uint16_t recorded;
    uint16_t live;
} PortMapping;

/** How to play. */
typedef struct {
    struct sockaddr_storage target; /**< address; its port is not used */
    socklen_t target_length;
    struct sockaddr_storage bind; /**< where sockets are bound; length 0: anywhere */
    socklen_t bind_length;
    const PortMapping *ports; /**< others stay as they were recorded */
    unsigned port_count;
    double speed;     /**< of the recorded times; 0: each message as soon as those before it
                       *   were answered */
    unsigned timeout; /**< milliseconds to wait for an answer */
    unsigned linger;  /**< milliseconds to wait at the end for what nobody expects */
    uint32_t segment; /**< bytes that are sent at once over TCP; 0: as recorded */
    uint64_t fresh;   /**< see numbers_new */
    Comparison comparison;
} PlaySettings;

/**
 * Play.
 *
 * @param report what comes of each step goes there
 */
void play(const Script *script, const PlaySettings *settings, Report *report);

#endif
