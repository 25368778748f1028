/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chatd/chatctl/progress.h"

#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { USUAL_WIDTH = 80, LEAST_BAR = 10, MOST_BAR = 40, NAME_WIDTH = 24 };

static const gint64 interval = 100 * 1000; /* µs between two drawings */

Progress progress_begin(const char *name, guint64 done, gboolean quiet)
{
    return (Progress){.name = name,
                      .shown = !quiet && isatty(STDERR_FILENO) != 0,
                      .begun = g_get_monotonic_time(),
                      .first = done};
}

static int width_of_terminal(void)
{
    struct winsize size;
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col
                                                                           : USUAL_WIDTH;
}

/* Columns that a text takes: Chinese characters take two. */
static int columns_of(const char *text)
{
    int columns = 0;
    for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        columns += g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
    }
    return columns;
}

/* A name of exactly NAME_WIDTH columns. */
static char *fit_name(const char *name)
{
    GString *text = g_string_new(NULL);
    gboolean fits = columns_of(name) <= NAME_WIDTH;
    for (const char *at = name; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        g_string_append_unichar(text, g_unichar_iscntrl(c) ? 0xfffd : c);
        if (!fits && columns_of(text->str) >= NAME_WIDTH - 2) {
            g_string_append(text, "…");
            break;
        }
    }
    for (int columns = columns_of(text->str); columns < NAME_WIDTH; columns++) {
        g_string_append_c(text, ' ');
    }
    return g_string_free(text, FALSE);
}

void progress_show(Progress *progress, guint64 done, guint64 all)
{
    gint64 now = g_get_monotonic_time();
    if (!progress->shown || (now - progress->drawn < interval && (all == 0 || done < all))) {
        return;
    }
    progress->drawn = now;
    double seconds = (double)MAX(now - progress->begun, 1) / (double)G_USEC_PER_SEC;
    double rate = (double)(done - MIN(done, progress->first)) / seconds;
    g_autofree char *name = fit_name(progress->name);
    g_autofree char *amount = g_format_size_full(done, G_FORMAT_SIZE_IEC_UNITS);
    g_autofree char *speed = g_format_size_full((guint64)rate, G_FORMAT_SIZE_IEC_UNITS);
    if (all == 0) {
        (void)fprintf(stderr, "\r%s %10s  %s/s\033[K", name, amount, speed);
        return;
    }
    int room = width_of_terminal() - NAME_WIDTH - 46;
    int bar = CLAMP(room, LEAST_BAR, MOST_BAR);
    double part = (double)done / (double)all;
    int filled = (int)(part * bar);
    guint64 left = rate < 1 ? 0 : (guint64)((double)(all - MIN(done, all)) / rate);
    (void)fprintf(stderr, "\r%s %3d%% [%.*s%*s] %10s %9s/s", name, (int)(part * 100), filled,
                  "########################################", bar - filled, "", amount, speed);
    if (rate >= 1 && done < all) {
        (void)fprintf(stderr, " %u:%02u", (unsigned)(left / 60), (unsigned)(left % 60));
    }
    (void)fputs("\033[K", stderr);
}

void progress_end(const Progress *progress)
{
    if (progress->shown) {
        (void)fputs("\r\033[K", stderr);
    }
}
