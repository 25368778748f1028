/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/counts.h"

#include <inttypes.h>
#include <stdio.h>

static void show_drops(uint64_t kernel, uint64_t interface)
{
    (void)fprintf(stderr,
                  ", %" PRIu64 " dropped by the kernel, %" PRIu64 " dropped by the interface\n",
                  kernel, interface);
}

static void show_help(uint32_t buffer, uint64_t kernel, uint64_t interface)
{
    if (kernel > 0) {
        (void)fprintf(
            stderr,
            "feiqdump: the kernel dropped what was not read in time: a larger buffer "
            "helps (-B %u; it was %u MiB),\n"
            "feiqdump: a capture filter, a shorter snapshot length (-s), or to write (-w) "
            "and not print (-q)\n",
            buffer * 4, buffer);
    }
    if (interface > 0) {
        (void)fprintf(stderr, "feiqdump: the interface or its driver dropped packets before they "
                              "could be captured: no option helps; see ethtool -S and -G\n");
    }
}

void counts_show(Live *live, uint32_t buffer, uint64_t read, uint64_t matched)
{
    (void)fprintf(stderr, "feiqdump: %" PRIu64 " %s, %" PRIu64 " matched", read,
                  live != NULL ? "captured" : "read", matched);
    if (live == NULL) {
        (void)fputc('\n', stderr);
        return;
    }
    uint64_t kernel = 0;
    uint64_t interface = 0;
    unsigned count = live_count(live);
    for (unsigned i = 0; i < count; i++) {
        LiveCounts counts = live_counts(live, i);
        kernel += counts.kernel_drops;
        interface += counts.interface_drops;
    }
    show_drops(kernel, interface);
    for (unsigned i = 0; count > 1 && i < count; i++) {
        LiveCounts counts = live_counts(live, i);
        (void)fprintf(stderr, "feiqdump: %s: %" PRIu64 " captured", counts.interface->name,
                      counts.captured);
        show_drops(counts.kernel_drops, counts.interface_drops);
    }
    show_help(buffer, kernel, interface);
}
