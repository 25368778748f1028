/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One table holds every key; reading consumes the keys that it knows, and what is left over is an
 * error. It assumes nothing about the file and fails only with a message.
 */
#include "chatd/config.h"
#include "chatd/store/roster.h"

#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

G_DEFINE_QUARK(feiscope - config - error - quark, config_error)

typedef enum { KEY_FLAG, KEY_NUMBER, KEY_TEXT, KEY_LIST, KEY_GROUPS, KEY_FRAMING } KeyType;

typedef struct {
    const char *group;
    const char *key;
    KeyType type;
    size_t offset;
    const char *fallback; /* as it would stand in the file; NULL: found out at start */
    int least;
    int most;
    const char *meaning;
} Key;

#define AT(member) offsetof(Config, member)

static const Key keys[] = {
    {"feiq", "enabled", KEY_FLAG, AT(feiq.enabled), "true", 0, 0, "be a FeiQ node"},
    {"feiq", "address", KEY_TEXT, AT(feiq.address), "0.0.0.0", 0, 0, "address to bind to"},
    {"feiq", "port", KEY_NUMBER, AT(feiq.port), "2425", 0, 65535, "UDP port"},
    {"feiq", "user", KEY_TEXT, AT(feiq.user), NULL, 0, 0, "log-in name; default: the account's"},
    {"feiq", "host", KEY_TEXT, AT(feiq.host), NULL, 0, 0, "machine name; default: the machine's"},
    {"feiq", "nick", KEY_TEXT, AT(feiq.nick), NULL, 0, 0, "nickname; default: user"},
    {"feiq", "group", KEY_TEXT, AT(feiq.group), "", 0, 0, "group name"},
    {"feiq", "absence", KEY_TEXT, AT(feiq.absence), "", 0, 0,
     "be away, with this text for who asks or writes; empty: present"},
    {"feiq", "broadcast", KEY_LIST, AT(feiq.broadcast), "", 0, 0,
     "addresses to announce to, with ; between; default: 255.255.255.255 and each interface's"},
    {"feiq", "groups", KEY_GROUPS, AT(feiq.groups), "", 0, 0,
     "chat groups (群) to take part in, NUMBER:NAME with ; between, as 3b199b07:技术部"},
    {"feiq", "encrypt", KEY_FLAG, AT(feiq.encrypt), "true", 0, 0,
     "encrypt messages to users whose programs can decrypt and tell their keys"},
    {"feiq", "encrypt-files", KEY_FLAG, AT(feiq.encrypt_files), "false", 0, 0,
     "say in all entries that files may be encrypted (not as FeiQ: 6553601)"},
    {"feiq", "refresh", KEY_NUMBER, AT(feiq.refresh), "300", 0, 86400,
     "seconds between announcements; 0: only at start"},
    {"feiq", "expire", KEY_NUMBER, AT(feiq.expire), "900", 10, 86400,
     "seconds of silence after which a user is dropped from the list"},
    {"feiq", "retry-ms", KEY_NUMBER, AT(feiq.retry_ms), "750", 10, 60000,
     "milliseconds before an unacknowledged message is sent again"},
    {"feiq", "retries", KEY_NUMBER, AT(feiq.retries), "6", 1, 100,
     "times that a message is sent before it counts as undelivered"},
    {"chat", "enabled", KEY_FLAG, AT(chat.enabled), "true", 0, 0, "offer 1#n chat"},
    {"chat", "address", KEY_TEXT, AT(chat.address), "127.0.0.1", 0, 0, "address to listen on"},
    {"chat", "port", KEY_NUMBER, AT(chat.port), "12425", 0, 65535, "TCP port"},
    {"chat", "tls", KEY_FLAG, AT(chat.tls), "false", 0, 0,
     "TLS with client certificates; an address beyond loopback needs it"},
    {"chat", "framing", KEY_FRAMING, AT(chat.framing), "auto", 0, 0,
     "auto, line, length, fixed or bare"},
    {"chat", "block", KEY_NUMBER, AT(chat.block), "128", 4, 65536, "block size of fixed framing"},
    {"control", "enabled", KEY_FLAG, AT(control.enabled), "true", 0, 0, "offer 1#n control"},
    {"control", "address", KEY_TEXT, AT(control.address), "127.0.0.1", 0, 0,
     "address to listen on"},
    {"control", "port", KEY_NUMBER, AT(control.port), "12426", 0, 65535, "TCP port"},
    {"control", "tls", KEY_FLAG, AT(control.tls), "false", 0, 0,
     "TLS with client certificates; an address beyond loopback needs it"},
    {"control", "framing", KEY_FRAMING, AT(control.framing), "auto", 0, 0,
     "auto, line, length, fixed or bare"},
    {"control", "block", KEY_NUMBER, AT(control.block), "128", 4, 65536,
     "block size of fixed framing"},
    {"control", "allow-shutdown", KEY_FLAG, AT(control.allow_shutdown), "false", 0, 0,
     "1#1 may shut the machine down"},
    {"control", "allow-kill", KEY_FLAG, AT(control.allow_kill), "false", 0, 0,
     "1#3 may end processes"},
    {"control", "kill-other-users", KEY_FLAG, AT(control.kill_other_users), "false", 0, 0,
     "1#3 may end processes of other accounts"},
    {"control", "shutdown-command", KEY_TEXT, AT(control.shutdown_command), "", 0, 0,
     "command that 1#1 runs; default: ask logind"},
    {"control", "local-users", KEY_LIST, AT(control.local_users), "", 0, 0,
     "accounts, with ; between, that may use 1#1 and 1#3 on the Unix socket beside root and "
     "chatd's"},
    {"control", "certificates", KEY_LIST, AT(control.certificates), "", 0, 0,
     "subjects of client certificates, with ; between, that may use 1#1 and 1#3 through TLS"},
    {"tls", "certificate", KEY_TEXT, AT(tls.certificate), "", 0, 0,
     "PEM file: the server's certificate, its issuers behind it"},
    {"tls", "key", KEY_TEXT, AT(tls.key), "", 0, 0, "PEM file: the server's private key"},
    {"tls", "client-ca", KEY_TEXT, AT(tls.client_ca), "", 0, 0,
     "PEM file: authorities that sign client certificates"},
    {"tls", "clients", KEY_LIST, AT(tls.clients), "", 0, 0,
     "subjects of client certificates, with ; between, that may connect; default: all"},
    {"local", "directory", KEY_TEXT, AT(local.directory), NULL, 0, 0,
     "where the Unix sockets are; default: $RUNTIME_DIRECTORY, else $XDG_RUNTIME_DIR/chatd"},
    {"storage", "database", KEY_TEXT, AT(storage.database), "", 0, 0,
     "SQLite file; default: nothing is kept beyond the run"},
    {"storage", "audit-log", KEY_TEXT, AT(storage.audit_log), "", 0, 0,
     "file that every control request is appended to; default: the log"},
    {"files", "enabled", KEY_FLAG, AT(files.enabled), "true", 0, 0,
     "take files, folders and images, and serve them on TCP feiq.port"},
    {"files", "directory", KEY_TEXT, AT(files.directory), "", 0, 0,
     "where their bytes are kept; default: beside storage.database, else a temporary folder"},
    {"files", "quota-mib", KEY_NUMBER, AT(files.quota_mib), "2048", 1, 1 << 30,
     "MiB that all files together may take"},
    {"files", "largest-mib", KEY_NUMBER, AT(files.largest_mib), "1024", 1, 1 << 30,
     "MiB that one file or folder may have"},
    {"files", "entries", KEY_NUMBER, AT(files.entries), "100000", 1, 1 << 30,
     "files and folders in one folder"},
    {"files", "image-kib", KEY_NUMBER, AT(files.image_kib), "65536", 1, 1 << 20,
     "KiB that an inline image may have, packed and unpacked"},
    {"files", "connections", KEY_NUMBER, AT(files.connections), "64", 1, 10000,
     "TCP connections for files in all, in each direction"},
    {"files", "connections-per-address", KEY_NUMBER, AT(files.connections_per_address), "8", 1,
     10000, "of these with one address"},
    {"files", "stall-seconds", KEY_NUMBER, AT(files.stall_seconds), "30", 1, 86400,
     "a connection on which nothing moves for so long is dropped"},
    {"files", "tries", KEY_NUMBER, AT(files.tries), "5", 1, 1000,
     "times in a row that a file is fetched in vain before that has failed"},
    {"files", "keep-days", KEY_NUMBER, AT(files.keep_days), "30", 1, 36500,
     "days after which a transfer is forgotten"},
    {"limits", "clients", KEY_NUMBER, AT(limits.clients), "12000", 1, 1000000,
     "TCP connections in all"},
    {"limits", "clients-per-address", KEY_NUMBER, AT(limits.clients_per_address), "12000", 1,
     1000000, "TCP connections from one address"},
    {"limits", "users", KEY_NUMBER, AT(limits.users), "50000", 1, 1000000,
     "FeiQ users in the list"},
    {"limits", "output-bytes", KEY_NUMBER, AT(limits.output_bytes), "262144", 131072, 1 << 30,
     "unsent bytes for one client before it is dropped"},
    {"limits", "idle-seconds", KEY_NUMBER, AT(limits.idle_seconds), "0", 0, 1 << 30,
     "a client that says nothing for so long is dropped; 0: never"},
    {"limits", "buffer-bytes", KEY_NUMBER, AT(limits.buffer_bytes), "268435456", 1048576, G_MAXINT,
     "bytes buffered for all clients together"},
    {"limits", "stall-seconds", KEY_NUMBER, AT(limits.stall_seconds), "30", 1, 86400,
     "a client that stops within a message, or does not read, for so long is dropped"},
    {"limits", "shouts-per-second", KEY_NUMBER, AT(limits.shouts_per_second), "10", 1, 1000000,
     "log-ins, messages to all, user lists and searches that one client may ask for"},
    {"limits", "shouts-per-address", KEY_NUMBER, AT(limits.shouts_per_address), "200", 1, 1000000,
     "the same a second of all clients at one address"},
    {"limits", "copies-per-second", KEY_NUMBER, AT(limits.copies_per_second), "200000", 1, G_MAXINT,
     "copies of messages to all, one for each user and kilobyte"},
    {"limits", "connections-per-second", KEY_NUMBER, AT(limits.connections_per_second), "500", 1,
     1000000, "TCP connections that are taken from one address"},
    {"limits", "requests-per-second", KEY_NUMBER, AT(limits.requests_per_second), "20000", 1,
     10000000, "1#n requests from one address; what is beyond waits"},
    {"limits", "waiting", KEY_NUMBER, AT(limits.waiting), "1000", 0, 1000000,
     "messages that wait for one user who is away"},
    {"limits", "datagrams-per-second", KEY_NUMBER, AT(limits.datagrams_per_second), "2000", 1,
     10000000, "datagrams taken from one address"},
};

static const char *const framings[] = {"auto", "line", "length", "fixed", "bare"};

static void *at(Config *config, const Key *key)
{
    return (char *)config + key->offset;
}

static gboolean parse_number(const char *text, const Key *key, int *number)
{
    gint64 value;
    if (!g_ascii_string_to_signed(text, 10, key->least, key->most, &value, NULL)) {
        return FALSE;
    }
    *number = (int)value;
    return TRUE;
}

/* NUMBER:NAME each, a name that can stand in the list. */
static gboolean are_groups(char *const *items)
{
    for (size_t i = 0; items[i] != NULL; i++) {
        guint64 number;
        const char *colon = strchr(items[i], ':');
        g_autofree char *digits =
            g_strndup(items[i], colon == NULL ? 0 : (gsize)(colon - items[i]));
        if (!g_ascii_string_to_unsigned(digits, 16, 1, G_MAXUINT32, &number, NULL) ||
            !roster_is_good_name(colon + 1)) {
            return FALSE;
        }
    }
    return TRUE;
}

/* Set one key from its text; on failure *wanted says what would have been right. */
static gboolean set(Config *config, const Key *key, const char *text, char **wanted)
{
    switch (key->type) {
    case KEY_FLAG:
        if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0) {
            *wanted = g_strdup("true or false");
            return FALSE;
        }
        *(gboolean *)at(config, key) = text[0] == 't';
        return TRUE;
    case KEY_NUMBER:
        if (!parse_number(text, key, at(config, key))) {
            *wanted = g_strdup_printf("a number from %d to %d", key->least, key->most);
            return FALSE;
        }
        return TRUE;
    case KEY_TEXT: {
        char **value = at(config, key);
        g_free(*value);
        *value = g_strdup(text);
        return TRUE;
    }
    case KEY_LIST:
    case KEY_GROUPS: {
        char ***value = at(config, key);
        g_strfreev(*value);
        *value = g_strsplit(text, ";", -1);
        size_t kept = 0;
        for (size_t i = 0; (*value)[i] != NULL; i++) {
            char *item = g_strstrip((*value)[i]);
            if (*item == '\0') {
                g_free(item);
            } else {
                (*value)[kept++] = item;
            }
        }
        (*value)[kept] = NULL;
        if (key->type == KEY_GROUPS && !are_groups(*value)) {
            *wanted = g_strdup("NUMBER:NAME, the number in hexadecimal, with ; between");
            return FALSE;
        }
        return TRUE;
    }
    case KEY_FRAMING:
        for (size_t i = 0; i < G_N_ELEMENTS(framings); i++) {
            if (strcmp(text, framings[i]) == 0) {
                *(OnehashFraming *)at(config, key) = (OnehashFraming)i;
                return TRUE;
            }
        }
        *wanted = g_strdup("auto, line, length, fixed or bare");
        return FALSE;
    }
    return FALSE;
}

/* systemd may give several directories, with : between; the first is the one. */
static char *default_directory(void)
{
    const char *given = g_getenv("RUNTIME_DIRECTORY");
    if (given != NULL && *given != '\0') {
        return g_strndup(given, strcspn(given, ":"));
    }
    given = g_getenv("XDG_RUNTIME_DIR");
    return given != NULL && *given != '\0' ? g_build_filename(given, "chatd", NULL) : g_strdup("");
}

Config *config_new(void)
{
    Config *config = g_new0(Config, 1);
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        const Key *key = &keys[i];
        g_autofree char *wanted = NULL;
        if (key->fallback != NULL && !set(config, key, key->fallback, &wanted)) {
            g_error("config: default of %s.%s is not %s", key->group, key->key, wanted);
        }
    }
    config->feiq.user = g_strdup(g_get_user_name());
    config->feiq.host = g_strdup(g_get_host_name());
    config->feiq.nick = g_strdup(config->feiq.user);
    config->local.directory = default_directory();
    return config;
}

static void free_values(Config *config)
{
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        if (keys[i].type == KEY_TEXT) {
            g_free(*(char **)at(config, &keys[i]));
        } else if (keys[i].type == KEY_LIST || keys[i].type == KEY_GROUPS) {
            g_strfreev(*(char ***)at(config, &keys[i]));
        }
    }
}

void config_free(Config *config)
{
    if (config != NULL) {
        free_values(config);
        g_free(config);
    }
}

void config_replace(Config *config, Config *from)
{
    free_values(config);
    *config = *from;
    g_free(from);
}

/* The line that a group's header or a key of the group stands on; key NULL: the header. GKeyFile
 * does not keep line numbers. */
static int line_of(const char *text, const char *group, const char *key)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    gboolean inside = FALSE;
    for (int i = 0; lines[i] != NULL; i++) {
        char *line = g_strstrip(lines[i]);
        size_t length = strlen(line);
        if (length > 2 && line[0] == '[' && line[length - 1] == ']') {
            line[length - 1] = '\0';
            inside = strcmp(line + 1, group) == 0;
            if (inside && key == NULL) {
                return i + 1;
            }
            continue;
        }
        char *equals = strchr(line, '=');
        if (inside && key != NULL && equals != NULL && line[0] != '#') {
            *equals = '\0';
            if (strcmp(g_strchomp(line), key) == 0) {
                return i + 1;
            }
        }
    }
    return 0;
}

static const Key *find(const char *group, const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        if (strcmp(keys[i].group, group) == 0 && (name == NULL || strcmp(keys[i].key, name) == 0)) {
            return &keys[i];
        }
    }
    return NULL;
}

static gboolean read_group(Config *config, GKeyFile *file, const char *group, const char *path,
                           const char *text, GError **error)
{
    if (find(group, NULL) == NULL) {
        g_autoptr(GString) known = g_string_new(NULL);
        for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
            if (i == 0 || strcmp(keys[i].group, keys[i - 1].group) != 0) {
                g_string_append_printf(known, " [%s]", keys[i].group);
            }
        }
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_UNKNOWN,
                    "%s:%d: there is no group [%s], only%s", path, line_of(text, group, NULL),
                    group, known->str);
        return FALSE;
    }
    g_auto(GStrv) names = g_key_file_get_keys(file, group, NULL, error);
    if (names == NULL) {
        return FALSE;
    }
    for (size_t i = 0; names[i] != NULL; i++) {
        const Key *key = find(group, names[i]);
        if (key == NULL) {
            g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_UNKNOWN,
                        "%s:%d: group [%s] has no key “%s”", path, line_of(text, group, names[i]),
                        group, names[i]);
            return FALSE;
        }
        g_autofree char *value = g_key_file_get_string(file, group, names[i], error);
        if (value == NULL) {
            return FALSE;
        }
        g_autofree char *wanted = NULL;
        if (!set(config, key, value, &wanted)) {
            g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE, "%s:%d: %s=%s is not %s", path,
                        line_of(text, group, names[i]), names[i], value, wanted);
            return FALSE;
        }
    }
    return TRUE;
}

Config *config_read(const char *path, GError **error)
{
    g_autofree char *text = NULL;
    gsize length = 0;
    g_autoptr(GError) cause = NULL;
    if (!g_file_get_contents(path, &text, &length, &cause)) {
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_READ, "%s", cause->message);
        return NULL;
    }
    g_autoptr(GKeyFile) file = g_key_file_new();
    if (!g_key_file_load_from_data(file, text, length, G_KEY_FILE_NONE, &cause)) {
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_SYNTAX, "%s: %s", path, cause->message);
        return NULL;
    }
    g_autoptr(Config) config = config_new();
    g_auto(GStrv) groups = g_key_file_get_groups(file, NULL);
    for (size_t i = 0; groups[i] != NULL; i++) {
        if (!read_group(config, file, groups[i], path, text, error)) {
            return NULL;
        }
    }
    if (!g_key_file_has_key(file, "feiq", "nick", NULL)) {
        g_free(config->feiq.nick);
        config->feiq.nick = g_strdup(config->feiq.user);
    }
    return g_steal_pointer(&config);
}

char *config_example(void)
{
    GString *text = g_string_new("# chatd's configuration. Every key is shown with its default.\n");
    const char *group = "";
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        const Key *key = &keys[i];
        if (strcmp(group, key->group) != 0) {
            group = key->group;
            g_string_append_printf(text, "\n[%s]\n", group);
        }
        g_string_append_printf(text, "# %s\n#%s=%s\n", key->meaning, key->key,
                               key->fallback != NULL ? key->fallback : "");
    }
    return g_string_free(text, FALSE);
}
