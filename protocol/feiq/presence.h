/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Who is there, as the packets of FeiQ's family tell: BR_ENTRY and ANSENTRY bring a user, BR_EXIT
 * takes one away, BR_ABSENCE says that one is away or has another nickname; whatever else somebody
 * sends shows that he is there. An address and a user name make a user.
 *
 * Source: shared/protocol/feiq.md, presence.
 */
#ifndef FEISCOPE_PROTOCOL_FEIQ_PRESENCE_H
#define FEISCOPE_PROTOCOL_FEIQ_PRESENCE_H

#include "protocol/packet.h"

/** What one message says about its sender. An entry is NULL where the message says nothing. */
typedef struct {
    const FsEntry *nick;
    const FsEntry *user;
    const FsEntry *host; /**< the UTF-8 extension's, if there is one */
    const FsEntry *group;
    const FsEntry *mac; /**< as text; FeiGe's entries hold it too */
    const FsEntry *vendor;
    uint8_t command;
    bool absent; /**< the command carries ABSENCEOPT */
} FeiqSaid;

/** How sure it is that a user is there. */
typedef enum {
    FEIQ_SEEN,     /**< only seen talking; the first of all users */
    FEIQ_ENTERED,  /**< said BR_ENTRY */
    FEIQ_ANSWERED, /**< said ANSENTRY, or came back */
    FEIQ_AWAY,
    FEIQ_LEFT, /**< said BR_EXIT */
    FEIQ_PRESENCES
} FeiqPresence;

/**
 * Look through the entries of a packet for its message. What an ICMP error quotes is none: others
 * said that before.
 *
 * @param said set if there is one; it points to the entries
 * @return false if the packet is no message of the family
 */
bool feiq_said(const FsEntry *entries, uint32_t count, FeiqSaid *said);

/** What a message makes of its sender. */
FeiqPresence feiq_presence_after(FeiqPresence before, const FeiqSaid *said);

/** In words: "there (entered)", "left (BR_EXIT)". */
const char *feiq_presence_name(FeiqPresence presence);

#endif
