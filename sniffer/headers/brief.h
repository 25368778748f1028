/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Plain frames, decoded at once for the one-line form.
 */
#ifndef FEISCOPE_SNIFFER_HEADERS_BRIEF_H
#define FEISCOPE_SNIFFER_HEADERS_BRIEF_H

#include "sniffer/headers/outline.h"

/**
 * Decode a frame for a brief packet if it is plain (outline.h), whole, and has nothing that a
 * decoder of its headers would remark upon. What is appended is what those decoders append.
 *
 * @return false if it must be decoded header by header: nothing was appended
 */
bool header_brief(HeaderWalk *walk, int linktype, FsSpan span);

/** Would header_brief take this frame? Nothing is changed. @return OUTLINE_NONE: it would not */
Outline header_brief_outline(const HeaderWalk *walk, int linktype, FsSpan span);

/** How many bytes the headers of a frame have that header_brief would take. */
uint32_t header_brief_length(OutlineKind kind, FsSpan span);

/**
 * Read the segment of a frame that header_brief would take, and remember it.
 *
 * @param walk its frame_number and frame_time are the frame's
 * @param span the frame
 * @return valid until the next segment is read
 */
const struct TcpFindings *header_brief_segment(HeaderWalk *walk, FsSpan span);

#endif
