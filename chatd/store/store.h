/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What outlives chatd: messages and whether they arrived, and the users that were seen. SQLite in
 * WAL mode. What is written in one turn of the main loop shares one commit, since a commit costs
 * more than a message; nobody is told "stored" before store_commit has succeeded. That holds when
 * the daemon is killed at any moment. When the machine loses power, SQLite's synchronous=NORMAL
 * keeps the database whole, but may lose the last moments.
 */
#ifndef FEISCOPE_CHATD_STORE_H
#define FEISCOPE_CHATD_STORE_H

#include <glib.h>

typedef struct Store Store;

typedef enum {
    STORE_ERROR_OPEN,   /**< the database cannot be opened or is not one of chatd's */
    STORE_ERROR_ACCESS, /**< reading or writing failed: disk full, damaged, locked */
    STORE_ERROR_QUERY,  /**< the words of a search cannot be searched for, or not fast enough */
    STORE_ERROR_BUSY    /**< too many searches that take long */
} StoreError;

#define STORE_ERROR store_error_quark()
GQuark store_error_quark(void);

/** What the origin of a message begins with whose FeiQ user is to say when it was opened: sealed,
 * or locked with the receiver's own password, too. */
#define STORE_SEALED "sealed "
#define STORE_LOCKED "locked "

/** Where a message stands. */
typedef enum {
    STORE_WAITING,   /**< not delivered yet: the receiver is away, or has not acknowledged */
    STORE_DELIVERED, /**< handed over, and acknowledged where the protocol acknowledges */
    STORE_REJECTED   /**< given up; kept in the history */
} StoreState;

/** A message. Strings are UTF-8. */
typedef struct {
    gint64 id;        /**< 0 until stored */
    gint64 time;      /**< microseconds since 1970-01-01 UTC */
    const char *from; /**< name in the online list */
    const char *to;   /**< name in the online list, or * */
    const char *text;
    const char *origin; /**< what tells a duplicate from a new message: for FeiQ the sender's
                         *   address, packet number and command; NULL: never a duplicate */
    StoreState state;
    guint64 number; /**< packet number under which it was or is sent to a FeiQ user; 0: none yet */
} StoreMessage;

/**
 * Open or make the database.
 *
 * @param path  file; NULL or "": in memory, gone at the end; then a message that is delivered and
 *              has no origin is not kept at all, and one with an origin for some minutes
 * @param error STORE_ERROR_OPEN
 * @return close with store_close
 */
Store *store_open(const char *path, GError **error);

/** Commit what is open, and close. NULL does nothing. */
void store_close(Store *store);

/**
 * Have a function called when the first of several changes was made that store_commit is to
 * commit. Without it every change is committed at once.
 */
void store_set_schedule(Store *store, void (*schedule)(gpointer data), gpointer data);

/**
 * Commit the changes since the last commit; nothing to commit is success.
 *
 * After a failure these changes are lost, and every further one is committed on its own until one
 * succeeds, so that each tells at once whether it did.
 *
 * @param error STORE_ERROR_ACCESS
 */
gboolean store_commit(Store *store, GError **error);

/**
 * Store a message.
 *
 * @param message   id and state are set by this function to what is stored
 * @param duplicate set to TRUE if a message of the same origin within the last minute is there
 *                  already: then nothing was stored, and id is that message's. May be NULL
 * @param error     STORE_ERROR_ACCESS
 */
gboolean store_add(Store *store, StoreMessage *message, gboolean *duplicate, GError **error);

/** Note where a message stands now. */
gboolean store_set_state(Store *store, gint64 id, StoreState state, GError **error);

/**
 * Note the packet number under which a message is about to be sent. A message that is sent again
 * after a restart has to have the same number, or its receiver would take it for a new one.
 */
gboolean store_set_number(Store *store, gint64 id, guint64 number, GError **error);

/**
 * The message that was sent under a number, if it was sealed or locked.
 *
 * @param from set to its sender, @param to to its receiver; free with g_free
 * @return its id; 0: there is none
 */
gint64 store_find_sealed(Store *store, guint64 number, char **from, char **to);

/** The highest number that store_set_number noted; 0: there is none. */
guint64 store_last_number(Store *store);

/** Called with each message found; its strings live until it returns, and it may change the store.
 *  FALSE: no further ones. */
typedef gboolean StoreVisitor(const StoreMessage *message, gpointer data);

/**
 * The messages that wait for a receiver, oldest first.
 *
 * @param to    NULL: for anybody
 * @param limit most messages
 */
gboolean store_waiting(Store *store, const char *to, guint limit, StoreVisitor *visitor,
                       gpointer data, GError **error);

/** How many messages wait for a receiver; counts no further than `limit`. */
guint store_count_waiting(Store *store, const char *to, guint limit);

/** Which messages store_history finds; NULL: all. */
typedef struct {
    const char *viewer; /**< those from or to this name, to all (*) or to a group */
    const char *peer;   /**< of these those from or to this name */
    const char *words;  /**< of these those whose text holds each of these words, in any language
                         *   and without case (beyond ASCII from three characters on) */
    guint limit;        /**< most messages: the newest */
    const char *const *groups; /**< names of groups, to which everybody belongs; NULL: none */
} StoreQuery;

/** The newest messages of those that a query asks for, oldest of them first. */
gboolean store_history(Store *store, const StoreQuery *wanted, StoreVisitor *visitor, gpointer data,
                       GError **error);

/** A search ended: the visitor was called with what there is, unless there is an error. */
typedef void StoreSearched(const GError *error, gpointer data);

/**
 * As store_history, but what cannot be found at once is looked for in a thread. What was committed
 * in this turn is found.
 *
 * @return TRUE if `ended` was called already; FALSE if it will be, from the main loop
 */
gboolean store_search(Store *store, const StoreQuery *wanted, StoreVisitor *visitor,
                      StoreSearched *ended, gpointer data);

/**
 * Prepare messages for searching; adding them does not, since it would make them four times as
 * dear. To be called when there is nothing else to do.
 *
 * @param most messages to prepare now
 * @return FALSE if none is left to prepare
 */
gboolean store_index(Store *store, guint most);

/** Remember that a chat user was here. Beyond some 100,000 the longest unseen are forgotten. */
gboolean store_note_user(Store *store, const char *name, GError **error);

/** Was a user of this name ever here? */
gboolean store_knows_user(Store *store, const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Store, store_close)

#endif
