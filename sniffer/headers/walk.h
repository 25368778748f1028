/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The walk through a frame's headers, outermost first. Each decoder appends its own layer to the
 * packet and hands what it carries to the next. Field names, values and bases are Wireshark's, so
 * that a filter and a value mean the same in both programs.
 */
#ifndef FEISCOPE_SNIFFER_HEADERS_WALK_H
#define FEISCOPE_SNIFFER_HEADERS_WALK_H

#include "protocol/packet.h"
#include "sniffer/headers/accurate_ecn.h"
#include "sniffer/ports.h"

/** What decoders further in need from those further out. */
typedef struct HeaderWalk {
    FsPacket *packet;
    bool verify;                /**< check IPv4, UDP and TCP checksums, as Wireshark's preferences
                                 *   ip.check_checksum and the like do; off by default there */
    unsigned nesting;           /**< layers so far, to bound crafted nesting */
    bool inside_error;          /**< in the packet that an ICMP error quotes */
    bool quoting;               /**< the next header is what an ICMP (not ICMPv6) error quotes */
    bool quoted;                /**< the next header stands behind the IPv4 header so quoted */
    bool truncated;             /**< the snapshot length cut a header off: set by header_cut */
    bool fragment;              /**< payload of a first fragment, the rest is elsewhere */
    uint8_t address_length;     /**< of the innermost IP header: 4, 16; 0 if there is none */
    const uint8_t *source;      /**< its source address, in the frame */
    const uint8_t *destination; /**< its destination address, in the frame */
    uint8_t protocol;           /**< the IP protocol number that led to the transport */
    uint32_t frame_length;      /**< bytes of the whole frame on the wire */
    uint32_t claimed;           /**< set by header_ethertype's decoders before they hand on what
                                 *   they carry: how many bytes of their span are theirs by their
                                 *   own length field (IPv4 total length, …); the rest is the link
                                 *   layer's padding and trailer. All of span.reported if they
                                 *   have no length field or it cannot be right */
    uint32_t tcp_sequence; /**< raw sequence number of the TCP payload's first byte (one more than
                            *   a SYN's own); set by header_tcp before header_application */
    uint32_t tcp_acknowledgment; /**< raw acknowledgment number, and */
    uint8_t tcp_flags;     /**< low eight flags of the TCP header: 0x01 FIN, 0x02 SYN, 0x04 RST,
                            *   0x10 ACK; set by header_tcp before header_application */
    uint64_t frame_number; /**< of the frame, and when it came (nanoseconds since 1970; 0: not */
    int64_t frame_time;    /**< known); set by header_frame */
    struct TcpConnections *tcp; /**< connections (tcp_connections.h), for numbers and remarks
                                 *   that take more than one segment; NULL: there are none */
    const struct TcpFindings *findings; /**< what they say of the segment that is read; NULL:
                                         * nothing is known */
    struct ConversationTable *udp;      /**< streams of datagrams (udp_streams.h), or NULL */
    struct StreamTable *streams;     /**< TCP streams, for messages that span segments (stream.h);
                                      *   NULL: each segment is decoded for itself */
    struct FragmentTable *fragments; /**< IP fragments, to put datagrams together (fragments.h);
                                      *   NULL: each fragment is shown for itself */
    bool feiq_by_port_only;          /**< FeiQ's datagrams on other ports are not looked for */
    const PortSet *feiq_udp;         /**< UDP ports of FeiQ's family; NULL: FEIQ_PORT */
    const PortSet *feiq_tcp;         /**< TCP ports of its file transfer; NULL: FEIQ_PORT */
    AccurateEcn ecn;                 /**< TCP connections whose ECN flags are a number */
} HeaderWalk;

/** Most layers that one frame may nest. */
enum { HEADER_MAX_NESTING = 64 };

/** Link types that are decoded, as capture files number them. Source: tcpdump's list of link-layer
 *  header types. */
enum {
    LINKTYPE_NULL = 0,
    LINKTYPE_ETHERNET = 1,
    LINKTYPE_ATM_RFC1483 = 100, /**< LLC first: RFC 2684 */
    DLT_ATM_RFC1483_LINUX = 11, /**< what libpcap's pcap_datalink gives for it */
    LINKTYPE_RAW = 101,
    DLT_RAW_ELSEWHERE = 12, /**< what libpcap's pcap_datalink gives for LINKTYPE_RAW */
    DLT_RAW_OPENBSD = 14,   /**< the same on OpenBSD */
    LINKTYPE_LOOP = 108,
    LINKTYPE_LINUX_SLL = 113,
    LINKTYPE_IPV4 = 228,
    LINKTYPE_IPV6 = 229,
    LINKTYPE_LINUX_SLL2 = 276
};

/** An interface, as the capture file or the operating system describes it. */
typedef struct {
    uint32_t number;    /**< from 0 */
    bool numbered;      /**< the source numbers its interfaces: pcapng, or several live ones */
    uint32_t link_type; /**< LINKTYPE_ value */
    uint32_t snapshot;  /**< snapshot length in bytes; 0: none is known */
    char *name;         /**< UTF-8; NULL: not known */
    char *description;  /**< UTF-8; NULL: not known */
} FrameInterface;

/** Bytes that are shown ahead: to a plain frame's ports. */
enum { FRAME_AHEAD = 38 };

/** What the capture file says of a frame. */
typedef struct {
    uint64_t number;        /**< from 1 */
    uint32_t capture;       /**< of which capture: 0, 1, … in the order in which they are read */
    int64_t time;           /**< nanoseconds since 1970-01-01 UTC */
    int64_t since_first;    /**< nanoseconds since the first frame */
    int64_t since_previous; /**< nanoseconds since the frame before */
    int64_t since_shown;    /**< nanoseconds since the frame before that the filter took */
    uint32_t captured;      /**< bytes in the file */
    uint32_t reported;      /**< bytes that were on the wire; a damaged file may say fewer than
                             *   captured */
    bool untimed;           /**< there is no time: pcapng's simple packet blocks */
    bool after_untimed;     /**< there is none for the frame before */
    bool shown_after_untimed;        /**< there is none for the frame before that the filter took */
    const FrameInterface *interface; /**< NULL: not known */
    const uint8_t
        *ahead; /**< the first FRAME_AHEAD bytes of the second frame after it, if the source has
                 *   them already; else NULL. To be prepared for, not to be decoded */
    const FsSpan *comments; /**< texts in UTF-8, `comment_count` of them */
    uint32_t comment_count;
} FrameRecord;

/**
 * Decode a whole frame.
 *
 * @param linktype a LINKTYPE_ value of the capture (DLT values as libpcap's pcap_datalink gives)
 * @param span     the frame
 * @return false if the link type is not known: nothing was appended
 */
bool header_link(HeaderWalk *walk, int linktype, FsSpan span);

/** Append the layer of the capture file's own facts: frame.number and the like. */
void header_frame(HeaderWalk *walk, const FrameRecord *record, const uint8_t *data);

/* One decoder a protocol; span is the header and all that it carries. */
void header_ethernet(HeaderWalk *walk, FsSpan span);
void header_cooked(HeaderWalk *walk, FsSpan span);   /**< Linux cooked capture, version 1 */
void header_cooked_2(HeaderWalk *walk, FsSpan span); /**< Linux cooked capture, version 2 */
void header_loopback(HeaderWalk *walk, FsSpan span); /**< BSD loopback in any byte order */
void header_loopback_network_order(HeaderWalk *walk, FsSpan span);
void header_raw(HeaderWalk *walk, FsSpan span); /**< IPv4 or IPv6, its version says which */
void header_llc(HeaderWalk *walk, FsSpan span);
void header_vlan(HeaderWalk *walk, FsSpan span);         /**< 802.1Q tag, behind the type 0x8100 */
void header_service_vlan(HeaderWalk *walk, FsSpan span); /**< 802.1ad tags, behind 0x88a8 */
void header_arp(HeaderWalk *walk, FsSpan span);
void header_ipv4(HeaderWalk *walk, FsSpan span);
void header_ipv6(HeaderWalk *walk, FsSpan span);
void header_icmp(HeaderWalk *walk, FsSpan span);
void header_icmpv6(HeaderWalk *walk, FsSpan span);
void header_udp(HeaderWalk *walk, FsSpan span);
void header_tcp(HeaderWalk *walk, FsSpan span);

/** What a payload that is not decoded is known by. */
typedef enum {
    HEADER_BY_ETHERTYPE,     /**< Ethernet type */
    HEADER_BY_IP_PROTOCOL,   /**< IP protocol number */
    HEADER_BY_SAP,           /**< LLC: DSAP and SSAP, 16 bits */
    HEADER_BY_SNAP,          /**< SNAP: OUI and protocol identifier, 40 bits */
    HEADER_BY_LINKTYPE,      /**< LINKTYPE_ value */
    HEADER_BY_HARDWARE,      /**< ARP hardware type of a Linux cooked capture */
    HEADER_BY_ADDRESS_FAMILY /**< of the BSD loopback header */
} HeaderIdentifier;

/** Say that a payload is left undecoded: a layer of its own, feiscope.undecoded. */
void header_undecoded(HeaderWalk *walk, HeaderIdentifier kind, uint64_t value, FsSpan span);

/**
 * Say that the header that span begins is not whole: feiscope.truncated if the capture's snapshot
 * length cut it off, feiscope.malformed if the packet itself ends too early.
 *
 * @param needed bytes that the header has
 */
void header_cut(HeaderWalk *walk, FsSpan span, uint32_t needed);

/** By Ethernet type (host order): VLAN tags, ARP, IPv4, IPv6. Others are header_undecoded. */
void header_ethertype(HeaderWalk *walk, uint16_t type, FsSpan span);

/** By IP protocol number: ICMP, ICMPv6, TCP, UDP, IPv4 and IPv6 inside IP. Others are
 * header_undecoded.
 */
void header_ip_protocol(HeaderWalk *walk, uint8_t protocol, FsSpan span);

/**
 * The payload of a UDP datagram or TCP segment, by ports. If walk->streams is set, TCP segments
 * without payload come here too, since their flags and numbers concern the stream.
 *
 * @param tcp             TCP, else UDP
 * @param source          port, host order
 * @param destination     port, host order
 */
void header_application(HeaderWalk *walk, bool tcp, uint16_t source, uint16_t destination,
                        FsSpan span);

#endif
