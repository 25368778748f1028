/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * FeiQ's font suffix: {/font;-16 0 0 0 400 0 0 0 134 0 0 2 32 微软雅黑 8404992;}
 */
#include "protocol/feiq/decode.h"

static const uint16_t number_fields[] = {
    FEIQ_FONT_HEIGHT,      FEIQ_FONT_WIDTH,         FEIQ_FONT_ESCAPEMENT,     FEIQ_FONT_ORIENTATION,
    FEIQ_FONT_WEIGHT,      FEIQ_FONT_ITALIC,        FEIQ_FONT_UNDERLINE,      FEIQ_FONT_STRIKEOUT,
    FEIQ_FONT_CHARSET,     FEIQ_FONT_OUT_PRECISION, FEIQ_FONT_CLIP_PRECISION, FEIQ_FONT_QUALITY,
    FEIQ_FONT_PITCH_FAMILY};
enum { NUMBERS = sizeof number_fields / sizeof number_fields[0], PREFIX = 7 };

/* Where the parts of a suffix are. */
typedef struct {
    FeiqSlice number[NUMBERS];
    int64_t value[NUMBERS];
    FeiqSlice face;
    FeiqSlice color;
    uint64_t color_value;
    bool closed; /* with the brace */
} Font;

static const uint8_t *skip_spaces(const uint8_t *at, const uint8_t *end)
{
    while (at < end && *at == ' ') {
        at++;
    }
    return at;
}

/* The face may hold spaces, so the colour is found from the end. */
static bool find_parts(Font *font, const FeiqDatagram *d, const uint8_t *at, const uint8_t *end)
{
    bool cut = d->cut && end == d->end;
    at += PREFIX;
    for (unsigned i = 0; i < NUMBERS; i++) {
        at = skip_spaces(at, end);
        font->number[i] = feiq_take(&at, end, ' ');
        if (!font->number[i].closed ||
            !feiq_signed(font->number[i].at, font->number[i].length, &font->value[i])) {
            return false;
        }
    }
    while (end > at && end[-1] == ' ') {
        end--;
    }
    font->closed = end > at && end[-1] == '}';
    end -= font->closed;
    if (end > at && end[-1] == ';') {
        end--;
    } else if (cut && !font->closed) {
        return false; /* more digits of the colour may have followed */
    }
    const uint8_t *color = end;
    while (color > at && color[-1] != ' ') {
        color--;
    }
    font->color = (FeiqSlice){color, (size_t)(end - color), true};
    if (!feiq_decimal(color, font->color.length, UINT32_MAX, &font->color_value)) {
        return false;
    }
    while (color > at && color[-1] == ' ') {
        color--;
    }
    font->face = (FeiqSlice){at, (size_t)(color - at), true};
    return true;
}

enum { REMEMBERED = 64 };
static _Thread_local FsMemo memos[REMEMBERED];

static FsMemo *place(const FeiqDatagram *d, const uint8_t *at, const uint8_t *end)
{
    return d->cut ? NULL : fs_memo_place(memos, REMEMBERED, d->packet, at, (size_t)(end - at));
}

bool feiq_is_font(const FeiqDatagram *d, const uint8_t *at, const uint8_t *end)
{
    Font font;
    return fs_memo_holds(place(d, at, end), d->packet, at, (size_t)(end - at), d->encoding) ||
           find_parts(&font, d, at, end);
}

static void decode(FeiqDatagram *d, const uint8_t *at, const uint8_t *end)
{
    Font font;
    if (!find_parts(&font, d, at, end)) {
        return;
    }
    uint32_t group = fs_open(d->packet, FEIQ(FONT), at, (size_t)(end - at));
    for (unsigned i = 0; i < NUMBERS; i++) {
        FsEntry *entry = fs_add(d->packet, &feiq_fields[number_fields[i]], font.number[i].at,
                                font.number[i].length);
        entry->value.integer = font.value[i];
    }
    feiq_add_text(d, FEIQ(FONT_FACE), font.face.at, font.face.length);
    (void)fs_add_number(d->packet, FEIQ(FONT_COLOR), font.color.at, font.color.length,
                        font.color_value);
    if (!font.closed) {
        (void)fs_add_remark(d->packet, FEIQ(FONT_OPEN), end, 0, false);
    }
    fs_close(d->packet, group, NULL);
}

void feiq_decode_font(FeiqDatagram *d, const uint8_t *at, const uint8_t *end)
{
    size_t length = (size_t)(end - at);
    FsMemo *memo = place(d, at, end);
    if (!fs_memo_append(memo, d->packet, at, length, d->encoding)) {
        uint32_t first = d->packet->count;
        decode(d, at, end);
        fs_memo_keep(memo, d->packet, first, at, length, d->encoding, 0);
    }
}
