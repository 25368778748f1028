/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dissector/mention.h"
#include "dissector/conversation.h"
#include "dissector/linked.h"

#include "protocol/feiq/command.h"

enum { MOST_OF_A_MESSAGE = 64 }; /* images that are remembered */

/* A use of an image's identifier by a sender. */
typedef struct Mention {
    struct Mention *next; /* of the same message */
    int64_t key;          /* sender and identifier, see key_of */
    uint32_t message;     /* frames; 0: not seen yet */
    uint32_t image;
} Mention;

static wmem_map_t *latest;   /* key to Mention, which holds the key itself */
static wmem_map_t *by_frame; /* of a message, to its first Mention; of an image, to its own */

static int64_t key_of(const packet_info *pinfo, uint32_t id)
{
    return (int64_t)((uint64_t)conversation_host(&pinfo->src) << 32 | id);
}

void mention_init(void)
{
    latest =
        wmem_map_new_autoreset(wmem_epan_scope(), wmem_file_scope(), g_int64_hash, g_int64_equal);
    by_frame =
        wmem_map_new_autoreset(wmem_epan_scope(), wmem_file_scope(), g_direct_hash, g_direct_equal);
}

/* The latest use of the identifier that has no message, or no image, yet; else a new one. */
static Mention *mention_of(packet_info *pinfo, uint32_t id, bool of_message)
{
    int64_t key = key_of(pinfo, id);
    Mention *mention = wmem_map_lookup(latest, &key);
    if (mention == NULL || (of_message ? mention->message : mention->image) != 0) {
        mention = wmem_new0(wmem_file_scope(), Mention);
        mention->key = key;
        wmem_map_insert(latest, &mention->key, mention);
    }
    *(of_message ? &mention->message : &mention->image) = pinfo->num;
    return mention;
}

static Mention *mentions_in(uint32_t frame)
{
    return wmem_map_lookup(by_frame, GUINT_TO_POINTER(frame));
}

static void add_mentions(packet_info *pinfo, const Datagram *d)
{
    Mention *first = NULL;
    Mention **end = &first;
    const FsPacket *packet = d->packet;
    unsigned left = MOST_OF_A_MESSAGE;
    for (uint32_t i = 0; i < packet->count && left > 0; i++) {
        if (packet->entries[i].field == &feiq_table.fields[FEIQ_IMAGE_ID]) {
            Mention *mention = mention_of(pinfo, (uint32_t)packet->entries[i].value.number, true);
            *end = mention;
            end = &mention->next;
            left--;
        }
    }
    if (first != NULL) {
        wmem_map_insert(by_frame, GUINT_TO_POINTER(pinfo->num), first);
    }
}

void mention_show_message(packet_info *pinfo, const Datagram *datagram, proto_tree *layer,
                          tvbuff_t *tvb)
{
    if (datagram->image_id == NULL || datagram_command(datagram) != FEIQ_CMD_SENDMSG) {
        return;
    }
    if (!PINFO_FD_VISITED(pinfo) && mentions_in(pinfo->num) == NULL) {
        add_mentions(pinfo, datagram);
    }
    for (const Mention *m = mentions_in(pinfo->num); layer != NULL && m != NULL; m = m->next) {
        if (m->image != 0) {
            linked_add_frame(layer, LINKED_IMAGE_IN, tvb, m->image);
        }
    }
}

void mention_show_image(packet_info *pinfo, uint32_t id, proto_tree *layer, tvbuff_t *tvb)
{
    if (!PINFO_FD_VISITED(pinfo) && mentions_in(pinfo->num) == NULL) {
        wmem_map_insert(by_frame, GUINT_TO_POINTER(pinfo->num), mention_of(pinfo, id, false));
    }
    const Mention *mention = mentions_in(pinfo->num);
    if (layer != NULL && mention != NULL && mention->message != 0) {
        linked_add_frame(layer, LINKED_IMAGE_MESSAGE, tvb, mention->message);
    }
}
