/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The one-line form of a datagram, straight from its bytes. What a busy network is full of
 * (somebody types, talks, acknowledges, comes and goes) is plain: its line is a copy of a few of
 * its bytes, and to make entries of it first would take four times as long. Anything else is left
 * to the decoder, and a test holds every line against what the decoder and fs_format_line make of
 * it.
 */
#ifndef FEISCOPE_PROTOCOL_FEIQ_LINE_H
#define FEISCOPE_PROTOCOL_FEIQ_LINE_H

#include "protocol/text.h"

/** How much is remembered; each a power of 2. */
enum {
    FEIQ_LINE_SENDER_BITS = 9,
    FEIQ_LINE_SENDERS = 1 << FEIQ_LINE_SENDER_BITS,
    FEIQ_LINE_VERSIONS = 512,
    FEIQ_LINE_FONTS = 64,
    FEIQ_LINE_WORD_BITS = 8,
    FEIQ_LINE_WORDS = 1 << FEIQ_LINE_WORD_BITS,
    FEIQ_LINE_LEADS = 6
};

/** Most bytes of a version or a font that are remembered. */
enum { FEIQ_LINE_BYTES = 100 };

/** Bytes that the decoder has judged. */
typedef struct {
    uint8_t length;   /**< 0: none */
    bool plain;       /**< they show in no line */
    uint8_t encoding; /**< FsEncoding that they have by themselves */
    uint8_t bytes[FEIQ_LINE_BYTES];
} FeiqLineBytes;

/** How a sender's datagrams begin, which is plain. */
typedef struct {
    uint8_t version_length; /**< with its colon; 0: nothing is remembered */
    uint8_t user_length;
    uint8_t names_length; /**< user and host, with the colon behind each */
    uint8_t version[61];
    uint8_t names[64];
} FeiqLineSender;

/** A command word that the decoder has judged. */
typedef struct {
    uint32_t word;
    uint8_t body; /**< form of its body; 0: not plain */
    uint8_t name_length;
    char name[24]; /**< of the command */
} FeiqLineWord;

/** What the one-line form puts before a value. */
typedef struct {
    uint8_t length;
    char text[8];
} FeiqLineLead;

/** What is remembered from datagram to datagram, since senders repeat it. All zero, it is empty. */
typedef struct {
    FeiqLineSender senders[FEIQ_LINE_SENDERS];
    FeiqLineBytes versions[FEIQ_LINE_VERSIONS];
    FeiqLineBytes fonts[FEIQ_LINE_FONTS];
    FeiqLineWord words[FEIQ_LINE_WORDS];
    FeiqLineLead leads[FEIQ_LINE_LEADS];
} FeiqLineMemory;

/** Longest datagram that is taken, in bytes: what fits into a frame. */
enum { FEIQ_LINE_MOST = 1500 };

/** Room for any line. */
enum { FEIQ_LINE_ROOM = 3 * FEIQ_LINE_MOST + 128 };

/**
 * Write what fs_format_line writes of the layer that feiq_decode_datagram appends.
 *
 * @param memory written
 * @param to     FEIQ_LINE_ROOM bytes; what stands there is spoilt whatever is returned
 * @param span   the datagram's payload
 * @param sender any number that tells senders apart, such as an address
 * @param prefer FsPacket.prefer
 * @return the end of what was written; NULL if the datagram is not plain, and must be decoded
 */
char *feiq_put_line(FeiqLineMemory *memory, char *to, FsSpan span, uint32_t sender,
                    FsEncoding prefer);

#endif
