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
