/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is plain: five colons; a version, a command word and a font of which the decoder, asked
 * once, had nothing to say; user and host in printable ASCII, without a fingerprint; a body in the
 * clear, in one encoding, without attachments. Everything is checked before it is believed, and
 * the first doubt ends it.
 */
#include "protocol/feiq/line.h"

#include "protocol/feiq/decode.h"
#include "protocol/feiq/encoding.h"
#include "protocol/feiq/names.h"

#include <string.h>

enum {
    LEAST = 16, /* so that eight bytes before the end can be read */
    NUMBER_MOST = 19,
    WORD_MOST = 9, /* fits 32 bits whatever the digits */
    FINGERPRINT = 17,
    WAYS = 4 /* places in a table that bytes may have */
};

/* Forms of a body; those that are not plain are left to the decoder. */
typedef enum { DECODED, ENTRY, MESSAGE, ACK, OTHER } Body;

static const uint8_t bodies[256] = {
#define BODY_entry                             ENTRY
#define BODY_message                           MESSAGE
#define BODY_ack                               ACK
#define BODY_other                             OTHER
#define BODY_getlist                           DECODED
#define BODY_anslist                           DECODED
#define BODY_qun                               DECODED
#define BODY_request                           DECODED
#define BODY_getpubkey                         DECODED
#define BODY_anspubkey                         DECODED
#define BODY_info                              DECODED
#define BODY_absence                           DECODED
#define BODY_poll                              DECODED
#define BODY_image                             DECODED
#define BODY_image_ack                         DECODED
#define BODY_sign                              DECODED
#define BODY_icon                              DECODED
#define FEIQ_COMMAND(id, number, family, body) [number] = BODY_##body,
#include "protocol/feiq/commands.def"
#undef FEIQ_COMMAND
};

/* --- eight bytes at a time --- */

/* The next eight bytes, and zeros for those that are not there; `end` is LEAST bytes or more behind
 * the datagram's first. */
static inline uint64_t take_octets(const uint8_t *at, const uint8_t *end)
{
    size_t left = (size_t)(end - at);
    if (left >= 8) {
        return fs_octets(at);
    }
    return left > 0 ? fs_octets(end - 8) >> (8 * (8 - left)) : 0;
}

static inline void put_octets(char *to, uint64_t word)
{
    for (unsigned i = 0; i < 8; i++) { /* compilers make one store of it */
        to[i] = (char)(word >> (8 * i) & 0xff);
    }
}

/* Top bits, of which the lowest is right: that of the first octet that is this. */
static inline uint64_t first_equal(uint64_t word, uint8_t octet)
{
    uint64_t other = word ^ FS_OCTETS(octet);
    return (other - FS_OCTETS(1)) & ~other & FS_OCTETS(0x80);
}

/* The same for octets that are not printable ASCII. */
static inline uint64_t first_unprintable(uint64_t word)
{
    return (((word - FS_OCTETS(0x20)) | word) & FS_OCTETS(0x80)) | first_equal(word, 0x7f);
}

/* The same for those that are no digits. */
static inline uint64_t first_no_digit(uint64_t word)
{
    uint64_t number = word ^ FS_OCTETS('0');
    return (((number & FS_OCTETS(0x7f)) + FS_OCTETS(0x76)) | number) & FS_OCTETS(0x80);
}

/* Bytes up to a colon, all printable ASCII; NULL if there is none, or others before it. */
static const uint8_t *find_colon(const uint8_t *at, const uint8_t *end)
{
    for (; at < end; at += 8) {
        uint64_t word = take_octets(at, end);
        uint64_t colon = first_equal(word, ':');
        uint64_t odd = first_unprintable(word);
        if (colon != 0) {
            uint64_t before = (colon & (~colon + 1)) - 1;
            return (odd & before) == 0 ? at + fs_octets_first(colon) : NULL;
        }
        if (odd != 0) {
            return NULL;
        }
    }
    return NULL;
}

/* The first byte that is no digit, or end. */
static const uint8_t *skip_digits(const uint8_t *at, const uint8_t *end)
{
    for (; at < end; at += 8) {
        uint64_t odd = first_no_digit(take_octets(at, end)); /* the zeros behind the end are, too */
        if (odd != 0) {
            return at + fs_octets_first(odd);
        }
    }
    return end;
}

/* --- what is remembered --- */

typedef bool Judge(const FeiqLineBytes *bytes);

/* What the decoder says of parts, in the one-line form. */
typedef struct {
    FsEntry entries[8];
    FsPacket packet;
    FeiqDatagram datagram;
} Asked;

static void ask(Asked *asked, const uint8_t *bytes, size_t length)
{
    asked->packet = (FsPacket){.entries = asked->entries,
                               .capacity = sizeof asked->entries / sizeof *asked->entries,
                               .base = bytes,
                               .depth = 1,
                               .brief = true};
    asked->datagram = (FeiqDatagram){.packet = &asked->packet, .at = bytes, .end = bytes + length};
}

static bool judge_version(const FeiqLineBytes *version)
{
    Asked asked;
    FeiqSlice slice = {version->bytes, version->length, true};
    if (version->encoding != FS_ASCII || feiq_version_form(slice) == FEIQ_FORM_NONE) {
        return false;
    }
    ask(&asked, version->bytes, version->length);
    feiq_decode_version(&asked.datagram, slice);
    return asked.packet.count == 0 && asked.datagram.body_length == 0;
}

static bool judge_font(const FeiqLineBytes *font)
{
    Asked asked;
    ask(&asked, font->bytes, font->length);
    const uint8_t *end = font->bytes + font->length;
    if (memchr(font->bytes, '\0', font->length) != NULL || /* where the text ends */
        !feiq_is_font(&asked.datagram, font->bytes, end)) {
        return false;
    }
    feiq_decode_font(&asked.datagram, font->bytes, end);
    return asked.packet.count == 0;
}

static uint64_t hash_of(const uint8_t *at, size_t length)
{
    static const uint64_t odd = UINT64_C(0x9e3779b97f4a7c15);
    uint64_t hash = length;
    size_t i = 0;
    for (; i + 8 < length; i += 8) {
        hash = (hash ^ fs_octets(at + i)) * odd;
    }
    if (length >= 8) {
        hash = (hash ^ fs_octets(at + length - 8)) * odd;
    } else {
        for (; i < length; i++) {
            hash = (hash ^ at[i]) * odd;
        }
    }
    hash = (hash ^ hash >> 32) * odd;
    return hash >> 32;
}

static bool same_bytes(const uint8_t *a, const uint8_t *b, size_t length)
{
    size_t i = 0;
    for (; i + 8 < length; i += 8) {
        if (fs_octets(a + i) != fs_octets(b + i)) {
            return false;
        }
    }
    return length >= 8 ? fs_octets(a + length - 8) == fs_octets(b + length - 8)
                       : memcmp(a, b, length) == 0;
}

/* What is remembered of bytes; NULL if they are not plain. It is in the first of WAYS places that
 * is free, or in the first if none was. */
static const FeiqLineBytes *recall(FeiqLineBytes *table, size_t count, Judge *judge,
                                   const uint8_t *at, size_t length)
{
    if (length == 0 || length > FEIQ_LINE_BYTES) {
        return NULL;
    }
    uint64_t hash = hash_of(at, length);
    FeiqLineBytes *known = NULL;
    for (unsigned way = 0; way < WAYS; way++) {
        known = &table[(hash + way) & (count - 1)];
        if (known->length == length && same_bytes(known->bytes, at, length)) {
            return known->plain ? known : NULL;
        }
        if (known->length == 0) {
            break;
        }
    }
    known = known->length == 0 ? known : &table[hash & (count - 1)];
    known->length = (uint8_t)length;
    memcpy(known->bytes, at, length);
    known->encoding = (uint8_t)fs_text_guess(at, length);
    known->plain = judge(known);
    return known->plain ? known : NULL;
}

/* Of the vendors FeiQ's own is the one that makes the decoder doubt a command. */
static void judge_word(FeiqLineWord *known, uint32_t word)
{
    static const uint8_t digit = '0';
    Asked asked;
    const char *name = fs_name(FEIQ(COMMAND)->names, (uint8_t)word);
    size_t length = name != NULL ? strlen(name) : SIZE_MAX;
    *known = (FeiqLineWord){.word = word};
    if (length >= sizeof known->name) {
        return;
    }
    ask(&asked, &digit, 1);
    asked.datagram.word = word;
    asked.datagram.vendor = FEIQ_VENDOR_FEIQ;
    feiq_decode_command_word(&asked.datagram, &digit, 1);
    if (asked.packet.count != 1 || asked.entries[0].field != FEIQ(COMMAND)) {
        return;
    }
    Body body = (Body)bodies[word & 0xff];
    if (body == MESSAGE && (word & (FEIQ_OPT_ENCRYPT | FEIQ_OPT_FILEATTACH)) != 0) {
        body = DECODED;
    }
    memcpy(known->name, name, length);
    known->name_length = (uint8_t)length;
    known->body = (uint8_t)body;
}

static const FeiqLineWord *recall_word(FeiqLineMemory *memory, uint32_t word)
{
    FeiqLineWord *known = &memory->words[word * UINT32_C(0x9e3779b1) >> (32 - FEIQ_LINE_WORD_BITS)];
    if (known->word != word) {
        judge_word(known, word);
    }
    return known->body != DECODED ? known : NULL;
}

/* --- values --- */

typedef enum { USER, HOST, TEXT, NICK, GROUP, NUMBER } Lead;

static void prepare_leads(FeiqLineMemory *memory)
{
    static const uint16_t fields[FEIQ_LINE_LEADS] = {
        [USER] = FEIQ_USER, [HOST] = FEIQ_HOST,   [TEXT] = FEIQ_TEXT,
        [NICK] = FEIQ_NICK, [GROUP] = FEIQ_GROUP, [NUMBER] = FEIQ_ACK};
    for (unsigned i = 0; i < FEIQ_LINE_LEADS; i++) {
        const char *lead = feiq_fields[fields[i]].lead;
        size_t length = strlen(lead);
        memory->leads[i].length = (uint8_t)length;
        memcpy(memory->leads[i].text, lead, length);
    }
}

static char *put_lead(char *to, const FeiqLineMemory *memory, Lead lead)
{
    memcpy(to, memory->leads[lead].text, sizeof memory->leads[lead].text);
    return to + memory->leads[lead].length;
}

static char *put_bytes(char *to, const uint8_t *at, size_t length, const uint8_t *end)
{
    for (size_t i = 0; i < length; i += 8) {
        put_octets(to + i, take_octets(at + i, end));
    }
    return to + length;
}

/* A body whose text is being written: of one encoding, which is not known as long as all is ASCII.
 */
typedef struct {
    FeiqLineMemory *memory;
    char *to;
    FsEncoding encoding;
} Text;

/* False: what is one encoding here is another there. */
static bool agree(Text *text, FsEncoding encoding)
{
    if (text->encoding == FS_ASCII) {
        text->encoding = encoding;
    }
    return encoding == FS_ASCII || encoding == text->encoding;
}

static bool put_text(Text *text, Lead lead, const uint8_t *at, const uint8_t *end)
{
    FsEncoding encoding = FS_ASCII;
    char *to = text->to;
    if (at < end) {
        to = put_lead(to, text->memory, lead);
        to = fs_text_put_plain(to, at, (size_t)(end - at), &encoding);
    }
    if (to == NULL || !agree(text, encoding)) {
        return false;
    }
    text->to = to;
    return true;
}

/* --- bodies, without the NULs behind them --- */

/* May an image be in the text? A line says which. */
static bool has_reference(const uint8_t *at, const uint8_t *end)
{
    for (const uint8_t *sign = at; (sign = memchr(sign, '~', (size_t)(end - sign))) != NULL;) {
        if (sign > at && sign[-1] == '/') {
            return true;
        }
        sign++;
    }
    return false;
}

/* A brace begins the font or nothing that is plain. One that is the second byte of a character is
 * none: then the text before it does not end with a character. */
static bool put_message(Text *text, const uint8_t *at, const uint8_t *end)
{
    static const char begin[] = "{/font;";
    if (has_reference(at, end)) {
        return false;
    }
    const uint8_t *font = memchr(at, '{', (size_t)(end - at));
    if (font != NULL) {
        if (!feiq_begins(font, end, begin, sizeof begin - 1)) {
            return false;
        }
        const FeiqLineBytes *known =
            recall(text->memory->fonts, FEIQ_LINE_FONTS, judge_font, font, (size_t)(end - font));
        if (known == NULL || known->encoding == FS_ESCAPED) {
            return false;
        }
        bool put = put_text(text, TEXT, at, font);
        return put && agree(text, (FsEncoding)known->encoding);
    }
    return put_text(text, TEXT, at, end);
}

static bool put_entry(Text *text, const uint8_t *at, const uint8_t *end)
{
    if (memchr(at, '\n', (size_t)(end - at)) != NULL) { /* perhaps an extension */
        return false;
    }
    FeiqSlice nick = feiq_take(&at, end, '\0');
    return put_text(text, NICK, nick.at, nick.at + nick.length) && put_text(text, GROUP, at, end);
}

static bool put_ack(Text *text, const uint8_t *at, const uint8_t *end)
{
    size_t length = (size_t)(end - at);
    if (length == 0 || length > NUMBER_MOST || (at[0] == '0' && length > 1)) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        if (at[i] < '0' || at[i] > '9') {
            return false;
        }
    }
    text->to = put_lead(text->to, text->memory, NUMBER);
    memcpy(text->to, at, length);
    text->to += length;
    return true;
}

/* NULL: it must be decoded. */
static char *put_body(FeiqLineMemory *memory, char *to, const FeiqLineWord *word, const uint8_t *at,
                      const uint8_t *end, FsEncoding prefer)
{
    while (end > at && end[-1] == '\0') {
        end--;
    }
    if (at == end && word->body != ACK) {
        return to;
    }
    Text text = {memory, to, FS_ASCII};
    bool put = false;
    switch ((Body)word->body) {
    case ENTRY:
        put = put_entry(&text, at, end);
        break;
    case MESSAGE:
        put = put_message(&text, at, end);
        break;
    case ACK:
        put = put_ack(&text, at, end);
        break;
    case OTHER:
    case DECODED:
        break;
    }
    bool chosen = prefer != FS_ASCII && text.encoding != FS_ASCII;
    bool flag_wrong = (word->word & FEIQ_OPT_UTF8) != 0 && text.encoding == FS_GB18030;
    return put && !chosen && !flag_wrong ? text.to : NULL;
}

/* --- headers --- */

/* Where the parts of a header are that the line shows. */
typedef struct {
    const uint8_t *user;
    size_t user_length;
    const uint8_t *host;
    size_t host_length;
    const uint8_t *rest; /* the command word and what follows it */
} Header;

/* Step over the packet number and its colon; NULL if it is none. */
static const uint8_t *skip_number(const uint8_t *at, const uint8_t *end)
{
    const uint8_t *stop = skip_digits(at, end);
    size_t digits = (size_t)(stop - at);
    return digits > 0 && digits <= NUMBER_MOST && stop < end && *stop == ':' ? stop + 1 : NULL;
}

static bool split(FeiqLineMemory *memory, Header *header, const uint8_t *at, const uint8_t *end)
{
    const uint8_t *colon = find_colon(at, end);
    if (colon == NULL || recall(memory->versions, FEIQ_LINE_VERSIONS, judge_version, at,
                                (size_t)(colon - at)) == NULL) {
        return false;
    }
    header->user = skip_number(colon + 1, end);
    colon = header->user != NULL ? find_colon(header->user, end) : NULL;
    if (colon == NULL) {
        return false;
    }
    header->user_length = (size_t)(colon - header->user);
    header->host = colon + 1;
    colon = find_colon(header->host, end);
    if (colon == NULL) {
        return false;
    }
    header->host_length = (size_t)(colon - header->host);
    header->rest = colon + 1;
    return header->user_length > 0 && header->host_length > 0 &&
           (header->user_length < FINGERPRINT ||
            header->user[header->user_length - FINGERPRINT] != '-');
}

static void remember(FeiqLineSender *sender, const Header *header, const uint8_t *first)
{
    const uint8_t *colon = fs_find(first, header->user, ':');
    size_t version = (size_t)(colon + 1 - first);
    size_t names = (size_t)(header->rest - header->user);
    sender->version_length = 0;
    if (version <= sizeof sender->version && names <= sizeof sender->names) {
        memcpy(sender->version, first, version);
        memcpy(sender->names, header->user, names);
        sender->user_length = (uint8_t)header->user_length;
        sender->names_length = (uint8_t)names;
        sender->version_length = (uint8_t)version;
    }
}

/* Does the datagram begin as the sender's last? */
static bool begins_as(const FeiqLineSender *sender, Header *header, const uint8_t *at,
                      const uint8_t *end)
{
    size_t version = sender->version_length;
    size_t names = sender->names_length;
    if (version == 0 || (size_t)(end - at) < version + names ||
        !same_bytes(sender->version, at, version)) {
        return false;
    }
    at = skip_number(at + version, end);
    if (at == NULL || (size_t)(end - at) < names || !same_bytes(sender->names, at, names)) {
        return false;
    }
    *header = (Header){.user = at,
                       .user_length = sender->user_length,
                       .host = at + sender->user_length + 1,
                       .host_length = names - sender->user_length - 2,
                       .rest = at + names};
    return true;
}

/* Returns the byte behind the number; NULL if it is none, or too large a one. */
static const uint8_t *read_word(const uint8_t *at, const uint8_t *end, uint32_t *word)
{
    const uint8_t *first = at;
    *word = 0;
    while (at < end && *at >= '0' && *at <= '9') {
        *word = *word * 10 + (*at++ - (uint32_t)'0');
    }
    return at > first && at - first <= WORD_MOST ? at : NULL;
}

char *feiq_put_line(FeiqLineMemory *memory, char *to, FsSpan span, uint32_t sender,
                    FsEncoding prefer)
{
    const uint8_t *end = span.data + span.captured;
    if (span.captured != span.reported || span.captured < LEAST || span.captured > FEIQ_LINE_MOST) {
        return NULL;
    }
    Header header;
    FeiqLineSender *known_sender =
        &memory->senders[sender * UINT32_C(0x9e3779b1) >> (32 - FEIQ_LINE_SENDER_BITS)];
    if (!begins_as(known_sender, &header, span.data, end)) {
        if (!split(memory, &header, span.data, end)) {
            return NULL;
        }
        remember(known_sender, &header, span.data);
    }
    uint32_t word;
    const uint8_t *at = read_word(header.rest, end, &word);
    const FeiqLineWord *known =
        at != NULL && at < end && *at == ':' ? recall_word(memory, word) : NULL;
    if (known == NULL) {
        return NULL;
    }
    if (memory->leads[0].length == 0) {
        prepare_leads(memory);
    }
    memcpy(to, known->name, sizeof known->name);
    to = put_lead(to + known->name_length, memory, USER);
    to = put_bytes(to, header.user, header.user_length, end);
    to = put_lead(to, memory, HOST);
    to = put_bytes(to, header.host, header.host_length, end);
    return put_body(memory, to, known, at + 1, end, prefer);
}
