/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "protocol/onehash/build.h"
#include "protocol/onehash/framing.h"

static FsBuilder begin(uint8_t *out, size_t capacity, const OnehashStream *stream)
{
    FsBuilder b = fs_builder(out, capacity);
    fs_refuse_if(&b, stream->framing == ONEHASH_FRAMING_UNDECIDED);
    if (stream->framing == ONEHASH_FRAMING_LENGTH) {
        fs_put_fill(&b, 0, 4);
    }
    return b;
}

/* kind#code. A code of 0 is none, which only a reply may have. */
static void put_head(FsBuilder *b, OnehashKind kind, uint32_t code)
{
    fs_refuse_if(b, code == 0 && kind != ONEHASH_REPLY);
    fs_put_decimal(b, kind, 1);
    fs_put_byte(b, '#');
    fs_put_decimal(b, code, 1);
}

static void put_part(FsBuilder *b, FsBytes part, bool last)
{
    fs_refuse_if(b, fs_contains(part, '\0') || (!last && fs_contains(part, '#')));
    fs_put_byte(b, '#');
    fs_put(b, part);
}

static void put_length(FsBuilder *b)
{
    size_t length = b->used - 4;
    for (unsigned i = 0; i < 4; i++) {
        b->out[i] = (uint8_t)(length >> (24 - 8 * i));
    }
}

/* Close the frame, and ask the reader of frames whether it is one. */
static ptrdiff_t end(FsBuilder *b, const OnehashStream *stream, bool from_server)
{
    bool line = stream->framing == ONEHASH_FRAMING_LINE;
    if (b->error != 0) {
        return b->error;
    }
    if (line) {
        fs_refuse_if(b, b->out[b->used - 1] == '\r');
        fs_put_byte(b, '\n');
    } else if (stream->framing == ONEHASH_FRAMING_FIXED) {
        /* A message that fills its block goes on in the next, so one that ends needs a NUL. */
        fs_put_fill(b, 0, onehash_block(stream) - b->used % onehash_block(stream));
    } else if (stream->framing == ONEHASH_FRAMING_LENGTH) {
        put_length(b);
    }
    if (b->error == 0 && b->used > 0) {
        OnehashStream direction = *stream;
        direction.from_server = from_server;
        OnehashFrame frame = onehash_next(&direction, b->out, b->used);
        fs_refuse_if(b, frame.verdict != ONEHASH_COMPLETE || frame.length != b->used);
    }
    return fs_built(b);
}

ptrdiff_t onehash_build_request(uint8_t *out, size_t capacity, const OnehashStream *stream,
                                uint32_t code, const FsBytes *arguments, size_t count)
{
    FsBuilder b = begin(out, capacity, stream);
    put_head(&b, ONEHASH_REQUEST, code);
    for (size_t i = 0; i < count; i++) {
        put_part(&b, arguments[i], i + 1 == count);
    }
    if (stream->framing == ONEHASH_FRAMING_BARE && b.error == 0) {
        fs_refuse_if(&b, b.out[b.used - 1] == '#');
    }
    return end(&b, stream, false);
}

ptrdiff_t onehash_build_reply(uint8_t *out, size_t capacity, const OnehashStream *stream,
                              uint32_t code, uint32_t status, const FsBytes *lines, size_t count)
{
    bool bare = stream->framing == ONEHASH_FRAMING_BARE;
    FsBuilder b = begin(out, capacity, stream);
    if (!bare) {
        put_head(&b, ONEHASH_REPLY, code);
        fs_put_byte(&b, '#');
        fs_put_decimal(&b, status, 1);
        fs_put_byte(&b, '#');
        fs_put_decimal(&b, count, 1);
    }
    for (size_t i = 0; i < count; i++) {
        FsBytes line = lines[i];
        fs_refuse_if(&b, fs_contains(line, '\0') || fs_contains(line, '\n') ||
                             (line.length > 0 && line.data[line.length - 1] == '\r'));
        if (!bare) {
            fs_put_byte(&b, '\n');
        }
        fs_put(&b, line);
        if (bare) {
            fs_put_byte(&b, '\n');
        }
    }
    return end(&b, stream, true);
}

ptrdiff_t onehash_build_event(uint8_t *out, size_t capacity, const OnehashStream *stream,
                              uint32_t code, FsBytes from, const FsBytes *text)
{
    FsBuilder b = begin(out, capacity, stream);
    put_head(&b, ONEHASH_EVENT, code);
    put_part(&b, from, false);
    if (text != NULL) {
        put_part(&b, *text, true);
    }
    return end(&b, stream, true);
}
