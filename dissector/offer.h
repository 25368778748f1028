/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The files that messages offer, and which TCP connections fetched them.
 */
#ifndef FEISCOPE_DISSECTOR_OFFER_H
#define FEISCOPE_DISSECTOR_OFFER_H

#include "dissector/compat.h"
#include "dissector/datagram.h"

typedef struct OfferLink OfferLink;

/** A file, or a folder, that a message offers. */
typedef struct {
    uint64_t decimal;     /**< its identifier, read as decimal; UINT64_MAX if it cannot be */
    uint64_t hexadecimal; /**< the same digits, read as hexadecimal */
    uint64_t size;        /**< in bytes */
    const char *name;     /**< UTF-8 */
    bool sized;           /**< the size is known */
    OfferLink *requests;
    unsigned request_count;
} OfferedFile;

/** Forget all offers with the capture file. Called once, when the plugin registers. */
void offer_init(void);

/** Remember the files of a message, at the first visit of its frame. */
void offer_add(packet_info *pinfo, const Datagram *datagram);

/**
 * Find a file, by the identifier in a request.
 *
 * @param frame of the message
 * @param id    the identifier as the request has it, in hexadecimal; the message has it in decimal,
 *              but some programs write hexadecimal there too
 * @return NULL if the message offers no such file
 */
OfferedFile *offer_find(uint32_t frame, uint64_t id);

/** Remember that a frame requests the file. */
void offer_link(OfferedFile *file, uint32_t frame);

/** Add to a message's tree the frames that request its files. */
void offer_show(uint32_t frame, proto_tree *layer, tvbuff_t *tvb);

#endif
