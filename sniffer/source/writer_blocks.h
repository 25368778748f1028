/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The blocks of pcapng and the records of pcap as writer.c writes them, in this machine's byte
 * order.
 */
#ifndef FEISCOPE_SNIFFER_SOURCE_WRITER_BLOCKS_H
#define FEISCOPE_SNIFFER_SOURCE_WRITER_BLOCKS_H

#include "sniffer/output.h"
#include "sniffer/source/live.h"

/** pcapng: a section header. */
void write_section(Output *output);

/** pcapng: describe an interface, with time stamps in nanoseconds. */
void write_interface(Output *output, const FrameInterface *interface);

/** pcapng: a packet with its comments. */
void write_packet(Output *output, uint32_t interface, const FrameRecord *record,
                  const uint8_t *data);

/** pcapng: what an interface counted, at a time (nanoseconds since 1970). */
void write_statistics(Output *output, uint32_t interface, int64_t time, const LiveCounts *counts);

/** pcap: the file header, with time stamps in nanoseconds. */
void write_pcap_header(Output *output, uint32_t link_type, uint32_t snapshot);

/** pcap: a record. */
void write_pcap_record(Output *output, const FrameRecord *record, const uint8_t *data);

#endif
