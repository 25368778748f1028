/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Messages: text NUL [list of attachments], or the same encrypted.
 */
#include "protocol/feiq/decode.h"

#include <string.h>

enum { REFERENCE = 15, REFERENCE_ID = 4, ID_DIGITS = 8, BELL = 0x07 };

void feiq_body_message(FeiqDatagram *d)
{
    bool encrypted = feiq_has(d, FEIQ_OPT_ENCRYPT);
    if (encrypted) {
        feiq_decode_cipher(d);
    } else {
        feiq_add_encoding(d, d->at, d->end);
        FeiqSlice text = feiq_take(&d->at, d->end, '\0');
        feiq_decode_text(d, text.at, text.at + text.length);
    }
    if (!feiq_has(d, FEIQ_OPT_FILEATTACH) || (encrypted && feiq_has(d, FEIQ_OPT_ENCEXTMSG))) {
        return;
    }
    while (d->at < d->end && *d->at == '\0') {
        d->at++;
    }
    if (d->at < d->end) {
        if (encrypted) {
            feiq_add_encoding(d, d->at, d->end);
        }
        feiq_decode_files(d);
    } else if (!d->cut) {
        (void)fs_add_remark(d->packet, FEIQ(FILE_MISSING), d->at, 0, false);
    }
}

/* user:host, between bytes 0x07. */
static void decode_recipients(FeiqDatagram *d, FeiqSlice list)
{
    const uint8_t *at = list.at;
    const uint8_t *end = at + list.length;
    at += FEIQ_BEGINS(at, end, "TO:") ? 3 : 0;
    if (at == list.at) {
        (void)fs_add_remark(d->packet, FEIQ(TRAILING), at, list.length, true);
        return;
    }
    for (unsigned count = 0; at < end; count++) {
        if (count == FEIQ_MOST) {
            feiq_add_too_many(d, FEIQ(RECIPIENT_TOO_MANY), at, end);
            return;
        }
        FeiqSlice recipient = feiq_take(&at, end, BELL);
        const uint8_t *inside = recipient.at;
        const uint8_t *stop = inside + recipient.length;
        uint32_t group = fs_open(d->packet, FEIQ(RECIPIENT), recipient.at, recipient.length);
        FeiqSlice user = feiq_take(&inside, stop, ':');
        feiq_add_text(d, FEIQ(RECIPIENT_USER), user.at, user.length);
        feiq_add_text(d, FEIQ(RECIPIENT_HOST), inside, (size_t)(stop - inside));
        fs_close(d->packet, group, NULL);
    }
}

void feiq_decode_sealed_message(FeiqDatagram *d)
{
    feiq_add_encoding(d, d->at, d->end);
    FeiqSlice text = feiq_take(&d->at, d->end, '\0');
    feiq_decode_text(d, text.at, text.at + text.length);
    if (!feiq_has(d, FEIQ_OPT_ENCEXTMSG) || d->at == d->end) {
        return;
    }
    feiq_decode_files(d);
    FeiqSlice recipients = feiq_take(&d->at, d->end, '\0');
    if (recipients.length > 0) {
        decode_recipients(d, recipients);
    }
}

/* An image in the text: slash, ~#>, eight hexadecimal digits, then <B~ or <G~. */
static bool add_reference(FeiqDatagram *d, const uint8_t *at, const uint8_t *end)
{
    uint64_t id;
    const uint8_t *kind = at + REFERENCE_ID + ID_DIGITS + 1;
    if (end - at < REFERENCE || memcmp(at, "/~#>", REFERENCE_ID) != 0 || kind[-1] != '<' ||
        (kind[0] != 'B' && kind[0] != 'G') || kind[1] != '~' ||
        !feiq_hexadecimal(at + REFERENCE_ID, ID_DIGITS, UINT32_MAX, &id)) {
        return false;
    }
    (void)fs_add_text(d->packet, FEIQ(IMAGE_REFERENCE), at, REFERENCE, FS_ASCII);
    fs_enter(d->packet);
    (void)fs_add_number(d->packet, FEIQ(IMAGE_ID), at + REFERENCE_ID, ID_DIGITS, id);
    (void)fs_add_number(d->packet, FEIQ(IMAGE_KIND), kind, 1, *kind);
    fs_leave(d->packet);
    return true;
}

/* Emoticons and images; a slash is never the second byte of a GB18030 or UTF-8 character. */
static void add_pictures(FeiqDatagram *d, const uint8_t *at, const uint8_t *end)
{
    while (at < end && (at = memchr(at, '/', (size_t)(end - at))) != NULL) {
        size_t length = 1;
        unsigned number =
            fs_wants(d->packet, FEIQ(EMOTICON)) ? feiq_find_emoticon(at, end, &length) : 0;
        if (number != 0) {
            (void)fs_add_text(d->packet, FEIQ(EMOTICON), at, length, FS_ASCII);
            fs_enter(d->packet);
            (void)feiq_conclude(d->packet, FEIQ(EMOTICON_NUMBER), at, length, number);
            fs_leave(d->packet);
        } else if (add_reference(d, at, end)) {
            length = REFERENCE;
        }
        at += length;
    }
}

/* Is this byte a character of its own? In GB18030 and Shift-JIS a brace may be the second byte of
 * one. */
static bool begins_character(const FeiqDatagram *d, const uint8_t *text, const uint8_t *at)
{
    bool japanese = d->encoding == FS_SHIFT_JIS;
    if ((d->encoding != FS_GB18030 && !japanese) || at == text || at[-1] < 0x81) {
        return true;
    }
    while (text < at) {
        bool katakana = japanese && *text >= 0xa0 && *text <= 0xdf;
        bool wide = *text >= 0x81 && !katakana && at - text > 1;
        bool four = wide && !japanese && text[1] >= '0' && text[1] <= '9';
        text += *text < 0x81 || katakana ? 1 : four ? 4 : 2;
    }
    return text == at;
}

void feiq_decode_text(FeiqDatagram *d, const uint8_t *at, const uint8_t *end)
{
    const uint8_t *font = NULL;
    const uint8_t *doubtful = NULL;
    const uint8_t *brace = at;
    while (font == NULL && brace < end &&
           (brace = memchr(brace, '{', (size_t)(end - brace))) != NULL) {
        if (FEIQ_BEGINS(brace, end, "{/font;") && begins_character(d, at, brace)) {
            if (feiq_is_font(d, brace, end)) {
                font = brace;
            } else {
                doubtful = brace;
            }
        }
        brace++;
    }
    const uint8_t *stop = font != NULL ? font : end;
    if (at < stop) {
        feiq_add_text(d, FEIQ(TEXT), at, (size_t)(stop - at));
        fs_enter(d->packet);
        add_pictures(d, at, stop);
        if (doubtful != NULL && font == NULL && !d->cut) {
            (void)fs_add_remark(d->packet, FEIQ(FONT_MALFORMED), doubtful, (size_t)(end - doubtful),
                                true);
        }
        fs_leave(d->packet);
    }
    if (font != NULL) {
        feiq_decode_font(d, font, end);
    }
}
