/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/decode_as.h"

#include <string.h>

const char *decode_as_read(DecodeAs *rule, const char *text)
{
    static const char udp[] = "udp.port==";
    static const char tcp[] = "tcp.port==";
    DecodeAs read = {.tcp = strncmp(text, tcp, sizeof tcp - 1) == 0};
    if (!read.tcp && strncmp(text, udp, sizeof udp - 1) != 0) {
        return "a rule begins with udp.port== or tcp.port==";
    }
    text += sizeof udp - 1;
    const char *comma = strchr(text, ',');
    char port[sizeof "65535-65535"];
    if (comma == NULL) {
        return "a comma and the protocol follow the port";
    }
    size_t length = (size_t)(comma - text);
    if (length == 0 || length >= sizeof port) {
        return "a port is a number from 1 to 65535";
    }
    memcpy(port, text, length);
    port[length] = '\0';
    PortSet set;
    const char *wrong = port_set_read(&set, port);
    if (wrong != NULL) {
        return wrong;
    }
    read.first = set.ranges[0].first;
    read.last = set.ranges[0].last;
    read.onehash = strcmp(comma + 1, "onehash") == 0;
    if (!read.onehash && strcmp(comma + 1, "feiq") != 0) {
        return "the protocol is feiq or onehash";
    }
    if (read.onehash && !read.tcp) {
        return "onehash is a protocol of TCP";
    }
    *rule = read;
    return NULL;
}

const char *decode_as_apply(const DecodeAs *rule, Preferences *preferences)
{
    StreamSettings *streams = &preferences->streams;
    PortSet *feiq[] = {&preferences->feiq_tcp, NULL};
    PortSet *onehash[] = {&streams->chat_ports, &streams->control_ports, &streams->other_ports,
                          NULL};
    bool fits = true;
    for (PortSet **others = rule->onehash ? feiq : onehash; rule->tcp && *others != NULL;
         others++) {
        fits = port_set_remove(*others, rule->first, rule->last) && fits;
    }
    PortSet *into = rule->onehash ? &streams->other_ports
                    : rule->tcp   ? &preferences->feiq_tcp
                                  : &preferences->feiq_udp;
    fits = port_set_add(into, rule->first, rule->last) && fits;
    return fits ? NULL : "more than 16 ports and ranges";
}
