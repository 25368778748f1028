/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Constants: what was written, as a value of the type that the other side of an operator asks for.
 */
#ifndef FEISCOPE_SNIFFER_FILTER_LITERAL_H
#define FEISCOPE_SNIFFER_FILTER_LITERAL_H

#include "sniffer/filter/value.h"

/** What a constant is wanted for. */
typedef struct {
    Arena *arena; /**< where octets of the value go */
    Fault *fault;
    Type type;
    const FsField *field; /**< the field beside it, whose value names are known; NULL: none */
    bool partial;         /**< part of an address will do */
} LiteralWant;

/**
 * Convert a constant.
 *
 * @param syntax a SYNTAX_WORD, SYNTAX_VALUE, SYNTAX_STRING or SYNTAX_CHAR
 * @param value  set on success
 * @return false: the fault is noted
 */
bool literal_convert(const LiteralWant *want, const Syntax *syntax, Value *value);

/**
 * Read a date and time: "2017-09-15", with "13:40", seconds, a fraction and "Z", "UTC" or an
 * offset after it; or as tshark writes it, "Sep 15, 2017 13:40:11.5 UTC". Without a zone it is
 * local time.
 *
 * @return false if the text is not such a time
 */
bool literal_time(const char *text, int64_t *seconds, uint32_t *nanoseconds);

#endif
