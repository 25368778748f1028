/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Messages from one user to another, plain or encrypted, with files offered beside them.
 */
#ifndef FEISCOPE_PROTOCOL_FEIQ_BUILD_MESSAGE_H
#define FEISCOPE_PROTOCOL_FEIQ_BUILD_MESSAGE_H

#include "protocol/feiq/build_file.h"
#include "protocol/feiq/build_key.h"

/** A message that is to be acknowledged, FeiQ's usual one (288). */
#define FEIQ_CHECKED FEIQ_OPT_SENDCHECK
/** A sealed message: the sender is told when it is opened. */
#define FEIQ_SEALED (FEIQ_OPT_SENDCHECK | FEIQ_OPT_SECRET | FEIQ_OPT_READCHECK)
/** A locked message: sealed, and opened with a password only. */
#define FEIQ_LOCKED (FEIQ_SEALED | FEIQ_OPT_PASSWORD)

/** FeiQ's font suffix: the numbers of a Windows LOGFONT in its order, a face, a colour. */
typedef struct {
    int32_t height;
    int32_t width;
    int32_t escapement;
    int32_t orientation;
    int32_t weight;
    int32_t italic;
    int32_t underline;
    int32_t strikeout;
    int32_t charset;
    int32_t out_precision;
    int32_t clip_precision;
    int32_t quality;
    int32_t pitch_family;
    FsBytes face; /**< name of the typeface; no ";", "}" or control character, no blank at an end */
    uint32_t color; /**< COLORREF: red in the low byte */
} FeiqFont;

/** What a message says. */
typedef struct {
    FsBytes text;         /**< or empty */
    const FeiqFont *font; /**< NULL: no suffix */
    const FeiqFile
        *files; /**< `file_count` of them are offered; FILEATTACHOPT is set if there are */
    size_t file_count;
} FeiqMessage;

/**
 * Build SENDMSG.
 *
 * @param options FEIQ_CHECKED, FEIQ_SEALED, FEIQ_LOCKED, or FEIQ_OPT_BROADCAST, FEIQ_OPT_AUTORET,
 *                FEIQ_OPT_MULTICAST, FEIQ_OPT_NOLOG, FEIQ_OPT_NOADDLIST, FEIQ_OPT_UTF8, …
 *
 * Impossible: FEIQ_OPT_ENCRYPT; FEIQ_OPT_FILEATTACH without files; FEIQ_OPT_SENDCHECK on a
 * broadcast or automatic message, which nobody may answer; text that holds the beginning of a font
 * suffix,
 * "{/font;"; a face as said above; files as feiq_put_files says.
 */
ptrdiff_t feiq_build_message(uint8_t *out, size_t capacity, const FeiqSender *sender,
                             uint64_t packet_number, uint32_t options, const FeiqMessage *message);

/**
 * Build SENDMSG with an encrypted body. Files are listed in plain beside it; with
 * FEIQ_OPT_ENCEXTMSG their list is inside the cipher text, so none may be given.
 *
 * Impossible: no key or no cipher text; SENDCHECKOPT and files as above.
 */
ptrdiff_t feiq_build_encrypted_message(uint8_t *out, size_t capacity, const FeiqSender *sender,
                                       uint64_t packet_number, uint32_t options,
                                       const FeiqCipher *cipher, const FeiqFile *files,
                                       size_t file_count);

/** Build text with its font suffix alone, as it is encrypted; a NUL ends it. */
ptrdiff_t feiq_build_text(uint8_t *out, size_t capacity, FsBytes text, const FeiqFont *font);

/* --- for the other builders --- */

/** Append text and suffix, without a NUL. */
void feiq_put_message_text(FsBuilder *b, FsBytes text, const FeiqFont *font, uint32_t word);

#endif
