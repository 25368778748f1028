/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The additional section: which form it has, and the forms that are small.
 */
#include "protocol/feiq/decode.h"

typedef struct {
    FeiqBody *decode;
} Form;

static const Form forms[256] = {
#define FEIQ_COMMAND(id, number, family, body) [number] = {feiq_body_##body},
#include "protocol/feiq/commands.def"
#undef FEIQ_COMMAND
};

bool feiq_command_known(uint8_t command)
{
    return forms[command].decode != NULL;
}

void feiq_decode_body(FeiqDatagram *d, bool known)
{
    if (d->at == d->end) {
        if (d->body_length > 0 && !d->cut) {
            (void)fs_add_remark(d->packet, FEIQ(ENCRYPTED_LENGTH), d->at, 0, false);
        }
        return;
    }
    FeiqBody *decode = known ? forms[feiq_command(d)].decode : NULL;
    uint32_t group = fs_open(d->packet, FEIQ(ADDITIONAL), d->at, (size_t)(d->end - d->at));
    (decode != NULL ? decode : feiq_body_other)(d);
    feiq_add_trailing(d);
    fs_close(d->packet, group, NULL);
}

/* One text up to a NUL. */
static void decode_one_text(FeiqDatagram *d, const FsField *field)
{
    feiq_add_encoding(d, d->at, d->end);
    FeiqSlice text = feiq_take(&d->at, d->end, '\0');
    feiq_add_text(d, field, text.at, text.length);
}

void feiq_body_info(FeiqDatagram *d)
{
    decode_one_text(d, FEIQ(INFO));
}

void feiq_body_absence(FeiqDatagram *d)
{
    decode_one_text(d, FEIQ(ABSENCE));
}

void feiq_body_sign(FeiqDatagram *d)
{
    decode_one_text(d, FEIQ(SIGNATURE));
}

/* Text, NUL, and a picture in PNG format. */
void feiq_body_icon(FeiqDatagram *d)
{
    const uint8_t *at = d->at;
    FeiqSlice text = feiq_take(&at, d->end, '\0');
    feiq_add_encoding(d, text.at, text.at + text.length);
    feiq_add_text(d, FEIQ(CONTENT), text.at, text.length);
    if (at < d->end) {
        (void)fs_add_bytes(d->packet, FEIQ(ICON), at, (size_t)(d->end - at));
    }
    d->at = d->end;
}

void feiq_body_ack(FeiqDatagram *d)
{
    FeiqSlice number = feiq_take(&d->at, d->end, '\0');
    (void)feiq_add_decimal(d, FEIQ(ACK), number, FEIQ(ACK_INVALID), NULL);
}

void feiq_body_getlist(FeiqDatagram *d)
{
    FeiqSlice number = feiq_take(&d->at, d->end, '\0');
    if (number.length > 0) {
        (void)feiq_add_decimal(d, FEIQ(LIST_START), number, FEIQ(LIST_INVALID), NULL);
    }
}

/* DIR_POLL may carry a version line alone, like an entry's extension. */
void feiq_body_poll(FeiqDatagram *d)
{
    if (*d->at == '\n') {
        feiq_decode_extension(d, d->at, d->end);
        d->at = d->end;
    } else {
        feiq_body_other(d);
    }
}

static bool is_text(const uint8_t *at, const uint8_t *end)
{
    for (; at < end; at++) {
        bool blank = *at == '\t' || *at == '\r' || *at == '\n' || *at == '\0';
        if (*at < 0x20 && !blank) {
            return false;
        }
    }
    return true;
}

/* Nothing is expected, or it is not known what: an IPDict, sections of text, or bytes. */
void feiq_body_other(FeiqDatagram *d)
{
    if (feiq_is_dict(d->at, d->end)) {
        feiq_decode_dict(d, false);
        return;
    }
    if (!is_text(d->at, d->end)) {
        (void)fs_add_bytes(d->packet, FEIQ(UNKNOWN), d->at, (size_t)(d->end - d->at));
        d->at = d->end;
        return;
    }
    feiq_add_encoding(d, d->at, d->end);
    while (d->at < d->end) {
        FeiqSlice text = feiq_take(&d->at, d->end, '\0');
        feiq_add_text(d, FEIQ(CONTENT), text.at, text.length);
    }
}
