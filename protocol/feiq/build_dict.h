/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * IPDict, in which newer programs of the family write whole datagrams:
 * IP2:length:key:length:value:…:Z, lengths in hexadecimal.
 */
#ifndef FEISCOPE_PROTOCOL_FEIQ_BUILD_DICT_H
#define FEISCOPE_PROTOCOL_FEIQ_BUILD_DICT_H

#include "protocol/builder.h"

/** Forms of a value. */
typedef enum {
    FEIQ_PAIR_NUMBER, /**< signed, in hexadecimal */
    FEIQ_PAIR_BYTES,  /**< text or octets as they are */
    FEIQ_PAIR_DICT,   /**< a dictionary */
    FEIQ_PAIR_LIST    /**< values without keys */
} FeiqDictForm;

/** A key and its value; in a list the key is not used. */
typedef struct FeiqPair {
    const char *key; /**< 1 to 32 printable ASCII characters, no blank, no ":" */
    FeiqDictForm form;
    int64_t number;               /**< FEIQ_PAIR_NUMBER */
    FsBytes bytes;                /**< FEIQ_PAIR_BYTES */
    const struct FeiqPair *items; /**< FEIQ_PAIR_DICT, FEIQ_PAIR_LIST: `count` of them */
    size_t count;
} FeiqPair;

enum { FEIQ_DICT_DEEPEST = 8 /**< levels of nesting that readers follow */ };

/**
 * Build an IPDict. The form of a value is not sent: bytes that look like pairs or values will be
 * read as such.
 *
 * Impossible: a key of other characters or another length; more than FEIQ_DICT_DEEPEST levels; 2^31
 * bytes or more in all.
 */
ptrdiff_t feiq_build_dict(uint8_t *out, size_t capacity, const FeiqPair *pairs, size_t count);

#endif
