/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The tables of all protocols that feiqdump decodes.
 */
#ifndef FEISCOPE_SNIFFER_TABLES_H
#define FEISCOPE_SNIFFER_TABLES_H

#include "protocol/field.h"

/* Headers, in sniffer/headers/. */
extern const FsTable frame_table;
extern const FsTable undecoded_table;
extern const FsTable ethernet_table;
extern const FsTable llc_table;
extern const FsTable vlan_table;
extern const FsTable service_vlan_table;
extern const FsTable cooked_table;
extern const FsTable loopback_table;
extern const FsTable raw_table;
extern const FsTable arp_table;
extern const FsTable ipv4_table;
extern const FsTable ipv6_table;
extern const FsTable icmp_table;
extern const FsTable icmpv6_table;
extern const FsTable udp_table;
extern const FsTable tcp_table;

/** Every table, outermost layers first; NULL ends the list. A name stands in one table only. */
extern const FsTable *const sniffer_tables[];

/**
 * Find the table of a layer.
 *
 * @param layer a field of type FS_LAYER of one of the tables
 * @return its table; NULL if it is none of theirs
 */
const FsTable *sniffer_table_of(const FsField *layer);

/**
 * Find a field by its display-filter name in all tables.
 *
 * @param name "eth.dst", case-sensitive
 * @return the field, or NULL if there is none of that name
 */
const FsField *sniffer_field(const char *name);

#endif
