/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/views/hex_palette.h"

/* Neighbours lie far apart in hue; dark blue is left out, which is hard to read on black. */
static const char *const palette[] = {"\x1b[36m", "\x1b[33m", "\x1b[32m", "\x1b[35m",
                                      "\x1b[31m", "\x1b[96m", "\x1b[93m", "\x1b[92m",
                                      "\x1b[95m", "\x1b[91m", "\x1b[94m"};

static char *put(char *to, const char *text)
{
    while (*text != '\0') {
        *to++ = *text++;
    }
    return to;
}

char *palette_begin(char *to, unsigned number)
{
    return put(to, palette[number % (sizeof palette / sizeof *palette)]);
}

char *palette_end(char *to)
{
    return put(to, "\x1b[0m");
}
