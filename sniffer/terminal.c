/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { DEFAULT_WIDTH = 80, LEAST_WIDTH = 40, MOST_WIDTH = 1000 };

unsigned terminal_width(int descriptor)
{
    struct winsize size;
    unsigned long width = 0;
    const char *columns = getenv("COLUMNS");
    if (columns != NULL) {
        width = strtoul(columns, NULL, 10);
    } else if (ioctl(descriptor, TIOCGWINSZ, &size) == 0) {
        width = size.ws_col;
    }
    if (width == 0) {
        return DEFAULT_WIDTH;
    }
    return width < LEAST_WIDTH ? LEAST_WIDTH : width > MOST_WIDTH ? MOST_WIDTH : (unsigned)width;
}

bool terminal_has_colour(int descriptor)
{
    const char *refused = getenv("NO_COLOR");
    const char *term = getenv("TERM");
    if ((refused != NULL && refused[0] != '\0') || (term != NULL && strcmp(term, "dumb") == 0)) {
        return false;
    }
    return isatty(descriptor) != 0;
}
