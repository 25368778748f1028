/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * libFuzzer driver of 1#n: the first byte chooses the stream, the rest is what it carries. Beyond
 * what the sanitizers see it checks that messages fill the bytes and entries stay inside them.
 */
#include "protocol/format.h"
#include "protocol/onehash/onehash.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static FsEntry entries[1024];

static void check(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void decode(const OnehashStream *stream, const uint8_t *data, size_t length, size_t more)
{
    char text[256];
    FsPacket packet = {.entries = entries, .capacity = sizeof entries / sizeof entries[0]};
    fs_packet_reset(&packet, data);
    check(onehash_decode(&packet, stream,
                         (FsSpan){data, (uint32_t)length, (uint32_t)(length + more)}));
    check(packet.depth == 0);
    for (uint32_t i = 0; i < packet.count; i++) {
        check(entries[i].bit_offset / 8 + entries[i].bit_length / 8 <= length);
        (void)fs_format_label(text, sizeof text, &entries[i]);
    }
    (void)fs_format_line(text, sizeof text, entries, packet.count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2) {
        return 0;
    }
    OnehashStream stream = {(OnehashFraming)(data[0] & 7), (OnehashService)(data[0] >> 3 & 3),
                            data[0] >> 5, (data[0] & 0x80) != 0};
    if (stream.framing > ONEHASH_FRAMING_BARE || stream.service > ONEHASH_SERVICE_CHAT) {
        return 0;
    }
    data++;
    size--;
    onehash_learn(&stream, data, size);
    if (stream.framing == ONEHASH_FRAMING_UNDECIDED) {
        return 0;
    }
    while (size > 0) {
        OnehashFrame frame = onehash_next(&stream, data, size);
        if (frame.verdict == ONEHASH_PARTIAL) {
            check(frame.length == 0 || frame.length > size);
            decode(&stream, data, size, 0);
            decode(&stream, data, size, 1);
            break;
        }
        check(frame.length > 0 && frame.length <= size);
        decode(&stream, data, frame.length, 0);
        data += frame.length;
        size -= frame.length;
    }
    return 0;
}
