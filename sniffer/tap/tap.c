/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/tap/tap.h"

#include <string.h>

static const struct {
    const char *name;
    Tap *(*make)(const char *arguments, const Preferences *preferences);
    const char *usage;
} statistics[] = {
    {"conv", tap_conversations, "conv takes eth, ip, ipv6, tcp or udp, as in conv,tcp"},
    {"endpoints", tap_endpoints, "endpoints takes eth, ip, ipv6, tcp or udp, as in endpoints,ip"},
    {"commands", tap_commands, "commands takes no arguments"},
    {"users", tap_users, "users takes no arguments"},
    {"follow", tap_follow,
     "follow takes tcp or udp, how to print (ascii, utf-8, hex or raw) and a stream's number, as "
     "in "
     "follow,tcp,ascii,0"},
    {"tcp", tap_tcp, "tcp takes no arguments"},
    {"sticky", tap_sticky, "sticky takes no arguments, or the number of a stream"},
};

Tap *tap_new(const char *spec, const Preferences *preferences, const char **wrong)
{
    size_t length = strcspn(spec, ",");
    const char *arguments = spec[length] == ',' ? spec + length + 1 : NULL;
    for (size_t i = 0; i < sizeof statistics / sizeof *statistics; i++) {
        if (strlen(statistics[i].name) == length &&
            strncmp(spec, statistics[i].name, length) == 0) {
            *wrong = statistics[i].usage;
            return statistics[i].make(arguments, preferences);
        }
    }
    *wrong = "there is no such statistic; feiqdump --help statistics lists them";
    return NULL;
}
