/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chatd/store/roster.h"

#include <stddef.h>
#include <string.h>

G_DEFINE_QUARK(feiscope - roster - error - quark, roster_error)

/* A user is in a queue through its own link, and in the table by its name, which it holds itself:
 * no further allocation, since there may be tens of thousands. */
struct RosterUser {
    GList link;
    gpointer record;
    char *name; /* first_name, until it is renamed */
    guint8 kind;
    char first_name[];
};

struct Roster {
    GQueue users;
    GHashTable *by_name; /* a set of users */
    guint limit;
    guint64 serial;           /* of the names that had to be made unique */
    int copies;               /* a second */
    gint64 copies_paid_until; /* monotonic µs */
    const RosterSide *functions[2];
    gpointer side[2];
};

static guint hash_user(gconstpointer data)
{
    const RosterUser *user = data;
    return g_str_hash(user->name);
}

static gboolean equal_users(gconstpointer first, gconstpointer second)
{
    const RosterUser *a = first;
    const RosterUser *b = second;
    return strcmp(a->name, b->name) == 0;
}

Roster *roster_new(guint limit)
{
    Roster *roster = g_new0(Roster, 1);
    g_queue_init(&roster->users);
    roster->by_name = g_hash_table_new(hash_user, equal_users);
    roster->limit = limit;
    return roster;
}

static void free_name(const RosterUser *user)
{
    if (user->name != user->first_name) {
        g_free(user->name);
    }
}

static void free_user(RosterUser *user)
{
    free_name(user);
    g_free(user);
}

void roster_free(Roster *roster)
{
    if (roster == NULL) {
        return;
    }
    g_hash_table_unref(roster->by_name);
    for (GList *link = g_queue_pop_head_link(&roster->users); link != NULL;
         link = g_queue_pop_head_link(&roster->users)) {
        free_user(link->data);
    }
    g_free(roster);
}

void roster_set_side(Roster *roster, RosterKind kind, const RosterSide *functions, gpointer side)
{
    roster->functions[kind] = functions;
    roster->side[kind] = side;
}

static void announce(Roster *roster, const RosterUser *user, gboolean arrived)
{
    for (int kind = ROSTER_FEIQ; kind <= ROSTER_CHAT; kind++) {
        const RosterSide *functions = roster->functions[kind];
        if (functions != NULL) {
            (arrived ? functions->arrived : functions->left)(roster->side[kind], user);
        }
    }
}

/* What would break a line or a message, or would make a name look like another. */
static gboolean is_bad_character(gunichar c)
{
    GUnicodeType type = g_unichar_type(c);
    return c == '#' || type == G_UNICODE_CONTROL || type == G_UNICODE_FORMAT ||
           type == G_UNICODE_LINE_SEPARATOR || type == G_UNICODE_PARAGRAPH_SEPARATOR ||
           type == G_UNICODE_SURROGATE;
}

gboolean roster_is_good_name(const char *name)
{
    size_t length = strlen(name);
    if (length == 0 || length > ROSTER_NAME_LIMIT || strcmp(name, "*") == 0 || name[0] == ' ' ||
        name[length - 1] == ' ' || !g_utf8_validate(name, (gssize)length, NULL)) {
        return FALSE;
    }
    for (const char *at = name; *at != '\0'; at = g_utf8_next_char(at)) {
        if (is_bad_character(g_utf8_get_char(at))) {
            return FALSE;
        }
    }
    return TRUE;
}

/* The wished name without what a name cannot hold. */
static char *clean_name(const char *wished)
{
    enum { ROOM_FOR_NUMBER = 22, LONGEST_CHARACTER = 4 };
    GString *clean = g_string_new(NULL);
    for (const char *at = wished;
         *at != '\0' && clean->len < ROSTER_NAME_LIMIT - ROOM_FOR_NUMBER - LONGEST_CHARACTER;
         at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        g_string_append_unichar(clean, is_bad_character(c) ? '_' : c);
    }
    char *name = g_strstrip(g_string_free(clean, FALSE));
    if (*name == '\0' || strcmp(name, "*") == 0) {
        g_free(name);
        name = g_strdup("_");
    }
    return name;
}

/* A name nobody has: the one wished for, and a number behind it where it is taken. Small numbers
 * are nicer; but thousands may wish for the same name, so they are not all tried. */
static char *unique_name(Roster *roster, const char *wished, const RosterUser *self)
{
    enum { TRIES = 8 };
    g_autofree char *clean = clean_name(wished);
    g_autofree char *name = g_strdup(clean);
    for (guint64 number = 2;; number++) {
        const RosterUser *holder = roster_find(roster, name);
        if (holder == NULL || holder == self) {
            return g_steal_pointer(&name);
        }
        g_free(name);
        name = g_strdup_printf("%s~%" G_GUINT64_FORMAT, clean,
                               number < TRIES ? number : TRIES + roster->serial++);
    }
}

RosterUser *roster_add(Roster *roster, RosterKind kind, const char *name, gpointer owned,
                       GError **error)
{
    if (roster->users.length >= roster->limit) {
        g_set_error(error, ROSTER_ERROR, ROSTER_ERROR_FULL, "the online list is full (%u users)",
                    roster->limit);
        return NULL;
    }
    if (kind == ROSTER_CHAT) {
        if (!roster_is_good_name(name)) {
            g_set_error(error, ROSTER_ERROR, ROSTER_ERROR_BAD_NAME, "“%s” cannot be a name", name);
            return NULL;
        }
        if (roster_find(roster, name) != NULL) {
            g_set_error(error, ROSTER_ERROR, ROSTER_ERROR_NAME_TAKEN, "“%s” is taken", name);
            return NULL;
        }
    }
    g_autofree char *unique = kind == ROSTER_FEIQ ? unique_name(roster, name, NULL) : NULL;
    const char *given = unique != NULL ? unique : name;
    size_t size = strlen(given) + 1;
    RosterUser *user = g_malloc0(MAX(sizeof(RosterUser), offsetof(RosterUser, first_name) + size));
    user->link.data = user;
    user->record = owned;
    user->kind = (guint8)kind;
    user->name = memcpy(user->first_name, given, size);
    g_queue_push_tail_link(&roster->users, &user->link);
    g_hash_table_add(roster->by_name, user);
    announce(roster, user, TRUE);
    return user;
}

void roster_rename(Roster *roster, RosterUser *user, const char *name)
{
    char *unique = unique_name(roster, name, user);
    g_hash_table_remove(roster->by_name, user);
    free_name(user);
    user->name = unique;
    g_hash_table_add(roster->by_name, user);
}

void roster_remove(Roster *roster, RosterUser *user)
{
    g_hash_table_remove(roster->by_name, user);
    g_queue_unlink(&roster->users, &user->link);
    announce(roster, user, FALSE);
    free_user(user);
}

RosterUser *roster_find(const Roster *roster, const char *name)
{
    RosterUser wanted = {0};
    memcpy(&wanted.name, &name, sizeof name); /* without its const: it is only looked at */
    return g_hash_table_lookup(roster->by_name, &wanted);
}

void roster_deliver(Roster *roster, RosterUser *to, const RosterMessage *message)
{
    const RosterSide *functions = roster->functions[to->kind];
    if (functions != NULL) {
        functions->deliver(roster->side[to->kind], to, message);
    }
}

guint roster_deliver_all(Roster *roster, const RosterUser *sender, const RosterMessage *message)
{
    guint told = 0;
    for (int kind = ROSTER_FEIQ; kind <= ROSTER_CHAT; kind++) {
        const RosterSide *functions = roster->functions[kind];
        if (functions != NULL) {
            told += functions->deliver_all(roster->side[kind], sender, message);
        }
    }
    return told;
}

void roster_describe(const Roster *roster, const RosterUser *user, GString *line)
{
    const RosterSide *functions = roster->functions[user->kind];
    if (functions != NULL && functions->describe != NULL) {
        functions->describe(roster->side[user->kind], user, line);
    } else {
        g_string_append(line, "\there\t\t\t\t\t\t");
    }
}

void roster_set_copies(Roster *roster, int rate)
{
    roster->copies = rate;
}

gboolean roster_may_tell_all(Roster *roster, gsize length, gint64 now)
{
    enum { BURST_SECONDS = 2 };
    if (roster->copies == 0) {
        return TRUE;
    }
    gint64 until = MAX(roster->copies_paid_until, now);
    if (until - now > (gint64)BURST_SECONDS * G_USEC_PER_SEC) {
        return FALSE;
    }
    gint64 copies = (gint64)roster->users.length * (1 + (gint64)(length / 1024));
    roster->copies_paid_until = until + copies * G_USEC_PER_SEC / roster->copies;
    return TRUE;
}

void roster_foreach(const Roster *roster,
                    gboolean (*function)(const RosterUser *user, gpointer data), gpointer data)
{
    for (const GList *link = roster->users.head; link != NULL; link = link->next) {
        if (!function(link->data, data)) {
            break;
        }
    }
}

guint roster_count(const Roster *roster)
{
    return roster->users.length;
}

const char *roster_user_name(const RosterUser *user)
{
    return user->name;
}

RosterKind roster_user_kind(const RosterUser *user)
{
    return (RosterKind)user->kind;
}

gpointer roster_user_record(const RosterUser *user)
{
    return user->record;
}
