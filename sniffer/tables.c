/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/tables.h"
#include "protocol/feiq/feiq.h"
#include "protocol/onehash/onehash.h"

const FsTable *const sniffer_tables[] = {
    &frame_table,   &ethernet_table,  &cooked_table, &loopback_table,
    &raw_table,     &llc_table,       &vlan_table,   &service_vlan_table,
    &arp_table,     &ipv4_table,      &ipv6_table,   &icmp_table,
    &icmpv6_table,  &udp_table,       &tcp_table,    &feiq_table,
    &onehash_table, &undecoded_table, NULL};

const FsTable *sniffer_table_of(const FsField *layer)
{
    for (const FsTable *const *table = sniffer_tables; *table != NULL; table++) {
        if (layer >= (*table)->fields && layer < (*table)->fields + (*table)->count) {
            return *table;
        }
    }
    return NULL;
}

const FsField *sniffer_field(const char *name)
{
    for (const FsTable *const *table = sniffer_tables; *table != NULL; table++) {
        const FsField *field = fs_table_find(*table, name);
        if (field != NULL) {
            return field;
        }
    }
    return NULL;
}
