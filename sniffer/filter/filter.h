/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Display filters: Wireshark's language over the decoded fields of a packet. What the language is,
 * and where this one stops, is in docs/filter.md; the measure is tshark 4.0.
 *
 * The way through: text → tokens (lexer) → syntax tree (parser) → tests over operands, types
 * checked and constants converted (check) → a verdict for each packet (evaluate).
 */
#ifndef FEISCOPE_SNIFFER_FILTER_FILTER_H
#define FEISCOPE_SNIFFER_FILTER_FILTER_H

#include "protocol/packet.h"

/** A compiled filter. It holds working memory, so each thread needs its own. */
typedef struct Filter Filter;

/** What is wrong with a filter's text, and where. */
typedef struct {
    uint32_t position;    /**< offset of the mistake in the text, in bytes */
    uint32_t length;      /**< bytes of the mistake; 0 at the end of the text */
    char message[200];    /**< what is wrong, UTF-8, without a full stop */
    char suggestion[120]; /**< what may have been meant, such as a field's name; "" for nothing */
} FilterError;

/**
 * Compile a display filter.
 *
 * @param text   the filter, UTF-8; blank text makes a filter that every packet matches
 * @param tables the protocols whose fields can be asked for, NULL after the last; they must
 *               outlive the filter
 * @param error  filled when the text is refused; may be NULL
 * @return the filter, to be freed with filter_free; NULL if the text is refused
 */
Filter *filter_compile(const char *text, const FsTable *const *tables, FilterError *error);

/** Free a filter; NULL is allowed. */
void filter_free(Filter *filter);

/**
 * Does a packet match? Nothing is allocated, but that working memory grows to the longest text in
 * an encoding other than UTF-8 that the filter has met.
 *
 * @param filter a compiled filter
 * @param packet the decoded packet; the bytes that its entries point to must still be there
 */
bool filter_match(Filter *filter, const FsPacket *packet);

/**
 * Does the filter ask for any field of a protocol? What it does not ask for need not be decoded.
 *
 * @param filter a compiled filter
 * @param table  one of the tables that it was compiled with
 */
bool filter_uses(const Filter *filter, const FsTable *table);

/** What part of a packet says of a filter. */
typedef enum {
    FILTER_NO,    /**< the packet cannot match */
    FILTER_YES,   /**< it matches */
    FILTER_UNSURE /**< the whole packet must be asked */
} FilterVerdict;

/** Most kinds of packets of which part is known beforehand. */
enum { FILTER_MOST_KINDS = 8 };

/** What is known of a kind of packets. */
typedef struct {
    const FsField *const *known; /**< fields all of whose values the part will have */
    uint32_t known_count;
    const FsTable *const *absent; /**< protocols of which such a packet has no field */
    uint32_t absent_count;
} FilterKnowledge;

/**
 * Prepare to judge packets of a kind by part of their fields.
 *
 * @param kind less than FILTER_MOST_KINDS
 * @return false if no such packet will ever be judged otherwise than FILTER_UNSURE
 */
bool filter_expect(Filter *filter, unsigned kind, const FilterKnowledge *knowledge);

/** Judge a packet of a kind by the part of its fields that is known. */
FilterVerdict filter_judge(Filter *filter, unsigned kind, const FsPacket *part);

/** Does the filter ask for a field? */
bool filter_asks_for(const Filter *filter, const FsField *field);

/**
 * Describe an error for a terminal: the message, the filter with control characters as spaces, a
 * line that marks the mistake with a caret and underline, and the suggestion. Lines end with '\n'.
 *
 * @param out      where to; terminated by NUL if capacity > 0; cut if it does not fit
 * @param capacity of out, in bytes
 * @param text     the filter that was refused
 * @param error    what filter_compile said
 * @return bytes written without the NUL
 */
size_t filter_describe_error(char *out, size_t capacity, const char *text,
                             const FilterError *error);

#endif
