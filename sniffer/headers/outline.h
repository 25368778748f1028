/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a plain frame says at fixed places: Ethernet II, IPv4 without options or fragments, UDP or
 * TCP. A filter that asks only for this can judge a packet before it is decoded, which costs ten
 * times as much.
 */
#ifndef FEISCOPE_SNIFFER_HEADERS_OUTLINE_H
#define FEISCOPE_SNIFFER_HEADERS_OUTLINE_H

#include "sniffer/headers/walk.h"

/** The kinds of plain frames. */
typedef enum {
    OUTLINE_UDP,
    OUTLINE_TCP,
    OUTLINE_KINDS, /**< number of kinds */
    OUTLINE_NONE   /**< not plain: it must be decoded */
} OutlineKind;

/** Where a plain TCP frame has the octet of its flags with SYN, ACK and FIN. */
enum { OUTLINE_TCP_FLAGS = 47 };

/** A plain frame's ports. */
typedef struct {
    OutlineKind kind;
    uint16_t source;      /**< host order */
    uint16_t destination; /**< host order */
} Outline;

/** A field at a fixed place. One that stands twice in a frame has two. */
typedef struct {
    const FsField *field;
    uint8_t at;     /**< in the frame, in bytes */
    uint8_t length; /**< of a layer: its header's */
} OutlinePlace;

/** Most places of a kind. */
enum { OUTLINE_MOST_PLACES = 32 };

/** Places of one kind of frame. */
typedef struct {
    OutlinePlace places[OUTLINE_MOST_PLACES];
    uint32_t count;
} OutlinePlan;

/** Is a frame plain, and of which kind? */
Outline outline_look(int linktype, FsSpan span);

/** The datagram or segment in a plain frame. */
FsSpan outline_transport(FsSpan span);

/** All places that a kind of frame has: of each of their fields, all values are among them. */
void outline_places(OutlineKind kind, OutlinePlan *plan);

/** Can a frame of a kind have no field of a table? */
bool outline_excludes(OutlineKind kind, const FsTable *table);

/**
 * Append what decoding would append for the places of a plan, though not in its order and place in
 * the tree.
 *
 * @param packet reset for the frame
 * @param span   a frame of the plan's kind
 */
void outline_add(FsPacket *packet, const OutlinePlan *plan, FsSpan span);

#endif
