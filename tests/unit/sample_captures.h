/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * All captures among the samples, one after the other.
 */
#ifndef FEISCOPE_TESTS_UNIT_SAMPLE_CAPTURES_H
#define FEISCOPE_TESTS_UNIT_SAMPLE_CAPTURES_H

#include <glib.h>

/* What is done with a capture's file. */
typedef void SampleCapture(const char *path, void *context);

static inline void sample_captures(SampleCapture *see, void *context)
{
    GDir *folder = g_dir_open(SAMPLES, 0, NULL);
    g_assert_nonnull(folder);
    for (const char *name = g_dir_read_name(folder); name != NULL; name = g_dir_read_name(folder)) {
        if (g_str_has_suffix(name, ".pcapng") || g_str_has_suffix(name, ".pcap")) {
            g_autofree char *path = g_build_filename(SAMPLES, name, NULL);
            see(path, context);
        }
    }
    g_dir_close(folder);
}

#endif
