/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chatd/tcp/reply.h"
#include "protocol/onehash/build.h"

#include <string.h>

enum { HEAD_ROOM = 96 }; /* a reply's head, and the line that counts what was left out */

static void add_line(GArray *lines, const char *text, size_t length)
{
    while (length > 0 && text[length - 1] == '\r') {
        length--;
    }
    FsBytes line = {(const uint8_t *)text, length};
    g_array_append_val(lines, line);
}

/* The lines of a text that fit in one message; what does not is counted in *more. */
static GArray *split(const char *text, char **more)
{
    GArray *lines = g_array_new(FALSE, FALSE, sizeof(FsBytes));
    size_t room = ONEHASH_MESSAGE_LIMIT - HEAD_ROOM;
    guint left_out = 0;
    while (text != NULL) {
        const char *end = strchr(text, '\n');
        size_t length = end != NULL ? (size_t)(end - text) : strlen(text);
        if (left_out > 0 || length + 1 > room) {
            left_out++;
        } else {
            add_line(lines, text, length);
            room -= length + 1;
        }
        text = end != NULL ? end + 1 : NULL;
    }
    if (left_out > 0) {
        *more = g_strdup_printf("… and %u more", left_out);
        add_line(lines, *more, strlen(*more));
    }
    return lines;
}

ptrdiff_t reply_build(uint8_t *out, size_t capacity, const OnehashStream *stream, guint32 code,
                      OnehashStatus status, const char *text)
{
    if (text == NULL || *text == '\0') {
        return onehash_build_reply(out, capacity, stream, code, status, NULL, 0);
    }
    g_autofree char *more = NULL;
    g_autoptr(GArray) lines = split(text, &more);
    return onehash_build_reply(out, capacity, stream, code, status,
                               (const FsBytes *)(const void *)lines->data, lines->len);
}

ptrdiff_t event_build(uint8_t *out, size_t capacity, const OnehashStream *stream, guint32 code,
                      const char *from, const char *text)
{
    if (text == NULL) {
        return onehash_build_event(out, capacity, stream, code, fs_bytes(from), NULL);
    }
    FsBytes bytes = fs_bytes(text);
    g_autofree char *fitted = NULL;
    if (stream->framing == ONEHASH_FRAMING_LINE && strpbrk(text, "\r\n") != NULL) {
        fitted = g_strdelimit(g_strdup(text), "\r\n", ' ');
        bytes.data = (const uint8_t *)fitted;
    }
    size_t most = ONEHASH_MESSAGE_LIMIT - HEAD_ROOM - strlen(from);
    if (bytes.length > most) {
        const char *start = (const char *)bytes.data;
        bytes.length = (size_t)(g_utf8_find_prev_char(start, start + most) - start);
    }
    ptrdiff_t length = onehash_build_event(out, capacity, stream, code, fs_bytes(from), &bytes);
    if (length == FS_IMPOSSIBLE && stream->framing == ONEHASH_FRAMING_BARE) {
        const char *start = (const char *)bytes.data;
        size_t part = bytes.length <= most / 3
                          ? bytes.length
                          : (size_t)(g_utf8_find_prev_char(start, start + most / 3) - start);
        g_autoptr(GString) wide = g_string_new_len(start, (gssize)part);
        g_string_replace(wide, "#", "＃", 0);
        FsBytes replaced = {(const uint8_t *)wide->str, wide->len};
        length = onehash_build_event(out, capacity, stream, code, fs_bytes(from), &replaced);
    }
    return length;
}
