/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The 1#n protocol: requests, replies and events in text, over TCP in one of four framings.
 *
 * A reader of a stream does, for every segment: onehash_learn, then onehash_next from the start of
 * the first message on, again and again, and onehash_decode for each message that is complete. A
 * message that is partial waits for the next segment, and belongs to the segment with its last
 * byte. What was refused is decoded as it is; the next segment is then taken for the start of a
 * message. Nothing here allocates or keeps state, so the plugin and feiqdump share all of it.
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
    ONEHASH_MESSAGE_LIMIT = 64 * 1024 /**< longest message, in bytes, without length prefix, final
                                       *   line end and padding */
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

/** Values of onehash.kind. */
typedef enum { ONEHASH_REQUEST = 1, ONEHASH_REPLY = 2, ONEHASH_EVENT = 3 } OnehashKind;

/** Values of onehash.status: this protocol's table, of which the course notes say nothing. */
typedef enum {
    ONEHASH_OK,               /**< success */
    ONEHASH_NO_SUCH_CODE,     /**< the service has no such code */
    ONEHASH_BAD_ARGUMENT,     /**< an argument is missing, superfluous or of the wrong form */
    ONEHASH_NOT_ALLOWED,      /**< the configuration or the user's rights forbid it */
    ONEHASH_NOT_FOUND,        /**< no such user or process */
    ONEHASH_NOT_LOGGED_IN,    /**< log in first */
    ONEHASH_NAME_TAKEN,       /**< another client has this nick */
    ONEHASH_FAILED,           /**< the system could not do it */
    ONEHASH_BUSY,             /**< too much to do now; try again */
    ONEHASH_REQUEST_TOO_LONG, /**< beyond ONEHASH_MESSAGE_LIMIT; the server closes the stream */
    ONEHASH_STATUS_COUNT
} OnehashStatus;

/** Values of onehash.operation: what a code means, by kind and service. */
typedef enum {
    ONEHASH_NO_OPERATION,    /**< not known; never shown */
    ONEHASH_SHUT_DOWN,       /**< control 1 */
    ONEHASH_LIST_PROCESSES,  /**< control 2 */
    ONEHASH_KILL,            /**< control 3 */
    ONEHASH_LOG_IN,          /**< chat 1 */
    ONEHASH_LOG_OUT,         /**< chat 2 */
    ONEHASH_SEND_MESSAGE,    /**< chat 3 */
    ONEHASH_CAME_ONLINE,     /**< event 1 */
    ONEHASH_WENT_OFFLINE,    /**< event 2 */
    ONEHASH_MESSAGE_ARRIVED, /**< event 3 */
    ONEHASH_SHOW_STATUS,     /**< control 11; this and what follows: docs/onehash-extensions.md */
    ONEHASH_LIST_USERS,      /**< chat 11 */
    ONEHASH_IDENTIFY,        /**< chat 12 */
    ONEHASH_SHOW_HISTORY,    /**< chat 13 */
    ONEHASH_TYPING,          /**< chat 14, event 14 */
    ONEHASH_SHAKE,           /**< chat 15, event 15 */
    ONEHASH_LIST_FILES,      /**< chat 16 */
    ONEHASH_OFFER_FILE,      /**< chat 17, event 16 */
    ONEHASH_WRITE_FILE,      /**< chat 18 */
    ONEHASH_GET_FILE,        /**< chat 19 */
    ONEHASH_READ_FILE,       /**< chat 20 */
    ONEHASH_DROP_FILE,       /**< chat 21 */
    ONEHASH_FILE_ENDED,      /**< event 17 */
    ONEHASH_SEND_SEALED,     /**< chat 22 */
    ONEHASH_SEND_LOCKED,     /**< chat 23 */
    ONEHASH_MESSAGE_OPENED,  /**< event 18 */
    ONEHASH_DESCRIBE_USERS   /**< chat 24 */
} OnehashOperation;

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
    uint32_t block;   /**< block size of the fixed framing, in bytes; 0 is the default */
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
    uint32_t length; /**< bytes with the framing's own (length prefix, line end, padding) */
} OnehashFrame;

/**
 * Recognise the framing of a stream by its first bytes. Length: 0x00 first, and no length beyond
 * the limit, unless a kind and "#" follow it: then it is a message that is too long. Line: a kind
 * and "#" first, and an LF anywhere. Bare: the same without an LF, but only where a whole request
 * stands there ("1#2", "1#3#name"); a request that breaks off ("1", "1#", "1#3#") can only be a
 * line of which the rest is still to come. The fixed framing cannot be recognised.
 *
 * @param data   first bytes of a stream
 * @param length in bytes
 * @return ONEHASH_FRAMING_UNDECIDED if these are not the first bytes of a 1#n stream
 */
OnehashFraming onehash_recognise(const uint8_t *data, size_t length);

/**
 * Learn a stream's framing from a segment, before onehash_next looks at it. An undecided stream is
 * recognised, knowing its service; from the server's side only if the bytes begin with a reply's
 * or an event's head or a length, since the body of a bare reply may look like anything. A stream
 * taken for bare in which the client sends an LF was a line stream whose first line came in
 * pieces, and is one from here on. A framing that is decided otherwise stays.
 *
 * @param stream its framing is set
 * @param data   the payload of one segment, not of several put together
 * @param length in bytes
 */
void onehash_learn(OnehashStream *stream, const uint8_t *data, size_t length);

/**
 * Find the end of the first message of a stream's bytes. What is said of the beginning of some
 * bytes holds for all of them: a verdict changes only from partial to another.
 *
 * In the bare framing the bytes have to be what one segment held. They are never partial; a request
 * ends before the next plausible one ("1#", a code of up to three digits, then "#" or the end)
 * unless the part before it would then end in "#". What a server sends is one message; but if that
 * begins as an event does, it ends before the next event ("3#", a code, "#") in the same way.
 *
 * @param stream what is known of the stream; its framing is not ONEHASH_FRAMING_UNDECIDED
 * @param data   bytes from the first byte of a message on
 * @param length bytes there are; at least 1
 */
OnehashFrame onehash_next(const OnehashStream *stream, const uint8_t *data, size_t length);

/**
 * Decode one message with its framing's bytes. A message that breaks off, that was refused, or
 * that is none is decoded as far as it goes, with remarks.
 *
 * @param packet where entries are appended; packet->base must be the start of the memory that span
 *               lies in; depth 0 is the layer
 * @param span   the message, as long as onehash_next said; if the capture cut it, what is there
 * @return false if there is nothing to decode (no byte, or no framing): then nothing was appended
 */
bool onehash_decode(FsPacket *packet, const OnehashStream *stream, FsSpan span);

/**
 * What a code means.
 *
 * @return ONEHASH_NO_OPERATION if that is not known: another kind, code or service. Events are
 *         those of the chat service, whatever the service.
 */
OnehashOperation onehash_operation(OnehashService service, uint64_t kind, uint64_t code);

#endif
