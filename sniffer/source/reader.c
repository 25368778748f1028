/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/source/reader.h"

#include "sniffer/source/reader_format.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

CaptureStatus reader_damaged(char message[CAPTURE_MESSAGE], uint64_t offset, const char *wrong)
{
    (void)snprintf(message, CAPTURE_MESSAGE, "%s at byte %" PRIu64, wrong, offset);
    return CAPTURE_DAMAGED;
}

CaptureStatus reader_wrong_number(char message[CAPTURE_MESSAGE], uint64_t offset, const char *wrong,
                                  uint32_t number)
{
    (void)snprintf(message, CAPTURE_MESSAGE, "%s %" PRIu32 ", at byte %" PRIu64, wrong, number,
                   offset);
    return CAPTURE_DAMAGED;
}

CaptureStatus reader_cut(const Reader *reader, const char *what, uint64_t offset,
                         char message[CAPTURE_MESSAGE])
{
    const Bytes *bytes = &reader->bytes;
    switch (bytes->state) {
    case BYTES_STOPPED:
        return CAPTURE_END;
    case BYTES_FAILED:
        (void)snprintf(message, CAPTURE_MESSAGE, "%s", bytes->message);
        return CAPTURE_FAILED;
    case BYTES_DAMAGED:
        (void)snprintf(message, CAPTURE_MESSAGE, "%s", bytes->message);
        return CAPTURE_DAMAGED;
    case BYTES_END:
    case BYTES_MORE:
        break;
    }
    char wrong[96];
    (void)snprintf(wrong, sizeof wrong, "truncated: the file ends within the %s that begins", what);
    return reader_damaged(message, offset, wrong);
}

static CaptureStatus begin(Reader *reader, char message[CAPTURE_MESSAGE])
{
    const uint8_t *magic = bytes_need(&reader->bytes, 4);
    if (magic == NULL) {
        size_t have = (size_t)(reader->bytes.end - reader->bytes.at);
        if (reader->bytes.state == BYTES_END && have == 0) {
            (void)snprintf(message, CAPTURE_MESSAGE, "the file is empty");
            return CAPTURE_FAILED;
        }
        return reader_cut(reader, "file header", 0, message);
    }
    if (pcap_recognise(magic)) {
        return pcap_begin(reader, message);
    }
    if (pcapng_recognise(magic)) {
        return pcapng_begin(reader, message);
    }
    const char *compression = bytes_compression(&reader->bytes);
    (void)snprintf(message, CAPTURE_MESSAGE,
                   "unknown file format: it begins with %02x %02x %02x %02x%s%s, which is neither "
                   "pcap nor pcapng nor either compressed by gzip, zstd or lz4",
                   magic[0], magic[1], magic[2], magic[3],
                   compression != NULL ? " when unpacked by " : "",
                   compression != NULL ? compression : "");
    return CAPTURE_FAILED;
}

Reader *reader_open(int descriptor, const Waiter *waiter, CaptureStatus *status,
                    char message[CAPTURE_MESSAGE])
{
    *status = CAPTURE_FAILED;
    Reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL) {
        (void)snprintf(message, CAPTURE_MESSAGE, "%s", strerror(ENOMEM));
        return NULL;
    }
    *status = bytes_open(&reader->bytes, descriptor, waiter)
                  ? begin(reader, message)
                  : reader_cut(reader, "file header", 0, message);
    if (*status != CAPTURE_FRAME) {
        reader_close(reader);
        return NULL;
    }
    return reader;
}

CaptureStatus reader_next(Reader *reader, const uint8_t **data, FrameRecord *record,
                          char message[CAPTURE_MESSAGE])
{
    return reader->next(reader, data, record, message);
}

void reader_close(Reader *reader)
{
    bytes_close(&reader->bytes);
    for (uint32_t i = 0; i < reader->interface_count; i++) {
        free(reader->interfaces[i]->facts.name);
        free(reader->interfaces[i]->facts.description);
        free(reader->interfaces[i]);
    }
    free(reader->interfaces);
    free(reader->comments);
    free(reader);
}
