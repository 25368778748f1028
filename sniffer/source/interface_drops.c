/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/source/interface_drops.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* False: the interface is gone. */
static bool add_number(int file, uint64_t *sum)
{
    char text[32];
    ssize_t got = pread(file, text, sizeof text - 1, 0);
    if (got <= 0) {
        return false;
    }
    text[got] = '\0';
    *sum += strtoull(text, NULL, 10);
    return true;
}

static void read_sum(InterfaceDrops *drops)
{
    uint64_t sum = 0;
    for (int i = 0; i < INTERFACE_DROPS_FILES; i++) {
        if (drops->files[i] >= 0 && !add_number(drops->files[i], &sum)) {
            return;
        }
    }
    drops->latest = sum;
}

void interface_drops_open(InterfaceDrops *drops, const char *interface)
{
    /* What the hardware had no buffer for: what other tools call dropped by the interface.
     * rx_dropped also counts what Linux has no use for. */
    static const char *const names[INTERFACE_DROPS_FILES] = {"rx_missed_errors", "rx_fifo_errors"};
    *drops = (InterfaceDrops){.before = 0};
    for (int i = 0; i < INTERFACE_DROPS_FILES; i++) {
        char path[160];
        int length =
            snprintf(path, sizeof path, "/sys/class/net/%s/statistics/%s", interface, names[i]);
        bool named = strchr(interface, '/') == NULL && length < (int)sizeof path;
        drops->files[i] = named ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    }
    read_sum(drops);
    drops->before = drops->latest;
}

uint64_t interface_drops_count(InterfaceDrops *drops)
{
    read_sum(drops);
    return drops->latest - drops->before;
}

void interface_drops_close(InterfaceDrops *drops)
{
    for (int i = 0; i < INTERFACE_DROPS_FILES; i++) {
        if (drops->files[i] >= 0) {
            (void)close(drops->files[i]);
        }
    }
}
