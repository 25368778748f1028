/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How many frames an interface or its driver lost before anybody could capture them. libpcap asks
 * for that by opening files of /sys, which nobody may any more once system calls are filtered; so
 * they are opened before, and stay open.
 *
 * Source: Documentation/ABI/testing/sysfs-class-net-statistics of Linux.
 */
#ifndef FEISCOPE_SNIFFER_SOURCE_INTERFACE_DROPS_H
#define FEISCOPE_SNIFFER_SOURCE_INTERFACE_DROPS_H

#include <stdint.h>

/** The files that are summed up. */
enum { INTERFACE_DROPS_FILES = 2 };

/** The counters of an interface. */
typedef struct {
    int files[INTERFACE_DROPS_FILES]; /**< descriptors; negative: there is none */
    uint64_t before;                  /**< their sum when they were opened */
    uint64_t latest;                  /**< the sum that was read last */
} InterfaceDrops;

/** Begin to count. An interface without counters, such as "any", loses nothing. */
void interface_drops_open(InterfaceDrops *drops, const char *interface);

/** Frames lost since; of an interface that is gone, until it was asked last. */
uint64_t interface_drops_count(InterfaceDrops *drops);

/** Close the files. */
void interface_drops_close(InterfaceDrops *drops);

#endif
