/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chatd/chatctl/client.h"
#include "chatd/certificate.h"
#include "protocol/onehash/build.h"

#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <string.h>

G_DEFINE_QUARK(feiscope - client - error - quark, client_error)

enum { MOST_ARGUMENTS = 5, PATIENCE_SECONDS = 30, PATIENCE_TO_CONNECT = 10 };

struct Client {
    GSocketConnection *connection;
    OnehashStream stream; /* as the server answers */
    GByteArray *input;
    gboolean is_anonymous; /* TLS without a certificate of one's own */
    GQueue events;         /* ClientMessage that came while a reply was waited for */
};

/* What one shows and whom one trusts. */
typedef struct {
    GTlsCertificate *certificate;
    GTlsDatabase *trusted;
    GTlsCertificateFlags problems; /* of the server's */
} Credentials;

static void clear_credentials(Credentials *credentials)
{
    g_clear_object(&credentials->certificate);
    g_clear_object(&credentials->trusted);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Credentials, clear_credentials)

static gboolean read_credentials(Credentials *credentials, const ClientPlace *place, GError **error)
{
    if (!g_tls_backend_supports_tls(g_tls_backend_get_default())) {
        g_set_error(error, CLIENT_ERROR, CLIENT_ERROR_UNREACHABLE,
                    "no TLS here: the package glib-networking is missing");
        return FALSE;
    }
    g_autoptr(GError) cause = NULL;
    const char *file = place->tls_certificate;
    if (file != NULL) {
        credentials->certificate = g_tls_certificate_new_from_files(
            file, place->tls_key != NULL ? place->tls_key : file, &cause);
    }
    if (cause == NULL && place->tls_ca != NULL) {
        file = place->tls_ca;
        g_autofree char *absolute = g_canonicalize_filename(file, NULL);
        credentials->trusted = g_tls_file_database_new(absolute, &cause);
    }
    if (cause != NULL) {
        g_set_error(error, CLIENT_ERROR, CLIENT_ERROR_UNREACHABLE, "%s: %s", file, cause->message);
        return FALSE;
    }
    return TRUE;
}

static gboolean refuse_certificate(GTlsConnection *connection, GTlsCertificate *certificate,
                                   GTlsCertificateFlags problems, gpointer data)
{
    (void)connection;
    (void)certificate;
    ((Credentials *)data)->problems = problems;
    return FALSE;
}

static void prepare_tls(GSocketClient *connector, GSocketClientEvent event,
                        GSocketConnectable *place, GIOStream *stream, gpointer data)
{
    (void)connector;
    (void)place;
    Credentials *credentials = data;
    if (event != G_SOCKET_CLIENT_TLS_HANDSHAKING) {
        return;
    }
    g_signal_connect(stream, "accept-certificate", G_CALLBACK(refuse_certificate), credentials);
    if (credentials->certificate != NULL) {
        g_tls_connection_set_certificate(G_TLS_CONNECTION(stream), credentials->certificate);
    }
    if (credentials->trusted != NULL) {
        g_tls_connection_set_database(G_TLS_CONNECTION(stream), credentials->trusted);
    }
}

Client *client_new(const ClientPlace *place, OnehashService service, GError **error)
{
    g_autoptr(GSocketClient) connector = g_socket_client_new();
    g_autoptr(GError) cause = NULL;
    GSocketConnection *connection;
    g_auto(Credentials) credentials = {0};
    g_socket_client_set_timeout(connector, PATIENCE_TO_CONNECT);
    if (place->tls) {
        if (!read_credentials(&credentials, place, error)) {
            return NULL;
        }
        g_socket_client_set_tls(connector, TRUE);
        g_signal_connect(connector, "event", G_CALLBACK(prepare_tls), &credentials);
    }
    gboolean is_chat = service == ONEHASH_SERVICE_CHAT;
    if (place->directory != NULL) {
        g_autofree char *path =
            g_build_filename(place->directory, is_chat ? "chat" : "control", NULL);
        g_autoptr(GSocketAddress) address = g_unix_socket_address_new(path);
        connection =
            g_socket_client_connect(connector, G_SOCKET_CONNECTABLE(address), NULL, &cause);
        g_prefix_error(&cause, "%s: ", path);
    } else {
        guint16 port = place->port != 0 ? place->port
                       : is_chat        ? ONEHASH_CHAT_PORT
                                        : ONEHASH_CONTROL_PORT;
        connection = g_socket_client_connect_to_host(connector, place->host, port, NULL, &cause);
        g_prefix_error(&cause, "%s port %u: ", place->host, port);
    }
    if (connection == NULL) {
        g_autofree char *problems = certificate_problems(credentials.problems);
        gboolean nobody_listens = g_error_matches(cause, G_IO_ERROR, G_IO_ERROR_NOT_FOUND) ||
                                  g_error_matches(cause, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
        g_set_error(error, CLIENT_ERROR, CLIENT_ERROR_UNREACHABLE, "%s%s%s%s", cause->message,
                    *problems == '\0' ? "" : ": it is ", problems,
                    nobody_listens ? "; is chatd running?" : "");
        return NULL;
    }
    g_socket_set_timeout(g_socket_connection_get_socket(connection), 0);
    Client *client = g_new0(Client, 1);
    client->connection = connection;
    client->is_anonymous = place->tls && place->tls_certificate == NULL;
    client->stream =
        (OnehashStream){.framing = ONEHASH_FRAMING_LENGTH, .service = service, .from_server = true};
    client->input = g_byte_array_new();
    g_queue_init(&client->events);
    return client;
}

void client_free(Client *client)
{
    if (client != NULL) {
        g_object_unref(client->connection);
        g_byte_array_unref(client->input);
        for (gpointer event; (event = g_queue_pop_head(&client->events)) != NULL;) {
            client_message_free(event);
        }
        g_free(client);
    }
}

void client_message_free(ClientMessage *message)
{
    if (message != NULL) {
        g_free(message->from);
        g_free(message->text);
        g_free(message);
    }
}

int client_descriptor(const Client *client)
{
    return g_socket_get_fd(g_socket_connection_get_socket(client->connection));
}

gboolean client_send(Client *client, guint32 code, const char *const *arguments, GError **error)
{
    static uint8_t buffer[ONEHASH_BUILD_ROOM(0)];
    FsBytes parts[MOST_ARGUMENTS];
    size_t count = 0;
    for (; arguments[count] != NULL && count < MOST_ARGUMENTS; count++) {
        parts[count] = fs_bytes(arguments[count]);
    }
    ptrdiff_t length =
        onehash_build_request(buffer, sizeof buffer, &client->stream, code, parts, count);
    if (length < 0) {
        g_set_error(error, CLIENT_ERROR, CLIENT_ERROR_UNSAYABLE,
                    "1#n cannot say that: a name with #, or a text of more than 64 KiB");
        return FALSE;
    }
    g_autoptr(GError) cause = NULL;
    GOutputStream *output = g_io_stream_get_output_stream(G_IO_STREAM(client->connection));
    if (!g_output_stream_write_all(output, buffer, (gsize)length, NULL, NULL, &cause)) {
        g_set_error(error, CLIENT_ERROR, CLIENT_ERROR_UNREACHABLE, "%s", cause->message);
        return FALSE;
    }
    return TRUE;
}

/* A number and the # or end behind it; *at is moved on. */
static gboolean take_number(const char **at, guint64 *number)
{
    const char *end;
    if (!g_ascii_isdigit(**at)) {
        return FALSE;
    }
    *number = g_ascii_strtoull(*at, (char **)(void *)&end, 10);
    *at = *end == '#' ? end + 1 : end;
    return *end == '#' || *end == '\0' || *end == '\n';
}

static ClientMessage *parse(const char *text, GError **error)
{
    guint64 kind = 0;
    guint64 code = 0;
    guint64 status = 0;
    guint64 lines = 0;
    const char *at = text;
    if (take_number(&at, &kind) && take_number(&at, &code)) {
        ClientMessage *message = g_new0(ClientMessage, 1);
        message->kind = (OnehashKind)kind;
        message->code = (guint32)code;
        if (kind == ONEHASH_EVENT) {
            const char *sign = strchr(at, '#');
            message->from = sign == NULL ? g_strdup(at) : g_strndup(at, (gsize)(sign - at));
            message->text = sign == NULL ? NULL : g_strdup(sign + 1);
            return message;
        }
        if (kind == ONEHASH_REPLY && take_number(&at, &status) && take_number(&at, &lines)) {
            message->status = (OnehashStatus)status;
            message->text = *at == '\n' ? g_strdup(at + 1) : NULL;
            return message;
        }
        client_message_free(message);
    }
    g_set_error(error, CLIENT_ERROR, CLIENT_ERROR_PROTOCOL, "the answer is not 1#n");
    return NULL;
}

/* A message of the bytes that are here; NULL without an error if there is none yet. */
static ClientMessage *take_message(Client *client, GError **error)
{
    enum { PREFIX = 4 };
    if (client->input->len == 0) {
        return NULL;
    }
    OnehashFrame frame = onehash_next(&client->stream, client->input->data, client->input->len);
    if (frame.verdict == ONEHASH_PARTIAL) {
        return NULL;
    }
    if (frame.verdict == ONEHASH_REFUSED || frame.length < PREFIX) {
        g_set_error(error, CLIENT_ERROR, CLIENT_ERROR_PROTOCOL, "the answer is not 1#n");
        return NULL;
    }
    g_autofree char *text =
        g_strndup((const char *)client->input->data + PREFIX, frame.length - PREFIX);
    g_byte_array_remove_range(client->input, 0, frame.length);
    return parse(text, error);
}

/* Take bytes. Unless it waits, FALSE without an error means that there are none yet: under TLS not
 * everything that arrives is for us. */
static gboolean receive_bytes(Client *client, gboolean wait, GError **error)
{
    guint8 buffer[16384];
    g_autoptr(GError) cause = NULL;
    GInputStream *input = g_io_stream_get_input_stream(G_IO_STREAM(client->connection));
    gssize length = wait ? g_input_stream_read(input, buffer, sizeof buffer, NULL, &cause)
                         : g_pollable_input_stream_read_nonblocking(
                               G_POLLABLE_INPUT_STREAM(input), buffer, sizeof buffer, NULL, &cause);
    if (!wait && g_error_matches(cause, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)) {
        return FALSE;
    }
    if (length <= 0) {
        g_set_error(error, CLIENT_ERROR, CLIENT_ERROR_UNREACHABLE, "%s%s",
                    cause != NULL ? cause->message : "chatd closed the connection",
                    client->is_anonymous ? "; chatd needs a certificate (--tls-certificate)" : "");
        return FALSE;
    }
    g_byte_array_append(client->input, buffer, (guint)length);
    return TRUE;
}

/* The next message of the stream itself. */
static ClientMessage *next_message(Client *client, GError **error)
{
    for (;;) {
        g_autoptr(GError) problem = NULL;
        ClientMessage *message = take_message(client, &problem);
        if (problem != NULL) {
            g_propagate_error(error, g_steal_pointer(&problem));
            return NULL;
        }
        if (message != NULL || !receive_bytes(client, TRUE, error)) {
            return message;
        }
    }
}

ClientMessage *client_ask(Client *client, guint32 code, const char *const *arguments,
                          GError **error)
{
    if (!client_send(client, code, arguments, error)) {
        return NULL;
    }
    GSocket *socket = g_socket_connection_get_socket(client->connection);
    g_socket_set_timeout(socket, PATIENCE_SECONDS);
    ClientMessage *message;
    while ((message = next_message(client, error)) != NULL) {
        if (message->kind == ONEHASH_EVENT) {
            g_queue_push_tail(&client->events, message);
        } else if (message->code != code && message->code != 0) {
            client_message_free(message);
        } else {
            break;
        }
    }
    g_socket_set_timeout(socket, 0);
    return message;
}

ClientMessage *client_receive(Client *client, GError **error)
{
    return client->events.length > 0 ? g_queue_pop_head(&client->events)
                                     : next_message(client, error);
}

ClientMessage *client_poll(Client *client, GError **error)
{
    if (client->events.length > 0) {
        return g_queue_pop_head(&client->events);
    }
    for (;;) {
        g_autoptr(GError) problem = NULL;
        ClientMessage *message = take_message(client, &problem);
        if (problem != NULL) {
            g_propagate_error(error, g_steal_pointer(&problem));
            return NULL;
        }
        if (message != NULL || !receive_bytes(client, FALSE, error)) {
            return message;
        }
    }
}
