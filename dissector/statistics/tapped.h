/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What statistics are told of each decoded packet: the taps "feiq" and "onehash". Nothing is
 * recorded unless somebody listens.
 */
#ifndef FEISCOPE_DISSECTOR_STATISTICS_TAPPED_H
#define FEISCOPE_DISSECTOR_STATISTICS_TAPPED_H

#include "dissector/fields.h"

#include "protocol/packet.h"

/** Remarks of one record that are kept beside its entries; more than any packet has. */
enum { TAPPED_MOST_REMARKS = 8 };

/** What the listeners get: one decoded packet, and what other packets tell of it. */
typedef struct {
    const FsEntry *entries; /**< as decoded, with texts, but without octets */
    uint32_t count;         /**< 0: bytes of a file, which are no packet of the protocol */
    const char *remark_names[TAPPED_MOST_REMARKS];  /**< "feiq.unacknowledged" */
    const char *remark_titles[TAPPED_MOST_REMARKS]; /**< "Never acknowledged" */
    unsigned remark_count;
    bool answers;        /**< it is the answer to a request that the capture holds */
    uint32_t asked;      /**< FeiQ: that request's command; 1#n: its operation */
    nstime_t asked_at;   /**< when that was sent */
    uint32_t segments;   /**< 1#n: over how many segments the message lies; 0: not known */
    uint32_t in_segment; /**< 1#n: of how many messages its segment holds bytes; 0: not known */
} Tapped;

/** Tell of a decoded packet. What is said below is of it, until the frame's next one. */
void tapped_add(const RegisteredTable *registered, packet_info *pinfo, const FsPacket *packet);

/** The frame's last record; NULL if there is none, or nobody listens. */
Tapped *tapped_last(packet_info *pinfo);

/** Tell of bytes of a file, which are no packet of FeiQ; NULL: nobody listens. */
Tapped *tapped_bytes(packet_info *pinfo);

/**
 * The packet answers another.
 *
 * @param tapped   NULL: nobody listens
 * @param asked    see Tapped
 * @param asked_at in nanoseconds since 1970
 */
void tapped_answer(Tapped *tapped, uint32_t asked, int64_t asked_at);

/** A remark that is not among the entries. It is of the frame's last record; where there is none,
 * it is about bytes of a file. */
void tapped_remark(packet_info *pinfo, const char *name, const char *title);

/** The first entry of a field; NULL if there is none. */
const FsEntry *tapped_find(const Tapped *tapped, const FsField *field);

#endif
