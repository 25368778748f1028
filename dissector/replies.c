/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dissector/replies.h"
#include "dissector/linked.h"
#include "dissector/statistics/tapped.h"

#include "protocol/onehash/onehash.h"

#include <epan/proto_data.h>

struct Request {
    Request *next; /* in the order of the stream, while it waits for its reply */
    int64_t asked_at;
    int64_t replied_at;
    uint32_t request;
    uint32_t reply; /* 0: none yet */
    uint8_t operation;
};

static uint64_t number_of(const FsPacket *packet, OnehashField field)
{
    for (uint32_t i = 0; i < packet->count; i++) {
        if (packet->entries[i].field == &onehash_table.fields[field]) {
            return packet->entries[i].value.number;
        }
    }
    return 0;
}

static Request *add_request(Waiting *waiting, packet_info *pinfo, const FsPacket *packet)
{
    Request *request = wmem_new0(wmem_file_scope(), Request);
    request->request = pinfo->num;
    request->asked_at = linked_now(pinfo);
    request->operation = (uint8_t)number_of(packet, ONEHASH_OPERATION);
    if (waiting->first == NULL) {
        waiting->first = request;
    } else {
        waiting->last->next = request;
    }
    waiting->last = request;
    return request;
}

static Request *take_request(Waiting *waiting, packet_info *pinfo)
{
    Request *request = waiting->first;
    if (request != NULL) {
        waiting->first = request->next;
        request->reply = pinfo->num;
        request->replied_at = linked_now(pinfo);
    }
    return request;
}

void replies_show(int proto, Waiting *waiting, packet_info *pinfo, proto_tree *layer, tvbuff_t *tvb,
                  const FsPacket *packet, unsigned number)
{
    uint64_t kind = number_of(packet, ONEHASH_KIND);
    if (kind != ONEHASH_REQUEST && kind != ONEHASH_REPLY) {
        return;
    }
    Request *request = p_get_proto_data(wmem_file_scope(), pinfo, proto, number);
    if (request == NULL && !PINFO_FD_VISITED(pinfo)) {
        request = kind == ONEHASH_REQUEST ? add_request(waiting, pinfo, packet)
                                          : take_request(waiting, pinfo);
        if (request != NULL) {
            p_add_proto_data(wmem_file_scope(), pinfo, proto, number, request);
        }
    }
    if (request != NULL && kind == ONEHASH_REPLY) {
        tapped_answer(tapped_last(pinfo), request->operation, request->asked_at);
    }
    if (request == NULL || layer == NULL) {
        return;
    }
    if (kind == ONEHASH_REPLY) {
        linked_add_frame(layer, LINKED_ONEHASH_RESPONSE_TO, tvb, request->request);
        linked_add_time(layer, LINKED_ONEHASH_TIME, tvb, request->replied_at - request->asked_at);
    } else if (request->reply != 0) {
        linked_add_frame(layer, LINKED_ONEHASH_RESPONSE_IN, tvb, request->reply);
    }
}
