/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/source/link_type.h"

#include <pcap/pcap.h>
#include <stddef.h>

/* The ones that differ. Source: tcpdump's list of link-layer header types. */
static const struct {
    uint32_t link_type;
    int dlt;
} different[] = {
    {100, DLT_ATM_RFC1483}, {101, DLT_RAW},      {102, DLT_SLIP_BSDOS},
    {103, DLT_PPP_BSDOS},   {106, DLT_ATM_CLIP},
};

int link_type_to_dlt(uint32_t link_type)
{
    for (size_t i = 0; i < sizeof different / sizeof *different; i++) {
        if (different[i].link_type == link_type) {
            return different[i].dlt;
        }
    }
    return (int)link_type;
}

uint32_t link_type_from_dlt(int dlt)
{
    for (size_t i = 0; i < sizeof different / sizeof *different; i++) {
        if (different[i].dlt == dlt) {
            return different[i].link_type;
        }
    }
    return (uint32_t)dlt;
}
