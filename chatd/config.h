/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * chatd's configuration: a key file (GLib's dialect of .ini). Every key has a default, so an empty
 * file is a valid one. An unknown group or key, or a value that does not fit, is an error that
 * names the file, the line and the value.
 */
#ifndef FEISCOPE_CHATD_CONFIG_H
#define FEISCOPE_CHATD_CONFIG_H

#include "protocol/onehash/onehash.h"

#include <glib.h>

typedef enum {
    CONFIG_ERROR_READ,    /**< the file cannot be read */
    CONFIG_ERROR_SYNTAX,  /**< it is not a key file */
    CONFIG_ERROR_UNKNOWN, /**< a group or key that does not exist */
    CONFIG_ERROR_VALUE    /**< a value that its key cannot have */
} ConfigError;

#define CONFIG_ERROR config_error_quark()
GQuark config_error_quark(void);

/** All settings. Strings are UTF-8 and owned by the Config. */
typedef struct {
    struct {
        gboolean enabled;       /**< be a FeiQ node at all */
        char *address;          /**< IPv4 or IPv6 address to bind to */
        int port;               /**< UDP port, 0 to 65535; 0 lets the system choose */
        char *user;             /**< log-in name that others see; default: the account's */
        char *host;             /**< machine name that others see; default: the machine's */
        char *nick;             /**< nickname; default: user */
        char *group;            /**< group name, may be empty */
        char *absence;          /**< text of absence; empty: present */
        char **broadcast;       /**< addresses to announce to; empty: 255.255.255.255 and each
                                 *   interface's broadcast address */
        char **groups;          /**< chat groups (群): NUMBER:NAME, number in hexadecimal */
        gboolean encrypt;       /**< encrypt to users who can decrypt and tell their keys */
        gboolean encrypt_files; /**< say so of files in all entries, not to those only who do */
        int refresh;            /**< seconds between announcements; 0: only at start */
        int expire;             /**< seconds of silence after which a user is asked, then dropped */
        int retry_ms;           /**< milliseconds before an unacknowledged message is sent again */
        int retries;            /**< how often it is sent in all before it counts as undelivered */
    } feiq;
    struct {
        gboolean enabled;
        char *address;          /**< address to listen on; beyond loopback it needs tls */
        int port;               /**< TCP port; 0 lets the system choose */
        gboolean tls;           /**< TLS with client certificates, see below */
        OnehashFraming framing; /**< ONEHASH_FRAMING_UNDECIDED: told by the client's first bytes */
        int block;              /**< bytes in a block of the fixed framing */
    } chat;
    struct {
        gboolean enabled;
        char *address;
        int port;
        gboolean tls;
        OnehashFraming framing;
        int block;
        gboolean allow_shutdown;   /**< 1#1 may shut the machine down */
        gboolean allow_kill;       /**< 1#3 may end processes */
        gboolean kill_other_users; /**< … those of other accounts, too */
        char *shutdown_command;    /**< run instead of asking logind; empty: ask logind */
        char **local_users;        /**< accounts that may use 1#1 and 1#3 on the Unix socket beside
                                    *   root and the daemon's own */
        char **certificates;       /**< subjects of client certificates that may use 1#1 and 1#3
                                    *   through TLS */
    } control;
    struct {
        char *certificate; /**< PEM file: the server's certificate, its issuers behind it */
        char *key;         /**< PEM file: its private key */
        char *client_ca;   /**< PEM file: authorities that sign client certificates */
        char **clients;    /**< subjects that may connect; empty: all that the authorities signed */
    } tls;
    struct {
        char *directory; /**< where the Unix sockets chat and control are; empty: there are none;
                          *   default: $RUNTIME_DIRECTORY, else $XDG_RUNTIME_DIR/chatd */
    } local;
    struct {
        char *database;  /**< SQLite file; empty: nothing is kept beyond the run */
        char *audit_log; /**< file that control requests are appended to; empty: the log */
    } storage;
    struct {
        gboolean enabled; /**< take and serve files at all */
        char *directory;  /**< where their bytes are kept; empty: beside storage.database, without
                           *   that a temporary one */
        int quota_mib;    /**< MiB that all files together may take */
        int largest_mib;  /**< MiB that one file or folder may have */
        int entries;      /**< files and folders in one folder */
        int image_kib;    /**< KiB that an inline image may have, packed and unpacked */
        int connections;  /**< TCP connections for files, in all */
        int connections_per_address;
        int stall_seconds; /**< a connection on which nothing moves for so long is dropped */
        int tries;         /**< how often in a row a file is fetched in vain before it failed */
        int keep_days;     /**< how long a transfer is kept after its last change */
    } files;
    struct {
        int clients;             /**< TCP connections in all */
        int clients_per_address; /**< TCP connections from one address */
        int users;               /**< FeiQ users in the list */
        int output_bytes;        /**< unsent bytes for one client before it is dropped */
        int buffer_bytes;        /**< bytes buffered for all clients together */
        int idle_seconds;        /**< a client that says nothing for so long is dropped; 0: never */
        int stall_seconds; /**< one that stops within a message, or does not read, for so long */
        int connections_per_second; /**< TCP connections from one address */
        int requests_per_second;    /**< 1#n requests from one address; beyond it they wait */
        int shouts_per_second;  /**< log-ins, messages to all, user lists, searches of one client */
        int shouts_per_address; /**< the same of all clients at one address */
        int copies_per_second;  /**< of messages to all, one for each user who gets one */
        int waiting;            /**< messages that wait for one user who is away */
        int datagrams_per_second; /**< from one address; what is beyond is dropped and counted */
    } limits;
} Config;

/**
 * All defaults.
 *
 * @return free with config_free
 */
Config *config_new(void);

/**
 * Read a configuration file.
 *
 * @param path  file name
 * @param error CONFIG_ERROR_…; the message names file, line, key and value
 * @return free with config_free; NULL on error
 */
Config *config_read(const char *path, GError **error);

/**
 * Take over another configuration; pointers to `config` stay valid, its strings do not.
 *
 * @param from freed
 */
void config_replace(Config *config, Config *from);

/** Free what config_new or config_read returned; NULL does nothing. */
void config_free(Config *config);

/**
 * A file with every key, its default and what it means, as a start for one's own.
 *
 * @return free with g_free
 */
char *config_example(void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Config, config_free)

#endif
