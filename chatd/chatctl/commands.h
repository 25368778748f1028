/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * chatctl's commands.
 */
#ifndef FEISCOPE_CHATD_CHATCTL_COMMANDS_H
#define FEISCOPE_CHATD_CHATCTL_COMMANDS_H

#include "chatd/chatctl/client.h"

/** Exit codes, as docs/chatctl.1 lists them. */
enum {
    CHATCTL_DONE = 0,
    CHATCTL_FAILED = 1,      /**< chatd could not, or not now */
    CHATCTL_USAGE = 2,       /**< the command line is wrong, or chatd finds an argument to be */
    CHATCTL_UNREACHABLE = 3, /**< no connection, or it was lost */
    CHATCTL_NOT_FOUND = 4,   /**< no such user or process */
    CHATCTL_NOT_ALLOWED = 5  /**< chatd's configuration or the user's rights forbid it */
};

/** What the options say. */
typedef struct {
    ClientPlace place;
    const char *nick; /**< NULL: the account's name */
    gboolean json;
    gboolean yes;  /**< ask nothing */
    gboolean seal; /**< send a sealed message */
    gboolean lock; /**< send a locked one */
    int count;     /**< 0: not given */
} CommandOptions;

typedef struct {
    const char *name;
    const char *arguments;
    const char *meaning;
    int least; /**< arguments */
    int most;  /**< -1: any number */
    /** @return an exit code */
    int (*run)(const CommandOptions *options, char **arguments);
} Command;

/** All commands, ended by one without a name. */
extern const Command commands[];

/** Print an error; the exit code that goes with it. */
int command_fail(const GError *error);

/** Print why a reply is none of success; its exit code. */
int command_refused(const ClientMessage *reply);

/** Connect to the chat service, and act there under the name that the options give. NULL: it could
 *  not be, which was said; *result is the exit code. */
Client *command_connect(const CommandOptions *options, int *result);

/** Print a line that holds no "}" yet as one JSON object. */
void command_print_object(GString *json);

/** What came from others may not move the terminal's cursor. Free with g_free. */
char *command_printable(const char *text);

/** Print an event, as text or JSON. */
void command_print_event(const ClientMessage *event, gboolean json);

/** chat: a conversation with one user. talk.c */
int command_chat(const CommandOptions *options, char **arguments);

/** files: list, offer, get, drop. files.c */
int command_files(const CommandOptions *options, char **arguments);

/** image: send an image that is shown in the text. files.c */
int command_image(const CommandOptions *options, char **arguments);

#endif
