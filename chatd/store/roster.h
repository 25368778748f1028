/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The online list: who is there, whichever way they came. FeiQ users and 1#n chat users stand in
 * one list under names that are unique in it. The two sides (node.c, chat_service.c) add and remove
 * their own; everything that concerns both (announcements, messages from one side to the other)
 * goes through here, and neither side includes a header of the other.
 *
 * The list assumes nothing of names and texts but that they are valid UTF-8.
 */
#ifndef FEISCOPE_CHATD_ROSTER_H
#define FEISCOPE_CHATD_ROSTER_H

#include <glib.h>

typedef struct Roster Roster;
typedef struct RosterUser RosterUser;

/** Which side a user belongs to. */
typedef enum {
    ROSTER_FEIQ, /**< a FeiQ node on the network */
    ROSTER_CHAT  /**< a client of the 1#n chat service */
} RosterKind;

typedef enum {
    ROSTER_ERROR_NAME_TAKEN, /**< another chat user has the name */
    ROSTER_ERROR_BAD_NAME,   /**< empty, too long, * alone, begins or ends with a space, or holds
                              *   control or formatting characters or # */
    ROSTER_ERROR_FULL        /**< the limit of users is reached */
} RosterError;

#define ROSTER_ERROR roster_error_quark()
GQuark roster_error_quark(void);

/** Longest name, in bytes of UTF-8. Source: official client's name buffer (protocol/feiq.md 1.5).
 */
enum { ROSTER_NAME_LIMIT = 80 };

/** What a user sends to another. */
typedef enum {
    ROSTER_TEXT,   /**< a message */
    ROSTER_TYPING, /**< they type; no text */
    ROSTER_SHAKE,  /**< they shake the other's window; no text */
    ROSTER_FILE,   /**< they offer a file; text: "ID KIND SIZE NAME" */
    ROSTER_OPENED, /**< they opened a sealed message; text: its number in the store */
    ROSTER_ENDED   /**< a transfer with them ended; text: "ID STATE[ REASON]" */
} RosterMessageKind;

/** One message on its way. Strings live until the function returns. */
typedef struct {
    RosterMessageKind kind;
    gint64 id;        /**< in the store, which has it as waiting for a FeiQ user until the side
                       *   notes that it was acknowledged, and as delivered for a chat user; 0: not
                       *   stored */
    const char *from; /**< the sender's name in the list */
    const char *text; /**< NULL if the kind has none */
} RosterMessage;

/** What a side does for its own users. */
typedef struct {
    /** Somebody came or left; tell your users. Called for users of both sides. One who left is not
     *  in the list any more, and freed after the call. */
    void (*arrived)(gpointer side, const RosterUser *user);
    void (*left)(gpointer side, const RosterUser *user);
    /** A message for one of your users. It may not remove a user (a chat client that has to be
     *  dropped is removed at the end of the turn). */
    void (*deliver)(gpointer side, RosterUser *to, const RosterMessage *message);
    /** A message for all of your users but the sender (NULL: for all). Returns how many there
     *  are. It may not remove a user either. */
    guint (*deliver_all)(gpointer side, const RosterUser *sender, const RosterMessage *message);
    /** What is known of one of your users, each part behind a tab: state (here, away), log-in name,
     *  machine, address, group, program, seconds since the user was heard. NULL: nothing is. */
    void (*describe)(gpointer side, const RosterUser *user, GString *line);
} RosterSide;

/**
 * An empty list.
 *
 * @param limit most users of both kinds together
 * @return free with roster_free
 */
Roster *roster_new(guint limit);
void roster_free(Roster *roster);

/** Register what a side does; side is handed to its functions. Once for each kind, at start. */
void roster_set_side(Roster *roster, RosterKind kind, const RosterSide *functions, gpointer side);

/**
 * Add a user and announce them to both sides.
 *
 * @param name  wished name. A chat user's must be free; a FeiQ user's nickname is made unique by
 *              appending a number, so that it never fails for being taken
 * @param owned the side's own record of the user; roster_user_record returns it
 * @return the user, owned by the list; NULL with ROSTER_ERROR_… otherwise
 */
RosterUser *roster_add(Roster *roster, RosterKind kind, const char *name, gpointer owned,
                       GError **error);

/**
 * Rename a user (a FeiQ nickname changed). Nothing is announced.
 *
 * @param name wished name, made unique as in roster_add
 */
void roster_rename(Roster *roster, RosterUser *user, const char *name);

/** Remove a user and announce it; the user is freed, its record is the side's to free. */
void roster_remove(Roster *roster, RosterUser *user);

/** Can a chat user have this name? */
gboolean roster_is_good_name(const char *name);

/** Find a user by their exact name; NULL if nobody has it. */
RosterUser *roster_find(const Roster *roster, const char *name);

/** Hand a message to a user's side. */
void roster_deliver(Roster *roster, RosterUser *to, const RosterMessage *message);

/** How many copies of messages to all a second roster_may_tell_all allows; 0: any number. */
void roster_set_copies(Roster *roster, int rate);

/**
 * May a message go to all now? Each of the users costs a copy, for each KiB of text; two seconds'
 * worth may go at once.
 *
 * @param length of the text, bytes
 * @param now    monotonic µs
 */
gboolean roster_may_tell_all(Roster *roster, gsize length, gint64 now);

/**
 * Hand a message to all users of both sides but the sender.
 *
 * @param sender not told; may be NULL
 * @return how many it is for
 */
guint roster_deliver_all(Roster *roster, const RosterUser *sender, const RosterMessage *message);

/** The users in the order in which they came, until the function returns FALSE. It may not add or
 *  remove. */
void roster_foreach(const Roster *roster,
                    gboolean (*function)(const RosterUser *user, gpointer data), gpointer data);

/** Append what is known of a user, as RosterSide.describe says. */
void roster_describe(const Roster *roster, const RosterUser *user, GString *line);

guint roster_count(const Roster *roster);
const char *roster_user_name(const RosterUser *user);
RosterKind roster_user_kind(const RosterUser *user);
gpointer roster_user_record(const RosterUser *user);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Roster, roster_free)

#endif
