/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a listener with TLS is: its own certificate, the authorities whose client certificates it
 * accepts, and the names that may come in. A client without a certificate of theirs is never
 * served. GIO's TLS, which needs glib-networking at run time.
 */
#ifndef FEISCOPE_CHATD_TLS_H
#define FEISCOPE_CHATD_TLS_H

#include <gio/gio.h>

typedef struct TlsServer TlsServer;

/** Which files, and whom; all PEM. */
typedef struct {
    const char *certificate; /**< the server's, and its issuers behind it */
    const char *key;
    const char *client_ca;      /**< authorities that sign client certificates */
    const char *const *clients; /**< subjects, as "O=Office,CN=alice", that may come in;
                                 *   empty: whoever has a certificate */
} TlsFiles;

/**
 * Read the files.
 *
 * @param files copied
 * @param error names the file or the key of the configuration that is wrong
 * @return one reference; let go with tls_server_unref
 */
TlsServer *tls_server_new(const TlsFiles *files, GError **error);
TlsServer *tls_server_ref(TlsServer *server);
void tls_server_unref(TlsServer *server);

/**
 * A TLS stream on an accepted socket; the handshake is still to be made.
 *
 * @param fd taken over, on error too
 */
GTlsConnection *tls_server_wrap(const TlsServer *server, int fd, GError **error);

/**
 * Who is at the other end, after the handshake.
 *
 * @return the subject of the client's certificate, free with g_free; NULL with an error if it may
 *         not come in
 */
char *tls_server_identify(const TlsServer *server, GTlsConnection *connection, GError **error);

/**
 * Why a handshake failed, in words that say what is wrong with the client's certificate if that is
 * it.
 *
 * @return free with g_free
 */
char *tls_server_explain(GTlsConnection *connection, const GError *error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(TlsServer, tls_server_unref)

#endif
