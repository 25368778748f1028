/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Datagrams are found by sender, command and packet number; what no number links (the answer to a
 * log-in, a shake) by sender and command. Several datagrams may have the same key, since programs
 * that count from 1 at each start use numbers again: they form a chain, newest first, of which only
 * the newest few are looked at.
 *
 * Source for who answers what: shared/protocol/feiq.md, sections 2 and 5.
 */
#include "dissector/conversation.h"
#include "dissector/linked.h"
#include "dissector/statistics/tapped.h"

#include "protocol/feiq/command.h"

#include <epan/proto_data.h>

#include <stdlib.h>

enum {
    MOST_LOOKED_AT = 16, /* of a chain */
    MOST_LINKS = 64,     /* that a datagram shows, such as a broadcast's answers */
    PAGE = 256           /* records */
};

/* The official program tries again for 4.5 s, others for 5 s, FeiQ with images for 15 s. */
#define SECONDS(n)     ((int64_t)(n)*1000000000)
#define COPY_WINDOW    SECONDS(10)
#define IMAGE_WINDOW   SECONDS(20)
#define REQUEST_WINDOW SECONDS(60)

/* Stands for a packet number in the key of what is found without one. */
#define NO_NUMBER UINT64_MAX

/* What a datagram is found by. */
typedef struct {
    uint64_t number;
    uint32_t host;
    uint32_t command;
} Key;

struct Exchange {
    Key key;
    Exchange *older;         /* in the chain of the same key */
    Exchange *older_request; /* in the chain of requests that no number links */
    Exchange *first;         /* the first copy of the same datagram, or itself */
    Exchange *request;       /* what this answers */
    Exchange *message;       /* what this speaks of */
    ExchangeLink *links;
    ExchangeLink *last_link;
    int64_t time;
    uint32_t frame;
    uint32_t destination; /* a host */
    uint32_t body;        /* checksum of what follows the header */
    uint16_t source_port;
    uint8_t layer; /* of the frame: a tunnel may carry several datagrams */
    uint8_t link_count;
    bool group; /* sent to a broadcast or multicast address */
    bool asks;  /* for an acknowledgement */
};

/* Records lie together, in the order of their frames: one by one they would cost Wireshark half as
 * much again, and as much once more to be found by frame. */
typedef struct {
    unsigned count;
    Exchange exchanges[PAGE];
} Page;

static wmem_map_t *hosts;     /* address to number from 1 on */
static wmem_map_t *exchanges; /* Key to the newest Exchange */
static wmem_map_t *requests;  /* Key without number to the newest Exchange */
static wmem_tree_t *pages;    /* by the first frame in it */

static guint hash_address(gconstpointer key)
{
    return add_address_to_hash(0, key);
}

static gboolean same_address(gconstpointer a, gconstpointer b)
{
    return addresses_equal(a, b);
}

static guint hash_key(gconstpointer pointer)
{
    return wmem_strong_hash(pointer, sizeof(Key));
}

static gboolean same_key(gconstpointer a, gconstpointer b)
{
    const Key *x = a;
    const Key *y = b;
    return x->number == y->number && x->host == y->host && x->command == y->command;
}

void conversation_init(void)
{
    hosts =
        wmem_map_new_autoreset(wmem_epan_scope(), wmem_file_scope(), hash_address, same_address);
    exchanges = wmem_map_new_autoreset(wmem_epan_scope(), wmem_file_scope(), hash_key, same_key);
    requests = wmem_map_new_autoreset(wmem_epan_scope(), wmem_file_scope(), hash_key, same_key);
    pages = wmem_tree_new_autoreset(wmem_epan_scope(), wmem_file_scope());
}

uint32_t conversation_host(const address *from)
{
    uint32_t host = GPOINTER_TO_UINT(wmem_map_lookup(hosts, from));
    if (host == 0) {
        host = wmem_map_size(hosts) + 1;
        address *copy = wmem_new(wmem_file_scope(), address);
        copy_address_wmem(wmem_file_scope(), copy, from);
        wmem_map_insert(hosts, copy, GUINT_TO_POINTER(host));
    }
    return host;
}

bool conversation_is_group(const packet_info *pinfo)
{
    const address *to = &pinfo->dst;
    const uint8_t *bytes = to->data;
    if (pinfo->dl_dst.type == AT_ETHER && (((const uint8_t *)pinfo->dl_dst.data)[0] & 1) != 0) {
        return true;
    }
    if (to->type == AT_IPv4) {
        return bytes[0] >= 224 || bytes[3] == 255; /* multicast, or broadcast of most subnets */
    }
    return to->type == AT_IPv6 && bytes[0] == 0xff;
}

/* --- adding --- */

static Exchange *newest(wmem_map_t *map, Key key)
{
    return wmem_map_lookup(map, &key);
}

static int by_place(const void *a, const void *b)
{
    const Exchange *x = a;
    const Exchange *y = b;
    if (x->frame != y->frame) {
        return x->frame < y->frame ? -1 : 1;
    }
    return (x->layer > y->layer) - (x->layer < y->layer);
}

/* The record at the same place as another. */
static Exchange *find_at(const Exchange *place)
{
    Page *page = wmem_tree_lookup32_le(pages, place->frame);
    return page == NULL ? NULL
                        : bsearch(place, page->exchanges, page->count, sizeof *place, by_place);
}

/* Room for the record of a place that comes after all others; NULL if it does not. */
static Exchange *append(const Exchange *place)
{
    Page *page = wmem_tree_lookup32_le(pages, UINT32_MAX);
    const Exchange *last = page == NULL ? NULL : &page->exchanges[page->count - 1];
    if (last != NULL && by_place(last, place) >= 0) {
        return NULL;
    }
    if (last == NULL || page->count == PAGE) {
        if (last != NULL && last->frame == place->frame) {
            return NULL;
        }
        page = wmem_new(wmem_file_scope(), Page);
        page->count = 0;
        wmem_tree_insert32(pages, place->frame, page);
    }
    Exchange *exchange = &page->exchanges[page->count++];
    *exchange = *place;
    return exchange;
}

/* Put a request before those of its key. */
static Exchange *put_request(Key key, Exchange *exchange)
{
    const void *stored = NULL;
    if (!wmem_map_lookup_extended(requests, &key, &stored, NULL)) {
        stored = wmem_memdup(wmem_file_scope(), &key, sizeof key);
    }
    return wmem_map_insert(requests, stored, exchange);
}

static uint64_t image_number(const Datagram *d)
{
    return datagram_number(d->image_id) << 32 | (uint32_t)datagram_number(d->image_number);
}

/* Chunks of an image are known by image and chunk: their acknowledgement repeats no packet number,
 * and the chunk may be sent again with another. */
static Key key_of(uint32_t host, const Datagram *d)
{
    uint8_t command = datagram_command(d);
    bool chunk = command == FEIQ_CMD_SENDIMAGE && d->image_id != NULL && d->image_number != NULL;
    return (Key){chunk ? image_number(d) : datagram_number(d->number), host, command};
}

static uint32_t body_checksum(const Datagram *d, FsSpan payload)
{
    uint32_t begin = (d->word->bit_offset + d->word->bit_length) / 8;
    begin = MIN(begin, payload.captured);
    return wmem_strong_hash(payload.data + begin, payload.captured - begin);
}

/* What asks for an acknowledgement: broadcasts and automatic answers never do. */
static bool asks_for_one(const Datagram *d, bool group)
{
    switch (datagram_command(d)) {
    case FEIQ_CMD_SENDMSG:
        return !group && datagram_has(d, FEIQ_OPT_SENDCHECK) &&
               !datagram_has(d, FEIQ_OPT_BROADCAST | FEIQ_OPT_AUTORET);
    case FEIQ_CMD_READMSG:
        return !group && datagram_has(d, FEIQ_OPT_READCHECK);
    case FEIQ_CMD_SENDIMAGE:
        return !group && d->image_data != NULL;
    default:
        return false;
    }
}

/* A copy has the same sender, number, command and body, comes within seconds, and goes to the same
 * address, or one of both goes to a group: many programs broadcast their log-in to 255.255.255.255
 * and to the subnet. The same to another single host is not a copy but a message to that one. */
static Exchange *find_original(const Exchange *copy, Exchange *chain, int64_t window)
{
    unsigned looked_at = 0;
    for (Exchange *e = chain; e != NULL && looked_at < MOST_LOOKED_AT; e = e->older) {
        looked_at++;
        if (e->source_port == copy->source_port && e->body == copy->body &&
            copy->time - e->time <= window && copy->time >= e->time &&
            (e->destination == copy->destination || e->group || copy->group)) {
            return e->first;
        }
    }
    return NULL;
}

static void add_link(Exchange *to, Linked kind, uint32_t frame)
{
    if (to->link_count == MOST_LINKS) {
        return;
    }
    ExchangeLink *link = wmem_new(wmem_file_scope(), ExchangeLink);
    *link = (ExchangeLink){NULL, frame, (uint8_t)kind};
    if (to->last_link == NULL) {
        to->links = link;
    } else {
        to->last_link->next = link;
    }
    to->last_link = link;
    to->link_count++;
}

static bool is_answered(const Exchange *exchange)
{
    for (const ExchangeLink *link = exchange->links; link != NULL; link = link->next) {
        if (link->kind == LINKED_RESPONSE_IN) {
            return true;
        }
    }
    return false;
}

/* Did this host get the datagram? */
static bool reached(const Exchange *exchange, uint32_t host)
{
    return exchange->group || exchange->destination == host;
}

/* --- what answers what --- */

typedef enum {
    BY_ACK,   /* the answer repeats the packet number */
    BY_IMAGE, /* it repeats image and chunk */
    BY_ORDER  /* it repeats nothing */
} How;

typedef struct {
    uint8_t answer;
    uint8_t request;
    How how;
} Pair;

static const Pair pairs[] = {
    {FEIQ_CMD_RECVMSG, FEIQ_CMD_SENDMSG, BY_ACK},
    {FEIQ_CMD_ANSREADMSG, FEIQ_CMD_READMSG, BY_ACK},
    {FEIQ_CMD_SENDIMAGE_ACK, FEIQ_CMD_SENDIMAGE, BY_IMAGE},
    {FEIQ_CMD_ANSENTRY, FEIQ_CMD_BR_ENTRY, BY_ORDER},
    {FEIQ_CMD_SENDINFO, FEIQ_CMD_GETINFO, BY_ORDER},
    {FEIQ_CMD_SENDABSENCEINFO, FEIQ_CMD_GETABSENCEINFO, BY_ORDER},
    {FEIQ_CMD_ANSPUBKEY, FEIQ_CMD_GETPUBKEY, BY_ORDER},
    {FEIQ_CMD_OKGETLIST, FEIQ_CMD_BR_ISGETLIST2, BY_ORDER},
    {FEIQ_CMD_OKGETLIST, FEIQ_CMD_BR_ISGETLIST, BY_ORDER},
    {FEIQ_CMD_ANSLIST, FEIQ_CMD_GETLIST, BY_ORDER},
    {FEIQ_CMD_ANSLIST_DICT, FEIQ_CMD_GETLIST, BY_ORDER},
    {FEIQ_CMD_RESP_YOU, FEIQ_CMD_OPEN_YOU, BY_ORDER},
    {FEIQ_CMD_KNOCK_ACK, FEIQ_CMD_KNOCK, BY_ORDER},
    {FEIQ_CMD_SENDAVATAR, FEIQ_CMD_GETAVATAR, BY_ORDER},
    {FEIQ_CMD_DIRFILES_AUTHRET, FEIQ_CMD_DIRFILES_AUTH, BY_ORDER},
    {FEIQ_CMD_AGENT_ANSREQ, FEIQ_CMD_AGENT_REQ, BY_ORDER},
    {FEIQ_CMD_DIR_ANSBROAD, FEIQ_CMD_DIR_BROADCAST, BY_ORDER},
};

static bool is_request_by_order(uint8_t command)
{
    for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++) {
        if (pairs[i].request == command && pairs[i].how == BY_ORDER) {
            return true;
        }
    }
    return false;
}

/* The newest datagram of the key that the answering host got; if two programs of the asking host
 * use the same number, that of the port which the answer goes to. */
static Exchange *find_numbered(Key key, uint32_t by, uint16_t port)
{
    Exchange *other_port = NULL;
    unsigned looked_at = 0;
    for (Exchange *e = newest(exchanges, key); e != NULL && looked_at < MOST_LOOKED_AT;
         e = e->older) {
        looked_at++;
        if (!reached(e, by)) {
            continue;
        }
        if (e->source_port == port) {
            return e->first;
        }
        if (other_port == NULL) {
            other_port = e;
        }
    }
    return other_port == NULL ? NULL : other_port->first;
}

/* The oldest request that nobody answered yet; if all were answered, or it was a broadcast that
 * everybody answers, the newest. */
static Exchange *find_by_order(Key key, uint32_t by, uint16_t port, int64_t now)
{
    Exchange *latest = NULL;
    Exchange *unanswered = NULL;
    unsigned looked_at = 0;
    for (Exchange *e = newest(requests, key);
         e != NULL && looked_at < MOST_LOOKED_AT && now - e->time <= REQUEST_WINDOW;
         e = e->older_request) {
        looked_at++;
        if (!reached(e, by) || e->source_port != port || e->time > now) {
            continue;
        }
        if (latest == NULL) {
            latest = e->first;
        }
        if (e->first->group) {
            break;
        }
        if (!is_answered(e->first)) {
            unanswered = e->first;
        }
    }
    return unanswered != NULL ? unanswered : latest;
}

static Exchange *find_request(const Datagram *d, uint32_t asker, uint32_t by, uint16_t port,
                              int64_t now)
{
    uint8_t command = datagram_command(d);
    for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++) {
        Exchange *found = NULL;
        if (pairs[i].answer != command) {
            continue;
        }
        if (pairs[i].how == BY_ORDER) {
            found = find_by_order((Key){NO_NUMBER, asker, pairs[i].request}, by, port, now);
        } else if (pairs[i].how == BY_ACK && d->ack != NULL) {
            found = find_numbered((Key){d->ack->value.number, asker, pairs[i].request}, by, port);
        } else if (pairs[i].how == BY_IMAGE && d->image_id != NULL && d->image_number != NULL) {
            found = find_numbered((Key){image_number(d), asker, pairs[i].request}, by, port);
        }
        if (found != NULL) {
            return found;
        }
    }
    return NULL;
}

/* --- a frame's first visit --- */

static void fill(Exchange *exchange, packet_info *pinfo, const Datagram *d, FsSpan payload)
{
    uint8_t command = datagram_command(d);
    uint32_t source = conversation_host(&pinfo->src);
    exchange->key = key_of(source, d);
    exchange->first = exchange;
    exchange->time = linked_now(pinfo);
    exchange->destination = conversation_host(&pinfo->dst);
    exchange->body = body_checksum(d, payload);
    exchange->source_port = (uint16_t)pinfo->srcport;
    exchange->group = conversation_is_group(pinfo);
    exchange->asks = asks_for_one(d, exchange->group);

    exchange->older = wmem_map_insert(exchanges, &exchange->key, exchange);
    Exchange *original = find_original(exchange, exchange->older,
                                       command == FEIQ_CMD_SENDIMAGE ? IMAGE_WINDOW : COPY_WINDOW);
    if (original != NULL) {
        exchange->first = original;
    }
    if (is_request_by_order(command)) {
        exchange->older_request = put_request((Key){NO_NUMBER, source, command}, exchange);
    }

    uint32_t other = exchange->destination;
    exchange->request = find_request(d, other, source, (uint16_t)pinfo->destport, exchange->time);
    if (exchange->request != NULL && original == NULL) {
        add_link(exchange->request, LINKED_RESPONSE_IN, pinfo->num);
    }
    bool opened = command == FEIQ_CMD_READMSG;
    if (d->ack != NULL && (opened || command == FEIQ_CMD_RELEASEFILES)) {
        exchange->message = find_numbered((Key){d->ack->value.number, other, FEIQ_CMD_SENDMSG},
                                          source, (uint16_t)pinfo->destport);
    }
    if (exchange->message != NULL && original == NULL) {
        add_link(exchange->message, opened ? LINKED_READ_IN : LINKED_RELEASED_IN, pinfo->num);
    }
}

Exchange *conversation_track(int proto, packet_info *pinfo, const Datagram *datagram,
                             FsSpan payload)
{
    if (pinfo->flags.in_error_pkt || datagram->word == NULL || datagram->number == NULL ||
        datagram->word->source != 0) {
        return NULL;
    }
    const Exchange place = {.frame = pinfo->num, .layer = (uint8_t)pinfo->curr_layer_num};
    Exchange *exchange = find_at(&place);
    if (exchange == NULL) {
        exchange = p_get_proto_data(wmem_file_scope(), pinfo, proto, place.layer);
    }
    if (exchange != NULL || PINFO_FD_VISITED(pinfo)) {
        return exchange;
    }
    exchange = append(&place);
    if (exchange == NULL) { /* frames that are not visited first in their order */
        exchange = wmem_memdup(wmem_file_scope(), &place, sizeof place);
        p_add_proto_data(wmem_file_scope(), pinfo, proto, place.layer, exchange);
    }
    fill(exchange, pinfo, datagram, payload);
    return exchange;
}

uint32_t conversation_find_message(const address *sender, uint64_t number, const address *receiver)
{
    Key key = {number, conversation_host(sender), FEIQ_CMD_SENDMSG};
    const Exchange *found = find_numbered(key, conversation_host(receiver), 0);
    return found == NULL ? 0 : found->frame;
}

bool conversation_is_copy(const Exchange *exchange)
{
    return exchange->first != exchange;
}

void conversation_show(const Exchange *exchange, packet_info *pinfo, proto_tree *layer,
                       proto_tree *tree, tvbuff_t *tvb)
{
    /* Whether an answer will come is known once the whole capture was read. */
    if (PINFO_FD_VISITED(pinfo) && exchange->asks && exchange->first == exchange &&
        !is_answered(exchange)) {
        linked_add_remark(layer != NULL ? layer : tree, pinfo, LINKED_UNACKNOWLEDGED, tvb, 0, 0);
    }
    if (exchange->request != NULL && exchange->first == exchange) {
        tapped_answer(tapped_last(pinfo), exchange->request->key.command, exchange->request->time);
    }
    if (layer == NULL) {
        return;
    }
    if (exchange->first != exchange) {
        bool again = exchange->first->destination == exchange->destination;
        linked_add_frame(layer, again ? LINKED_RETRANSMISSION_OF : LINKED_DUPLICATE_OF, tvb,
                         exchange->first->frame);
    }
    if (exchange->request != NULL) {
        linked_add_frame(layer, LINKED_RESPONSE_TO, tvb, exchange->request->frame);
        linked_add_time(layer, LINKED_TIME, tvb, exchange->time - exchange->request->time);
    }
    if (exchange->message != NULL) {
        linked_add_frame(layer, LINKED_MESSAGE, tvb, exchange->message->frame);
    }
    for (const ExchangeLink *link = exchange->links; link != NULL; link = link->next) {
        linked_add_frame(layer, (Linked)link->kind, tvb, link->frame);
    }
}
