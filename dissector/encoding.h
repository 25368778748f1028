/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The preference for the encoding of text that does not tell its own.
 */
#ifndef FEISCOPE_DISSECTOR_ENCODING_H
#define FEISCOPE_DISSECTOR_ENCODING_H

#include "dissector/compat.h"

#include "protocol/packet.h"

/** A choice, as Wireshark keeps an enumerated preference: an FsEncoding, FS_ASCII for none. */
typedef int EncodingChoice;

/** What was chosen for FeiQ. */
extern EncodingChoice encoding_of_feiq;

/** Register the preference "encoding" of a protocol, which is kept in `choice`. */
void encoding_register(module_t *module, EncodingChoice *choice);

#endif
