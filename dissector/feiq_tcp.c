/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * FeiQ over TCP: requests for files and folders, and what is sent upon them.
 */
#include "dissector/feiq_tcp.h"
#include "dissector/decrypt.h"
#include "dissector/folder.h"
#include "dissector/tree.h"

#include "protocol/feiq/build_key.h"
#include "protocol/feiq/command.h"

#include <string.h>

enum { LONGEST_VERSION = 64 };

static bool is_request(const Datagram *datagram)
{
    uint8_t command = datagram_command(datagram);
    return datagram->word != NULL && datagram->number != NULL &&
           (command == FEIQ_CMD_GETFILEDATA || command == FEIQ_CMD_GETDIRFILES);
}

static const FsEntry *find(const FsPacket *packet, FeiqField field)
{
    for (uint32_t i = 0; i < packet->count; i++) {
        if (packet->entries[i].field == &feiq_table.fields[field]) {
            return &packet->entries[i];
        }
    }
    return NULL;
}

/* May these be the first bytes of a version, of which not even the end came? */
static bool may_begin_request(FsSpan span)
{
    if (span.captured >= LONGEST_VERSION || span.data[0] != '1') {
        return false;
    }
    for (uint32_t i = 0; i < span.captured; i++) {
        if (span.data[i] < 0x20 || span.data[i] == ':') {
            return false;
        }
    }
    return true;
}

/* May more of an encrypted body come? Where no NUL ends it, its last part tells: a signature is as
 * long as an encrypted key, as far as known programs go, and a message has whole blocks and, where
 * it can be decrypted, padding. */
static bool cipher_goes_on(const FsPacket *packet, FsSpan span)
{
    const FsEntry *capability = find(packet, FEIQ_CAPABILITY);
    const FsEntry *key = find(packet, FEIQ_CIPHER_KEY);
    const FsEntry *message = find(packet, FEIQ_CIPHER_MESSAGE);
    const FsEntry *signature = find(packet, FEIQ_CIPHER_SIGNATURE);
    if (capability == NULL || key == NULL || message == NULL ||
        span.data[span.captured - 1] == '\0') {
        return false;
    }
    uint64_t bits = capability->value.number;
    if ((bits & (FEIQ_CAPABILITY_SIGN_SHA1 | FEIQ_CAPABILITY_SIGN_SHA256)) != 0) {
        return signature == NULL || signature->value.bytes.length < key->value.bytes.length;
    }
    bool aes = (bits & FEIQ_CAPABILITY_AES_256) != 0;
    unsigned unit = (bits & FEIQ_CAPABILITY_ENCODE_BASE64) != 0 ? 4 : aes ? 32 : 16;
    return message->value.bytes.length % unit != 0 || find(packet, FEIQ_DECRYPT_PADDING) != NULL;
}

/* A request has no length. One whose header or fields are missing goes on in the next segment; one
 * that ends with a number is taken for whole, since many programs send nothing behind it. What an
 * encrypted one lacks inside will not come. */
static bool goes_on(const FsPacket *packet, bool decoded, FsSpan span)
{
    if (!decoded) {
        return may_begin_request(span);
    }
    Datagram datagram = datagram_read(packet);
    if (!is_request(&datagram)) {
        return find(packet, FEIQ_HEADER_INCOMPLETE) != NULL;
    }
    uint32_t header = (datagram.word->bit_offset + datagram.word->bit_length) / 8 + 1;
    if (find(packet, FEIQ_CIPHER) != NULL) {
        return find(packet, FEIQ_CIPHER_INCOMPLETE) != NULL || cipher_goes_on(packet, span);
    }
    return header >= span.captured || find(packet, FEIQ_REQUEST_INCOMPLETE) != NULL;
}

static bool ask_for_more(packet_info *pinfo, FsSpan span, const struct tcpinfo *tcp)
{
    if (!pinfo->can_desegment || span.captured < span.reported || (tcp->flags & TH_FIN) != 0) {
        return false;
    }
    pinfo->desegment_offset = 0;
    pinfo->desegment_len = DESEGMENT_ONE_MORE_SEGMENT;
    return true;
}

int feiq_tcp_dissect(const RegisteredTable *feiq, tvbuff_t *tvb, packet_info *pinfo,
                     proto_tree *tree, FsSpan span, const struct tcpinfo *tcp)
{
    Transfer *transfer = tcp == NULL ? NULL : transfer_of_data(feiq->proto, pinfo);
    if (transfer != NULL) {
        uint64_t offset = transfer_offset(transfer, pinfo, tcp, span.captured);
        if (transfer->cipher != NULL) {
            tvb = decrypt_stream(transfer->cipher, tvb, pinfo, offset);
        }
        if (transfer->folder != NULL) {
            folder_show(feiq, transfer, pinfo, tree, tvb, tcp, offset);
        } else {
            transfer_show_file(feiq, transfer, pinfo, tree, tvb, offset);
        }
        return (int)span.captured;
    }
    FsPacket *packet = tree_packet(span.data);
    packet->opener = decrypt_opener(pinfo);
    bool decoded = feiq_decode_segment(packet, span);
    if (tcp != NULL && goes_on(packet, decoded, span) && ask_for_more(pinfo, span, tcp)) {
        return (int)span.captured;
    }
    if (!decoded) {
        return 0;
    }
    tree_columns(feiq, pinfo, packet, 0, tree_shown_before(feiq, pinfo) > 0);
    proto_tree *layer = tree_show(feiq, tvb, pinfo, tree, packet, 0);
    Datagram datagram = datagram_read(packet);
    if (tcp != NULL && is_request(&datagram)) {
        const Transfer *requested = transfer_add(feiq->proto, pinfo, &datagram, tcp);
        if (requested != NULL) {
            transfer_show_request(requested, pinfo, layer, tree, tvb);
        }
    }
    return (int)span.captured;
}
