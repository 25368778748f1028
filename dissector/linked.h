/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The plugin's own fields, of what takes more than one packet to know.
 */
#ifndef FEISCOPE_DISSECTOR_LINKED_H
#define FEISCOPE_DISSECTOR_LINKED_H

#include "dissector/fields.h"

/** The protocols that such fields belong to. */
typedef enum { LINKED_FEIQ, LINKED_ONEHASH } LinkedProtocol;

/** Fields and remarks, in the order of linked_fields.def. */
typedef enum {
#define LINKED_FIELD(protocol, id, ...)  LINKED_##id,
#define LINKED_REMARK(protocol, id, ...) LINKED_##id,
#include "dissector/linked_fields.def"
#undef LINKED_FIELD
#undef LINKED_REMARK
    LINKED_COUNT
} Linked;

/** Wireshark's identifiers of the fields; -1 for remarks. */
extern int linked_fields[LINKED_COUNT];

/** Add a remark of linked_fields.def, and tell the statistics of it. */
void linked_add_remark(proto_tree *tree, packet_info *pinfo, Linked remark, tvbuff_t *tvb, int at,
                       int length);

/**
 * Register the fields and remarks of a protocol.
 *
 * @param table the protocol's other fields
 */
void linked_register(const RegisteredTable *table, LinkedProtocol protocol);

/** Add the number of another frame, as a conclusion. */
void linked_add_frame(proto_tree *tree, Linked field, tvbuff_t *tvb, uint32_t frame);

/** Add a number as a conclusion; the field is an FT_UINT32 or FT_UINT64. */
void linked_add_number(proto_tree *tree, Linked field, tvbuff_t *tvb, uint64_t number);

/** Add UTF-8 text as a conclusion. */
void linked_add_text(proto_tree *tree, Linked field, tvbuff_t *tvb, const char *text);

/** Add how long something took, in nanoseconds, as a conclusion. */
void linked_add_time(proto_tree *tree, Linked field, tvbuff_t *tvb, int64_t nanoseconds);

/** The frame's time in nanoseconds since 1970. */
int64_t linked_now(const packet_info *pinfo);

#endif
