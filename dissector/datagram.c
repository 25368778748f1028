/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dissector/datagram.h"

Datagram datagram_read(const FsPacket *packet)
{
    Datagram d = {.packet = packet};
    const FsEntry **const places[FEIQ_FIELD_COUNT] = {
        [FEIQ_COMMAND_WORD] = &d.word,
        [FEIQ_PACKET_NUMBER] = &d.number,
        [FEIQ_ACK] = &d.ack,
        [FEIQ_FILE] = &d.file,
        [FEIQ_IMAGE_ID] = &d.image_id,
        [FEIQ_IMAGE_TOTAL] = &d.image_total,
        [FEIQ_IMAGE_OFFSET] = &d.image_offset,
        [FEIQ_IMAGE_COUNT] = &d.image_count,
        [FEIQ_IMAGE_NUMBER] = &d.image_number,
        [FEIQ_IMAGE_LENGTH] = &d.image_length,
        [FEIQ_IMAGE_DATA] = &d.image_data,
        [FEIQ_REQUEST_PACKET_NUMBER] = &d.request_number,
        [FEIQ_REQUEST_FILE_ID] = &d.request_file,
        [FEIQ_REQUEST_OFFSET] = &d.request_offset,
        [FEIQ_REQUEST_FILE_KEY] = &d.file_key,
        [FEIQ_REQUEST_FILE_NUMBER] = &d.file_number,
    };
    for (uint32_t i = 0; i < packet->count; i++) {
        const FsEntry *entry = &packet->entries[i];
        const FsEntry **place = places[entry->field - feiq_table.fields];
        if (place != NULL && *place == NULL) {
            *place = entry;
        }
    }
    return d;
}
