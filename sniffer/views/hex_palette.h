/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The colours that tell fields apart (ECMA-48, the sixteen that every terminal has).
 */
#ifndef FEISCOPE_SNIFFER_VIEWS_HEX_PALETTE_H
#define FEISCOPE_SNIFFER_VIEWS_HEX_PALETTE_H

/** Bytes that beginning or ending a colour takes at most. */
enum { PALETTE_ROOM = 8 };

/** Write what begins a colour, chosen by a number; return the byte after it. */
char *palette_begin(char *to, unsigned number);

/** Write what ends it. */
char *palette_end(char *to);

#endif
