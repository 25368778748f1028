/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Plain frames, decoded at once for the one-line form.
 */
#ifndef FEISCOPE_SNIFFER_HEADERS_BRIEF_H
#define FEISCOPE_SNIFFER_HEADERS_BRIEF_H

#include "sniffer/headers/walk.h"

/**
 * Decode a frame for a brief packet if it is plain (outline.h), whole, and has nothing that a
 * decoder of its headers would remark upon. What is appended is what those decoders append.
 *
 * @return false if it must be decoded header by header: nothing was appended
 */
bool header_brief(HeaderWalk *walk, int linktype, FsSpan span);

#endif
