/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Sequences in BER (X.690 8.1): the public key of a cryptographically generated address and
 * certificates (RFC 5280 4.1). They are skipped, but a damaged one ends the option where Wireshark
 * finds that it cannot read on.
 */
#include "sniffer/headers/icmpv6.h"

enum {
    CLASS = 0xc0,
    CONTEXT = 0x80,
    CONSTRUCTED = 0x20,
    TAG = 0x1f,
    MORE = 0x80,
    SEQUENCE = 0x10,
    END_OF_CONTENTS = 2,
    MOST_NESTING = 32
};

/* What stands before a value. */
typedef struct {
    uint8_t first; /* class and form */
    uint32_t tag;
    uint32_t length;
    bool indefinite; /* length is what was counted, with the end of contents */
} BerHeader;

static uint8_t octet(HeaderReader *r)
{
    uint8_t value = (uint8_t)reader_peek(r, 0, 1);
    reader_skip(r, 1);
    return value;
}

static BerHeader read_header(HeaderReader *r, unsigned nesting);

/* The bytes up to and with the end of contents. */
static uint32_t count_contents(HeaderReader r, unsigned nesting, bool *stopped)
{
    uint32_t start = r.at;
    while (!r.stopped && reader_peek(&r, 0, 2) != 0) {
        BerHeader inner = read_header(&r, nesting + 1);
        reader_skip(&r, inner.length);
    }
    *stopped = r.stopped;
    return r.at - start + END_OF_CONTENTS;
}

static BerHeader read_header(HeaderReader *r, unsigned nesting)
{
    BerHeader header = {.first = octet(r)};
    header.tag = header.first & TAG;
    if (header.tag == TAG) {
        uint8_t part;
        header.tag = 0;
        do {
            part = octet(r);
            header.tag = header.tag << 7 | (part & ~(unsigned)MORE);
        } while (!r->stopped && (part & MORE) != 0);
    }
    uint8_t length = octet(r);
    if ((length & MORE) == 0) {
        header.length = length;
    } else if (length != MORE) {
        for (unsigned bytes = length & ~(unsigned)MORE; bytes > 0 && !r->stopped; bytes--) {
            header.length = header.length << 8 | octet(r);
        }
    } else if (nesting >= MOST_NESTING) {
        reader_stop(r, reader_left(r) + 1);
    } else if (!r->stopped) {
        bool stopped;
        header.indefinite = true;
        header.length = count_contents(*r, nesting, &stopped);
        r->stopped = stopped;
    }
    return header;
}

/* Of application's and private classes Wireshark asks no more. */
static bool may_be_sequence(BerHeader header)
{
    bool asked = (header.first & CLASS) == 0 || (header.first & CLASS) == CONTEXT;
    return !asked ||
           ((header.first & (CLASS | CONSTRUCTED)) == CONSTRUCTED && header.tag == SEQUENCE);
}

/* Values one behind the other, up to the end. */
static void skip_values(HeaderReader *r, uint32_t end)
{
    while (!r->stopped && r->at < end && reader_peek(r, 0, 2) != 0) {
        uint32_t start = r->at;
        BerHeader value = read_header(r, 1);
        uint32_t behind = r->at + value.length;
        if (!r->stopped && behind <= start) {
            reader_stop(r, reader_left(r) + 1);
        }
        r->at = behind;
    }
    bool ended = r->at < end; /* by an end of contents */
    if (!r->stopped && !ended && r->at != end) {
        r->at -= END_OF_CONTENTS;
        (void)reader_want(r, END_OF_CONTENTS);
    }
}

void icmpv6_skip_ber(HeaderReader *reader)
{
    BerHeader sequence = read_header(reader, 1);
    if (sequence.length > INT32_MAX) {
        reader_stop(reader, reader_left(reader) + 1);
    }
    if (reader->stopped) {
        return;
    }
    uint32_t end = reader->at + sequence.length;
    uint32_t contents = sequence.indefinite ? end - END_OF_CONTENTS : end;
    if (may_be_sequence(sequence)) {
        skip_values(reader, contents);
        reader->at = end;
    } else {
        reader->at = contents; /* Wireshark's way */
    }
}
