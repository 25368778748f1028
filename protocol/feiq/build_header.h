/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The header that every datagram and request of the family begins with.
 *
 * What is said here holds for every builder of build.h. They write into the caller's buffer and
 * return the bytes of the datagram, FS_NO_ROOM, or FS_IMPOSSIBLE, which may always be because
 *   - a name in the header is empty, longer than 255 bytes, or holds ":" or a control character;
 *   - a part of FeiQ's version has one of these, or "#" or a tag without "lbt" in front;
 *   - text holds a NUL, which would end it;
 *   - UTF8OPT is set and a name or text is not UTF-8;
 * each builder lists what else it cannot say. Text is sent as given: UTF-8 with UTF8OPT, else
 * whatever the receiver reads, which in China is GBK.
 */
#ifndef FEISCOPE_PROTOCOL_FEIQ_BUILD_HEADER_H
#define FEISCOPE_PROTOCOL_FEIQ_BUILD_HEADER_H

#include "protocol/builder.h"
#include "protocol/feiq/command.h"

/** The parts of FeiQ's own version field: 1_lbtG_A#L#M#C#S#B#V#N. */
typedef struct {
    FsBytes tag;                  /**< lbtG, such as "lbt6" */
    uint32_t avatar;              /**< A: number of a built-in avatar */
    uint32_t level;               /**< L: level word; 128 is no rank */
    FsBytes mac;                  /**< M: MAC address, twelve upper-case hexadecimal digits */
    uint32_t avatar_size;         /**< C: bytes of a custom avatar, or 0 */
    uint32_t personal_image_size; /**< S: bytes of a personal image, or 0 */
    FsBytes unknown_v;            /**< V: such as "4001"; empty: neither V nor N is sent */
    FsBytes unknown_n;            /**< N: such as "9"; empty: it is not sent */
} FeiqVersion;

/** Who sends. */
typedef struct {
    const FeiqVersion *feiq; /**< FeiQ's version; NULL: the version is `version` */
    FsBytes version;         /**< "1", or another program's version */
    FsBytes user;            /**< log-in name */
    FsBytes host;            /**< machine name */
} FeiqSender;

/**
 * Build FeiQ's version field alone.
 *
 * @param body_length B: bytes of a binary body, 0 on text datagrams
 */
ptrdiff_t feiq_build_version(uint8_t *out, size_t capacity, const FeiqVersion *version,
                             uint32_t body_length);

/* --- for the other builders --- */

/**
 * Append a header: version:packet number:user:host:command word:
 *
 * @param word        command in the low 8 bits, options above
 * @param body_length for part B of FeiQ's version
 */
void feiq_put_header(FsBuilder *b, const FeiqSender *sender, uint64_t packet_number, uint32_t word,
                     uint32_t body_length);

/** Refuse text as said above, by the options of `word`. */
void feiq_refuse_text(FsBuilder *b, FsBytes text, uint32_t word);

/** Append text, unless it is refused, and the NUL that ends it. */
void feiq_put_text(FsBuilder *b, FsBytes text, uint32_t word);

/** The same without the NUL. */
void feiq_put_open_text(FsBuilder *b, FsBytes text, uint32_t word);

#endif
