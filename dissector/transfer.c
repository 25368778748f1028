/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dissector/transfer.h"
#include "dissector/conversation.h"
#include "dissector/export.h"
#include "dissector/folder.h"
#include "dissector/linked.h"
#include "dissector/statistics/tapped.h"
#include "dissector/tree.h"

#include "protocol/feiq/command.h"

#include <inttypes.h>

enum { ESTIMATE_SHIFT = 30 };

/* Requests of a connection, by frame. */
static wmem_tree_t *transfers_of(int proto, packet_info *pinfo)
{
    conversation_t *conversation = find_or_create_conversation(pinfo);
    wmem_tree_t *transfers = conversation_get_proto_data(conversation, proto);
    if (transfers == NULL) {
        transfers = wmem_tree_new(wmem_file_scope());
        conversation_add_proto_data(conversation, proto, transfers);
    }
    return transfers;
}

Transfer *transfer_of_data(int proto, packet_info *pinfo)
{
    Transfer *transfer = wmem_tree_lookup32_le(transfers_of(proto, pinfo), pinfo->num);
    bool from_server = transfer != NULL && transfer->client_port == pinfo->destport &&
                       addresses_equal(&transfer->client, &pinfo->dst);
    return from_server ? transfer : NULL;
}

Transfer *transfer_add(int proto, packet_info *pinfo, const Datagram *datagram,
                       const struct tcpinfo *tcp)
{
    wmem_tree_t *transfers = transfers_of(proto, pinfo);
    Transfer *transfer = wmem_tree_lookup32(transfers, pinfo->num);
    if (transfer != NULL || PINFO_FD_VISITED(pinfo)) {
        return transfer;
    }
    transfer = wmem_new0(wmem_file_scope(), Transfer);
    transfer->request_in = pinfo->num;
    transfer->asked_at = linked_now(pinfo);
    transfer->command = datagram_command(datagram);
    transfer->estimates = wmem_tree_new(wmem_file_scope());
    transfer->base = tcp->lastackseq; /* of the side that will send the file */
    transfer->client_port = (uint16_t)pinfo->srcport;
    copy_address_wmem(wmem_file_scope(), &transfer->client, &pinfo->src);
    transfer->cipher = decrypt_file_cipher(datagram);
    transfer->sealed = datagram_has(datagram, FEIQ_OPT_ENCRYPT) && datagram->request_number == NULL;
    if (datagram_command(datagram) == FEIQ_CMD_GETDIRFILES && !transfer->sealed) {
        transfer->folder = folder_new();
    } else {
        transfer->from = datagram_number(datagram->request_offset);
    }
    if (datagram->request_number != NULL) {
        transfer->offered_in = conversation_find_message(
            &pinfo->dst, datagram->request_number->value.number, &pinfo->src);
    }
    if (transfer->offered_in != 0 && datagram->request_file != NULL) {
        transfer->file = offer_find(transfer->offered_in, datagram->request_file->value.number);
    }
    if (transfer->file != NULL) {
        offer_link(transfer->file, pinfo->num);
    } else if (datagram->request_number != NULL && datagram->request_file != NULL) {
        transfer->label = wmem_strdup_printf(wmem_file_scope(), "packet-%" PRIu64 "-file-%" PRIu64,
                                             datagram->request_number->value.number,
                                             datagram->request_file->value.number);
    } else {
        transfer->label =
            wmem_strdup_printf(wmem_file_scope(), "requested-in-frame-%u", pinfo->num);
    }
    wmem_tree_insert32(transfers, pinfo->num, transfer);
    return transfer;
}

/* The bytes that the request asks for; 0 if that is not known. */
static uint64_t wanted(const Transfer *transfer)
{
    const OfferedFile *file = transfer->file;
    if (file == NULL || !file->sized || transfer->folder != NULL || file->size < transfer->from) {
        return 0;
    }
    return file->size - transfer->from;
}

void transfer_show_request(const Transfer *transfer, packet_info *pinfo, proto_tree *layer,
                           proto_tree *tree, tvbuff_t *tvb)
{
    if (PINFO_FD_VISITED(pinfo) && transfer->received < wanted(transfer)) {
        linked_add_remark(layer != NULL ? layer : tree, pinfo, LINKED_TRANSFER_SHORT, tvb, 0, 0);
    }
    if (layer == NULL) {
        return;
    }
    if (transfer->offered_in != 0) {
        linked_add_frame(layer, LINKED_TRANSFER_OFFERED_IN, tvb, transfer->offered_in);
    }
    if (transfer->file != NULL) {
        linked_add_text(layer, LINKED_TRANSFER_NAME, tvb, transfer->file->name);
        if (transfer->file->sized) {
            linked_add_number(layer, LINKED_TRANSFER_SIZE, tvb, transfer->file->size);
        }
    }
    if (transfer->data_in != 0) {
        linked_add_frame(layer, LINKED_TRANSFER_DATA_IN, tvb, transfer->data_in);
    }
}

/* Sequence numbers have 32 bits, files may have more: where about the stream is when a frame comes
 * tells the upper ones. */
uint64_t transfer_offset(Transfer *transfer, packet_info *pinfo, const struct tcpinfo *tcp,
                         uint32_t length)
{
    uint32_t unit = GPOINTER_TO_UINT(wmem_tree_lookup32_le(transfer->estimates, pinfo->num));
    uint64_t near =
        PINFO_FD_VISITED(pinfo) ? (uint64_t)unit << ESTIMATE_SHIFT : transfer->last_offset;
    uint32_t low = tcp->seq - transfer->base;
    int64_t difference = (int32_t)(low - (uint32_t)near);
    uint64_t offset =
        difference < 0 && (uint64_t)-difference > near ? low : near + (uint64_t)difference;
    if (!PINFO_FD_VISITED(pinfo)) {
        transfer->last_offset = offset;
        transfer->received = MAX(transfer->received, offset + length);
        if (transfer->data_in == 0) {
            transfer->data_in = pinfo->num;
        }
        if (offset >> ESTIMATE_SHIFT != unit) {
            wmem_tree_insert32(transfer->estimates, pinfo->num,
                               GUINT_TO_POINTER((uint32_t)(offset >> ESTIMATE_SHIFT)));
        }
    }
    if (transfer->data_in == pinfo->num) {
        tapped_answer(tapped_bytes(pinfo), transfer->command, transfer->asked_at);
    }
    return offset;
}

void transfer_show_links(const Transfer *transfer, const packet_info *pinfo, proto_tree *layer,
                         tvbuff_t *tvb, uint32_t at)
{
    linked_add_frame(layer, LINKED_TRANSFER_REQUEST_IN, tvb, transfer->request_in);
    if (transfer->cipher != NULL) {
        linked_add_text(layer, LINKED_TRANSFER_CIPHER, tvb, "AES-256 in counter mode");
    }
    if (transfer->data_in == pinfo->num && at == 0) {
        linked_add_time(layer, LINKED_TIME, tvb, linked_now(pinfo) - transfer->asked_at);
    }
}

static void show_columns(const RegisteredTable *feiq, packet_info *pinfo, const TransferPart *part,
                         int length)
{
    const char *name = part == NULL ? "of a folder" : part->name;
    const char *label = part == NULL ? NULL : part->label;
    char *text = wmem_strdup_printf(pinfo->pool, "FILE DATA %s, %d bytes",
                                    name == NULL ? label : name, length);
    if (part != NULL) {
        text = wmem_strdup_printf(pinfo->pool, "%s from %" PRIu64, text, part->offset);
    }
    tree_column_text(feiq, pinfo, text, tree_shown_before(feiq, pinfo) > 0);
}

void transfer_show_data(const RegisteredTable *feiq, const Transfer *transfer, packet_info *pinfo,
                        proto_tree *tree, tvbuff_t *tvb, int at, int length,
                        const TransferPart *part)
{
    show_columns(feiq, pinfo, part, length);
    if (part != NULL && export_wanted()) {
        export_part(pinfo, part, tvb_get_ptr(tvb, at, length), (uint32_t)length);
    }
    proto_item *item = proto_tree_add_item(tree, feiq->proto, tvb, at, length, ENC_NA);
    if (!proto_field_is_referenced(tree, feiq->proto)) {
        return;
    }
    proto_tree *layer = proto_item_add_subtree(item, feiq->subtrees[0]);
    tvbuff_t *bytes = tvb_new_subset_length(tvb, at, length);
    transfer_show_links(transfer, pinfo, layer, bytes, (uint32_t)at);
    if (part != NULL) {
        if (part->name != NULL) {
            linked_add_text(layer, LINKED_TRANSFER_NAME, bytes, part->name);
        }
        if (part->sized) {
            linked_add_number(layer, LINKED_TRANSFER_SIZE, bytes, part->size);
        }
        linked_add_number(layer, LINKED_TRANSFER_OFFSET, bytes, part->offset);
        linked_add_number(layer, LINKED_TRANSFER_LENGTH, bytes, (uint64_t)length);
    }
    proto_tree_add_item(layer, linked_fields[LINKED_TRANSFER_DATA], tvb, at, length, ENC_NA);
}

void transfer_show_file(const RegisteredTable *feiq, Transfer *transfer, packet_info *pinfo,
                        proto_tree *tree, tvbuff_t *tvb, uint64_t offset)
{
    int length = (int)tvb_captured_length(tvb);
    TransferPart part = {.object = transfer,
                         .label = transfer->label,
                         .offset = transfer->from + offset,
                         .from = transfer->from};
    if (transfer->file != NULL) {
        part.name = transfer->file->name;
        part.size = transfer->file->size;
        part.sized = transfer->file->sized;
    }
    transfer_show_data(feiq, transfer, pinfo, tree, tvb, 0, length, &part);
    if (transfer->sealed) {
        linked_add_remark(tree, pinfo, LINKED_TRANSFER_SEALED, tvb, 0, length);
    }
    if (wanted(transfer) > 0 && offset + (uint32_t)length > wanted(transfer)) {
        linked_add_remark(tree, pinfo, LINKED_TRANSFER_BEYOND, tvb, 0, length);
    }
}
