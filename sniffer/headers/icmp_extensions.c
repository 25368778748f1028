/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Multi-part extensions of ICMP and ICMPv6: RFC 4884, with the objects of RFC 4950 (MPLS), RFC 5837
 * (interface information) and RFC 8335 (interface identification).
 */
#include "sniffer/headers/checksum.h"
#include "sniffer/headers/icmp.h"

enum { OBJECT_HEADER = 4 };

/* An object: the reader stands at its header. */
typedef struct {
    uint32_t length; /* by its own field */
    uint32_t end;    /* where it, or the packet, ends */
    uint8_t type;
} Object;

static void label_stack(HeaderReader *r, const Object *object)
{
    static const HeaderPart entry[] = {
        BITS(ICMP_MPLS_LABEL, 3),
        BITS(ICMP_MPLS_EXP, 3),
        BITS(ICMP_MPLS_S, 3),
        NEXT(ICMP_MPLS_TTL, 1),
    };
    while (!r->stopped && r->at + 4 <= object->end) {
        READ_PARTS(r, entry);
    }
    if (!r->stopped && r->at < object->end) {
        (void)reader_take(r, ICMP_MPLS_DATA, object->end - r->at);
    }
}

/* Returns whether the object is decoded; if not it is shown as unknown. */
static bool mpls(HeaderReader *r, const Object *object)
{
    enum { STACK = 1 };
    (void)reader_put(r, ICMP_EXT_CTYPE,
                     1); /* shown twice if the object is unknown: Wireshark's way */
    if (object->type != STACK) {
        return false;
    }
    r->at += 1;
    label_stack(r, object);
    return true;
}

/* More of the datagram than 128 bytes, as draft-ietf-mpls-icmp had it. */
static bool extended_payload(HeaderReader *r, const Object *object)
{
    enum { PAYLOAD = 1 };
    (void)reader_put(r, ICMP_EXT_CTYPE, 1);
    if (object->type != PAYLOAD) {
        return false;
    }
    r->at += 1;
    if (object->end > r->at) {
        (void)reader_take(r, ICMP_EXT_DATA, object->end - r->at);
    }
    return true;
}

/* --- interface information --- */

/* Returns false if nothing is read behind it. */
static bool interface_address(HeaderReader *r, const Object *object)
{
    enum { IPV4 = 1, IPV6 = 2 };
    uint32_t family = (uint32_t)reader_peek(r, 0, 2);
    if (!reader_want(r, family == IPV4 ? 8 : 20)) { /* all or none: Wireshark's way */
        return false;
    }
    (void)reader_take(r, ICMP_INT_INFO_AFI, 2);
    (void)reader_take(r, ICMP_RESERVED, 2);
    if (family == IPV4) {
        (void)reader_take(r, ICMP_INT_INFO_IPV4, 4);
    } else if (family == IPV6) {
        (void)reader_take(r, ICMP_INT_INFO_IPV6, 16);
    } else { /* Wireshark takes the difference the wrong way round */
        reader_take_difference(r, ICMP_INT_INFO_IPUNKNOWN, (int64_t)r->at - object->end);
        return false;
    }
    return true;
}

static void interface_name(HeaderReader *r, const Object *object)
{
    if (r->at >= object->end) {
        if (r->at == object->end && reader_want(r, 1)) {
            r->at -= 1; /* Wireshark takes the name's length for 0, and itself off it */
        }
        return;
    }
    uint32_t length = (uint32_t)reader_peek(r, 0, 1); /* with the byte that holds it */
    if (!reader_want(r, length)) {                    /* all or none: Wireshark's way */
        return;
    }
    (void)reader_take(r, ICMP_INT_INFO_NAME_LENGTH, 1);
    if (object->end >= r->at + length) {
        reader_take_difference(r, ICMP_INT_INFO_NAME, (int64_t)length - 1);
    }
}

static bool interface_information(HeaderReader *r, const Object *object)
{
    enum { INDEX = 0x08, ADDRESS = 0x04, NAME = 0x02, MTU = 0x01 };
    static const HeaderPart parts[] = {
        WORD(ICMP_EXT_CTYPE, 1),         FLAG(ICMP_INT_INFO_ROLE),
        FLAG(ICMP_INT_INFO_RESERVED),    FLAG(ICMP_INT_INFO_IFINDEX),
        FLAG(ICMP_INT_INFO_IPADDR),      FLAG(ICMP_INT_INFO_NAME_PRESENT),
        FLAG(ICMP_INT_INFO_MTU_PRESENT),
    };
    READ_PARTS(r, parts);
    if ((object->type & INDEX) != 0) {
        (void)reader_take(r, ICMP_INT_INFO_INDEX, 4);
    }
    if ((object->type & ADDRESS) != 0 && object->end >= r->at + 2 &&
        !interface_address(r, object)) {
        return true;
    }
    if ((object->type & NAME) != 0) {
        interface_name(r, object);
    }
    if ((object->type & MTU) != 0) {
        (void)reader_take(r, ICMP_INT_INFO_MTU, 4);
    }
    return true;
}

/* --- interface identification --- */

static void identified_address(HeaderReader *r)
{
    enum { IPV4 = 1, IPV6 = 2 };
    uint64_t family = reader_take(r, ICMP_INT_IDENT_AFI, 2);
    uint32_t length = (uint32_t)reader_take(r, ICMP_INT_IDENT_ADDR_LENGTH, 1);
    (void)reader_take(r, ICMP_INT_IDENT_RESERVED, 1);
    if (r->stopped) {
        return;
    }
    if (family != IPV4 && family != IPV6) {
        (void)reader_take(r, ICMP_INT_IDENT_ADDRESS, reader_left(r));
        return;
    }
    uint32_t each = family == IPV4 ? 4 : 16;
    for (; length >= each && reader_left(r) >= each && !r->stopped; length -= each) {
        (void)reader_take(r, family == IPV4 ? ICMP_INT_IDENT_IPV4 : ICMP_INT_IDENT_IPV6, each);
    }
}

static bool interface_identification(HeaderReader *r, const Object *object)
{
    enum { NAME = 1, INDEX = 2, ADDRESS = 3 };
    if (reader_left(r) < 2) {
        return false;
    }
    (void)reader_take(r, ICMP_EXT_CTYPE, 1);
    if (object->type == NAME) {
        (void)reader_take(r, ICMP_INT_IDENT_NAME, object->length - OBJECT_HEADER);
    } else if (object->type == INDEX) {
        (void)reader_take(r, ICMP_INT_IDENT_INDEX, 4);
    } else if (object->type == ADDRESS) {
        identified_address(r);
    }
    return true;
}

/* --- objects --- */

static void unknown_object(HeaderReader *r, const Object *object)
{
    (void)reader_take(r, ICMP_EXT_CTYPE, 1);
    if (object->end > r->at) {
        (void)reader_take(r, ICMP_EXT_DATA, object->end - r->at);
    }
}

/* Returns false after an object whose length is wrong. */
static bool one_object(HeaderReader *r)
{
    enum { EXTENDED_PAYLOAD = 0, MPLS = 1, INFORMATION = 2, IDENTIFICATION = 3 };
    Object object = {.length = (uint32_t)reader_peek(r, 0, 2)};
    uint32_t begin = r->at;
    uint32_t left = reader_left(r);
    uint32_t held = object.length < left ? object.length : left;
    object.end = begin + held;
    if (!reader_want(r, held > OBJECT_HEADER ? held : OBJECT_HEADER)) {
        return false; /* all or none: Wireshark's way */
    }
    object.type = reader_here(r)[3];
    (void)reader_take(r, ICMP_EXT_LENGTH, 2);
    uint64_t class = reader_take(r, ICMP_EXT_CLASS, 1);
    if (object.length < OBJECT_HEADER) {
        reader_remark(r, ICMP_BAD_OBJECT, 0);
        return false;
    }
    bool known = (class == EXTENDED_PAYLOAD && extended_payload(r, &object)) ||
                 (class == MPLS && mpls(r, &object)) ||
                 (class == INFORMATION && interface_information(r, &object)) ||
                 (class == IDENTIFICATION && interface_identification(r, &object));
    if (!known && !r->stopped) {
        r->at = begin + 3;
        unknown_object(r, &object);
    }
    r->at = object.end;
    return !r->stopped;
}

static void extension_checksum(HeaderReader *r)
{
    uint16_t held = (uint16_t)reader_peek(r, 0, 2);
    if (r->stopped || (held != 0 && !reader_want(r, reader_left(r)))) {
        return;
    }
    ChecksumStatus status = CHECKSUM_NOT_PRESENT;
    if (held != 0) {
        uint16_t computed = checksum_finish(checksum_add(0, r->span.data, r->span.reported));
        status = computed == 0 ? CHECKSUM_GOOD : CHECKSUM_BAD;
    }
    (void)reader_put(r, ICMP_EXT_CHECKSUM, 2);
    (void)reader_conclude(r, ICMP_EXT_CHECKSUM_STATUS, 2, status);
    r->at += 2;
}

void icmp_extensions(HeaderWalk *walk, FsSpan span)
{
    HeaderReader r = reader_start(walk, &icmp_table, span);
    reader_open(&r, ICMP_EXT, span.reported);
    if (span.reported >= 4 && reader_want(&r, 1)) {
        uint8_t version = span.data[0] >> 4;
        (void)fs_add_bit_number(r.packet, &r.fields[ICMP_EXT_VERSION], span.data, 0, 4, version);
        (void)reader_take(&r, ICMP_EXT_RES, 2);
        extension_checksum(&r);
        if (version != 1 && version != 2) {
            reader_remark(&r, ICMP_BAD_EXTENSION, 0);
        } else {
            while (!r.stopped && reader_left(&r) >= OBJECT_HEADER && one_object(&r)) {
            }
        }
    }
    reader_close(&r);
}
