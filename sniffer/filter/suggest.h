/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What may have been meant by a name that is not known.
 */
#ifndef FEISCOPE_SNIFFER_FILTER_SUGGEST_H
#define FEISCOPE_SNIFFER_FILTER_SUGGEST_H

#include "sniffer/filter/fault.h"

/**
 * How many letters must be put in, left out, changed or swapped with their neighbour to make one
 * word of the other, without regard to ASCII case; long words are compared at their beginning.
 */
unsigned suggest_distance(const char *first, const char *second);

/** Suggest the field or protocol that is nearest to a name: a misspelling, the beginning of a
 * longer name, or a name without its protocol. Notes nothing if nothing is near. */
void suggest_field(Fault *fault, const FsTable *const *tables, const char *name);

/** Suggest the value of a field whose name is nearest. */
void suggest_value(Fault *fault, const FsField *field, const char *name);

/** Suggest the nearest of some words. */
void suggest_word(Fault *fault, const char *const *words, size_t count, const char *name);

#endif
