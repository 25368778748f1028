/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One message of 1#n as decoded fields. The framing's bytes are taken off first (unwrap); what is
 * left is the message's text, whose head is read part by part.
 */
#include "protocol/onehash/framing.h"
#include "protocol/text.h"

#include <string.h>

#define FIELD(id) (&onehash_table.fields[ONEHASH_##id])

enum {
    MOST_ARGUMENTS = 16,  /* entries for the arguments of an unknown operation */
    MOST_SHOWN_BYTES = 64 /* bytes that a remark quotes */
};

/* A message being read: at walks over its text to end. */
typedef struct {
    FsPacket *packet;
    const OnehashStream *stream;
    const uint8_t *at;
    const uint8_t *end;
    const uint8_t *padding; /* NULs behind the text, up to padding_end */
    const uint8_t *padding_end;
    const uint8_t *stray; /* bytes between NULs, up to padding */
    FsEncoding encoding;
    bool cut;      /* the text goes on beyond end, or its framing says so */
    bool too_long; /* beyond the limit */
} Reader;

/* One part of a head, without the "#" that ends it. */
typedef struct {
    const uint8_t *at;
    size_t length;
    bool last; /* no "#" follows */
    bool cut;  /* more of it may follow beyond the bytes */
} Part;

/* What a code asks for. */
typedef struct {
    uint8_t service;
    uint8_t code;
    uint8_t operation;
    uint8_t least; /* arguments that have to be there */
    uint8_t most;  /* arguments that may be there; the last takes all the rest */
    uint8_t meaning[5];
} Request;

static const Request requests[] = {
    {ONEHASH_SERVICE_CONTROL, 1, ONEHASH_SHUT_DOWN, 0, 0, {0}},
    {ONEHASH_SERVICE_CONTROL, 2, ONEHASH_LIST_PROCESSES, 0, 0, {0}},
    {ONEHASH_SERVICE_CONTROL, 3, ONEHASH_KILL, 1, 1, {ONEHASH_PROCESS}},
    {ONEHASH_SERVICE_CHAT, 1, ONEHASH_LOG_IN, 0, 1, {ONEHASH_NICK}},
    {ONEHASH_SERVICE_CHAT, 2, ONEHASH_LOG_OUT, 0, 0, {0}},
    {ONEHASH_SERVICE_CHAT, 3, ONEHASH_SEND_MESSAGE, 2, 2, {ONEHASH_TO, ONEHASH_TEXT}},
    /* chatd's extensions, docs/onehash-extensions.md */
    {ONEHASH_SERVICE_CONTROL, 11, ONEHASH_SHOW_STATUS, 0, 0, {0}},
    {ONEHASH_SERVICE_CHAT, 11, ONEHASH_LIST_USERS, 0, 1, {0}},
    {ONEHASH_SERVICE_CHAT, 12, ONEHASH_IDENTIFY, 0, 1, {ONEHASH_NICK}},
    {ONEHASH_SERVICE_CHAT, 13, ONEHASH_SHOW_HISTORY, 0, 3, {0}},
    {ONEHASH_SERVICE_CHAT, 14, ONEHASH_TYPING, 1, 1, {ONEHASH_TO}},
    {ONEHASH_SERVICE_CHAT, 15, ONEHASH_SHAKE, 1, 1, {ONEHASH_TO}},
    {ONEHASH_SERVICE_CHAT, 16, ONEHASH_LIST_FILES, 0, 1, {0}},
    {ONEHASH_SERVICE_CHAT,
     17,
     ONEHASH_OFFER_FILE,
     5,
     5,
     {ONEHASH_TO, ONEHASH_FILE_KIND, ONEHASH_FILE_SIZE, ONEHASH_FILE_TIME, ONEHASH_FILE_NAME}},
    {ONEHASH_SERVICE_CHAT,
     18,
     ONEHASH_WRITE_FILE,
     3,
     3,
     {ONEHASH_FILE, ONEHASH_FILE_OFFSET, ONEHASH_FILE_DATA}},
    {ONEHASH_SERVICE_CHAT, 19, ONEHASH_GET_FILE, 1, 1, {ONEHASH_FILE}},
    {ONEHASH_SERVICE_CHAT, 20, ONEHASH_READ_FILE, 2, 2, {ONEHASH_FILE, ONEHASH_FILE_OFFSET}},
    {ONEHASH_SERVICE_CHAT, 21, ONEHASH_DROP_FILE, 1, 1, {ONEHASH_FILE}},
    {ONEHASH_SERVICE_CHAT, 22, ONEHASH_SEND_SEALED, 2, 2, {ONEHASH_TO, ONEHASH_TEXT}},
    {ONEHASH_SERVICE_CHAT, 23, ONEHASH_SEND_LOCKED, 2, 2, {ONEHASH_TO, ONEHASH_TEXT}},
    {ONEHASH_SERVICE_CHAT, 24, ONEHASH_DESCRIBE_USERS, 0, 1, {0}},
};

static const struct {
    uint8_t code;
    uint8_t operation;
} events[] = {{1, ONEHASH_CAME_ONLINE}, {2, ONEHASH_WENT_OFFLINE},   {3, ONEHASH_MESSAGE_ARRIVED},
              {14, ONEHASH_TYPING},     {15, ONEHASH_SHAKE},         {16, ONEHASH_OFFER_FILE},
              {17, ONEHASH_FILE_ENDED}, {18, ONEHASH_MESSAGE_OPENED}};

static const Request *find_request(OnehashService service, uint64_t code)
{
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
        if (requests[i].service == service && requests[i].code == code) {
            return &requests[i];
        }
    }
    return NULL;
}

OnehashOperation onehash_operation(OnehashService service, uint64_t kind, uint64_t code)
{
    if (kind == ONEHASH_EVENT) {
        for (size_t i = 0; i < sizeof events / sizeof events[0]; i++) {
            if (events[i].code == code) {
                return (OnehashOperation)events[i].operation;
            }
        }
        return ONEHASH_NO_OPERATION;
    }
    const Request *request = find_request(service, code);
    return request != NULL && (kind == ONEHASH_REQUEST || kind == ONEHASH_REPLY)
               ? (OnehashOperation)request->operation
               : ONEHASH_NO_OPERATION;
}

static void remark(Reader *r, const FsField *field, const uint8_t *at, size_t length)
{
    (void)fs_add_remark(r->packet, field, at, length, length > 0 && length <= MOST_SHOWN_BYTES);
}

static void text(Reader *r, const FsField *field, const uint8_t *at, size_t length)
{
    (void)fs_add_text(r->packet, field, at, length, r->encoding);
}

static void conclusion(Reader *r, const FsField *field, const uint8_t *at, uint64_t value)
{
    fs_add_number(r->packet, field, at, 0, value)->generated = true;
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static size_t left(const Reader *r)
{
    return (size_t)(r->end - r->at);
}

/* --- the framing --- */

/* Where text stops in bytes that NULs may fill up: at the first NUL. */
static void stop_at_nul(Reader *r)
{
    const uint8_t *used = r->end;
    while (used > r->at && used[-1] == '\0') {
        used--;
    }
    const uint8_t *nul = memchr(r->at, '\0', (size_t)(used - r->at));
    r->padding = used;
    r->padding_end = r->end;
    r->end = used;
    if (nul != NULL) {
        r->stray = nul;
        r->end = nul;
    }
}

static void unwrap_line(Reader *r)
{
    /* A sender that counts its terminator leaves it before its next line. */
    const uint8_t *start = r->at;
    while (left(r) > 0 && *r->at == '\0') {
        r->at++;
    }
    if (r->at > start) {
        (void)fs_add_bytes(r->packet, FIELD(PADDING), start, (size_t)(r->at - start));
    }
    if (left(r) > 0 && r->end[-1] == '\n') {
        r->end--;
        r->end -= left(r) > 0 && r->end[-1] == '\r';
    } else {
        r->cut = true;
    }
    r->too_long = left(r) > ONEHASH_MESSAGE_LIMIT;
}

static void unwrap_length(Reader *r)
{
    if (left(r) < 4) {
        r->at = r->end;
        r->cut = true;
        return;
    }
    uint32_t length = onehash_length_prefix(r->at);
    (void)fs_add_number(r->packet, FIELD(LENGTH), r->at, 4, length);
    r->at += 4;
    r->too_long = length > ONEHASH_MESSAGE_LIMIT;
    if (r->too_long) {
        r->end = r->at;
        return;
    }
    r->cut = left(r) < length;
    if (left(r) > length) {
        r->stray = r->at + length;
        r->padding = r->padding_end = r->end;
        r->end = r->at + length;
    }
}

static void unwrap_fixed(Reader *r)
{
    r->cut = r->cut || left(r) % onehash_block(r->stream) != 0 || r->end[-1] != '\0';
    stop_at_nul(r);
    r->too_long = left(r) > ONEHASH_MESSAGE_LIMIT;
}

static void unwrap_bare(Reader *r)
{
    stop_at_nul(r);
    r->too_long = left(r) > ONEHASH_MESSAGE_LIMIT;
}

/* --- text --- */

/* Bytes at the end of text that only begin a UTF-8 character. */
static size_t broken_tail(const uint8_t *data, size_t length)
{
    for (size_t i = 1; i <= 3 && i <= length; i++) {
        uint8_t c = data[length - i];
        if (c >= 0xc0) {
            size_t whole = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
            return i < whole ? i : 0;
        }
        if (c < 0x80) {
            break;
        }
    }
    return 0;
}

static FsEncoding guess(FsEncoding prefer, const uint8_t *data, size_t length, bool cut_before,
                        bool cut_behind)
{
    FsEncoding whole = fs_text_guess(data, length);
    if (whole != FS_ASCII && prefer != FS_ASCII) {
        return prefer;
    }
    if (whole == FS_ASCII || whole == FS_UTF8 || (!cut_before && !cut_behind)) {
        return whole;
    }
    size_t skip = 0;
    while (cut_before && skip < 3 && skip < length && (data[skip] & 0xc0) == 0x80) {
        skip++;
    }
    size_t tail = cut_behind ? broken_tail(data + skip, length - skip) : 0;
    if (skip + tail > 0 && fs_text_is_utf8(data + skip, length - skip - tail)) {
        return FS_UTF8;
    }
    if (whole == FS_ESCAPED && cut_behind && length > 1 &&
        fs_text_guess(data, length - 1) == FS_GB18030) {
        return FS_GB18030;
    }
    return whole;
}

/* --- parts of a head --- */

static Part next_part(Reader *r)
{
    const uint8_t *sign = left(r) > 0 ? memchr(r->at, '#', left(r)) : NULL;
    Part part = {r->at, sign != NULL ? (size_t)(sign - r->at) : left(r), sign == NULL,
                 sign == NULL && r->cut};
    r->at = sign != NULL ? sign + 1 : r->end;
    return part;
}

static Part rest(Reader *r)
{
    Part part = {r->at, left(r), true, r->cut};
    r->at = r->end;
    return part;
}

/* A decimal number of at most 32 bits; what is not one is remarked on. */
static bool read_number(Reader *r, const FsField *field, const Part *part, uint64_t most,
                        uint64_t *value)
{
    uint64_t number = 0;
    if (part->cut) {
        return false; /* its last digits may be missing */
    }
    if (part->length == 0) {
        remark(r, FIELD(MISSING), part->at, 0);
        return false;
    }
    for (size_t i = 0; i < part->length; i++) {
        number = number * 10 + (uint64_t)(part->at[i] - '0');
        if (!is_digit(part->at[i]) || number > most) {
            remark(r, FIELD(BAD_NUMBER), part->at, part->length);
            return false;
        }
    }
    (void)fs_add_number(r->packet, field, part->at, part->length, number);
    *value = number;
    return true;
}

/* --- requests --- */

static void read_argument(Reader *r, const Part *part, OnehashField meaning)
{
    text(r, FIELD(ARGUMENT), part->at, part->length);
    if (meaning != ONEHASH_LAYER) {
        fs_enter(r->packet);
        const FsField *field = &onehash_table.fields[meaning];
        if (field->type == FS_UINT) {
            uint64_t number;
            (void)read_number(r, field, part, INT64_MAX / 10, &number);
        } else {
            text(r, field, part->at, part->length);
        }
        fs_leave(r->packet);
    }
}

static void read_unknown_arguments(Reader *r)
{
    text(r, FIELD(ARGUMENTS), r->at, left(r));
    fs_enter(r->packet);
    for (unsigned i = 1;; i++) {
        Part part = i < MOST_ARGUMENTS ? next_part(r) : rest(r);
        read_argument(r, &part, ONEHASH_LAYER);
        if (part.last) {
            break;
        }
    }
    fs_leave(r->packet);
}

static void read_request(Reader *r, const Request *request, bool has_arguments)
{
    if (request == NULL) {
        if (has_arguments) {
            read_unknown_arguments(r);
        }
        return;
    }
    if (has_arguments && request->most == 0) {
        Part part = rest(r);
        read_argument(r, &part, ONEHASH_LAYER);
        remark(r, FIELD(UNEXPECTED), part.at, part.length);
        return;
    }
    unsigned count = 0;
    bool missing = false;
    while (has_arguments && count < request->most) {
        Part part = count + 1U < request->most ? next_part(r) : rest(r);
        read_argument(r, &part, (OnehashField)request->meaning[count]);
        count++;
        missing = missing || part.length == 0;
        has_arguments = !part.last;
    }
    if ((missing || count < request->least) && !r->cut) {
        remark(r, FIELD(MISSING), r->at, 0);
    }
}

/* --- events --- */

static void read_event(Reader *r, OnehashOperation operation, bool has_parts)
{
    Part from = {r->at, 0, true, r->cut};
    if (has_parts) {
        bool alone = operation == ONEHASH_CAME_ONLINE || operation == ONEHASH_WENT_OFFLINE ||
                     operation == ONEHASH_TYPING || operation == ONEHASH_SHAKE;
        from = alone ? rest(r) : next_part(r);
        text(r, FIELD(FROM), from.at, from.length);
    }
    if (!from.last) {
        Part words = rest(r);
        text(r, FIELD(TEXT), words.at, words.length);
    }
    bool needs_text = operation == ONEHASH_MESSAGE_ARRIVED || operation == ONEHASH_OFFER_FILE ||
                      operation == ONEHASH_MESSAGE_OPENED || operation == ONEHASH_FILE_ENDED;
    bool missing = from.length == 0 || (needs_text && from.last);
    if (missing && !r->cut) {
        remark(r, FIELD(MISSING), r->at, 0);
    }
}

/* --- replies --- */

static void read_listed_process(Reader *r, const uint8_t *line, size_t length)
{
    size_t digits = 0;
    uint64_t id = 0;
    while (digits < length && is_digit(line[digits]) && id <= UINT32_MAX) {
        id = id * 10 + (uint64_t)(line[digits++] - '0');
    }
    if (digits == 0 || digits == length || line[digits] != ' ' || id > UINT32_MAX) {
        return;
    }
    fs_enter(r->packet);
    (void)fs_add_number(r->packet, FIELD(PROCESS_ID), line, digits, id);
    text(r, FIELD(PROCESS_NAME), line + digits + 1, length - digits - 1);
    fs_leave(r->packet);
}

/* The lines from r->at on; a last LF ends the last line and begins none. */
static uint64_t read_body(Reader *r, OnehashOperation operation, bool failed)
{
    uint64_t count = 0;
    while (r->at < r->end) {
        const uint8_t *line = r->at;
        const uint8_t *end = memchr(line, '\n', left(r));
        r->at = end != NULL ? end + 1 : r->end;
        size_t length = (size_t)((end != NULL ? end : r->end) - line);
        length -= length > 0 && line[length - 1] == '\r';
        text(r, FIELD(BODY), line, length);
        if (failed && count == 0 && length > 0) {
            fs_enter(r->packet);
            text(r, FIELD(REASON), line, length);
            fs_leave(r->packet);
        } else if (operation == ONEHASH_LIST_PROCESSES) {
            read_listed_process(r, line, length);
        }
        count++;
    }
    return count;
}

static void read_reply(Reader *r, OnehashOperation operation, bool has_parts)
{
    const uint8_t *text_end = r->end;
    const uint8_t *line_end = left(r) > 0 ? memchr(r->at, '\n', left(r)) : NULL;
    bool cut = r->cut;
    if (line_end != NULL) {
        r->end = line_end - (line_end > r->at && line_end[-1] == '\r');
        r->cut = false;
    }
    uint64_t status = 0;
    uint64_t lines = 0;
    bool has_lines = false;
    Part part = {r->at, 0, true, r->cut};
    if (has_parts) {
        part = next_part(r);
        (void)read_number(r, FIELD(STATUS), &part, UINT32_MAX, &status);
    }
    if (!part.last) {
        part = next_part(r);
        has_lines = read_number(r, FIELD(LINES), &part, UINT32_MAX, &lines);
        if (!part.last) {
            remark(r, FIELD(UNEXPECTED), r->at, left(r));
        }
    } else if (!part.cut) {
        remark(r, FIELD(MISSING), r->at, 0);
    }
    r->at = line_end != NULL ? line_end + 1 : text_end;
    r->end = text_end;
    r->cut = cut;
    /* LFs stand between lines, so an empty last line has none of its own. */
    bool last_is_empty = line_end != NULL && !cut && (r->at == r->end || r->end[-1] == '\n');
    const uint8_t *body = r->at;
    uint64_t counted = read_body(r, operation, status != 0);
    if (last_is_empty && counted < lines) {
        text(r, FIELD(BODY), r->end, 0);
        counted++;
    }
    if (cut || !has_lines) {
        return;
    }
    if (counted < lines && r->stream->framing == ONEHASH_FRAMING_LINE) {
        r->cut = true;
    } else if (counted != lines) {
        remark(r, FIELD(LINE_COUNT), body, 0);
    }
    bool has_reason = body < r->end && *body != '\n' && *body != '\r';
    if (status != 0 && !has_reason) {
        remark(r, FIELD(NO_REASON), body, 0);
    }
}

/* --- the message --- */

/* A kind and "#" first; of a message that breaks off, as much of them as there is. */
static bool begins_message(const Reader *r)
{
    size_t digits = 0;
    while (digits < left(r) && is_digit(r->at[digits])) {
        digits++;
    }
    return digits > 0 && (digits < left(r) ? r->at[digits] == '#' : r->cut);
}

static void read_message(Reader *r)
{
    const uint8_t *start = r->at;
    uint64_t kind = 0;
    uint64_t code = 0;
    Part kind_part = next_part(r);
    const uint8_t *code_end = r->at;
    while (code_end < r->end && *code_end != '#' && *code_end != '\n' && *code_end != '\r') {
        code_end++;
    }
    const uint8_t *text_end = r->end;
    bool cut = r->cut;
    if (code_end < r->end && *code_end != '#') { /* a reply may end here, before its body */
        r->end = code_end;
        r->cut = false;
    }
    text(r, FIELD(HEAD), start, (size_t)(code_end - start));
    fs_enter(r->packet);
    bool has_kind = read_number(r, FIELD(KIND), &kind_part, UINT8_MAX, &kind);
    if (has_kind && (kind < ONEHASH_REQUEST || kind > ONEHASH_EVENT)) {
        remark(r, FIELD(UNKNOWN_KIND), kind_part.at, kind_part.length);
    }
    Part code_part = next_part(r);
    bool has_code = !kind_part.last && read_number(r, FIELD(CODE), &code_part, UINT32_MAX, &code);
    r->end = text_end;
    r->cut = cut;
    OnehashOperation operation =
        has_code ? onehash_operation(r->stream->service, kind, code) : ONEHASH_NO_OPERATION;
    if (operation != ONEHASH_NO_OPERATION) {
        conclusion(r, FIELD(OPERATION), start, operation);
    } else if (has_code && kind >= ONEHASH_REQUEST && kind <= ONEHASH_EVENT &&
               (kind == ONEHASH_EVENT || r->stream->service != ONEHASH_SERVICE_UNKNOWN)) {
        remark(r, FIELD(UNKNOWN_CODE), code_part.at, code_part.length);
    }
    fs_leave(r->packet);
    bool has_more = !code_part.last;
    if (kind == ONEHASH_REPLY) {
        read_reply(r, operation, has_more);
    } else if (kind == ONEHASH_EVENT) {
        read_event(r, operation, has_more);
    } else {
        bool known = kind == ONEHASH_REQUEST && operation != ONEHASH_NO_OPERATION;
        read_request(r, known ? find_request(r->stream->service, code) : NULL, has_more);
    }
    if (r->at < r->end) {
        remark(r, FIELD(STRAY), r->at, left(r));
    }
}

/* What answers in the bare framing: the body alone. */
static void read_bare_reply(Reader *r)
{
    const uint8_t *start = r->at;
    conclusion(r, FIELD(KIND), start, ONEHASH_REPLY);
    uint64_t lines = read_body(r, ONEHASH_NO_OPERATION, false);
    conclusion(r, FIELD(LINES), start, lines);
}

/* A server in the bare framing sends bodies, and events with their head. */
static bool has_head(const Reader *r)
{
    if (r->stream->framing != ONEHASH_FRAMING_BARE || !r->stream->from_server) {
        return begins_message(r);
    }
    return left(r) >= 3 && (*r->at == '2' || *r->at == '3') && r->at[1] == '#' &&
           is_digit(r->at[2]);
}

static void read_text(Reader *r)
{
    if (left(r) == 0) {
        if (!r->cut && !r->too_long) {
            remark(r, FIELD(STRAY), r->at, 0);
        }
    } else if (has_head(r)) {
        read_message(r);
    } else if (r->stream->framing == ONEHASH_FRAMING_BARE && r->stream->from_server) {
        read_bare_reply(r);
    } else {
        remark(r, FIELD(NOT_A_MESSAGE), r->at, left(r));
    }
}

bool onehash_decode(FsPacket *packet, const OnehashStream *stream, FsSpan span)
{
    if (span.captured == 0 || stream->framing == ONEHASH_FRAMING_UNDECIDED) {
        return false;
    }
    Reader r = {.packet = packet,
                .stream = stream,
                .at = span.data,
                .end = span.data + span.captured,
                .cut = span.captured < span.reported};
    uint32_t layer = fs_open(packet, FIELD(LAYER), span.data, span.captured);
    fs_carry(packet, layer, span);
    fs_carry(packet, layer, span);
    switch (stream->framing) {
    case ONEHASH_FRAMING_LINE:
        unwrap_line(&r);
        break;
    case ONEHASH_FRAMING_LENGTH:
        unwrap_length(&r);
        break;
    case ONEHASH_FRAMING_FIXED:
        unwrap_fixed(&r);
        break;
    case ONEHASH_FRAMING_BARE:
    case ONEHASH_FRAMING_UNDECIDED:
        unwrap_bare(&r);
        break;
    }
    bool bare_reply = stream->framing == ONEHASH_FRAMING_BARE && stream->from_server;
    r.encoding = guess(packet->prefer, r.at, left(&r), bare_reply, bare_reply || r.cut);
    read_text(&r);
    if (r.stray != NULL) {
        remark(&r, FIELD(STRAY), r.stray, (size_t)(r.padding - r.stray));
    }
    if (r.padding < r.padding_end) {
        (void)fs_add_bytes(packet, FIELD(PADDING), r.padding, (size_t)(r.padding_end - r.padding));
    }
    if (r.encoding != FS_ASCII && r.encoding != FS_UTF8) {
        remark(&r, FIELD(NOT_UTF8), span.data, 0);
    }
    if (r.too_long) {
        remark(&r, FIELD(TOO_LONG), span.data, 0);
    } else if (r.cut) {
        remark(&r, FIELD(TRUNCATED), r.end, 0);
    }
    conclusion(&r, FIELD(ENCODING), span.data, r.encoding);
    conclusion(&r, FIELD(FRAMING), span.data, stream->framing);
    conclusion(&r, FIELD(SERVICE), span.data, stream->service);
    fs_close(packet, layer, NULL);
    return true;
}
