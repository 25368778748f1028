/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Messages as fields: what a message says, and where two of them differ.
 */
#ifndef FEISCOPE_SNIFFER_REPLAY_MESSAGE_H
#define FEISCOPE_SNIFFER_REPLAY_MESSAGE_H

#include "sniffer/replay/script.h"

/** A decoded message. */
typedef struct {
    MessageKind kind;
    FsPacket packet; /**< empty if the bytes are not of the kind: then they are compared as bytes */
    GBytes *bytes;
} Message;

/**
 * Decode.
 *
 * @param conversation which the bytes belong to
 * @param from_server  who sent them
 * @param bytes        kept by reference
 * @return to be freed by message_free
 */
Message *message_new(const Conversation *conversation, bool from_server, GBytes *bytes);

/** Free; NULL is none. */
void message_free(Message *message);

/** What it says, in one line; to be freed. */
char *message_line(const Message *message);

/** The first entry of a field, or NULL. */
const FsEntry *message_find(const Message *message, const FsField *field);

/** Could one be the answer that the other is, with other contents? The same command or code. */
bool message_alike(const Message *a, const Message *b);

/** Which fields are compared. A name stands for the field and all fields beneath it: "feiq.file"
 *  for "feiq.file.size" too. */
typedef struct {
    GPtrArray *ignored; /**< names */
    GPtrArray *only;    /**< names; if there are any, no other field is compared */
    bool exact;         /**< also what merely tells who and which program a FeiQ host is */
} Comparison;

/** Whether a display-filter name is one that a Comparison may hold: a field, or what begins one. */
bool comparison_knows(const char *name);

/** Where two messages differ. */
typedef struct {
    const char *field; /**< display-filter name; NULL: the bytes as such */
    char *recorded;    /**< its values, joined by ", "; NULL: there is none */
    char *live;
} Difference;

/** Gives the recorded value of a field as it should be now, or NULL: it stays; to be freed. */
typedef char *ExpectedValue(void *context, const FsEntry *recorded);

/**
 * Compare.
 *
 * @param expected what has to be replaced in the recorded message before, or NULL
 * @return Difference by Difference, none if they say the same; to be freed by g_ptr_array_unref
 */
GPtrArray *message_compare(const Message *recorded, const Message *live, const Comparison *rules,
                           ExpectedValue *expected, void *context);

#endif
