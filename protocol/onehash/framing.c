/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "protocol/onehash/framing.h"

#include <string.h>

/* Codes have one digit today; three leave room for extensions, and keep "1#2024" a text. */
enum { MOST_CODE_DIGITS = 3 };

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

uint32_t onehash_length_prefix(const uint8_t *data)
{
    return (uint32_t)data[0] << 24 | (uint32_t)data[1] << 16 | (uint32_t)data[2] << 8 | data[3];
}

uint32_t onehash_block(const OnehashStream *stream)
{
    return stream->block == 0 ? ONEHASH_DEFAULT_BLOCK : stream->block;
}

/* "1#" and a code, or "3#", a code and "#"; the digits end at *code_end. */
static bool begins_message(uint8_t kind, const uint8_t *data, size_t length, size_t *code_end)
{
    if (length < 3 || data[0] != kind || data[1] != '#' || data[2] < '1' || data[2] > '9') {
        return false;
    }
    size_t end = 3;
    while (end < length && end < 2 + MOST_CODE_DIGITS && is_digit(data[end])) {
        end++;
    }
    *code_end = end;
    if (end < length && data[end] == '#') {
        return true;
    }
    return kind == '1' && (end == length || data[end] == '\0');
}

/* Does nothing have to follow? A request whose last argument is empty has not been sent whole. */
static bool is_whole_request(OnehashService service, const uint8_t *data, size_t length)
{
    size_t code_end = 0;
    while (length > 0 && data[length - 1] == '\0') {
        length--;
    }
    if (!begins_message('1', data, length, &code_end) || data[length - 1] == '#') {
        return false;
    }
    if (code_end != 3 || data[2] != '3') {
        return true;
    }
    if (code_end == length) {
        return false;
    }
    return service != ONEHASH_SERVICE_CHAT || memchr(data + 4, '#', length - 4) != NULL;
}

static bool begins_length_frame(const uint8_t *data, size_t length)
{
    enum { SHORTEST = 3, PREFIX = 4, HEAD = 6 }; /* 1#1; the length; the length, kind and # */
    if (data[0] != 0) {
        return false;
    }
    if (length < PREFIX) {
        return length < 2 || data[1] <= 1;
    }
    uint32_t message = onehash_length_prefix(data);
    if (message < SHORTEST || (message > ONEHASH_MESSAGE_LIMIT && length < HEAD)) {
        return false;
    }
    return (length <= PREFIX || (data[4] >= '1' && data[4] <= '3')) &&
           (length < HEAD || data[5] == '#');
}

static OnehashFraming recognise(OnehashService service, const uint8_t *data, size_t length)
{
    if (length == 0) {
        return ONEHASH_FRAMING_UNDECIDED;
    }
    if (begins_length_frame(data, length)) {
        return ONEHASH_FRAMING_LENGTH;
    }
    if (data[0] < '1' || data[0] > '3' || (length > 1 && data[1] != '#')) {
        return ONEHASH_FRAMING_UNDECIDED;
    }
    if (memchr(data, '\n', length) == NULL && is_whole_request(service, data, length)) {
        return ONEHASH_FRAMING_BARE;
    }
    return ONEHASH_FRAMING_LINE;
}

OnehashFraming onehash_recognise(const uint8_t *data, size_t length)
{
    return recognise(ONEHASH_SERVICE_UNKNOWN, data, length);
}

void onehash_learn(OnehashStream *stream, const uint8_t *data, size_t length)
{
    if (length == 0) {
        return;
    }
    bool has_line_end = memchr(data, '\n', length) != NULL;
    if (stream->framing == ONEHASH_FRAMING_BARE && !stream->from_server && has_line_end) {
        stream->framing = ONEHASH_FRAMING_LINE;
    }
    if (stream->framing != ONEHASH_FRAMING_UNDECIDED) {
        return;
    }
    OnehashFraming framing = recognise(stream->service, data, length);
    if (stream->from_server && framing != ONEHASH_FRAMING_LENGTH &&
        (!has_line_end || data[0] == '1')) {
        return;
    }
    stream->framing = framing;
}

static OnehashFrame frame(OnehashVerdict verdict, size_t length)
{
    return (OnehashFrame){verdict, (uint32_t)length};
}

uint32_t onehash_announced_lines(const uint8_t *head, size_t length)
{
    if (length < 2 || head[0] != '2' || head[1] != '#') {
        return 0;
    }
    size_t at = 2;
    for (unsigned part = 0; part < 2; part++) {
        const uint8_t *end = memchr(head + at, '#', length - at);
        if (end == NULL) {
            return 0;
        }
        at = (size_t)(end - head) + 1;
    }
    uint32_t lines = 0;
    for (; at < length && is_digit(head[at]); at++) {
        lines = lines > ONEHASH_MESSAGE_LIMIT ? lines : lines * 10 + (uint32_t)(head[at] - '0');
    }
    return at == length || head[at] == '#' ? lines : 0;
}

/* Length of a line without its CR, given where its LF stands. */
static size_t without_cr(const uint8_t *data, size_t line_end)
{
    return line_end > 0 && data[line_end - 1] == '\r' ? line_end - 1 : line_end;
}

static OnehashFrame next_line(const uint8_t *data, size_t length)
{
    /* A message of the limit ends at the latest with CR LF behind it. */
    size_t most = ONEHASH_MESSAGE_LIMIT + 2;
    size_t seen = length < most ? length : most;
    size_t at = 0;
    for (uint32_t lines = 1; lines > 0; lines--) {
        const uint8_t *found = seen > at ? memchr(data + at, '\n', seen - at) : NULL;
        if (found == NULL) {
            bool beyond = seen == most || without_cr(data, seen) > ONEHASH_MESSAGE_LIMIT;
            return beyond ? frame(ONEHASH_REFUSED, length) : frame(ONEHASH_PARTIAL, 0);
        }
        size_t line_end = (size_t)(found - data);
        if (without_cr(data, line_end) > ONEHASH_MESSAGE_LIMIT) {
            return frame(ONEHASH_REFUSED, length);
        }
        if (at == 0) {
            lines += onehash_announced_lines(data, without_cr(data, line_end));
        }
        at = line_end + 1;
    }
    return frame(ONEHASH_COMPLETE, at);
}

static OnehashFrame next_length(const uint8_t *data, size_t length)
{
    if (length < 4) {
        return data[0] != 0 ? frame(ONEHASH_REFUSED, length) : frame(ONEHASH_PARTIAL, 0);
    }
    size_t whole = (size_t)onehash_length_prefix(data) + 4;
    if (whole > ONEHASH_MESSAGE_LIMIT + 4) {
        return frame(ONEHASH_REFUSED, length);
    }
    return frame(whole <= length ? ONEHASH_COMPLETE : ONEHASH_PARTIAL, whole);
}

static OnehashFrame next_fixed(const uint8_t *data, size_t length, size_t block)
{
    for (size_t at = 0; length - at >= block; at += block) {
        size_t used = at + block;
        bool ends_here = data[used - 1] == '\0';
        while (used > at && data[used - 1] == '\0') {
            used--;
        }
        if (used > ONEHASH_MESSAGE_LIMIT) {
            return frame(ONEHASH_REFUSED, length);
        }
        if (ends_here) {
            return frame(ONEHASH_COMPLETE, at + block);
        }
    }
    return frame(ONEHASH_PARTIAL, 0);
}

static OnehashFrame next_bare(const uint8_t *data, size_t length, bool from_server)
{
    size_t end = length;
    size_t code_end;
    uint8_t kind = from_server ? '3' : '1';
    bool splits = !from_server || begins_message(kind, data, length, &code_end);
    for (size_t at = 4; splits && at < length; at++) {
        const uint8_t *sign = memchr(data + at, '#', length - at);
        if (sign == NULL) {
            break;
        }
        at = (size_t)(sign - data);
        if (data[at - 2] != '#' &&
            begins_message(kind, data + at - 1, length - at + 1, &code_end)) {
            end = at - 1;
            break;
        }
    }
    return end > ONEHASH_MESSAGE_LIMIT ? frame(ONEHASH_REFUSED, length)
                                       : frame(ONEHASH_COMPLETE, end);
}

OnehashFrame onehash_next(const OnehashStream *stream, const uint8_t *data, size_t length)
{
    switch (stream->framing) {
    case ONEHASH_FRAMING_LINE:
        return next_line(data, length);
    case ONEHASH_FRAMING_LENGTH:
        return next_length(data, length);
    case ONEHASH_FRAMING_FIXED:
        return next_fixed(data, length, onehash_block(stream));
    case ONEHASH_FRAMING_BARE:
        return next_bare(data, length, stream->from_server);
    case ONEHASH_FRAMING_UNDECIDED:
        break;
    }
    return frame(ONEHASH_REFUSED, length);
}
