/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Sets of ports, as Wireshark's preferences write them: 2425 or 2425,2430-2440.
 */
#ifndef FEISCOPE_SNIFFER_PORTS_H
#define FEISCOPE_SNIFFER_PORTS_H

#include <stdbool.h>
#include <stdint.h>

/** Most ranges that a set may have. */
enum { PORT_SET_RANGES = 16 };

/** A set of ports; all zero, it is empty. */
typedef struct {
    struct {
        uint16_t first;
        uint16_t last;
    } ranges[PORT_SET_RANGES];
    unsigned count;
} PortSet;

/** Whether a port (host order) is in the set. */
static inline bool port_set_holds(const PortSet *set, uint16_t port)
{
    for (unsigned i = 0; i < set->count; i++) {
        if (port >= set->ranges[i].first && port <= set->ranges[i].last) {
            return true;
        }
    }
    return false;
}

/**
 * Add the ports from first to last to a set.
 *
 * @return false if that would make more than PORT_SET_RANGES ranges: nothing was changed
 */
bool port_set_add(PortSet *set, uint16_t first, uint16_t last);

/** Take the ports from first to last out of a set; the same otherwise. */
bool port_set_remove(PortSet *set, uint16_t first, uint16_t last);

/**
 * Read a set.
 *
 * @param set  changed only if NULL is returned
 * @param text ports from 1 to 65535 and ranges of them, with commas between; no text: no port
 * @return what is wrong, as a clause that completes "2425,x: …"; NULL if nothing is
 */
const char *port_set_read(PortSet *set, const char *text);

#endif
