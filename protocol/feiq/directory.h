/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The stream that carries a folder, for who follows it over segments: where its headers stand.
 * Source: shared/protocol/feiq.md, section 6.4.
 */
#ifndef FEISCOPE_PROTOCOL_FEIQ_DIRECTORY_H
#define FEISCOPE_PROTOCOL_FEIQ_DIRECTORY_H

#include <stddef.h>
#include <stdint.h>

/** Most bytes of no known meaning that FeiQ sends before the first header. */
enum { FEIQ_DIRECTORY_JUNK = 8192 };

/** Types of entries that change the level: the values of feiq.file.type. */
enum { FEIQ_DIRECTORY_ENTER = 2, FEIQ_DIRECTORY_RETURN = 3 };

/** What bytes are, in a place where a header is due. */
typedef enum {
    FEIQ_DIRECTORY_NONE,    /**< no header */
    FEIQ_DIRECTORY_PARTIAL, /**< the beginning of one */
    FEIQ_DIRECTORY_COMPLETE /**< a whole one */
} FeiqDirectoryVerdict;

/** One header. */
typedef struct {
    const uint8_t *name; /**< as it was sent; colons are doubled */
    size_t name_length;
    uint32_t length; /**< bytes of the header, up to the first byte of the file */
    uint8_t type;    /**< a value of feiq.file.type */
    uint64_t size;   /**< bytes of the file that follow the header */
} FeiqDirectoryHeader;

/**
 * Read the header that the bytes begin with.
 *
 * @param header set if the verdict is FEIQ_DIRECTORY_COMPLETE; points into data
 */
FeiqDirectoryVerdict feiq_read_directory_header(const uint8_t *data, size_t length,
                                                FeiqDirectoryHeader *header);

/**
 * Find the first header of a stream, behind what FeiQ on Windows may send before it.
 *
 * @return its offset; length if there is no whole one in the first FEIQ_DIRECTORY_JUNK bytes
 */
size_t feiq_find_directory_header(const uint8_t *data, size_t length);

#endif
