/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The 1#n protocol: requests, replies and events in text, over TCP in one of four framings.
 *
 * Source: shared/protocol/onehash.md.
 */
#ifndef FEISCOPE_PROTOCOL_ONEHASH_ONEHASH_H
#define FEISCOPE_PROTOCOL_ONEHASH_ONEHASH_H

#include "protocol/packet.h"

enum {
    ONEHASH_CHAT_PORT = 12425,        /**< chat service, TCP */
    ONEHASH_CONTROL_PORT = 12426,     /**< control service, TCP */
    ONEHASH_DEFAULT_BLOCK = 128,      /**< block size of the fixed framing, in bytes */
    ONEHASH_MESSAGE_LIMIT = 64 * 1024 /**< longest message, in bytes */
};

/** Identifiers of the fields: index into onehash_table.fields. */
typedef enum {
#define ONEHASH_FIELD(id, ...) ONEHASH_##id,
#include "protocol/onehash/onehash_fields.def"
#undef ONEHASH_FIELD
    ONEHASH_FIELD_COUNT
} OnehashField;

/** The table of onehash.* fields. */
extern const FsTable onehash_table;

/** Where a message ends. The values are those of onehash.framing. */
typedef enum {
    ONEHASH_FRAMING_UNDECIDED, /**< nothing was seen yet */
    ONEHASH_FRAMING_LINE,      /**< LF ends a message; a reply's body is its next lines */
    ONEHASH_FRAMING_LENGTH,    /**< 4-byte length in network byte order first */
    ONEHASH_FRAMING_FIXED,     /**< blocks padded with NUL; must be configured */
    ONEHASH_FRAMING_BARE       /**< nothing; a segment holds requests, "1#" begins the next */
} OnehashFraming;

/** Which service a stream belongs to; its port tells. */
typedef enum {
    ONEHASH_SERVICE_UNKNOWN,
    ONEHASH_SERVICE_CONTROL,
    ONEHASH_SERVICE_CHAT
} OnehashService;

/** What is known of the stream that bytes come from. */
typedef struct {
    OnehashFraming framing;
    OnehashService service;
    uint32_t block;   /**< block size of the fixed framing, in bytes; at least 1 */
    bool from_server; /**< the bytes went from server to client */
} OnehashStream;

/** What onehash_next found. */
typedef enum {
    ONEHASH_COMPLETE, /**< a message of OnehashFrame.length bytes */
    ONEHASH_PARTIAL,  /**< the message goes on beyond the bytes; OnehashFrame.length is how many it
                       *   will have in all, 0 if that cannot be told yet */
    ONEHASH_REFUSED   /**< not a message in this framing, or longer than the limit;
                       *   OnehashFrame.length is all the bytes */
} OnehashVerdict;

/** One message, found in a stream. */
typedef struct {
    OnehashVerdict verdict;
    uint32_t length; /**< bytes with the framing's own (length prefix, LF, padding) */
} OnehashFrame;

/**
 * Recognise the framing of a stream by its first bytes: 0x00 first is length; a digit first is
 * line if an LF follows anywhere, else bare. The fixed framing cannot be recognised.
 *
 * @param data   first bytes of a stream, from the client
 * @param length in bytes
 * @return ONEHASH_FRAMING_UNDECIDED if these are not the first bytes of a 1#n stream
 */
OnehashFraming onehash_recognise(const uint8_t *data, size_t length);

/**
 * Find the end of the first message of a stream's bytes.
 *
 * @param stream what is known of the stream; its framing is not ONEHASH_FRAMING_UNDECIDED
 * @param data   bytes from the first byte of a message on
 * @param length bytes there are; at least 1
 */
OnehashFrame onehash_next(const OnehashStream *stream, const uint8_t *data, size_t length);

/**
 * Decode one message with its framing's bytes.
 *
 * @param packet where entries are appended; packet->base must be the start of the memory that span
 *               lies in; depth 0 is the layer
 * @param span   the message, as long as onehash_next said
 * @return false if it is not a message of the protocol: then nothing was appended
 */
bool onehash_decode(FsPacket *packet, const OnehashStream *stream, FsSpan span);

#endif
