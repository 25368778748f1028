/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Thousands of sockets in GLib's main loop at the price of one: an epoll set that is itself one
 * source. GLib polls each source's descriptors anew at every turn, which would make a message cost
 * more the more idle clients there are.
 *
 * A turn handles all that is ready, then does what was deferred, stage by stage: first what was
 * written to the database is committed, then answers leave, then what has ended is freed. So no
 * answer says "stored" before it is true, and many messages share one commit and one send.
 */
#ifndef FEISCOPE_CHATD_POLLER_H
#define FEISCOPE_CHATD_POLLER_H

#include <glib.h>
#include <stdint.h>

typedef struct Poller Poller;

/** What a socket that is watched belongs to; embed it in the record and keep it while watched. */
typedef struct PollerWatch PollerWatch;
struct PollerWatch {
    /** Called with the EPOLLIN, EPOLLOUT, EPOLLHUP… bits that are ready. It may stop any watch, but
     *  free none before POLLER_CLOSE. */
    void (*ready)(PollerWatch *watch, uint32_t events);
    int fd;          /**< set by poller_add; -1 when not watched */
    uint32_t events; /**< what is waited for */
};

/** When a deferred function is called. */
typedef enum {
    POLLER_COMMIT, /**< in this turn, after all that was ready: make durable */
    POLLER_SEND,   /**< then: send */
    POLLER_CLOSE,  /**< then: close and free */
    POLLER_NEXT    /**< first thing in the next turn, after the others had theirs */
} PollerStage;

/**
 * An empty set, attached to the main context of the thread.
 *
 * @param error G_FILE_ERROR_…
 * @return free with poller_free when all watches are removed
 */
Poller *poller_new(GError **error);

/** Do what is deferred, and free. */
void poller_free(Poller *poller);

/**
 * Watch a descriptor.
 *
 * @param events EPOLLIN, EPOLLOUT, …; level-triggered
 * @return FALSE with an error if the kernel refuses
 */
gboolean poller_add(Poller *poller, PollerWatch *watch, int fd, uint32_t events, GError **error);

/** Change what a watch waits for; nothing is done if it is the same. */
void poller_change(Poller *poller, PollerWatch *watch, uint32_t events);

/** Stop watching; the descriptor is not closed. */
void poller_remove(Poller *poller, PollerWatch *watch);

/** Call a function once, later. It may defer more; only POLLER_NEXT waits for the next turn. */
void poller_defer(Poller *poller, PollerStage stage, void (*function)(gpointer data),
                  gpointer data);

/** Do now what is deferred for this turn: for the end of the program, when no turn follows. */
void poller_settle(Poller *poller);

/**
 * Say, in POLLER_COMMIT, that what this turn's answers claim is not true, since the commit failed.
 * Whoever is about to send in this turn asks poller_turn_failed and does not.
 */
void poller_fail_turn(Poller *poller);
gboolean poller_turn_failed(const Poller *poller);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Poller, poller_free)

#endif
