/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/source/writer_blocks.h"

#include <string.h>

/* draft-ietf-opsawg-pcapng; draft-ietf-opsawg-pcap for the records. */
enum {
    SECTION_HEADER = 0x0a0d0d0a,
    INTERFACE_DESCRIPTION = 1,
    INTERFACE_STATISTICS = 5,
    ENHANCED_PACKET = 6,
    OPTION_COMMENT = 1,
    SECTION_APPLICATION = 4,
    INTERFACE_NAME = 2,
    INTERFACE_DESCRIPTION_TEXT = 3,
    INTERFACE_RESOLUTION = 9,
    STATISTICS_RECEIVED = 4,
    STATISTICS_INTERFACE_DROPS = 5,
    STATISTICS_KERNEL_DROPS = 7,
    STATISTICS_DELIVERED = 8,
    BLOCK_FRAME = 12, /* type and both lengths */
    NANOSECONDS = 1000000000,
    SNAPSHOT = 262144
};

static const char application[] = "feiqdump " FEISCOPE_VERSION;

static void put_u16(Output *output, uint16_t value)
{
    output_bytes(output, (const char *)&value, sizeof value);
}

static void put_u32(Output *output, uint32_t value)
{
    output_bytes(output, (const char *)&value, sizeof value);
}

static void put_padded(Output *output, const void *data, size_t length)
{
    output_bytes(output, data, length);
    output_repeat(output, '\0', (size_t)(-length & 3));
}

static uint32_t padded(size_t length)
{
    return (uint32_t)((length + 3) & ~(size_t)3);
}

static void put_option(Output *output, uint16_t code, const void *value, size_t length)
{
    put_u16(output, code);
    put_u16(output, (uint16_t)length);
    put_padded(output, value, length);
}

static uint32_t text_option_size(const char *text)
{
    return text != NULL ? 4 + padded(strlen(text)) : 0;
}

static void put_text_option(Output *output, uint16_t code, const char *text)
{
    if (text != NULL) {
        put_option(output, code, text, strlen(text));
    }
}

void write_section(Output *output)
{
    uint32_t length = BLOCK_FRAME + 16 + text_option_size(application) + 4;
    put_u32(output, SECTION_HEADER);
    put_u32(output, length);
    put_u32(output, 0x1a2b3c4d);
    put_u16(output, 1);
    put_u16(output, 0);
    put_u32(output, UINT32_MAX); /* how long the section is, is not said */
    put_u32(output, UINT32_MAX);
    put_text_option(output, SECTION_APPLICATION, application);
    put_u32(output, 0);
    put_u32(output, length);
}

void write_interface(Output *output, const FrameInterface *interface)
{
    static const uint8_t nanoseconds = 9;
    uint32_t length = BLOCK_FRAME + 8 + text_option_size(interface->name) +
                      text_option_size(interface->description) + 8 + 4;
    put_u32(output, INTERFACE_DESCRIPTION);
    put_u32(output, length);
    put_u16(output, (uint16_t)interface->link_type);
    put_u16(output, 0);
    put_u32(output, interface->snapshot);
    put_text_option(output, INTERFACE_NAME, interface->name);
    put_text_option(output, INTERFACE_DESCRIPTION_TEXT, interface->description);
    put_option(output, INTERFACE_RESOLUTION, &nanoseconds, sizeof nanoseconds);
    put_u32(output, 0);
    put_u32(output, length);
}

static void put_time(Output *output, int64_t time)
{
    put_u32(output, (uint32_t)((uint64_t)time >> 32));
    put_u32(output, (uint32_t)time);
}

void write_packet(Output *output, uint32_t interface, const FrameRecord *record,
                  const uint8_t *data)
{
    uint32_t options = 0;
    for (uint32_t i = 0; i < record->comment_count; i++) {
        options += 4 + padded(record->comments[i].captured);
    }
    options += options > 0 ? 4 : 0;
    uint32_t length = BLOCK_FRAME + 20 + padded(record->captured) + options;
    const uint32_t begin[] = {ENHANCED_PACKET,
                              length,
                              interface,
                              (uint32_t)((uint64_t)record->time >> 32),
                              (uint32_t)record->time,
                              record->captured,
                              record->reported};
    output_bytes(output, (const char *)begin, sizeof begin);
    put_padded(output, data, record->captured);
    for (uint32_t i = 0; i < record->comment_count; i++) {
        put_option(output, OPTION_COMMENT, record->comments[i].data, record->comments[i].captured);
    }
    if (options > 0) {
        put_u32(output, 0);
    }
    put_u32(output, length);
}

void write_statistics(Output *output, uint32_t interface, int64_t time, const LiveCounts *counts)
{
    const uint64_t received = counts->captured + counts->kernel_drops;
    uint32_t length = BLOCK_FRAME + 12 + 4 * 12 + 4;
    put_u32(output, INTERFACE_STATISTICS);
    put_u32(output, length);
    put_u32(output, interface);
    put_time(output, time);
    put_option(output, STATISTICS_RECEIVED, &received, sizeof received);
    put_option(output, STATISTICS_INTERFACE_DROPS, &counts->interface_drops, 8);
    put_option(output, STATISTICS_KERNEL_DROPS, &counts->kernel_drops, 8);
    put_option(output, STATISTICS_DELIVERED, &counts->captured, 8);
    put_u32(output, 0);
    put_u32(output, length);
}

void write_pcap_header(Output *output, uint32_t link_type, uint32_t snapshot)
{
    put_u32(output, 0xa1b23c4d);
    put_u16(output, 2);
    put_u16(output, 4);
    put_u32(output, 0);
    put_u32(output, 0);
    put_u32(output, snapshot != 0 ? snapshot : SNAPSHOT);
    put_u32(output, link_type);
}

void write_pcap_record(Output *output, const FrameRecord *record, const uint8_t *data)
{
    uint64_t time = (uint64_t)record->time;
    const uint32_t begin[] = {(uint32_t)(time / NANOSECONDS), (uint32_t)(time % NANOSECONDS),
                              record->captured, record->reported};
    output_bytes(output, (const char *)begin, sizeof begin);
    output_bytes(output, (const char *)data, record->captured);
}
