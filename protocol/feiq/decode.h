/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the parts of the decoder share. Not for use outside protocol/feiq/.
 *
 * A datagram is read by a cursor that only moves forward. Each part of the decoder takes what it
 * knows from it, and appends entries; none reads at or beyond `end`.
 */
#ifndef FEISCOPE_PROTOCOL_FEIQ_DECODE_H
#define FEISCOPE_PROTOCOL_FEIQ_DECODE_H

#include "protocol/feiq/command.h"
#include "protocol/feiq/feiq.h"
#include "protocol/memo.h"
#include "protocol/octets.h"

extern const FsField feiq_fields[FEIQ_FIELD_COUNT];

/** The field with the identifier FEIQ_id. */
#define FEIQ(id) (&feiq_fields[FEIQ_##id])

/** Most attachments, hosts, values or folder entries that are taken apart in one packet. */
enum { FEIQ_MOST = 1000 };

/** Bytes up to a separator. */
typedef struct {
    const uint8_t *at;
    size_t length;
    bool closed; /**< the separator is there; else the bytes end with the section */
} FeiqSlice;

/** A header, cut at its colons. */
typedef struct {
    FeiqSlice part[5];   /**< version, packet number, user, host, command word */
    unsigned found;      /**< how many parts there are */
    const uint8_t *rest; /**< what follows the last colon that belongs to the header */
} FeiqHeader;

/**
 * Cut a header at its colons; it ends at the fifth, at a NUL, or with the bytes.
 *
 * @param header parts that were not found are not set
 */
void feiq_split_header(FeiqHeader *header, const uint8_t *first, const uint8_t *end);

/** How much a version field looks like one of the family's. */
typedef enum {
    FEIQ_FORM_NONE,  /**< not at all */
    FEIQ_FORM_WEAK,  /**< 1 and printable bytes that no known program writes */
    FEIQ_FORM_PLAIN, /**< 1 */
    FEIQ_FORM_KNOWN  /**< 1_…, 1@…, 5.1.180210, feiq_plus_plus… */
} FeiqForm;

/** Judge a version field. */
FeiqForm feiq_version_form(FeiqSlice version);

/** Is it worth while to decode the header, on the family's own port? */
bool feiq_plausible(const FeiqHeader *header);

/** What became of a signature: the values of feiq.cipher.signature.verdict. */
typedef enum {
    FEIQ_VERDICT_GOOD,
    FEIQ_VERDICT_BAD,
    FEIQ_VERDICT_KEY_NOT_SEEN,
    FEIQ_VERDICT_UNSUPPORTED
} FeiqVerdict;

/** A datagram that is being decoded. */
typedef struct {
    FsPacket *packet;
    const uint8_t *at;  /**< the next byte */
    const uint8_t *end; /**< the byte after the last that was captured */
    bool cut;           /**< more was sent than was captured */
    uint32_t missing;   /**< how many bytes more */
    FsEncoding encoding;
    uint32_t word; /**< command word */
    FeiqVendor vendor;
    FsEntry *vendor_entry; /**< to amend when the body tells more; NULL if there is none */
    uint64_t body_length;  /**< part B of FeiQ's version; 0 if it has none */
    FeiqSlice version;     /**< the whole field */
    FeiqSlice number;      /**< the packet number's digits */
    bool fingerprint;      /**< the user name ends in a key fingerprint */
} FeiqDatagram;

static inline uint8_t feiq_command(const FeiqDatagram *d)
{
    return (uint8_t)d->word;
}

static inline bool feiq_has(const FeiqDatagram *d, uint32_t option)
{
    return (d->word & option) != 0;
}

/**
 * Take bytes up to a separator, and step over it.
 *
 * @param at        where to begin; moved behind the separator, or to end
 * @param end       where the section ends
 * @param separator one byte
 */
static inline FeiqSlice feiq_take(const uint8_t **at, const uint8_t *end, uint8_t separator)
{
    const uint8_t *start = *at;
    const uint8_t *stop = fs_find(start, end, separator);
    *at = stop < end ? stop + 1 : end;
    return (FeiqSlice){start, (size_t)(stop - start), stop < end};
}

/** Do the bytes begin with the text? */
bool feiq_begins(const uint8_t *at, const uint8_t *end, const char *text, size_t length);

/** feiq_begins for a string literal. */
#define FEIQ_BEGINS(at, end, literal) feiq_begins((at), (end), "" literal, sizeof(literal) - 1)

/** Read a number of decimal digits; false if there are none, others, or it exceeds most. */
bool feiq_decimal(const uint8_t *at, size_t length, uint64_t most, uint64_t *value);

/** The same in hexadecimal, either case. */
bool feiq_hexadecimal(const uint8_t *at, size_t length, uint64_t most, uint64_t *value);

/** Read a signed decimal number of 32 bits. */
bool feiq_signed(const uint8_t *at, size_t length, int64_t *value);

/** Largest value of a field's width. */
static inline uint64_t feiq_most(const FsField *field)
{
    return field->bits >= 64 ? UINT64_MAX : (UINT64_C(1) << field->bits) - 1;
}

/**
 * Append a number that is sent as decimal digits; where it is none, a remark that shows it. Nothing
 * is appended if the capture ends within the number.
 *
 * @param slice   the digits
 * @param invalid field of the remark
 * @param value   where the number goes, if there is one; may be NULL
 * @return whether the number was appended
 */
bool feiq_add_decimal(FeiqDatagram *d, const FsField *field, FeiqSlice slice,
                      const FsField *invalid, uint64_t *value);

/** The same in hexadecimal. */
bool feiq_add_hexadecimal(FeiqDatagram *d, const FsField *field, FeiqSlice slice,
                          const FsField *invalid, uint64_t *value);

/** Append text in the encoding of the section, unless it is empty. */
void feiq_add_text(FeiqDatagram *d, const FsField *field, const uint8_t *at, size_t length);

/** Append a conclusion from the bytes. */
FsEntry *feiq_conclude(FsPacket *packet, const FsField *field, const uint8_t *at, size_t length,
                       uint64_t value);

/**
 * Decide the encoding of the bytes, say so, and keep it in d. Nothing is said of bytes that are
 * all NUL.
 */
void feiq_add_encoding(FeiqDatagram *d, const uint8_t *at, const uint8_t *end);

/** Step over NULs; what then remains is remarked upon. */
void feiq_add_trailing(FeiqDatagram *d);

/** Remark that a list is too long, and say how many bytes are left. */
void feiq_add_too_many(FeiqDatagram *d, const FsField *remark, const uint8_t *at,
                       const uint8_t *end);

/** Append feiq.version with its parts. */
void feiq_decode_version(FeiqDatagram *d, FeiqSlice version);

/** Append feiq.options of d->word, with the flags that belong to the command's family beneath. */
void feiq_decode_options(FeiqDatagram *d, const uint8_t *at, size_t length);

/** Append feiq.command_word with command and options beneath; d->word holds it. */
void feiq_decode_command_word(FeiqDatagram *d, const uint8_t *at, size_t length);

/**
 * Append the additional section, from d->at on, as the command calls for.
 *
 * @param known the command word could be read
 */
void feiq_decode_body(FeiqDatagram *d, bool known);

/** Is there a name for the command? */
bool feiq_command_known(uint8_t command);

/* Forms of the additional section, named in commands.def. Each reads from d->at on; what it leaves
 * is remarked upon by the caller. */
typedef void FeiqBody(FeiqDatagram *d);
FeiqBody feiq_body_entry;
FeiqBody feiq_body_message;
FeiqBody feiq_body_ack;
FeiqBody feiq_body_getlist;
FeiqBody feiq_body_anslist;
FeiqBody feiq_body_qun;
FeiqBody feiq_body_image;
FeiqBody feiq_body_image_ack;
FeiqBody feiq_body_info;
FeiqBody feiq_body_absence;
FeiqBody feiq_body_sign;
FeiqBody feiq_body_icon;
FeiqBody feiq_body_request;
FeiqBody feiq_body_getpubkey;
FeiqBody feiq_body_anspubkey;
FeiqBody feiq_body_poll;
FeiqBody feiq_body_other;

/** Append what a user typed: text, emoticons, references to images, font suffix. */
void feiq_decode_text(FeiqDatagram *d, const uint8_t *at, const uint8_t *end);

/**
 * Find the emoticon that begins at a slash.
 *
 * @param length where the bytes of its code go
 * @return its number, 1 to 96; 0 if there is none
 */
unsigned feiq_find_emoticon(const uint8_t *at, const uint8_t *end, size_t *length);

/** Is there a font suffix that begins at the brace and reaches to the end? */
bool feiq_is_font(const FeiqDatagram *d, const uint8_t *at, const uint8_t *end);

/** Append a font suffix for which feiq_is_font holds. */
void feiq_decode_font(FeiqDatagram *d, const uint8_t *at, const uint8_t *end);

/** Append the lines of a UTF-8 extension block. */
void feiq_decode_extension(FeiqDatagram *d, const uint8_t *at, const uint8_t *end);

/** Append a list of attachments, from d->at on to a NUL or the end. */
void feiq_decode_files(FeiqDatagram *d);

/** Append file attributes with type and flags beneath; true if they are valid. */
bool feiq_decode_attributes(FeiqDatagram *d, FeiqSlice slice);

/** Append extended attributes, key=value separated by colons. */
void feiq_decode_extra(FeiqDatagram *d, const uint8_t *at, const uint8_t *end);

/** Take a file name that ends with a single colon; doubled ones are part of it. */
FeiqSlice feiq_take_name(const uint8_t **at, const uint8_t *end);

/** Append a file name, and a remark if it holds doubled colons. */
void feiq_add_name(FeiqDatagram *d, const FsField *field, FeiqSlice name);

/** Append a capability with its flags beneath. */
void feiq_decode_capability(FeiqDatagram *d, FeiqSlice slice);

/** Append capability:key:message[:signature], from d->at on to a NUL or the end. */
void feiq_decode_cipher(FeiqDatagram *d);

/**
 * Append what a group datagram's cipher text holds, if the packet has an opener.
 *
 * @param text the cipher text, whole
 */
void feiq_open_group(FeiqDatagram *d, FeiqSlice text);

/**
 * Append what an encrypted body holds, and whether its signature is right, if the packet has an
 * opener that has a key.
 *
 * @param body capability:key:message[:signature], whole
 */
void feiq_open_body(FeiqDatagram *d, FeiqSlice body);

/** Remember a public key, if the packet has an opener, and append a remark if that is not possible.
 *
 * @param body of ANSPUBKEY, whole
 */
void feiq_learn_key(FeiqDatagram *d, FeiqSlice body);

/** Append the plain text of a group datagram, from d->at on. */
void feiq_decode_group_text(FeiqDatagram *d);

/** Append the text of a message and, if option ENCEXTMSG is set, the lists behind it. */
void feiq_decode_sealed_message(FeiqDatagram *d);

/**
 * Append the numbers of a request for a file.
 *
 * @param sealed it was encrypted, so that it may hold the key of the file's bytes
 */
void feiq_decode_request(FeiqDatagram *d, bool sealed);

/** Does an IPDict begin here? */
bool feiq_is_dict(const uint8_t *at, const uint8_t *end);

/** Are length and first pair of an IPDict, for which feiq_is_dict holds, valid and whole? */
bool feiq_dict_has_pair(const uint8_t *at, const uint8_t *end);

/**
 * Append an IPDict, from d->at on.
 *
 * @param alone no classic header precedes it: it names sender, command and text itself
 */
void feiq_decode_dict(FeiqDatagram *d, bool alone);

#endif
