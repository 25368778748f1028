/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/ports.h"

#include <stddef.h>

/* Returns 0 if no port stands there. */
static uint16_t take_port(const char **text)
{
    uint32_t port = 0;
    const char *at = *text;
    while (*at >= '0' && *at <= '9' && port <= UINT16_MAX) {
        port = port * 10 + (uint32_t)(*at++ - '0');
    }
    *text = at;
    return port <= UINT16_MAX ? (uint16_t)port : 0;
}

const char *port_set_read(PortSet *set, const char *text)
{
    PortSet read = {.count = 0};
    if (*text == '\0') {
        *set = read;
        return NULL;
    }
    do {
        uint16_t first = take_port(&text);
        uint16_t last = first;
        if (*text == '-') {
            text++;
            last = take_port(&text);
        }
        if (first == 0 || last == 0) {
            return "a port is a number from 1 to 65535";
        }
        if (last < first) {
            return "a range begins with the lower port";
        }
        if (read.count == PORT_SET_RANGES) {
            return "more than 16 ports and ranges";
        }
        read.ranges[read.count].first = first;
        read.ranges[read.count++].last = last;
    } while (*text++ == ',');
    if (text[-1] != '\0') {
        return "ports are separated by commas";
    }
    *set = read;
    return NULL;
}

bool port_set_add(PortSet *set, uint16_t first, uint16_t last)
{
    if (set->count == PORT_SET_RANGES) {
        return false;
    }
    set->ranges[set->count].first = first;
    set->ranges[set->count++].last = last;
    return true;
}

bool port_set_remove(PortSet *set, uint16_t first, uint16_t last)
{
    PortSet left = {.count = 0};
    bool fits = true;
    for (unsigned i = 0; i < set->count; i++) {
        uint16_t begin = set->ranges[i].first;
        uint16_t end = set->ranges[i].last;
        if (end < first || begin > last) {
            fits = port_set_add(&left, begin, end) && fits;
            continue;
        }
        if (begin < first) {
            fits = port_set_add(&left, begin, (uint16_t)(first - 1)) && fits;
        }
        if (end > last) {
            fits = port_set_add(&left, (uint16_t)(last + 1), end) && fits;
        }
    }
    if (fits) {
        *set = left;
    }
    return fits;
}
