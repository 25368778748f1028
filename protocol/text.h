/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Text as the FeiQ family sends it: ASCII, UTF-8, GBK or Shift-JIS, often without saying which.
 */
#ifndef FEISCOPE_PROTOCOL_TEXT_H
#define FEISCOPE_PROTOCOL_TEXT_H

#include "protocol/packet.h"

/**
 * Decide how bytes became characters, in this order: only ASCII; valid UTF-8; valid GB18030 (a
 * lone 0x80, the euro sign of code page 936, counts as valid); none.
 * Source of the order: shared/interop.md; protocol/feiq.md 1.3.
 *
 * @param data   the text; no terminator needed
 * @param length in bytes
 */
FsEncoding fs_text_guess(const uint8_t *data, size_t length);

/**
 * The same where somebody has chosen: ASCII if there is only that, else what was chosen.
 *
 * @param prefer FS_ASCII: nothing was chosen, guess
 */
static inline FsEncoding fs_text_choose(FsEncoding prefer, const uint8_t *data, size_t length)
{
    FsEncoding guessed = fs_text_guess(data, length);
    return guessed == FS_ASCII || prefer == FS_ASCII ? guessed : prefer;
}

/**
 * Is this valid UTF-8 (RFC 3629: shortest form, no surrogates, at most U+10FFFF)?
 */
bool fs_text_is_utf8(const uint8_t *data, size_t length);

/**
 * Convert text to UTF-8. Bytes that are not valid in the encoding become U+FFFD, one for as many
 * bytes of UTF-8 as could begin a character; FS_ESCAPED writes bytes from 0x80 on as \xNN. A NUL
 * becomes U+2400, its symbol, since Wireshark's strings, like C's, would end at it.
 *
 * @param out      where to; always terminated by NUL if capacity > 0
 * @param capacity of out, in bytes; the text is cut before a character that does not fit
 * @return bytes written without the NUL
 */
size_t fs_text_to_utf8(char *out, size_t capacity, const uint8_t *data, size_t length,
                       FsEncoding encoding);

/**
 * Write a text for a line if it needs no thought: ASCII, UTF-8 or GB18030 without control
 * characters. What is written is what fs_text_to_utf8 writes in the encoding of fs_text_guess.
 *
 * @param to       3 * length + 8 bytes; what stands there is spoilt whatever is returned
 * @param length   in bytes
 * @param encoding set to the encoding
 * @return the end of what was written, without a NUL; NULL if the text is not of that kind
 */
char *fs_text_put_plain(char *to, const uint8_t *data, size_t length, FsEncoding *encoding);

/** Bytes that suffice for any text of `length` bytes in any encoding, with its NUL. */
#define FS_TEXT_ROOM(length) ((size_t)(length)*4 + 1)

#endif
