/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chatd/tcp/tls.h"
#include "chatd/certificate.h"

#include <unistd.h>

struct TlsServer {
    grefcount references;
    GTlsCertificate *certificate;
    GTlsDatabase *client_ca;
    char **clients;
};

static gboolean is_given(const char *value, const char *key, GError **error)
{
    if (*value != '\0') {
        return TRUE;
    }
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                "TLS needs tls.certificate, tls.key and tls.client-ca; tls.%s is not set", key);
    return FALSE;
}

static gboolean read_files(TlsServer *server, const TlsFiles *files, GError **error)
{
    if (!is_given(files->certificate, "certificate", error) ||
        !is_given(files->key, "key", error) || !is_given(files->client_ca, "client-ca", error)) {
        return FALSE;
    }
    if (!g_tls_backend_supports_tls(g_tls_backend_get_default())) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                    "GIO has no TLS here: the package glib-networking is missing");
        return FALSE;
    }
    server->certificate = g_tls_certificate_new_from_files(files->certificate, files->key, error);
    if (server->certificate == NULL) {
        g_prefix_error(error, "tls.certificate %s, tls.key %s: ", files->certificate, files->key);
        return FALSE;
    }
    /* which takes no other path */
    g_autofree char *absolute = g_canonicalize_filename(files->client_ca, NULL);
    server->client_ca = g_tls_file_database_new(absolute, error);
    if (server->client_ca == NULL) {
        g_prefix_error(error, "tls.client-ca %s: ", files->client_ca);
        return FALSE;
    }
    return TRUE;
}

static char **copy_list(const char *const *list)
{
    GStrvBuilder *builder = g_strv_builder_new();
    for (; *list != NULL; list++) {
        g_strv_builder_add(builder, *list);
    }
    char **copy = g_strv_builder_end(builder);
    g_strv_builder_unref(builder);
    return copy;
}

TlsServer *tls_server_new(const TlsFiles *files, GError **error)
{
    g_autoptr(TlsServer) server = g_new0(TlsServer, 1);
    g_ref_count_init(&server->references);
    server->clients = copy_list(files->clients);
    return read_files(server, files, error) ? g_steal_pointer(&server) : NULL;
}

TlsServer *tls_server_ref(TlsServer *server)
{
    g_ref_count_inc(&server->references);
    return server;
}

void tls_server_unref(TlsServer *server)
{
    if (server != NULL && g_ref_count_dec(&server->references)) {
        g_clear_object(&server->certificate);
        g_clear_object(&server->client_ca);
        g_strfreev(server->clients);
        g_free(server);
    }
}

/* GIO leaves the decision about a client's certificate to the server. */
static gboolean accept_certificate(GTlsConnection *connection, GTlsCertificate *certificate,
                                   GTlsCertificateFlags problems, gpointer data)
{
    (void)connection;
    (void)certificate;
    (void)data;
    return problems == 0;
}

GTlsConnection *tls_server_wrap(const TlsServer *server, int fd, GError **error)
{
    g_autoptr(GSocket) socket = g_socket_new_from_fd(fd, error);
    if (socket == NULL) {
        close(fd);
        return NULL;
    }
    g_autoptr(GSocketConnection) plain = g_socket_connection_factory_create_connection(socket);
    GIOStream *stream = g_tls_server_connection_new(G_IO_STREAM(plain), server->certificate, error);
    if (stream == NULL) {
        return NULL;
    }
    GTlsConnection *connection = G_TLS_CONNECTION(stream);
    g_object_set(connection, "authentication-mode", G_TLS_AUTHENTICATION_REQUIRED, NULL);
    g_tls_connection_set_database(connection, server->client_ca);
    g_signal_connect(connection, "accept-certificate", G_CALLBACK(accept_certificate), NULL);
    return connection;
}

char *tls_server_identify(const TlsServer *server, GTlsConnection *connection, GError **error)
{
    GTlsCertificate *certificate = g_tls_connection_get_peer_certificate(connection);
    g_autofree char *subject =
        certificate == NULL ? NULL : g_tls_certificate_get_subject_name(certificate);
    if (subject == NULL || !g_utf8_validate(subject, -1, NULL)) {
        g_set_error(error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE,
                    "its certificate names nobody");
        return NULL;
    }
    if (server->clients[0] != NULL &&
        !g_strv_contains((const char *const *)server->clients, subject)) {
        g_set_error(error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE,
                    "“%s” is not one of tls.clients", subject);
        return NULL;
    }
    return g_steal_pointer(&subject);
}

char *tls_server_explain(GTlsConnection *connection, const GError *error)
{
    g_autofree char *problems =
        certificate_problems(g_tls_connection_get_peer_certificate_errors(connection));
    return *problems == '\0'
               ? g_strdup(error->message)
               : g_strdup_printf("%s; its certificate is %s", error->message, problems);
}
