/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the readers of the two formats share. Private to reader*.c.
 */
#ifndef FEISCOPE_SNIFFER_SOURCE_READER_FORMAT_H
#define FEISCOPE_SNIFFER_SOURCE_READER_FORMAT_H

#include "sniffer/source/bytes.h"
#include "sniffer/source/reader.h"

#include <string.h>

enum {
    NANOSECONDS = 1000000000,
    READER_MOST_BYTES = 256 * 1024, /* of a packet; what Wireshark takes for damage if exceeded */
    READER_MOST_INTERFACES = 65536  /* of a file, so that a damaged one does not eat all memory */
};

/* An interface of a file. */
typedef struct {
    FrameInterface facts; /* its texts are freed with it */
    uint64_t per_second;  /* ticks in a second, a power of ten; 0: they are 1/2^shift seconds */
    unsigned shift;
    int64_t offset; /* seconds to be added */
} ReaderInterface;

struct Reader {
    Bytes bytes;
    CaptureStatus (*next)(Reader *reader, const uint8_t **data, FrameRecord *record,
                          char message[CAPTURE_MESSAGE]);
    bool swapped; /* numbers are in the other byte order than this machine's */

    /* pcap */
    ReaderInterface single;
    uint32_t nanoseconds;   /* of a fraction */
    uint32_t header_length; /* of a record */
    unsigned minor;         /* version */

    /* pcapng */
    ReaderInterface **interfaces; /* of all sections */
    uint32_t interface_count;
    uint32_t section_first; /* of the current section */
    FsSpan *comments;       /* of the packet that was read last */
    uint32_t comment_room;
};

static inline uint32_t reader_u32(const Reader *reader, const uint8_t *at)
{
    uint32_t value;
    memcpy(&value, at, sizeof value);
    if (reader->swapped) {
        value = value >> 24 | (value >> 8 & 0xff00) | (value << 8 & 0xff0000) | value << 24;
    }
    return value;
}

static inline uint16_t reader_u16(const Reader *reader, const uint8_t *at)
{
    uint16_t value;
    memcpy(&value, at, sizeof value);
    if (reader->swapped) {
        value = (uint16_t)((value & 0xff) << 8 | value >> 8);
    }
    return value;
}

/* True: these are a pcap file's first bytes, of which there are at least 4. */
bool pcap_recognise(const uint8_t *data);

/* Read the header. CAPTURE_FRAME: it is well. */
CaptureStatus pcap_begin(Reader *reader, char message[CAPTURE_MESSAGE]);

/* The same for pcapng. */
bool pcapng_recognise(const uint8_t *data);
CaptureStatus pcapng_begin(Reader *reader, char message[CAPTURE_MESSAGE]);

/* Say what is wrong, with "at byte N" behind it. Returns CAPTURE_DAMAGED. */
CaptureStatus reader_damaged(char message[CAPTURE_MESSAGE], uint64_t offset, const char *wrong);

/* The same of a number that is wrong, which stands behind the words. */
CaptureStatus reader_wrong_number(char message[CAPTURE_MESSAGE], uint64_t offset, const char *wrong,
                                  uint32_t number);

/* Why bytes_need returned NULL; `what` was being read, which began at `offset`. */
CaptureStatus reader_cut(const Reader *reader, const char *what, uint64_t offset,
                         char message[CAPTURE_MESSAGE]);

#endif
