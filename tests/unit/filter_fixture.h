/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Two made-up protocols with a field of each type, and a packet of them for filters to look at.
 */
#ifndef FEISCOPE_TESTS_UNIT_FILTER_FIXTURE_H
#define FEISCOPE_TESTS_UNIT_FILTER_FIXTURE_H

#include "sniffer/filter/filter.h"

#include <glib.h>
#include <string.h>

enum {
    OUT,
    OUT_U8,
    OUT_PORT,
    OUT_U32,
    OUT_U64,
    OUT_I8,
    OUT_I64,
    OUT_FLAG,
    OUT_NAMED_FLAG,
    OUT_KIND,
    OUT_TEXT,
    OUT_BYTES,
    OUT_MAC,
    OUT_IP,
    OUT_IPV6,
    OUT_TIME,
    OUT_SPAN,
    OUT_GROUP,
    OUT_REMARK,
    OUT_ABSENT,
    OUT_ABSENT_TEXT,
    OUT_COUNT
};

enum { IN, IN_IP, IN_COUNT };

static const FsName kind_names[] = {{6, "TCP"}, {17, "UDP"}, {32, "SENDMSG"}, {0, NULL}};
static const FsName flag_names[] = {{0, "Absent"}, {1, "Present"}, {0, NULL}};

static const FsField out_fields[OUT_COUNT] = {
    [OUT] = {.name = "out", .type = FS_LAYER},
    [OUT_U8] = {.name = "out.ttl", .type = FS_UINT, .bits = 8},
    [OUT_PORT] = {.name = "out.port", .type = FS_UINT, .bits = 16},
    [OUT_U32] = {.name = "out.seq", .type = FS_UINT, .bits = 32, .base = FS_HEX},
    [OUT_U64] = {.name = "out.id", .type = FS_UINT, .bits = 64},
    [OUT_I8] = {.name = "out.level", .type = FS_INT, .bits = 8},
    [OUT_I64] = {.name = "out.offset", .type = FS_INT, .bits = 64},
    [OUT_FLAG] = {.name = "out.flag", .type = FS_BOOL},
    [OUT_NAMED_FLAG] = {.name = "out.named_flag", .type = FS_BOOL, .names = flag_names},
    [OUT_KIND] = {.name = "out.kind", .type = FS_UINT, .bits = 8, .names = kind_names},
    [OUT_TEXT] = {.name = "out.text", .type = FS_TEXT},
    [OUT_BYTES] = {.name = "out.payload", .type = FS_BYTES},
    [OUT_MAC] = {.name = "out.mac", .type = FS_ETHER},
    [OUT_IP] = {.name = "out.ip", .type = FS_IPV4},
    [OUT_IPV6] = {.name = "out.ipv6", .type = FS_IPV6},
    [OUT_TIME] = {.name = "out.time", .type = FS_TIME},
    [OUT_SPAN] = {.name = "out.delta", .type = FS_TIME_SPAN},
    [OUT_GROUP] = {.name = "out.group", .type = FS_GROUP},
    [OUT_REMARK] = {.name = "out.odd", .type = FS_REMARK},
    [OUT_ABSENT] = {.name = "out.absent", .type = FS_UINT, .bits = 16},
    [OUT_ABSENT_TEXT] = {.name = "out.absent_text", .type = FS_TEXT},
};

static const FsField in_fields[IN_COUNT] = {
    [IN] = {.name = "inner", .type = FS_LAYER},
    [IN_IP] = {.name = "inner.ip", .type = FS_IPV4},
};

static const FsTable out_table = {.filter = "out", .fields = out_fields, .count = OUT_COUNT};
static const FsTable in_table = {.filter = "inner", .fields = in_fields, .count = IN_COUNT};
static const FsTable *const tables[] = {&out_table, &in_table, NULL};

/* An 8-byte header of `out`, twelve bytes that it carries, and two that belong to neither. */
static const uint8_t frame[22] = "\x02\x02\x02\x03"
                                 "abcdHello\n\x00\xff wor\x45\x46";

typedef struct {
    FsEntry entries[64];
    FsPacket packet;
} Fixture;

/* The packet: ports 514 and 40000; inner.ip 192.168.0.1 in a first layer, 172.16.0.1 in a second.
 */
static inline void fixture_fill(Fixture *fixture)
{
    static const uint8_t mac[] = {0x00, 0x11, 0x22, 0x33, 0x44, 0x55};
    static const uint8_t ipv6[] = {0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    static const uint8_t gbk[] = "\xc4\xe3\xba\xc3 World"; /* 你好 World */
    FsPacket *packet = &fixture->packet;
    *packet = (FsPacket){.entries = fixture->entries, .capacity = 64};
    fs_packet_reset(packet, frame);
    fs_carry(packet, fs_open(packet, &out_fields[OUT], frame, 8), (FsSpan){frame, 20, 20});
    fs_add_number(packet, &out_fields[OUT_U8], frame, 1, 64);
    fs_add_number(packet, &out_fields[OUT_PORT], frame, 2, 514);
    fs_add_number(packet, &out_fields[OUT_PORT], frame, 2, 40000);
    fs_add_number(packet, &out_fields[OUT_U32], frame, 4, 0xffffffff);
    fs_add_number(packet, &out_fields[OUT_U64], frame, 8, UINT64_C(0x100000005));
    fs_add(packet, &out_fields[OUT_I8], frame, 1)->value.integer = -3;
    fs_add(packet, &out_fields[OUT_I64], frame, 8)->value.integer = INT64_MIN + 1;
    fs_add_number(packet, &out_fields[OUT_FLAG], frame, 1, 1);
    fs_add_number(packet, &out_fields[OUT_NAMED_FLAG], frame, 1, 0);
    fs_add_number(packet, &out_fields[OUT_KIND], frame, 1, 17);
    fs_add_text(packet, &out_fields[OUT_TEXT], gbk, sizeof gbk - 1, FS_GB18030);
    fs_add_text(packet, &out_fields[OUT_TEXT], frame + 4, 4, FS_ASCII);
    fs_add_bytes(packet, &out_fields[OUT_BYTES], frame + 8, 12);
    fs_add_bytes(packet, &out_fields[OUT_MAC], mac, sizeof mac);
    fs_add_number(packet, &out_fields[OUT_IP], frame, 4, 0x01020304);
    fs_add_bytes(packet, &out_fields[OUT_IPV6], ipv6, sizeof ipv6);
    fs_add_number(packet, &out_fields[OUT_TIME], frame, 4, 1505482811); /* 2017-09-15 13:40:11 */
    fs_add(packet, &out_fields[OUT_SPAN], frame, 4)->value.integer = 1500000000;
    fs_add(packet, &out_fields[OUT_GROUP], frame, 4);
    fs_add_remark(packet, &out_fields[OUT_REMARK], frame, 4, true);
    fs_leave(packet);
    fs_carry(packet, fs_open(packet, &in_fields[IN], frame + 8, 2), (FsSpan){frame + 8, 12, 12});
    fs_add_number(packet, &in_fields[IN_IP], frame, 4, 0xc0a80001);
    fs_leave(packet);
    fs_carry(packet, fs_open(packet, &in_fields[IN], frame + 10, 2), (FsSpan){frame + 10, 8, 8});
    fs_add_number(packet, &in_fields[IN_IP], frame, 4, 0xac100001);
    fs_leave(packet);
}

static inline Filter *fixture_compile(const char *text, FilterError *error)
{
    return filter_compile(text, tables, error);
}

#endif
