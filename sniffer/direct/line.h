/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The default view of plain frames, straight from their bytes to the output. It is an exception to
 * the architecture, in which every view is a loop over decoded fields: where nothing but the
 * one-line form is wanted, making the fields of a plain frame and reading them again is three
 * quarters of the time, and this form is what feiqdump prints unasked, packet by packet, while a
 * network is watched. What it writes is held, byte by byte, against view_line by a test; whatever
 * it has a doubt about it leaves to the decoders.
 */
#ifndef FEISCOPE_SNIFFER_DIRECT_LINE_H
#define FEISCOPE_SNIFFER_DIRECT_LINE_H

#include "protocol/feiq/line.h"
#include "sniffer/direct/ends.h"
#include "sniffer/views/view.h"

/** A protocol's name in its column, with what stands beside it. */
typedef struct {
    uint8_t length; /**< 0: it is not known yet */
    char text[15];
} DirectProtocol;

/** What is remembered from line to line. All zero, it is empty. */
typedef struct {
    DirectEnds ends;
    FeiqLineMemory feiq;
    DirectProtocol protocols[3]; /**< of FeiQ, TCP, and UDP of which nothing more is known */
    uint64_t hundreds;           /**< of the last frame's number; 0: nothing is remembered */
    uint8_t hundreds_length;     /**< of what stands before its last two digits */
    char hundreds_text[24];
} DirectLine;

/**
 * Write what view_line writes of a frame, if it is plain: a FeiQ datagram of which there is nothing
 * special to say, or a datagram or segment that nobody decodes any further.
 *
 * @param walk   its settings and memories; its packet is spoilt
 * @param record the frame
 * @param span   the frame's bytes
 * @param style  without names
 * @return false if nothing was written: the frame must be decoded, next and by the same walk, into
 *         a brief packet
 */
bool direct_line(DirectLine *direct, Output *output, const FrameRecord *record, HeaderWalk *walk,
                 FsSpan span, const ViewStyle *style);

#endif
