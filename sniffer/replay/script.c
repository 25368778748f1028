/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/replay/script.h"

#include "protocol/feiq/feiq.h"
#include "sniffer/replay/utterance.h"

#include <string.h>

/* A client's socket, and the server's port that it speaks to. Of a datagram to a group the port
 * tells as well. */
typedef struct {
    EndpointPair pair; /* client; server's port alone */
    uint32_t stream;   /* of TCP, from 1 on; 0: UDP */
} Key;

/* Bytes of one side of 1#n, before they are cut into messages. */
typedef struct {
    GByteArray *bytes; /* from the server, that are no whole message yet */
    uint64_t frame;
    int64_t time;
} Partial;

typedef struct {
    const ScriptSource *source;
    Script *script;
    GHashTable *conversations; /* Key to Conversation */
    GHashTable *partials;      /* Conversation to Partial */
} Writing;

static unsigned hash_key(const void *pointer)
{
    const Key *key = pointer;
    return endpoint_pair_hash(&key->pair) ^ key->stream * 2654435761U;
}

static int same_key(const void *a, const void *b)
{
    const Key *x = a;
    const Key *y = b;
    return x->stream == y->stream && endpoint_pair_equal(&x->pair, &y->pair);
}

static void free_step(void *pointer)
{
    Step *step = pointer;
    g_clear_pointer(&step->bytes, g_bytes_unref);
    g_free(step);
}

static void free_partial(void *pointer)
{
    Partial *partial = pointer;
    g_byte_array_unref(partial->bytes);
    g_free(partial);
}

/* --- roles --- */

static bool same_host(const Endpoint *a, const Endpoint *b)
{
    return a->type == b->type && memcmp(a->address, b->address, sizeof a->address) == 0;
}

static bool is_server(const Script *script, const Endpoint *end)
{
    return same_host(end, &script->server) &&
           (script->server.port == 0 || script->server.port == end->port);
}

/* Whom a host speaks with. Both may have the same address, and then the port tells. */
static Endpoint partner_of(const Endpoint *client, const Utterance *u)
{
    bool from_client =
        same_host(&u->from, client) && (!same_host(&u->to, client) || u->from.port == client->port);
    const Endpoint *partner = from_client ? &u->to : &u->from;
    return same_host(partner, client) ? *partner : endpoint_without_port(partner);
}

static const Utterance *first_of(const Utterances *utterances, bool known)
{
    for (guint i = 0; i < utterances->all->len; i++) {
        const Utterance *u = g_ptr_array_index(utterances->all, i);
        if (u->bytes != NULL && u->known >= known) {
            return u;
        }
    }
    return NULL;
}

/* Who speaks first is the client (in TCP, who connects), be it to a group of hosts; the server is
 * the first single host with whom it speaks. */
static bool choose_server(Script *script, const Utterances *utterances)
{
    const Utterance *first = first_of(utterances, true);
    if (first == NULL) {
        first = first_of(utterances, false);
    }
    if (first == NULL) {
        return false;
    }
    const Endpoint *client = first->tcp && !first->opener ? &first->to : &first->from;
    for (guint i = 0; i < utterances->all->len; i++) {
        const Utterance *u = g_ptr_array_index(utterances->all, i);
        if (!u->group && u->bytes != NULL && u->known >= first->known &&
            (same_host(&u->from, client) || same_host(&u->to, client))) {
            script->server = partner_of(client, u);
            return true;
        }
    }
    return false;
}

/* --- conversations --- */

static MessageKind kind_of(const Writing *w, const Utterance *u, uint16_t server_port)
{
    const Preferences *p = w->source->preferences;
    if (u->tcp) {
        return stream_port(&p->streams, server_port)       ? MESSAGE_ONEHASH
               : port_set_holds(&p->feiq_tcp, server_port) ? MESSAGE_FILE
                                                           : MESSAGE_BYTES;
    }
    return u->known ? MESSAGE_FEIQ : MESSAGE_BYTES;
}

static Conversation *conversation_of(Writing *w, const Utterance *u, bool from_server)
{
    const Endpoint *client = from_server ? &u->to : &u->from;
    uint16_t port = from_server ? u->from.port : u->to.port;
    Key key = {.stream = u->tcp ? u->stream + 1 : 0};
    key.pair.ends[0] = *client;
    key.pair.ends[1].port = port;
    Conversation *c = g_hash_table_lookup(w->conversations, &key);
    if (c == NULL) {
        const StreamSettings *streams = &w->source->preferences->streams;
        c = g_new0(Conversation, 1);
        c->number = w->script->conversations->len;
        c->tcp = u->tcp;
        c->client = *client;
        c->server_port = port;
        c->kind = kind_of(w, u, port);
        c->stream.framing = streams->framing;
        c->stream.block = streams->block;
        c->stream.service = stream_service(streams, port);
        g_ptr_array_add(w->script->conversations, c);
        g_hash_table_insert(w->conversations, g_memdup2(&key, sizeof key), c);
    }
    return c;
}

/* --- steps --- */

static void add_step(Script *script, StepKind kind, const Utterance *u, Conversation *c,
                     GBytes *bytes)
{
    Step *step = g_new0(Step, 1);
    step->kind = kind;
    step->frame = u->frame;
    step->time = u->time;
    step->conversation = c;
    step->bytes = bytes;
    g_ptr_array_add(script->steps, step);
}

/* What a server's segment completes. */
static void add_messages(Writing *w, const Utterance *u, Conversation *c)
{
    Partial *partial = g_hash_table_lookup(w->partials, c);
    if (partial == NULL) {
        partial = g_new0(Partial, 1);
        partial->bytes = g_byte_array_new();
        g_hash_table_insert(w->partials, c, partial);
    }
    OnehashStream stream = c->stream;
    stream.from_server = true;
    gsize length;
    const uint8_t *data = g_bytes_get_data(u->bytes, &length);
    onehash_learn(&stream, data, length);
    c->stream.framing = stream.framing;
    g_byte_array_append(partial->bytes, data, (guint)length);
    while (partial->bytes->len > 0 && stream.framing != ONEHASH_FRAMING_UNDECIDED) {
        OnehashFrame frame = onehash_next(&stream, partial->bytes->data, partial->bytes->len);
        if (frame.verdict == ONEHASH_PARTIAL) {
            return;
        }
        add_step(w->script, STEP_EXPECT, u, c, g_bytes_new(partial->bytes->data, frame.length));
        g_byte_array_remove_range(partial->bytes, 0, frame.length);
    }
}

static void add_utterance(Writing *w, const Utterance *u)
{
    bool from = is_server(w->script, &u->from);
    bool to = is_server(w->script, &u->to) || (u->group && !from);
    if (from == to) {
        w->script->past++;
    } else if (from && u->group) {
        w->script->announcements++;
    } else if (u->tcp && u->opener == from) {
        w->script->reversed += u->bytes != NULL;
    } else {
        Conversation *c = conversation_of(w, u, from);
        if (u->bytes == NULL) {
            if (!from) {
                add_step(w->script, STEP_CLOSE, u, c, NULL);
            }
        } else if (from && c->kind == MESSAGE_ONEHASH) {
            add_messages(w, u, c);
        } else {
            if (c->kind == MESSAGE_ONEHASH) {
                gsize length;
                const uint8_t *data = g_bytes_get_data(u->bytes, &length);
                onehash_learn(&c->stream, data, length);
            }
            add_step(w->script, from ? STEP_EXPECT : STEP_SEND, u, c, g_bytes_ref(u->bytes));
        }
    }
}

/* A connection is closed once, and what comes after that is not played. */
static void drop_late_closes(Script *script)
{
    g_autoptr(GHashTable) closed = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < script->steps->len;) {
        const Step *step = g_ptr_array_index(script->steps, i);
        bool again = step->kind == STEP_CLOSE && !g_hash_table_add(closed, step->conversation);
        if (again) {
            g_ptr_array_remove_index(script->steps, i);
        } else {
            i++;
        }
    }
}

Script *script_read(const ScriptSource *source, char **error)
{
    Utterances *utterances =
        utterances_read(source->file, source->display_filter, source->preferences, error);
    if (utterances == NULL) {
        return NULL;
    }
    Script *script = g_new0(Script, 1);
    script->steps = g_ptr_array_new_with_free_func(free_step);
    script->conversations = g_ptr_array_new_with_free_func(g_free);
    script->cut = utterances->cut;
    script->missing = utterances->missing;
    script->damaged = utterances->damaged;
    script->trouble = g_steal_pointer(&utterances->trouble);
    if (source->server != NULL) {
        script->server = *source->server;
    } else if (!choose_server(script, utterances)) {
        *error = g_strdup_printf("%s: nobody says anything to a single host over UDP or TCP%s%s",
                                 source->file, script->trouble == NULL ? "" : "; ",
                                 script->trouble == NULL ? "" : script->trouble);
        utterances_free(utterances);
        script_free(script);
        return NULL;
    }
    Writing w = {source, script, g_hash_table_new_full(hash_key, same_key, g_free, NULL),
                 g_hash_table_new_full(NULL, NULL, NULL, free_partial)};
    for (guint i = 0; i < utterances->all->len; i++) {
        add_utterance(&w, g_ptr_array_index(utterances->all, i));
    }
    g_hash_table_unref(w.partials);
    g_hash_table_unref(w.conversations);
    utterances_free(utterances);
    drop_late_closes(script);
    return script;
}

void script_free(Script *script)
{
    if (script != NULL) {
        g_ptr_array_unref(script->steps);
        g_ptr_array_unref(script->conversations);
        g_free(script->trouble);
        g_free(script);
    }
}
