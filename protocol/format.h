/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * An entry as text: what the views of feiqdump and the columns of the Wireshark plugin share.
 */
#ifndef FEISCOPE_PROTOCOL_FORMAT_H
#define FEISCOPE_PROTOCOL_FORMAT_H

#include "protocol/packet.h"

/**
 * The value as tshark writes it in -T fields and -T json: numbers in the field's first base,
 * without names; flags 1 or 0; text as UTF-8, unescaped; octets as hexadecimal pairs joined by
 * colons; FS_TIME as "Sep 15, 2017 13:40:11.000000000 UTC". Layers, groups and remarks have none.
 *
 * @param out      where to; terminated by NUL if capacity > 0; cut if it does not fit
 * @return bytes written without the NUL
 */
size_t fs_format_value(char *out, size_t capacity, const FsEntry *entry);

/** Most bytes that fs_put_plain writes. */
enum { FS_PLAIN_ROOM = 64 };

/**
 * fs_format_value for types whose values have a bounded length (numbers, flags, times, IPv4 and
 * IPv6 addresses), where there is room for FS_PLAIN_ROOM bytes; no NUL is written.
 *
 * @return the end of what was written; of other types that is nothing
 */
char *fs_put_plain(char *to, const FsEntry *entry);

/** Has a type's value, so written, a bounded length? */
static inline bool fs_is_plain(FsType type)
{
    return type == FS_UINT || type == FS_INT || type == FS_BOOL || type == FS_IPV4 ||
           type == FS_IPV6 || type == FS_TIME || type == FS_TIME_SPAN;
}

/**
 * The value as a person reads it in a tree: a name where the value has one, with the number in
 * parentheses; control characters in text escaped as \n, \t, \xNN; long octets cut.
 */
size_t fs_format_readable(char *out, size_t capacity, const FsEntry *entry);

/**
 * The label of the entry in a tree: "Title: value"; "Title" for groups; a remark's title, and the
 * offending bytes after a colon; generated entries in brackets.
 */
size_t fs_format_label(char *out, size_t capacity, const FsEntry *entry);

/** Bytes of that label that stand before the value and do not depend on it. */
size_t fs_label_title(const FsEntry *entry);

/**
 * One line for entries of one layer: those whose field has a place in the line (FsField.line), in
 * the order of the places, each with what its field puts before and after it. A name stands for
 * the number where the value has one. Remarks of severity warning or error without a place of
 * their own stand at the end, in brackets.
 *
 * @param entries the first is the layer
 * @param count   entries from there on that belong to the layer
 */
size_t fs_format_line(char *out, size_t capacity, const FsEntry *entries, uint32_t count);

#endif
