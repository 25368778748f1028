/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dissector/offer.h"
#include "dissector/linked.h"

#include "protocol/text.h"

enum { MOST_REQUESTS = 16 /* of one file that are shown */ };

struct OfferLink {
    OfferLink *next;
    uint32_t frame;
};

typedef struct {
    unsigned count;
    OfferedFile files[];
} Offer;

static wmem_map_t *offers; /* by frame */

void offer_init(void)
{
    offers =
        wmem_map_new_autoreset(wmem_epan_scope(), wmem_file_scope(), g_direct_hash, g_direct_equal);
}

static const char *file_text(const FsEntry *entry)
{
    size_t room = FS_TEXT_ROOM(entry->value.bytes.length);
    char *text = wmem_alloc(wmem_file_scope(), room);
    (void)fs_text_to_utf8(text, room, entry->value.bytes.data, entry->value.bytes.length,
                          (FsEncoding)entry->encoding);
    return text;
}

/* An identifier of decimal digits may have been meant as hexadecimal; one with letters was. */
static void set_identifier(OfferedFile *file, const FsPacket *packet, const FsEntry *entry)
{
    const uint8_t *source = entry->source == 0 ? packet->base : packet->sources[entry->source].data;
    const uint8_t *digits = source + entry->bit_offset / 8;
    file->decimal = 0;
    file->hexadecimal = 0;
    for (uint32_t i = 0; i < entry->bit_length / 8; i++) {
        int digit = g_ascii_xdigit_value((char)digits[i]);
        file->hexadecimal = file->hexadecimal << 4 | (uint64_t)digit;
        if (digit > 9) {
            file->decimal = UINT64_MAX;
        }
    }
    if (file->decimal == 0) {
        file->decimal = entry->value.number;
    }
}

static void read_files(Offer *offer, const FsPacket *packet)
{
    OfferedFile *file = NULL;
    for (uint32_t i = 0; i < packet->count && offer->count > 0; i++) {
        const FsEntry *entry = &packet->entries[i];
        if (entry->field == &feiq_table.fields[FEIQ_FILE]) {
            file = file == NULL ? offer->files : file + 1;
            *file = (OfferedFile){.decimal = UINT64_MAX, .hexadecimal = UINT64_MAX, .name = ""};
        }
        if (file == NULL) {
            continue;
        }
        switch ((unsigned)(entry->field - feiq_table.fields)) {
        case FEIQ_FILE_ID:
            set_identifier(file, packet, entry);
            break;
        case FEIQ_FILE_NAME:
            file->name = file_text(entry);
            break;
        case FEIQ_FILE_SIZE:
            file->size = entry->value.number;
            file->sized = true;
            break;
        default:
            break;
        }
    }
}

void offer_add(packet_info *pinfo, const Datagram *datagram)
{
    const FsPacket *packet = datagram->packet;
    if (PINFO_FD_VISITED(pinfo) || datagram->file == NULL) {
        return;
    }
    unsigned count = 0;
    for (uint32_t i = 0; i < packet->count; i++) {
        count += packet->entries[i].field == &feiq_table.fields[FEIQ_FILE];
    }
    Offer *offer = wmem_alloc0(wmem_file_scope(), sizeof *offer + count * sizeof offer->files[0]);
    offer->count = count;
    read_files(offer, packet);
    wmem_map_insert(offers, GUINT_TO_POINTER(pinfo->num), offer);
}

static Offer *offer_of(uint32_t frame)
{
    return wmem_map_lookup(offers, GUINT_TO_POINTER(frame));
}

OfferedFile *offer_find(uint32_t frame, uint64_t id)
{
    Offer *offer = offer_of(frame);
    OfferedFile *other_reading = NULL;
    for (unsigned i = 0; offer != NULL && i < offer->count; i++) {
        OfferedFile *file = &offer->files[i];
        if (file->decimal == id) {
            return file;
        }
        if (file->hexadecimal == id && other_reading == NULL) {
            other_reading = file;
        }
    }
    return other_reading;
}

void offer_link(OfferedFile *file, uint32_t frame)
{
    if (file->request_count == MOST_REQUESTS) {
        return;
    }
    file->request_count++;
    OfferLink *link = wmem_new(wmem_file_scope(), OfferLink);
    *link = (OfferLink){NULL, frame};
    OfferLink **end = &file->requests;
    while (*end != NULL) {
        end = &(*end)->next;
    }
    *end = link;
}

void offer_show(uint32_t frame, proto_tree *layer, tvbuff_t *tvb)
{
    const Offer *offer = layer == NULL ? NULL : offer_of(frame);
    for (unsigned i = 0; offer != NULL && i < offer->count; i++) {
        for (const OfferLink *link = offer->files[i].requests; link != NULL; link = link->next) {
            linked_add_frame(layer, LINKED_FILE_TRANSFER_IN, tvb, link->frame);
        }
    }
}
