/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "protocol/feiq/encoding.h"

/* The longest character of both encodings has four bytes, so a cut leaves at most three. */
enum { MOST_LEFT_BY_CUT = 3 };

static FsEncoding guess(const uint8_t *data, size_t length, bool cut)
{
    FsEncoding encoding = fs_text_guess(data, length);
    if (!cut || (encoding != FS_ESCAPED && encoding != FS_GB18030)) {
        return encoding;
    }
    for (size_t less = 1; less <= MOST_LEFT_BY_CUT && less < length; less++) {
        if (data[length - less] < 0x80) {
            break;
        }
        if (fs_text_is_utf8(data, length - less)) {
            return FS_UTF8;
        }
    }
    for (size_t less = 1; less <= MOST_LEFT_BY_CUT && less < length && encoding == FS_ESCAPED;
         less++) {
        encoding = fs_text_guess(data, length - less);
    }
    return encoding == FS_ASCII ? FS_ESCAPED : encoding;
}

FeiqDecision feiq_decide_encoding(FsEncoding prefer, const uint8_t *data, size_t length,
                                  bool flagged, bool cut)
{
    static const FeiqReason reasons[] = {[FS_ASCII] = FEIQ_REASON_ASCII,
                                         [FS_UTF8] = FEIQ_REASON_UTF8,
                                         [FS_GB18030] = FEIQ_REASON_GB18030,
                                         [FS_ESCAPED] = FEIQ_REASON_NONE};
    FsEncoding encoding = guess(data, length, cut);
    FeiqDecision decision = {encoding, reasons[encoding], false};
    if (flagged && (encoding == FS_ASCII || encoding == FS_UTF8)) {
        decision.encoding = FS_UTF8;
        decision.reason = FEIQ_REASON_FLAG;
        return decision;
    }
    decision.flag_wrong = flagged;
    if (encoding != FS_ASCII && prefer != FS_ASCII) {
        decision.encoding = prefer;
        decision.reason = FEIQ_REASON_CHOSEN;
    }
    return decision;
}
