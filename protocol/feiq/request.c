/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Requests for files over TCP: packet number, file identifier and offset, all in hexadecimal. A
 * trailing colon and NUL may be missing; a folder's request needs no offset.
 */
#include "protocol/feiq/decode.h"

void feiq_body_request(FeiqDatagram *d)
{
    static const uint16_t fields[] = {FEIQ_REQUEST_PACKET_NUMBER, FEIQ_REQUEST_FILE_ID,
                                      FEIQ_REQUEST_OFFSET};
    if (feiq_has(d, FEIQ_OPT_ENCRYPT)) {
        feiq_decode_cipher(d);
        return;
    }
    FeiqSlice body = feiq_take(&d->at, d->end, '\0');
    const uint8_t *at = body.at;
    const uint8_t *end = at + body.length;
    unsigned found = 0;
    while (found < 3 && at < end) {
        FeiqSlice part = feiq_take(&at, end, ':');
        part.closed = part.closed || body.closed;
        (void)feiq_add_hexadecimal(d, &feiq_fields[fields[found++]], part, FEIQ(REQUEST_INVALID),
                                   NULL);
    }
    unsigned needed = feiq_command(d) == FEIQ_CMD_GETDIRFILES ? 2 : 3;
    if (found < needed && (body.closed || !d->cut)) {
        (void)fs_add_remark(d->packet, FEIQ(REQUEST_INCOMPLETE), body.at, body.length, true);
    }
    if (at < end) {
        (void)fs_add_remark(d->packet, FEIQ(TRAILING), at, (size_t)(end - at), true);
    }
}
