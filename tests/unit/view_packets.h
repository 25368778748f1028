/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Packets put together by hand for the tests of views: fields of made-up and of well-known headers,
 * so that the views are tested without any decoder.
 */
#ifndef FEISCOPE_TESTS_UNIT_VIEW_PACKETS_H
#define FEISCOPE_TESTS_UNIT_VIEW_PACKETS_H

#include "sniffer/views/fields_cells.h"

#include <glib.h>
#include <string.h>

/* static const objects that a test does not use are no warning in a header */
#define F(id, ...) static const FsField id = {__VA_ARGS__}

F(eth, .name = "eth", .title = "Ethernet II", .brief = "Ethernet", .type = FS_LAYER,
  .level = FS_LINK);
F(eth_dst, .name = "eth.dst", .title = "Destination", .type = FS_ETHER);
F(eth_addr, .name = "eth.addr", .title = "Address", .type = FS_ETHER, .hidden = 1);
F(eth_lg, .name = "eth.lg", .title = "LG bit", .type = FS_BOOL, .bits = 24, .mask = 0x020000);
F(eth_src, .name = "eth.src", .title = "Source", .type = FS_ETHER);
static const FsName ethertypes[] = {{0x0800, "IPv4"}, {0x0806, "ARP"}, {0, NULL}};
F(eth_type, .name = "eth.type", .title = "Type", .type = FS_UINT, .bits = 16, .base = FS_HEX,
  .names = ethertypes);
F(eth_padding, .name = "eth.padding", .title = "Padding", .type = FS_BYTES);

F(arp, .name = "arp", .title = "Address Resolution Protocol", .brief = "ARP", .type = FS_LAYER,
  .level = FS_NETWORK);
F(arp_hw, .name = "arp.hw.type", .title = "Hardware type", .type = FS_UINT, .bits = 16);
F(arp_proto, .name = "arp.proto.type", .title = "Protocol type", .type = FS_UINT, .bits = 16,
  .base = FS_HEX, .names = ethertypes);
F(arp_hw_size, .name = "arp.hw.size", .title = "Hardware size", .brief = "HW size", .type = FS_UINT,
  .bits = 8);
F(arp_proto_size, .name = "arp.proto.size", .title = "Protocol size", .type = FS_UINT, .bits = 8);
F(arp_opcode, .name = "arp.opcode", .title = "Opcode", .type = FS_UINT, .bits = 16);
F(arp_src_hw, .name = "arp.src.hw_mac", .title = "Sender MAC address", .type = FS_ETHER);
F(arp_src, .name = "arp.src.proto_ipv4", .title = "Sender IP address", .type = FS_IPV4);
F(arp_dst_hw, .name = "arp.dst.hw_mac", .title = "Target MAC address", .type = FS_ETHER);
F(arp_dst, .name = "arp.dst.proto_ipv4", .title = "Target IP address", .type = FS_IPV4);

F(ip, .name = "ip", .title = "Internet Protocol Version 4", .brief = "IPv4", .type = FS_LAYER,
  .level = FS_NETWORK);
F(ip_version, .name = "ip.version", .title = "Version", .type = FS_UINT, .bits = 8, .mask = 0xf0);
F(ip_hdr_len, .name = "ip.hdr_len", .title = "Header Length", .brief = "IHL", .type = FS_UINT,
  .bits = 8, .mask = 0x0f);
F(ip_dsfield, .name = "ip.dsfield", .title = "Differentiated Services Field", .type = FS_UINT,
  .bits = 8, .base = FS_HEX);
F(ip_dscp, .name = "ip.dsfield.dscp", .title = "Differentiated Services Codepoint", .brief = "DSCP",
  .type = FS_UINT, .bits = 8, .mask = 0xfc);
F(ip_ecn, .name = "ip.dsfield.ecn", .title = "Explicit Congestion Notification", .brief = "ECN",
  .type = FS_UINT, .bits = 8, .mask = 0x03);
F(ip_len, .name = "ip.len", .title = "Total Length", .type = FS_UINT, .bits = 16,
  .role = FS_ROLE_TOTAL_LENGTH);
F(ip_id, .name = "ip.id", .title = "Identification", .type = FS_UINT, .bits = 16,
  .base = FS_HEX_DEC);
F(ip_flags, .name = "ip.flags", .title = "Flags", .type = FS_UINT, .bits = 8, .base = FS_HEX,
  .mask = 0xe0);
F(ip_rb, .name = "ip.flags.rb", .title = "Reserved bit", .brief = "RB", .type = FS_BOOL, .bits = 8,
  .mask = 0x80);
F(ip_df, .name = "ip.flags.df", .title = "Don't fragment", .brief = "DF", .type = FS_BOOL,
  .bits = 8, .mask = 0x40);
F(ip_mf, .name = "ip.flags.mf", .title = "More fragments", .brief = "MF", .type = FS_BOOL,
  .bits = 8, .mask = 0x20, .role = FS_ROLE_FRAGMENT);
F(ip_offset, .name = "ip.frag_offset", .title = "Fragment Offset", .type = FS_UINT, .bits = 16,
  .mask = 0x1fff, .role = FS_ROLE_FRAGMENT);
F(ip_ttl, .name = "ip.ttl", .title = "Time to Live", .brief = "TTL", .type = FS_UINT, .bits = 8);
static const FsName protocols[] = {{6, "TCP"}, {17, "UDP"}, {0, NULL}};
F(ip_proto, .name = "ip.proto", .title = "Protocol", .type = FS_UINT, .bits = 8, .names = protocols,
  .role = FS_ROLE_PROTOCOL);
F(ip_checksum, .name = "ip.checksum", .title = "Header Checksum", .type = FS_UINT, .bits = 16,
  .base = FS_HEX, .role = FS_ROLE_CHECKSUM_HEADER);
F(ip_src, .name = "ip.src", .title = "Source Address", .type = FS_IPV4, .role = FS_ROLE_SOURCE);
F(ip_dst, .name = "ip.dst", .title = "Destination Address", .type = FS_IPV4,
  .role = FS_ROLE_DESTINATION);
F(ip_addr, .name = "ip.addr", .title = "Source or Destination Address", .type = FS_IPV4,
  .hidden = 1);

F(ipv6, .name = "ipv6", .title = "Internet Protocol Version 6", .brief = "IPv6", .type = FS_LAYER,
  .level = FS_NETWORK);
F(ipv6_version, .name = "ipv6.version", .title = "Version", .type = FS_UINT, .bits = 8,
  .mask = 0xf0);
F(ipv6_tclass, .name = "ipv6.tclass", .title = "Traffic Class", .type = FS_UINT, .bits = 32,
  .base = FS_HEX, .mask = 0x0ff00000);
F(ipv6_flow, .name = "ipv6.flow", .title = "Flow Label", .type = FS_UINT, .bits = 32,
  .base = FS_HEX, .mask = 0x000fffff);
F(ipv6_plen, .name = "ipv6.plen", .title = "Payload Length", .type = FS_UINT, .bits = 16,
  .role = FS_ROLE_PAYLOAD_LENGTH);
F(ipv6_nxt, .name = "ipv6.nxt", .title = "Next Header", .type = FS_UINT, .bits = 8,
  .names = protocols, .role = FS_ROLE_PROTOCOL);
F(ipv6_hlim, .name = "ipv6.hlim", .title = "Hop Limit", .type = FS_UINT, .bits = 8);
F(ipv6_src, .name = "ipv6.src", .title = "Source Address", .type = FS_IPV6, .role = FS_ROLE_SOURCE);
F(ipv6_dst, .name = "ipv6.dst", .title = "Destination Address", .type = FS_IPV6,
  .role = FS_ROLE_DESTINATION);

F(udp, .name = "udp", .title = "User Datagram Protocol", .brief = "UDP", .type = FS_LAYER,
  .level = FS_TRANSPORT);
F(udp_srcport, .name = "udp.srcport", .title = "Source Port", .type = FS_UINT, .bits = 16,
  .role = FS_ROLE_SOURCE_PORT);
F(udp_dstport, .name = "udp.dstport", .title = "Destination Port", .type = FS_UINT, .bits = 16,
  .role = FS_ROLE_DESTINATION_PORT);
F(udp_port, .name = "udp.port", .title = "Source or Destination Port", .type = FS_UINT, .bits = 16,
  .hidden = 1);
F(udp_length, .name = "udp.length", .title = "Length", .type = FS_UINT, .bits = 16,
  .role = FS_ROLE_TOTAL_LENGTH);
F(udp_checksum, .name = "udp.checksum", .title = "Checksum", .type = FS_UINT, .bits = 16,
  .base = FS_HEX, .role = FS_ROLE_CHECKSUM_OPTIONAL);
F(udp_payload, .name = "udp.payload", .title = "Payload", .type = FS_BYTES);
F(udp_stream, .name = "udp.stream", .title = "Stream index", .type = FS_UINT, .bits = 32);

F(tcp, .name = "tcp", .title = "Transmission Control Protocol", .brief = "TCP", .type = FS_LAYER,
  .level = FS_TRANSPORT);
F(tcp_srcport, .name = "tcp.srcport", .title = "Source Port", .type = FS_UINT, .bits = 16);
F(tcp_dstport, .name = "tcp.dstport", .title = "Destination Port", .type = FS_UINT, .bits = 16);
F(tcp_seq, .name = "tcp.seq_raw", .title = "Sequence Number", .type = FS_UINT, .bits = 32);
F(tcp_ack, .name = "tcp.ack_raw", .title = "Acknowledgment Number", .type = FS_UINT, .bits = 32);
F(tcp_hdr_len, .name = "tcp.hdr_len", .title = "Header Length", .brief = "Offset", .type = FS_UINT,
  .bits = 8, .mask = 0xf0);
F(tcp_flags, .name = "tcp.flags", .title = "Flags", .type = FS_UINT, .bits = 16, .base = FS_HEX,
  .mask = 0x0fff);
#define TCP_FLAG(id, text, m)                                                                      \
    F(tcp_f_##id, .name = "tcp.flags." #id, .title = text, .brief = text, .type = FS_BOOL,         \
      .bits = 16, .mask = m)
F(tcp_f_res, .name = "tcp.flags.res", .title = "Reserved", .brief = "Res", .type = FS_UINT,
  .bits = 16, .mask = 0x0e00);
TCP_FLAG(ae, "AE", 0x100);
TCP_FLAG(cwr, "CWR", 0x080);
TCP_FLAG(ece, "ECE", 0x040);
TCP_FLAG(urg, "URG", 0x020);
TCP_FLAG(ack, "ACK", 0x010);
TCP_FLAG(psh, "PSH", 0x008);
TCP_FLAG(rst, "RST", 0x004);
TCP_FLAG(syn, "SYN", 0x002);
TCP_FLAG(fin, "FIN", 0x001);
F(tcp_window, .name = "tcp.window_size_value", .title = "Window", .type = FS_UINT, .bits = 16);
F(tcp_checksum, .name = "tcp.checksum", .title = "Checksum", .type = FS_UINT, .bits = 16,
  .base = FS_HEX, .role = FS_ROLE_CHECKSUM_PSEUDO);
F(tcp_urgent, .name = "tcp.urgent_pointer", .title = "Urgent Pointer", .type = FS_UINT, .bits = 16);
F(tcp_options, .name = "tcp.options", .title = "Options", .type = FS_GROUP);
F(tcp_option, .name = "tcp.options.option", .title = "Option", .type = FS_GROUP);
static const FsName kinds[] = {{1, "NOP"},     {2, "MSS"}, {3, "WScale"},
                               {4, "SACK ok"}, {8, "TS"},  {0, NULL}};
F(tcp_kind, .name = "tcp.option_kind", .title = "Kind", .type = FS_UINT, .bits = 8, .names = kinds);
F(tcp_option_len, .name = "tcp.option_len", .title = "Length", .type = FS_UINT, .bits = 8);
F(tcp_mss, .name = "tcp.options.mss_val", .title = "MSS Value", .type = FS_UINT, .bits = 16);
F(tcp_tsval, .name = "tcp.options.timestamp.tsval", .title = "Timestamp value", .brief = "TSval",
  .type = FS_UINT, .bits = 32);
F(tcp_tsecr, .name = "tcp.options.timestamp.tsecr", .title = "Timestamp echo reply",
  .brief = "TSecr", .type = FS_UINT, .bits = 32);
F(tcp_shift, .name = "tcp.options.wscale.shift", .title = "Shift count", .type = FS_UINT,
  .bits = 8);

F(payload, .name = "data", .title = "Data", .type = FS_LAYER);
F(payload_data, .name = "data.data", .title = "Data", .type = FS_BYTES);

F(chat, .name = "feiq", .title = "FeiQ / IP Messenger", .brief = "FeiQ", .type = FS_LAYER,
  .text_layer = 1);
F(chat_version, .name = "feiq.version", .title = "Version", .type = FS_TEXT);
F(chat_tag, .name = "feiq.tag", .title = "Tag", .type = FS_TEXT);
F(chat_avatar, .name = "feiq.avatar", .title = "Avatar", .type = FS_UINT, .bits = 32,
  .text_digits = 1);
F(chat_number, .name = "feiq.packet_number", .title = "Packet number", .type = FS_UINT, .bits = 64,
  .text_digits = 1);
F(chat_user, .name = "feiq.user", .title = "User", .type = FS_TEXT);
F(chat_host, .name = "feiq.host", .title = "Host", .type = FS_TEXT);
F(chat_word, .name = "feiq.command_word", .title = "Command word", .type = FS_UINT, .bits = 32,
  .base = FS_DEC_HEX, .text_digits = 1);
static const FsName commands[] = {{1, "BR_ENTRY"}, {32, "SENDMSG"}, {0, NULL}};
F(chat_command, .name = "feiq.command", .title = "Command", .type = FS_UINT, .bits = 32,
  .names = commands, .mask = 0xff, .text_digits = 1);
F(chat_option, .name = "feiq.option.sendcheck", .title = "Acknowledgement wanted", .type = FS_BOOL,
  .bits = 32, .mask = 0x100);
F(chat_secret, .name = "feiq.option.secret", .title = "Sealed", .type = FS_BOOL, .bits = 32,
  .mask = 0x200);
F(chat_text, .name = "feiq.text", .title = "Text", .type = FS_TEXT);
F(chat_cut, .name = "feiq.truncated", .title = "Message cut off", .type = FS_REMARK,
  .severity = FS_WARN);

/* A packet that is being put together. */
typedef struct {
    FsEntry room[128];
    FsPacket packet;
    FsSpan spans[2];
    uint8_t bytes[2048];
    uint32_t length;
} Made;

static inline void made_begin(Made *m)
{
    memset(m, 0, sizeof *m);
    m->packet.entries = m->room;
    m->packet.capacity = G_N_ELEMENTS(m->room);
    fs_packet_reset(&m->packet, m->bytes);
}

static inline DecodedPacket made_end(Made *m)
{
    m->spans[0] = (FsSpan){m->bytes, m->length, m->length};
    return (DecodedPacket){m->packet.entries, m->packet.count, m->spans, 1};
}

/* Append bytes written as hexadecimal pairs, with or without spaces. */
static inline uint8_t *made_hex(Made *m, const char *hex)
{
    uint8_t *at = m->bytes + m->length;
    for (; *hex != '\0'; hex++) {
        if (*hex != ' ') {
            int high = g_ascii_xdigit_value(hex[0]);
            int low = g_ascii_xdigit_value(hex[1]);
            g_assert_true(high >= 0 && low >= 0);
            m->bytes[m->length++] = (uint8_t)(high * 16 + low);
            hex++;
        }
    }
    return at;
}

static inline uint8_t *made_bytes(Made *m, const void *data, size_t length)
{
    uint8_t *at = m->bytes + m->length;
    memcpy(at, data, length);
    m->length += (uint32_t)length;
    return at;
}

/* A whole number in network order. */
static inline FsEntry *number(Made *m, const FsField *field, const uint8_t *at, unsigned bytes)
{
    return fs_add_number(&m->packet, field, at, bytes, field_read_big(at, bytes));
}

/* Some bits of a word of field->bits bits. */
static inline FsEntry *masked(Made *m, const FsField *field, const uint8_t *at)
{
    uint64_t value = field_read_big(at, field->bits / 8) & field->mask;
    for (uint64_t mask = field->mask; (mask & 1) == 0; mask >>= 1) {
        value >>= 1;
    }
    return fs_add_number(&m->packet, field, at, field->bits / 8, value);
}

static inline void made_ethernet(Made *m, unsigned type)
{
    const uint8_t *at = made_hex(m, "ffffffffffff 000c293e5b1a");
    char text[8];
    g_snprintf(text, sizeof text, "%04x", type);
    made_hex(m, text);
    uint32_t layer = fs_open(&m->packet, &eth, at, 14);
    fs_add_bytes(&m->packet, &eth_dst, at, 6);
    fs_enter(&m->packet);
    fs_add_bytes(&m->packet, &eth_addr, at, 6);
    masked(m, &eth_lg, at);
    fs_leave(&m->packet);
    fs_add_bytes(&m->packet, &eth_src, at + 6, 6);
    number(m, &eth_type, at + 12, 2);
    fs_close(&m->packet, layer, NULL);
}

/* hex: the 20 bytes of the header */
static inline void made_ipv4(Made *m, const char *hex)
{
    const uint8_t *at = made_hex(m, hex);
    FsPacket *p = &m->packet;
    uint32_t layer = fs_open(p, &ip, at, 20);
    masked(m, &ip_version, at);
    fs_add_bit_number(p, &ip_hdr_len, at, 4, 4, 20);
    number(m, &ip_dsfield, at + 1, 1);
    fs_enter(p);
    masked(m, &ip_dscp, at + 1);
    masked(m, &ip_ecn, at + 1);
    fs_leave(p);
    number(m, &ip_len, at + 2, 2);
    number(m, &ip_id, at + 4, 2);
    masked(m, &ip_flags, at + 6);
    fs_enter(p);
    masked(m, &ip_rb, at + 6);
    masked(m, &ip_df, at + 6);
    masked(m, &ip_mf, at + 6);
    fs_leave(p);
    fs_add_bit_number(p, &ip_offset, at + 6, 3, 13, (field_read_big(at + 6, 2) & 0x1fff) * 8);
    number(m, &ip_ttl, at + 8, 1);
    number(m, &ip_proto, at + 9, 1);
    number(m, &ip_checksum, at + 10, 2);
    number(m, &ip_src, at + 12, 4);
    number(m, &ip_addr, at + 12, 4);
    number(m, &ip_dst, at + 16, 4);
    number(m, &ip_addr, at + 16, 4);
    fs_close(p, layer, NULL);
}

static inline void made_udp(Made *m, const char *hex)
{
    const uint8_t *at = made_hex(m, hex);
    uint32_t layer = fs_open(&m->packet, &udp, at, 8);
    number(m, &udp_srcport, at, 2);
    number(m, &udp_dstport, at + 2, 2);
    number(m, &udp_port, at, 2);
    number(m, &udp_port, at + 2, 2);
    number(m, &udp_length, at + 4, 2);
    number(m, &udp_checksum, at + 6, 2);
    fs_add_number(&m->packet, &udp_stream, at, 0, 7)->generated = true;
    /* what follows is a field of this layer, and also the next layers */
    fs_add_bytes(&m->packet, &udp_payload, at + 8, field_read_big(at + 4, 2) - 8);
    fs_close(&m->packet, layer, NULL);
}

/* "1_lbt6_0#128:100:admin:PC:288:" and the text; the text's encoding */
static inline void made_chat(Made *m, const void *text, size_t length, FsEncoding encoding)
{
    const uint8_t *at = made_bytes(m, "1_lbt6_0#128:100:admin:PC:288:", 30);
    made_bytes(m, text, length);
    FsPacket *p = &m->packet;
    uint32_t layer = fs_open(p, &chat, at, 30 + length);
    fs_add_text(p, &chat_version, at, 12, FS_ASCII);
    fs_enter(p);
    fs_add_text(p, &chat_tag, at, 8, FS_ASCII);
    fs_add_number(p, &chat_avatar, at + 9, 3, 128);
    fs_leave(p);
    fs_add_number(p, &chat_number, at + 13, 3, 100);
    fs_add_text(p, &chat_user, at + 17, 5, FS_ASCII);
    fs_add_text(p, &chat_host, at + 23, 2, FS_ASCII);
    fs_add_number(p, &chat_word, at + 26, 3, 288);
    fs_enter(p);
    fs_add_number(p, &chat_command, at + 26, 3, 32);
    fs_add_number(p, &chat_option, at + 26, 3, 1);
    fs_add_number(p, &chat_secret, at + 26, 3, 0);
    fs_leave(p);
    fs_add_text(p, &chat_text, at + 30, length, encoding);
    fs_close(p, layer, NULL);
}

static inline void made_arp(Made *m)
{
    const uint8_t *at = made_hex(m, "0001 0800 06 04 0001 000c293e5b1a 0a4d0001"
                                    "000000000000 0a4d0002");
    FsPacket *p = &m->packet;
    uint32_t layer = fs_open(p, &arp, at, 28);
    number(m, &arp_hw, at, 2);
    number(m, &arp_proto, at + 2, 2);
    number(m, &arp_hw_size, at + 4, 1);
    number(m, &arp_proto_size, at + 5, 1);
    number(m, &arp_opcode, at + 6, 2);
    fs_add_bytes(p, &arp_src_hw, at + 8, 6);
    number(m, &arp_src, at + 14, 4);
    fs_add_bytes(p, &arp_dst_hw, at + 18, 6);
    number(m, &arp_dst, at + 24, 4);
    fs_close(p, layer, NULL);
}

/* hex: the 40 bytes of the header */
static inline void made_ipv6(Made *m, const char *hex)
{
    const uint8_t *at = made_hex(m, hex);
    FsPacket *p = &m->packet;
    uint32_t layer = fs_open(p, &ipv6, at, 40);
    masked(m, &ipv6_version, at);
    masked(m, &ipv6_tclass, at);
    masked(m, &ipv6_flow, at);
    number(m, &ipv6_plen, at + 4, 2);
    number(m, &ipv6_nxt, at + 6, 1);
    number(m, &ipv6_hlim, at + 7, 1);
    fs_add_bytes(p, &ipv6_src, at + 8, 16);
    fs_add_bytes(p, &ipv6_dst, at + 24, 16);
    fs_close(p, layer, NULL);
}

/* hex: the header with its options */
static inline void made_tcp(Made *m, const char *hex)
{
    const uint8_t *at = made_hex(m, hex);
    unsigned length = (unsigned)(m->bytes + m->length - at);
    FsPacket *p = &m->packet;
    uint32_t layer = fs_open(p, &tcp, at, length);
    number(m, &tcp_srcport, at, 2);
    number(m, &tcp_dstport, at + 2, 2);
    number(m, &tcp_seq, at + 4, 4);
    number(m, &tcp_ack, at + 8, 4);
    fs_add_bit_number(p, &tcp_hdr_len, at + 12, 0, 4, length);
    masked(m, &tcp_flags, at + 12);
    fs_enter(p);
    const FsField *const flags[] = {&tcp_f_res, &tcp_f_ae,  &tcp_f_cwr, &tcp_f_ece, &tcp_f_urg,
                                    &tcp_f_ack, &tcp_f_psh, &tcp_f_rst, &tcp_f_syn, &tcp_f_fin};
    for (unsigned i = 0; i < G_N_ELEMENTS(flags); i++) {
        masked(m, flags[i], at + 12);
    }
    fs_leave(p);
    number(m, &tcp_window, at + 14, 2);
    number(m, &tcp_checksum, at + 16, 2);
    number(m, &tcp_urgent, at + 18, 2);
    (void)fs_open(p, &tcp_options, at + 20, length - 20);
    for (const uint8_t *o = at + 20; o < at + length; o += o[0] == 1 ? 1 : o[1]) {
        fs_add(p, &tcp_option, o, o[0] == 1 ? 1 : o[1]);
        fs_enter(p);
        number(m, &tcp_kind, o, 1);
        if (o[0] != 1) {
            number(m, &tcp_option_len, o + 1, 1);
        }
        if (o[0] == 2) {
            number(m, &tcp_mss, o + 2, 2);
        } else if (o[0] == 3) {
            number(m, &tcp_shift, o + 2, 1);
        } else if (o[0] == 8) {
            number(m, &tcp_tsval, o + 2, 4);
            number(m, &tcp_tsecr, o + 6, 4);
        }
        fs_leave(p);
    }
    fs_leave(p);
    fs_close(p, layer, NULL);
}

#endif
