/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A client of a 1#n service: framing in, framing out, bounded buffers both ways. It holds no buffer
 * while it is idle, so that thousands of idle clients cost little. What it is sent leaves at the
 * end of the turn, after the commit (poller.h). A client that does not read what it is sent is
 * dropped, and one that sends without end takes turns with the others, so none delays another.
 */
#ifndef FEISCOPE_CHATD_CONNECTION_H
#define FEISCOPE_CHATD_CONNECTION_H

#include "chatd/system/poller.h"
#include "chatd/tcp/origin.h"
#include "chatd/tcp/request.h"
#include "protocol/onehash/onehash.h"

#include <gio/gio.h>

typedef struct Connection Connection;

/** What a service does with its clients. */
typedef struct {
    /** A request came. Answer it with one connection_reply, now or, after connection_hold, later.
     */
    void (*request)(gpointer service, Connection *connection, const ConnectionRequest *request);
    /** What came is no request, and was answered as such. May be NULL. @param code 0: none can be
     *  read @param problem static text */
    void (*refused)(gpointer service, Connection *connection, guint32 code, const char *problem);
    /** All that connection_want_drained waited for has left. May be NULL. */
    void (*drained)(gpointer service, Connection *connection);
    /** The connection ended; it is freed when this returns and nothing holds it. */
    void (*closed)(gpointer service, Connection *connection, const char *reason);
} ConnectionHandler;

/** Bytes that all connections together have buffered, and may. */
typedef struct {
    gsize used;
    gsize limit;
    gsize peak; /**< most that was ever used; whoever reads it may set it back */
} ConnectionBudget;

/** How much one client may take. */
typedef struct {
    guint output_bytes;       /**< unsent bytes before it is dropped */
    int requests_per_second;  /**< of all clients of one origin; beyond it they are not read */
    ConnectionBudget *budget; /**< shared with all others; kept by the caller */
} ConnectionLimits;

/** Who is at the other end. */
typedef struct {
    char *text;        /**< for logs: "address port", or "NAME pid N" of a local one */
    char *certificate; /**< through TLS: whom the client's certificate names; else NULL */
    Origin *origin;    /**< whose other clients count, too; kept by the listener */
    gboolean local;    /**< on a Unix socket: uid and pid are what the kernel says */
    guint uid;
    int pid;
} ConnectionPeer;

/**
 * Serve an accepted socket.
 *
 * @param fd      non-blocking socket; the connection closes it
 * @param tls     the stream on it after the handshake, taken over; NULL: none
 * @param stream  service, configured framing (or undecided) and block size
 * @param peer    its strings are taken over, and freed on error too
 * @param limits  kept by the caller for longer than the connection
 * @return owned by itself until it closes; NULL with an error, and the socket closed, if it cannot
 *         be watched
 */
Connection *connection_new(Poller *poller, int fd, GTlsConnection *tls, const OnehashStream *stream,
                           const ConnectionPeer *peer, const ConnectionLimits *limits,
                           const ConnectionHandler *handler, gpointer service, GError **error);

/**
 * End it: what is queued is tried once more, and nothing is sent or read any longer. The handler's
 * closed() is called, and the connection freed, not now but at the end of the turn; so this may be
 * called while going through clients, and sending to a client may do it too.
 *
 * @param reason static text
 */
void connection_close(Connection *connection, const char *reason);

/** Was it closed already, so that closed() will be called soon? */
gboolean connection_is_closing(const Connection *connection);

/**
 * Answer a request.
 *
 * @param code   of the request; 0 if it had none that can be read
 * @param status if it is not ONEHASH_OK, text says it in words
 * @param text   body: lines separated by LF; NULL or "" is none. What does not fit in one message
 *               is replaced by a last line that counts it
 */
void connection_reply(Connection *connection, guint32 code, OnehashStatus status, const char *text);

/** An event, to be sent to one client or to many. */
typedef struct {
    guint32 code;
    const char *from;
    const char *text;     /**< NULL if the event has none */
    gboolean for_many;    /**< keep what is built for the next client; clear it at the end */
    GByteArray *built[5]; /**< private: by framing */
    guint32 block;        /**< private: of what is built for the fixed framing */
} ConnectionEvent;

/**
 * Send an event. Its text is made to fit the framing: a line end in the line framing becomes a
 * space; a text that would be taken for two messages in the bare framing gets full-width ＃.
 *
 * @return FALSE if the client is closing, or was just dropped for not reading
 */
gboolean connection_send(Connection *connection, ConnectionEvent *event);

/** Send bytes that are built for its stream. As connection_send. */
gboolean connection_send_bytes(Connection *connection, const guint8 *data, gsize length);

/** Its service, framing and block size. */
const OnehashStream *connection_stream(const Connection *connection);

/** Is so little left of what all connections together may have buffered that as much for each of
 *  `count` would not fit well? */
gboolean connection_is_short_of_room(const Connection *connection, guint count, gsize length);

/** Send what is queued now, not at the end of the turn, so that it takes no room. */
void connection_push(Connection *connection);

/** Free what connection_send kept in an event for many. */
void connection_event_clear(ConnectionEvent *event);

/** Read no further request until connection_release: the answer comes later. The connection's
 *  memory stays until then, even if it closes. */
void connection_hold(Connection *connection);

/** Go on after connection_hold, with what came in the meantime. Not from a handler's request(). */
void connection_release(Connection *connection);

/** Bytes that wait to be sent. */
guint connection_unsent(const Connection *connection);

/** Call the handler's drained() once, when no byte waits to be sent. */
void connection_want_drained(Connection *connection);

/** What time has done to a connection: has it been silent, in the middle of a message, or not
 *  reading, since before these times (monotonic, µs)? Closes it if so. */
void connection_check_age(Connection *connection, gint64 oldest_word, gint64 oldest_stall);

/** The service's own record of the client. */
void connection_set_record(Connection *connection, gpointer record);
gpointer connection_record(const Connection *connection);
const ConnectionPeer *connection_peer(const Connection *connection);

#endif
