/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * libFuzzer driver of FeiQ: the first byte says how much the capture cut off and whether the bytes
 * came in a datagram or a segment. Beyond what the sanitizers see it checks that entries nest, lie
 * in the layer and can be written, and that the line made of the bytes alone is that of the
 * entries. What is encrypted is opened to itself, so that its decoders get all bytes too.
 */
#include "protocol/feiq/feiq.h"
#include "protocol/feiq/line.h"
#include "protocol/format.h"
#include "protocol/opener.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static FsEntry entries[4096];

static void check(bool condition)
{
    if (!condition) {
        abort();
    }
}

/* The length of the text says how opening it ended. */
static void open_sealed(FsOpener *opener, const FsSealed *sealed, FsOpened *opened)
{
    (void)opener;
    *opened = (FsOpened){.status = CIPHER_OK,
                         .signature = (CipherStatus)(sealed->text.length % (CIPHER_NOT_RSA + 1)),
                         .plain = sealed->text};
    if (sealed->text.length % 3 == 0) {
        opened->status = (CipherStatus)(sealed->text.length / 3 % (CIPHER_NOT_RSA + 1));
    }
}

static CipherStatus learn(FsOpener *opener, FsBytes body)
{
    (void)opener;
    return (CipherStatus)(body.length % (CIPHER_NOT_RSA + 1));
}

static void check_entries(const FsPacket *packet, size_t length)
{
    const FsEntry *parents[256];
    char text[512];
    for (uint32_t i = 0; i < packet->count; i++) {
        const FsEntry *entry = &packet->entries[i];
        uint32_t end = entry->bit_offset + entry->bit_length;
        check(entry->source <= packet->last_source);
        check(end <= (entry->source == 0 ? length : packet->sources[entry->source].captured) * 8);
        check((entry->depth == 0) == (i == 0));
        check(i == 0 || entry->depth <= packet->entries[i - 1].depth + 1);
        parents[entry->depth] = entry;
        if (i > 0 && !entry->generated) {
            const FsEntry *parent = parents[entry->depth - 1];
            check(parent->source != entry->source || parent->bit_offset <= entry->bit_offset);
            check(parent->source != entry->source ||
                  parent->bit_offset + parent->bit_length >= end);
        }
        (void)fs_format_label(text, sizeof text, entry);
        (void)fs_format_value(text, sizeof text, entry);
    }
    (void)fs_format_line(text, sizeof text, packet->entries, packet->count);
}

static void check_line(FsSpan span)
{
    static FeiqLineMemory memory;
    static char line[FEIQ_LINE_ROOM];
    static char expected[8 * FEIQ_LINE_ROOM];
    const char *end = feiq_put_line(&memory, line, span, 0, FS_ASCII);
    if (end == NULL) {
        return;
    }
    FsPacket packet = {
        .entries = entries, .capacity = sizeof entries / sizeof entries[0], .brief = true};
    fs_packet_reset(&packet, span.data);
    check(feiq_decode_datagram(&packet, span));
    size_t length = fs_format_line(expected, sizeof expected, packet.entries, packet.count);
    check(length == (size_t)(end - line) && memcmp(line, expected, length) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1) {
        return 0;
    }
    uint32_t cut = data[0] >> 1;
    bool segment = (data[0] & 1) != 0;
    data++;
    size--;
    FsSpan span = {data, (uint32_t)size, (uint32_t)size + cut};
    FsOpener opener = {.open = open_sealed, .learn = learn};
    FsPacket packet = {
        .entries = entries, .capacity = sizeof entries / sizeof entries[0], .opener = &opener};
    fs_packet_reset(&packet, data);
    bool decoded =
        segment ? feiq_decode_segment(&packet, span) : feiq_decode_datagram(&packet, span);
    check(decoded == (packet.count > 0));
    check(decoded || !feiq_recognise(span)); /* what is recognised can be decoded */
    check(packet.depth == 0);
    check_entries(&packet, size);
    check_line(span);
    return 0;
}
