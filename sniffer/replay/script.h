/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A capture as a script for two roles: what clients said is to be said again, what the server
 * answered is to be expected. One address of the capture is the server; everybody who spoke to it
 * is a client. What goes past the server, and what the server sent to a group of hosts, has no
 * place in the script, and is counted.
 */
#ifndef FEISCOPE_SNIFFER_REPLAY_SCRIPT_H
#define FEISCOPE_SNIFFER_REPLAY_SCRIPT_H

#include "protocol/onehash/onehash.h"
#include "sniffer/preferences.h"
#include "sniffer/tap/endpoint.h"

#include <glib.h>

/** What makes bytes a message, and how it is read. */
typedef enum {
    MESSAGE_FEIQ,    /**< a datagram of FeiQ's family */
    MESSAGE_ONEHASH, /**< a message of 1#n, with its framing's bytes */
    MESSAGE_FILE,    /**< on FeiQ's TCP port: requests from the client, bytes from the server */
    MESSAGE_BYTES    /**< any other: a datagram, or a segment's bytes */
} MessageKind;

/** Who is talking: one UDP socket or TCP connection of a client, to one port of the server. */
typedef struct {
    unsigned number; /**< index in the script */
    bool tcp;
    Endpoint client;
    uint16_t server_port;
    MessageKind kind;
    OnehashStream stream; /**< of MESSAGE_ONEHASH: as the client's side sees it */
} Conversation;

/** What happens. */
typedef enum {
    STEP_SEND,   /**< the client sends */
    STEP_EXPECT, /**< the server answers */
    STEP_CLOSE   /**< the client ends the TCP connection */
} StepKind;

/** One thing that happens. */
typedef struct {
    StepKind kind;
    uint64_t frame; /**< of the capture, from 1; of a message in several, the one with its end */
    int64_t time;   /**< nanoseconds since 1970 */
    Conversation *conversation;
    GBytes *bytes; /**< a datagram's payload, a segment's, or a message of 1#n; NULL: STEP_CLOSE */
} Step;

/** The script of a capture. */
typedef struct {
    Endpoint server;          /**< who played it in the capture; port 0: any */
    GPtrArray *steps;         /**< of Step, in the order of the capture */
    GPtrArray *conversations; /**< of Conversation */
    uint64_t past;            /**< messages between others than the server and its clients */
    uint64_t announcements;   /**< messages of the server to a group of hosts */
    uint64_t reversed;        /**< messages in TCP connections that the server made to a client */
    uint64_t cut;             /**< messages that the snapshot length cut */
    uint64_t missing;         /**< bytes of TCP connections that were not captured */
    bool damaged;             /**< the capture cannot be read to its end; see trouble */
    char *trouble;            /**< what is wrong with the capture, or NULL */
} Script;

/** What to read. */
typedef struct {
    const char *file;
    const char *display_filter; /**< frames that take part, or NULL: all */
    const Preferences *preferences;
    const Endpoint *server; /**< who plays it; NULL: whoever was spoken to first, in FeiQ or 1#n if
                             *   there is any */
} ScriptSource;

/**
 * Read a capture.
 *
 * @param error what is wrong, with the file's name; to be freed
 * @return to be freed by script_free; NULL if nothing can be made of it
 */
Script *script_read(const ScriptSource *source, char **error);

/** Free; NULL is none. */
void script_free(Script *script);

#endif
