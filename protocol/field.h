/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The table of fields: what each decoded value is called and how it is shown.
 *
 * A protocol lists its fields once, in a .def file beside its decoder. The Wireshark plugin
 * registers that table as header fields; feiqdump takes its JSON keys, its labels and its one-line
 * form from it. Names follow Wireshark's conventions: lower case, proto.sub.leaf.
 */
#ifndef FEISCOPE_PROTOCOL_FIELD_H
#define FEISCOPE_PROTOCOL_FIELD_H

#include <stddef.h>
#include <stdint.h>

/** What kind of value a field holds. Each maps to one Wireshark field type, named beside it. */
typedef enum {
    FS_LAYER,     /**< the bytes of one protocol: FT_PROTOCOL; no value */
    FS_GROUP,     /**< bytes with fields beneath: FT_NONE; no value */
    FS_UINT,      /**< unsigned number of FsField.bits bits: FT_UINT8 to FT_UINT64 */
    FS_INT,       /**< signed number of FsField.bits bits: FT_INT8 to FT_INT64 */
    FS_BOOL,      /**< flag; with FsField.mask, of a word of FsField.bits bits: FT_BOOLEAN */
    FS_TEXT,      /**< characters: FT_STRING */
    FS_BYTES,     /**< octets: FT_BYTES */
    FS_ETHER,     /**< 6-byte MAC address: FT_ETHER */
    FS_IPV4,      /**< IPv4 address, 4 bytes in network order: FT_IPv4 */
    FS_IPV6,      /**< IPv6 address, 16 bytes: FT_IPv6 */
    FS_TIME,      /**< seconds since 1970-01-01 UTC: FT_ABSOLUTE_TIME. FsField.bits 64: nanoseconds,
                   *   shown in local time */
    FS_TIME_SPAN, /**< nanoseconds: FT_RELATIVE_TIME */
    FS_REMARK     /**< what is wrong with, or notable about, bytes: an expert item */
} FsType;

/** How a number is written. The text is the one that tshark writes for the same base. */
typedef enum {
    FS_DEC,     /**< decimal */
    FS_HEX,     /**< 0x and as many digits as FsField.bits holds */
    FS_DEC_HEX, /**< decimal; the tree adds the hexadecimal form in parentheses */
    FS_HEX_DEC  /**< hexadecimal; the tree adds the decimal form in parentheses */
} FsBase;

/** How grave a remark is: Wireshark's expert severities. */
typedef enum {
    FS_CHAT, /**< an ordinary fact worth pointing at */
    FS_NOTE, /**< unusual, legal */
    FS_WARN, /**< suspicious */
    FS_ERROR /**< malformed */
} FsSeverity;

/** What a remark is about: Wireshark's expert groups. */
typedef enum {
    FS_GROUP_PROTOCOL,  /**< the bytes break a rule of the protocol */
    FS_GROUP_MALFORMED, /**< the bytes cannot be decoded */
    FS_GROUP_UNDECODED, /**< bytes whose meaning is not known */
    FS_GROUP_CHECKSUM,  /**< a checksum does not match */
    FS_GROUP_ENCODING   /**< text in an unexpected or broken encoding */
} FsGroup;

/** Which part of encapsulation a layer is, in the words of the Internet's five-layer model. The
 * default suits a protocol that a program speaks. */
typedef enum {
    FS_APPLICATION, /**< what programs say to each other */
    FS_LINK,        /**< frames: Ethernet, Linux cooked capture, VLAN tags */
    FS_NETWORK,     /**< packets: IPv4, IPv6, ARP, and what speaks about them: ICMP */
    FS_TRANSPORT,   /**< datagrams and segments: UDP, TCP */
    FS_PAYLOAD      /**< bytes that nobody decodes: of what level is not known */
} FsLevel;

/** What a field does in its layer, for views that explain headers without knowing any. The four
 * kinds of checksum are all the Internet checksum of RFC 1071; they differ in what they cover. */
typedef enum {
    FS_ROLE_NONE,
    FS_ROLE_PROTOCOL,          /**< IP protocol number of what follows (ip.proto, ipv6.nxt, and the
                                *   next-header fields of extension headers) */
    FS_ROLE_TOTAL_LENGTH,      /**< bytes from the layer's first (ip.len, udp.length) */
    FS_ROLE_PAYLOAD_LENGTH,    /**< bytes after the fixed header (ipv6.plen) */
    FS_ROLE_FRAGMENT,          /**< not 0: the layer carries a part only (ip.flags.mf,
                                *   ip.frag_offset and their like) */
    FS_ROLE_CHECKSUM_HEADER,   /**< checksum over the layer's own header (IPv4) */
    FS_ROLE_CHECKSUM_WHOLE,    /**< over the layer and all that it carries (ICMP) */
    FS_ROLE_CHECKSUM_PSEUDO,   /**< the same, and the pseudo-header (TCP, ICMPv6) */
    FS_ROLE_CHECKSUM_OPTIONAL, /**< the same; 0 on the wire: the sender computed none (UDP) */
    /* who speaks to whom */
    FS_ROLE_SOURCE,           /**< address of the sender that a pseudo-header holds */
    FS_ROLE_DESTINATION,      /**< address of the receiver that a pseudo-header holds; the last
                               *   field of the fixed header where FS_ROLE_PAYLOAD_LENGTH is used */
    FS_ROLE_SOURCE_PORT,      /**< the sender's port */
    FS_ROLE_DESTINATION_PORT, /**< the receiver's port */
    FS_ROLE_LINK_SOURCE,      /**< the sender's address in the link layer */
    FS_ROLE_LINK_DESTINATION, /**< the receiver's address in the link layer */
    FS_ROLES,                 /**< number of roles */
    FS_FIRST_SPEAKER = FS_ROLE_SOURCE /**< this role and those after it say who speaks to whom */
} FsRole;

/** A value's name. Lists are sorted by value, and end with {0, NULL}. */
typedef struct {
    uint32_t value;
    const char *name;
} FsName;

/** Bytes of a line of the processor's cache, as they are nearly everywhere. */
enum { FS_CACHE_LINE = 64 };

/** A field of a protocol. All strings are UTF-8 and live as long as the program. What every packet
 *  needs stands first, in one line of the cache. */
typedef struct {
    _Alignas(FS_CACHE_LINE) const char *name; /**< display-filter name, for example
                                               *   "feiq.packet_number" */
    const char *title; /**< the label in a tree, for example "Packet number" */
    FsType type;
    FsBase base;         /**< of FS_UINT and FS_INT */
    FsSeverity severity; /**< of FS_REMARK */
    FsRole role;         /**< what it does in its layer */
    uint8_t bits;        /**< width of FS_UINT and FS_INT (8, 16, 24, 32, 64), and of the word that
                          *   the mask of an FS_BOOL or FS_UINT refers to */
    uint8_t line;        /**< place in the one-line form: 1 first; 0: not in it */
    uint8_t line_hex;    /**< 1: the one-line form prefers the raw number over its name */
    uint8_t hidden;      /**< 1: for filters and JSON only, a tree leaves it out: Wireshark's hidden
                          *   items, such as ip.addr beside ip.src */
    uint8_t text_digits; /**< 1: the number is sent as text digits, so it has no byte order */
    uint8_t text_layer;  /**< of FS_LAYER, 1: fields are characters of a text, not bits of words */
    uint8_t whole;       /**< 1: slices and len() of this layer take in all that it carries, as
                          *   Wireshark's filters do for some protocols; else its header only */
    uint8_t spelt;       /**< 1: an address that filters compare as text, as Wireshark does that of
                          *   a host, which may have a name */
    const FsName *names; /**< names of values, or NULL; for FS_BOOL the names of 0 and 1 */
    const char *lead;    /**< what the one-line form puts before the value; NULL: nothing */
    uint64_t mask;       /**< the bits of the word that this field is; 0: all of them */
    const char *trail;   /**< what the one-line form puts after the value; NULL: nothing */
    const char *trail_of_1; /**< the same after the number 1; NULL: trail */
    const char *blurb;      /**< one sentence that adds something to the title */
    const char *brief; /**< a short title for a narrow cell: at most 8 letters; of a flag the three
                        *   or fewer letters of its RFC ("SYN"); of a layer the name that people
                        *   use ("IPv4"); NULL: the title */
    FsGroup group;     /**< of FS_REMARK */
    FsLevel level;     /**< of FS_LAYER */
} FsField;

/** A protocol's table. */
typedef struct {
    const char *filter;     /**< display-filter name of the protocol, "feiq" */
    const char *short_name; /**< name for a protocol column, "FeiQ" */
    const char *long_name;  /**< full name */
    const FsField *fields;  /**< the first is the FS_LAYER of the protocol */
    uint16_t count;         /**< number of fields */
} FsTable;

/**
 * Find a value's name.
 *
 * @param names a list sorted by value that ends with {0, NULL}; NULL is an empty list
 * @param value the value, in host order
 * @return the name, which lives as long as the program; NULL if the value has none
 */
const char *fs_name(const FsName *names, uint64_t value);

/**
 * Find a field by its display-filter name.
 *
 * @param table where to look
 * @param name  "feiq.command", case-sensitive
 * @return the field, or NULL if the table has none of that name
 */
const FsField *fs_table_find(const FsTable *table, const char *name);

#endif
