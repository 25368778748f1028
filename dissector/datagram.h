/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a decoded datagram says that other packets are linked by.
 */
#ifndef FEISCOPE_DISSECTOR_DATAGRAM_H
#define FEISCOPE_DISSECTOR_DATAGRAM_H

#include "protocol/feiq/feiq.h"

/** Values of a datagram, each with its entry; NULL where it has none. The first of a name counts.
 */
typedef struct {
    const FsPacket *packet;
    const FsEntry *word;
    const FsEntry *number;
    const FsEntry *ack;
    const FsEntry *file; /**< the first attachment */
    const FsEntry *image_id;
    const FsEntry *image_total;
    const FsEntry *image_offset;
    const FsEntry *image_count;
    const FsEntry *image_number;
    const FsEntry *image_length;
    const FsEntry *image_data;
    const FsEntry *request_number;
    const FsEntry *request_file;
    const FsEntry *request_offset;
    const FsEntry *file_key;    /**< of an encrypted request: by what the file's bytes are, too */
    const FsEntry *file_number; /**< likewise, the packet number that their counter begins with */
} Datagram;

/** Look through the entries of a datagram; they must live as long as the result is used. */
Datagram datagram_read(const FsPacket *packet);

/** The value of an entry, or 0 if there is none. */
static inline uint64_t datagram_number(const FsEntry *entry)
{
    return entry == NULL ? 0 : entry->value.number;
}

/** The command; 0 (NOOPERATION) if it cannot be read. */
static inline uint8_t datagram_command(const Datagram *datagram)
{
    return (uint8_t)datagram_number(datagram->word);
}

/** Is an option of the command word set? */
static inline bool datagram_has(const Datagram *datagram, uint32_t option)
{
    return (datagram_number(datagram->word) & option) != 0;
}

#endif
