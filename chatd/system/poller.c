/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chatd/system/poller.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { EVENTS_A_TURN = 256, STAGES = POLLER_NEXT + 1 };

typedef struct {
    void (*function)(gpointer data);
    gpointer data;
} Deferred;

struct Poller {
    GSource source; /* first: GLib allocates it */
    int epoll;
    gboolean failed;
    GArray *deferred[STAGES];
    GArray *spare; /* changes places with the stage that runs */
};

/* Call all of a stage. What is called may defer more to the same stage, which is left for later. */
static void run_stage(Poller *poller, PollerStage stage)
{
    GArray *now = poller->deferred[stage];
    if (now->len == 0) {
        return;
    }
    poller->deferred[stage] = poller->spare;
    poller->spare = NULL;
    for (guint i = 0; i < now->len; i++) {
        const Deferred *deferred = &g_array_index(now, Deferred, i);
        deferred->function(deferred->data);
    }
    g_array_set_size(now, 0);
    poller->spare = now;
}

static gboolean has_deferred(const Poller *poller)
{
    return poller->deferred[POLLER_COMMIT]->len > 0 || poller->deferred[POLLER_SEND]->len > 0 ||
           poller->deferred[POLLER_CLOSE]->len > 0;
}

void poller_settle(Poller *poller)
{
    /* An end is announced, which sends, which may end another: it stops, as each ends only once. */
    while (has_deferred(poller)) {
        run_stage(poller, POLLER_COMMIT);
        run_stage(poller, POLLER_SEND);
        run_stage(poller, POLLER_CLOSE);
    }
    poller->failed = FALSE;
}

static gboolean prepare(GSource *source, int *timeout)
{
    Poller *poller = (Poller *)source;
    *timeout = -1;
    return has_deferred(poller) || poller->deferred[POLLER_NEXT]->len > 0;
}

static gboolean dispatch(GSource *source, GSourceFunc callback, gpointer data)
{
    (void)callback;
    (void)data;
    Poller *poller = (Poller *)source;
    run_stage(poller, POLLER_NEXT);
    struct epoll_event events[EVENTS_A_TURN];
    int count = epoll_wait(poller->epoll, events, EVENTS_A_TURN, 0);
    for (int i = 0; i < count; i++) {
        PollerWatch *watch = events[i].data.ptr;
        if (watch->fd >= 0) {
            watch->ready(watch, events[i].events);
        }
    }
    poller_settle(poller);
    return G_SOURCE_CONTINUE;
}

static void finalize(GSource *source)
{
    Poller *poller = (Poller *)source;
    close(poller->epoll);
    for (int stage = 0; stage < STAGES; stage++) {
        g_array_unref(poller->deferred[stage]);
    }
    g_array_unref(poller->spare);
}

static GSourceFuncs functions = {.prepare = prepare, .dispatch = dispatch, .finalize = finalize};

static gboolean fail(GError **error, const char *doing)
{
    int saved = errno;
    g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(saved), "%s: %s", doing,
                g_strerror(saved));
    return FALSE;
}

Poller *poller_new(GError **error)
{
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    if (epoll < 0) {
        fail(error, "epoll");
        return NULL;
    }
    GSource *source = g_source_new(&functions, sizeof(Poller));
    Poller *poller = (Poller *)source;
    poller->epoll = epoll;
    for (int stage = 0; stage < STAGES; stage++) {
        poller->deferred[stage] = g_array_new(FALSE, FALSE, sizeof(Deferred));
    }
    poller->spare = g_array_new(FALSE, FALSE, sizeof(Deferred));
    g_source_set_name(source, "poller");
    g_source_add_unix_fd(source, epoll, G_IO_IN);
    /* Nothing here runs a loop within the loop; but a source that might not recurse is taken out of
     * GLib's poll and put back at each turn, which wakes the loop up twice: three system calls. */
    g_source_set_can_recurse(source, TRUE);
    g_source_attach(source, g_main_context_get_thread_default());
    return poller;
}

void poller_free(Poller *poller)
{
    if (poller != NULL) {
        run_stage(poller, POLLER_NEXT);
        poller_settle(poller);
        g_source_destroy(&poller->source);
        g_source_unref(&poller->source);
    }
}

gboolean poller_add(Poller *poller, PollerWatch *watch, int fd, uint32_t events, GError **error)
{
    struct epoll_event event = {.events = events, .data.ptr = watch};
    if (epoll_ctl(poller->epoll, EPOLL_CTL_ADD, fd, &event) != 0) {
        return fail(error, "cannot watch a socket");
    }
    watch->fd = fd;
    watch->events = events;
    return TRUE;
}

void poller_change(Poller *poller, PollerWatch *watch, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = watch};
    if (watch->fd >= 0 && watch->events != events &&
        epoll_ctl(poller->epoll, EPOLL_CTL_MOD, watch->fd, &event) == 0) {
        watch->events = events;
    }
}

void poller_remove(Poller *poller, PollerWatch *watch)
{
    if (watch->fd >= 0) {
        epoll_ctl(poller->epoll, EPOLL_CTL_DEL, watch->fd, NULL);
        watch->fd = -1;
    }
}

void poller_defer(Poller *poller, PollerStage stage, void (*function)(gpointer data), gpointer data)
{
    Deferred deferred = {function, data};
    g_array_append_val(poller->deferred[stage], deferred);
}

void poller_fail_turn(Poller *poller)
{
    poller->failed = TRUE;
}

gboolean poller_turn_failed(const Poller *poller)
{
    return poller->failed;
}
