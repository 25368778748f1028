/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * UDP datagrams, and UDP-Lite's, which differ in one field.
 */
#include "sniffer/headers/udp.h"
#include "protocol/memo.h"
#include "sniffer/conversation/udp_streams.h"
#include "sniffer/headers/checksum.h"
#include "sniffer/headers/ip_names.h"
#include "sniffer/headers/reader.h"

enum {
#define UDP_FIELD(id, ...) UDP_##id,
#include "sniffer/headers/udp_fields.def"
#undef UDP_FIELD
    UDP_FIELD_COUNT
};

static const FsField fields[] = {
#define UDP_FIELD(id, ...) [UDP_##id] = {__VA_ARGS__},
#include "sniffer/headers/udp_fields.def"
#undef UDP_FIELD
};

const FsTable udp_table = {"udp", "UDP", "User Datagram Protocol", fields, UDP_FIELD_COUNT};

enum { HEADER_LENGTH = 8, PROTOCOL_UDP = 17, OVER_IPV6 = 16 };

typedef struct {
    uint16_t source;
    uint16_t destination;
    uint32_t length;  /* header and payload */
    uint32_t covered; /* by the checksum */
} Datagram;

static void ports(HeaderReader *r, Datagram *d)
{
    d->source = (uint16_t)reader_put(r, UDP_SRCPORT, 2);
    (void)reader_take(r, UDP_PORT, 2);
    d->destination = (uint16_t)reader_put(r, UDP_DSTPORT, 2);
    (void)reader_take(r, UDP_PORT, 2);
}

/* Returns whether decoding can go on. */
static bool length(HeaderReader *r, Datagram *d)
{
    d->length = (uint32_t)reader_take(r, UDP_LENGTH, 2);
    if (r->stopped) {
        return false;
    }
    if (d->length == 0 && r->walk->address_length == OVER_IPV6) {
        d->length = r->span.reported; /* a jumbogram, RFC 2675 4 */
    }
    d->covered = d->length;
    if (d->length < HEADER_LENGTH) {
        reader_remark(r, UDP_SHORT, 0);
        return false;
    }
    if (d->length > r->span.reported && !r->walk->fragment && !r->walk->inside_error) {
        reader_remark(r, UDP_LONG, 0);
    }
    return true;
}

/* How much of a datagram of UDP-Lite the checksum covers; the IP header says how long it is. */
static bool coverage(HeaderReader *r, Datagram *d)
{
    d->covered = (uint32_t)reader_put(r, UDP_CHECKSUM_COVERAGE, 2);
    if (r->stopped) {
        return false;
    }
    d->length = r->span.reported;
    if (d->covered == 0) {
        d->covered = d->length;
    }
    (void)reader_conclude(r, UDP_LENGTH, 2, d->length);
    if (d->covered < HEADER_LENGTH || d->covered > d->length) {
        reader_remark(r, UDP_BAD_COVERAGE, 2);
    }
    r->at += 2;
    return true;
}

static ChecksumStatus status_of(const HeaderReader *r, const Datagram *d, uint16_t held, bool lite,
                                uint16_t *computed)
{
    const HeaderWalk *walk = r->walk;
    if (held == 0) {
        bool allowed = (!lite && walk->address_length != OVER_IPV6) || walk->inside_error;
        return allowed ? CHECKSUM_NOT_PRESENT : CHECKSUM_ILLEGAL;
    }
    bool complete =
        !walk->fragment && r->span.captured == r->span.reported && d->covered <= r->span.reported;
    if (!walk->verify || lite || !complete || walk->address_length == 0) {
        return CHECKSUM_UNVERIFIED;
    }
    uint64_t sum = checksum_pseudo_header(walk, PROTOCOL_UDP, d->length);
    *computed = checksum_finish(checksum_add(sum, r->span.data, d->covered));
    return *computed == 0 ? CHECKSUM_GOOD : CHECKSUM_BAD;
}

static void checksum(HeaderReader *r, const Datagram *d, bool lite)
{
    uint16_t held = (uint16_t)reader_put(r, UDP_CHECKSUM, 2);
    if (r->stopped) {
        return;
    }
    uint16_t computed = 0;
    ChecksumStatus status = status_of(r, d, held, lite, &computed);
    (void)reader_conclude(r, UDP_CHECKSUM_STATUS, 2, status);
    if (status == CHECKSUM_GOOD || status == CHECKSUM_BAD) {
        (void)reader_conclude(r, UDP_CHECKSUM_CALCULATED, 2, checksum_expected(held, computed));
    }
    if (status == CHECKSUM_BAD) {
        reader_remark(r, UDP_BAD_CHECKSUM, 2);
    } else if (status == CHECKSUM_ILLEGAL && !lite) {
        reader_remark(r, UDP_NO_CHECKSUM, 2);
    }
    r->at += 2;
}

static void conclude_span(FsPacket *packet, unsigned field, const uint8_t *header,
                          int64_t nanoseconds)
{
    FsEntry *entry = fs_add(packet, &fields[field], header, 0);
    entry->value.integer = nanoseconds;
    entry->generated = true;
}

/* Times count datagrams with a payload, as Wireshark's. */
static UdpPlace place_of(const HeaderWalk *walk, const uint16_t ports[2], bool timed)
{
    ConversationKey key;
    (void)conversation_key(&key, walk->address_length, walk->source, walk->destination, ports);
    return udp_streams_datagram(walk->udp, &key, walk->frame_time, timed);
}

void header_udp_stream(HeaderWalk *walk, const uint8_t *header, uint16_t source,
                       uint16_t destination, bool carries)
{
    FsPacket *packet = walk->packet;
    if (walk->udp == NULL || walk->address_length == 0 || packet->brief) {
        return;
    }
    bool timed = carries && !walk->inside_error;
    UdpPlace place = place_of(walk, (uint16_t[]){source, destination}, timed);
    uint32_t first = packet->count;
    fs_add_number(packet, &fields[UDP_STREAM], header, 0, place.stream)->generated = true;
    if (timed) {
        conclude_span(packet, UDP_TIME_RELATIVE, header, place.since_first);
        conclude_span(packet, UDP_TIME_DELTA, header, place.since_previous);
    }
    if (timed && packet->depth == 1 && packet->source == 0 && !packet->full) {
        static uint64_t serial;
        serial = serial != 0 ? serial : fs_memo_serial();
        fs_add_repeat(packet, first, packet->count - first, 0, serial, 7); /* all vary */
    }
}

void header_udp_learn(const HeaderWalk *walk, FsSpan span)
{
    enum { LENGTH = 4 };
    uint32_t claimed = (uint32_t)reader_number(span.data + LENGTH, 2);
    if (walk->udp != NULL && claimed >= HEADER_LENGTH) {
        const uint16_t ports[2] = {(uint16_t)reader_number(span.data, 2),
                                   (uint16_t)reader_number(span.data + 2, 2)};
        (void)place_of(walk, ports, claimed > HEADER_LENGTH);
    }
}

static void datagram(HeaderWalk *walk, FsSpan span, bool lite)
{
    HeaderReader r = reader_start(walk, &udp_table, span);
    if (!reader_want(&r, 4)) {
        return;
    }
    Datagram d;
    uint8_t depth = walk->packet->depth;
    reader_open(&r, lite ? UDP_LITE_LAYER : UDP_LAYER, HEADER_LENGTH);
    ports(&r, &d);
    if (lite ? coverage(&r, &d) : length(&r, &d)) {
        checksum(&r, &d, lite);
        bool carries = !r.stopped && d.length > HEADER_LENGTH && reader_captured(&r) > 0;
        if (!r.stopped) {
            header_udp_stream(walk, span.data, d.source, d.destination, d.length > HEADER_LENGTH);
        }
        if (carries) {
            /* to the end of the packet, whatever the length field says: Wireshark's way */
            (void)reader_put(&r, UDP_PAYLOAD, reader_captured(&r));
            walk->packet->depth = depth;
            header_application(walk, false, d.source, d.destination,
                               reader_span(&r, d.length - HEADER_LENGTH));
        }
    }
    walk->packet->depth = depth;
}

void header_udp(HeaderWalk *walk, FsSpan span)
{
    datagram(walk, span, false);
}

void header_udp_lite(HeaderWalk *walk, FsSpan span)
{
    datagram(walk, span, true);
}
