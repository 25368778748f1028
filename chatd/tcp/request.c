/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chatd/tcp/request.h"
#include "protocol/text.h"

enum { ENTRIES = 64 };

static FsEntry entries[ENTRIES];
static char argument_text[FS_TEXT_ROOM(ONEHASH_MESSAGE_LIMIT) + CONNECTION_ARGUMENTS];

const char *request_decode(ConnectionRequest *request, const OnehashStream *stream,
                           const uint8_t *data, uint32_t length)
{
    static FsPacket packet = {.entries = entries, .capacity = ENTRIES};
    fs_packet_reset(&packet, data);
    FsSpan span = {data, length, length};
    guint64 kind = 0;
    guint arguments = 0;
    size_t used = 0;
    const char *problem = NULL;
    *request = (ConnectionRequest){0};
    (void)onehash_decode(&packet, stream, span);
    for (uint32_t i = 0; i < packet.count; i++) {
        const FsEntry *entry = &packet.entries[i];
        ptrdiff_t field = entry->field - onehash_table.fields;
        if (field == ONEHASH_KIND) {
            kind = entry->value.number;
        } else if (field == ONEHASH_CODE) {
            request->code = (guint32)entry->value.number;
        } else if (field == ONEHASH_ARGUMENT && arguments < CONNECTION_ARGUMENTS) {
            request->argument[arguments++] = argument_text + used;
            used += 1 + fs_text_to_utf8(argument_text + used, sizeof argument_text - used,
                                        entry->value.bytes.data, entry->value.bytes.length,
                                        (FsEncoding)entry->encoding);
        } else if (field == ONEHASH_NOT_A_MESSAGE || field == ONEHASH_BAD_NUMBER ||
                   field == ONEHASH_MISSING || field == ONEHASH_UNEXPECTED ||
                   field == ONEHASH_UNKNOWN_KIND) {
            problem = entry->field->title;
        }
    }
    if (kind != ONEHASH_REQUEST || request->code == 0) {
        request->code = kind == ONEHASH_REQUEST ? request->code : 0;
        return problem != NULL ? problem : "Only requests (1#…) are answered";
    }
    return problem;
}

guint32 request_read_code(const OnehashStream *stream, const uint8_t *data, size_t length)
{
    size_t at = stream->framing == ONEHASH_FRAMING_LENGTH ? 4 : 0;
    guint32 code = 0;
    if (length < at + 3 || data[at] != '1' || data[at + 1] != '#') {
        return 0;
    }
    for (at += 2; at < length && g_ascii_isdigit(data[at]) && code < 100000; at++) {
        code = code * 10 + (guint32)(data[at] - '0');
    }
    return code;
}
