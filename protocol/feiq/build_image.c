/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "protocol/feiq/build_image.h"

/* A private bit of FeiQ's on these commands; elsewhere it says that a list of files follows. */
#define PRIVATE FEIQ_OPT_FILEATTACH

enum { ID_DIGITS = 8 };

/* --- images --- */

ptrdiff_t feiq_build_image_reference(uint8_t *out, size_t capacity, uint32_t id, bool animated)
{
    FsBuilder b = fs_builder(out, capacity);
    fs_put_string(&b, "/~#>");
    fs_put_hex(&b, id, ID_DIGITS);
    fs_put_string(&b, animated ? "<G~" : "<B~");
    return fs_built(&b);
}

ptrdiff_t feiq_build_image_chunk(uint8_t *out, size_t capacity, const FeiqSender *sender,
                                 uint64_t packet_number, const FeiqChunk *chunk)
{
    FsBuilder b = fs_builder(out, capacity);
    uint32_t numbers[] = {chunk->total,
                          chunk->offset,
                          chunk->count,
                          chunk->number,
                          (uint32_t)chunk->data.length,
                          chunk->unknown[0],
                          chunk->unknown[1],
                          chunk->unknown[2]};
    fs_refuse_if(&b, chunk->data.length == 0 || chunk->data.length > FEIQ_CHUNK_SIZE ||
                         chunk->offset + (uint64_t)chunk->data.length > chunk->total ||
                         chunk->number == 0 || chunk->number > chunk->count);
    feiq_put_header(&b, sender, packet_number, FEIQ_CMD_SENDIMAGE | PRIVATE, 0);
    fs_put_hex(&b, chunk->id, ID_DIGITS);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        fs_put_byte(&b, '|');
        fs_put_decimal(&b, numbers[i], 1);
    }
    fs_put_string(&b, "|00000000#");
    fs_put_byte(&b, '\0');
    fs_put(&b, chunk->data);
    return fs_built(&b);
}

ptrdiff_t feiq_build_image_ack(uint8_t *out, size_t capacity, const FeiqSender *sender,
                               uint64_t packet_number, uint32_t id, uint32_t number)
{
    FsBuilder b = fs_builder(out, capacity);
    feiq_put_header(&b, sender, packet_number, FEIQ_CMD_SENDIMAGE_ACK, 0);
    fs_put_hex(&b, id, ID_DIGITS);
    fs_put_byte(&b, '|');
    fs_put_decimal(&b, number, 1);
    fs_put_byte(&b, '#');
    fs_put_byte(&b, '\0');
    return fs_built(&b);
}

/* --- group chat --- */

ptrdiff_t feiq_build_qun_text(uint8_t *out, size_t capacity, uint32_t group, FsBytes message_number,
                              FsBytes text)
{
    FsBuilder b = fs_builder(out, capacity);
    fs_put_string(&b, "QUNMSGMARK#");
    fs_put_hex(&b, group, ID_DIGITS);
    if (message_number.length > 0) {
        fs_put_byte(&b, '_');
        for (size_t i = 0; i < message_number.length; i++) {
            fs_refuse_if(&b, message_number.data[i] < '0' || message_number.data[i] > '9');
        }
        fs_put(&b, message_number);
    }
    fs_put_byte(&b, '#');
    feiq_put_open_text(&b, text, 0);
    return fs_built(&b);
}

ptrdiff_t feiq_build_qun(uint8_t *out, size_t capacity, const FeiqSender *sender,
                         uint64_t packet_number, uint8_t command, FsBytes body)
{
    FsBuilder b = fs_builder(out, capacity);
    bool message = command == FEIQ_CMD_GROUPMSG;
    fs_refuse_if(&b, (!message && command != FEIQ_CMD_GROUP_ENTRY) || sender->feiq == NULL ||
                         body.length == 0 || body.length % FEIQ_QUN_BLOCK != 0 ||
                         body.length > UINT16_MAX);
    feiq_put_header(&b, sender, packet_number, (message ? FEIQ_OPT_ENCRYPT : PRIVATE) | command,
                    (uint32_t)body.length);
    fs_put(&b, body);
    return fs_built(&b);
}

ptrdiff_t feiq_build_plain_qun(uint8_t *out, size_t capacity, const FeiqSender *sender,
                               uint64_t packet_number, FsBytes text)
{
    FsBuilder b = fs_builder(out, capacity);
    uint32_t word = FEIQ_CMD_GROUPMSG | PRIVATE;
    feiq_put_header(&b, sender, packet_number, word, 0);
    feiq_put_text(&b, text, word);
    return fs_built(&b);
}
