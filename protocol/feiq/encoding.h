/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Deciding how the bytes of a datagram became characters. Order of the decision: the UTF-8 flag,
 * only ASCII, what the user chose, valid UTF-8, valid GB18030, none (shared/interop.md;
 * protocol/feiq.md 1.3).
 */
#ifndef FEISCOPE_PROTOCOL_FEIQ_ENCODING_H
#define FEISCOPE_PROTOCOL_FEIQ_ENCODING_H

#include "protocol/text.h"

/** What a decision rests on: the values of feiq.encoding.reason. */
typedef enum {
    FEIQ_REASON_FLAG = 1, /**< UTF8OPT is set and the bytes are UTF-8 */
    FEIQ_REASON_ASCII,
    FEIQ_REASON_UTF8,
    FEIQ_REASON_GB18030,
    FEIQ_REASON_NONE,
    FEIQ_REASON_CHOSEN /**< the user chose it (FsPacket.prefer) */
} FeiqReason;

/** A decision. */
typedef struct {
    FsEncoding encoding;
    FeiqReason reason;
    bool flag_wrong; /**< UTF8OPT is set, but the bytes are not UTF-8 */
} FeiqDecision;

/**
 * Decide.
 *
 * @param prefer  FsPacket.prefer
 * @param data    the text as a whole
 * @param length  in bytes
 * @param flagged UTF8OPT is set
 * @param cut     the text may end within a character, since the capture does
 */
FeiqDecision feiq_decide_encoding(FsEncoding prefer, const uint8_t *data, size_t length,
                                  bool flagged, bool cut);

#endif
