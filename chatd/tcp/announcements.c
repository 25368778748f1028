/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chatd/tcp/announcements.h"
#include "chatd/tcp/reply.h"

enum {
    FRAMINGS = 5,
    EVENT_ROOM = 512,
    MOST_GATHERED =
        500,     /* before all are told, so that they fit in what a client may have unsent */
    REST_US = 40 /* for each client, until all are told again */
};

typedef struct {
    guint32 code;
    char *name;
} Entry;

/* What the entries are in one framing. */
typedef struct {
    GByteArray *bytes;
    GArray *starts; /* guint: where each entry begins */
    guint32 block;  /* of the fixed framing */
} Built;

struct Announcements {
    Poller *poller;
    guint (*tell_all)(gpointer data);
    gpointer data;
    gboolean at_end_of_turn; /* all are told then, */
    guint timer;             /* … or when this ends */
    gint64 resting_until;    /* monotonic µs */
    GArray *entries;
    guint64 first; /* the number of the first of them */
    Built built[FRAMINGS];
};

static void clear_entry(gpointer data)
{
    Entry *entry = data;
    g_free(entry->name);
}

Announcements *announcements_new(Poller *poller, guint (*tell)(gpointer data), gpointer data)
{
    Announcements *announcements = g_new0(Announcements, 1);
    announcements->poller = poller;
    announcements->tell_all = tell;
    announcements->data = data;
    announcements->entries = g_array_new(FALSE, FALSE, sizeof(Entry));
    g_array_set_clear_func(announcements->entries, clear_entry);
    for (int i = 0; i < FRAMINGS; i++) {
        announcements->built[i].bytes = g_byte_array_new();
        announcements->built[i].starts = g_array_new(FALSE, FALSE, sizeof(guint));
    }
    return announcements;
}

void announcements_free(Announcements *announcements)
{
    g_clear_handle_id(&announcements->timer, g_source_remove);
    g_array_unref(announcements->entries);
    for (int i = 0; i < FRAMINGS; i++) {
        g_byte_array_unref(announcements->built[i].bytes);
        g_array_unref(announcements->built[i].starts);
    }
    g_free(announcements);
}

guint64 announcements_end(const Announcements *announcements)
{
    return announcements->first + announcements->entries->len;
}

static void forget(Built *built)
{
    g_byte_array_set_size(built->bytes, 0);
    g_array_set_size(built->starts, 0);
}

/* Bring what is built for a framing up to date. */
static const Built *build(Announcements *announcements, const OnehashStream *stream)
{
    Built *built = &announcements->built[stream->framing];
    if (stream->framing == ONEHASH_FRAMING_FIXED && built->block != stream->block) {
        forget(built);
        built->block = stream->block;
    }
    for (guint i = built->starts->len; i < announcements->entries->len; i++) {
        const Entry *entry = &g_array_index(announcements->entries, Entry, i);
        guint start = built->bytes->len;
        guint room = EVENT_ROOM + (stream->framing == ONEHASH_FRAMING_FIXED ? stream->block : 0);
        g_byte_array_set_size(built->bytes, start + room);
        ptrdiff_t length =
            event_build(built->bytes->data + start, room, stream, entry->code, entry->name, NULL);
        g_byte_array_set_size(built->bytes, start + (guint)MAX(length, 0));
        g_array_append_val(built->starts, start);
    }
    return built;
}

void announcements_tell(Announcements *announcements, Connection *connection, guint64 *told)
{
    guint64 end = announcements_end(announcements);
    const OnehashStream *stream = connection_stream(connection);
    if (*told < end && stream->framing != ONEHASH_FRAMING_UNDECIDED) {
        const Built *built = build(announcements, stream);
        guint start = g_array_index(built->starts, guint, *told - announcements->first);
        (void)connection_send_bytes(connection, built->bytes->data + start,
                                    built->bytes->len - start);
    }
    *told = end;
}

/* --- when all are told --- */

static void tell_all(gpointer data)
{
    Announcements *announcements = data;
    g_clear_handle_id(&announcements->timer, g_source_remove);
    announcements->at_end_of_turn = FALSE;
    guint clients = announcements->tell_all(announcements->data);
    announcements->first = announcements_end(announcements);
    g_array_set_size(announcements->entries, 0);
    for (int i = 0; i < FRAMINGS; i++) {
        forget(&announcements->built[i]);
    }
    announcements->resting_until = g_get_monotonic_time() + (gint64)clients * REST_US;
}

static gboolean rest_is_over(gpointer data)
{
    Announcements *announcements = data;
    announcements->timer = 0;
    tell_all(announcements);
    return G_SOURCE_REMOVE;
}

void announcements_add(Announcements *announcements, guint32 code, const char *name)
{
    Entry entry = {code, g_strdup(name)};
    g_array_append_val(announcements->entries, entry);
    gint64 rest = announcements->resting_until - g_get_monotonic_time();
    if (announcements->at_end_of_turn) {
        return;
    }
    if (rest <= 0 || announcements->entries->len >= MOST_GATHERED) {
        announcements->at_end_of_turn = TRUE;
        poller_defer(announcements->poller, POLLER_COMMIT, tell_all, announcements);
    } else if (announcements->timer == 0) {
        announcements->timer = g_timeout_add((guint)(rest / 1000) + 1, rest_is_over, announcements);
    }
}
