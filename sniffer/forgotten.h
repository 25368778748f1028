/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a capture's decoders had to forget, or could not read, since memory is bounded or bytes are
 * missing: said at the end, so that nobody takes it for never sent.
 */
#ifndef FEISCOPE_SNIFFER_FORGOTTEN_H
#define FEISCOPE_SNIFFER_FORGOTTEN_H

#include "sniffer/headers/walk.h"
#include "sniffer/output.h"

/**
 * Say it on standard error, and which option helps.
 *
 * @param source whose decoders they were: a file's name; NULL: there is but one
 * @param output flushed before something is said
 */
void forgotten_show(const HeaderWalk *walk, const char *source, Output *output);

#endif
