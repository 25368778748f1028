/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Files and images for File → Export Objects → FeiQ, and tshark's --export-objects feiq,FOLDER.
 */
#ifndef FEISCOPE_DISSECTOR_EXPORT_H
#define FEISCOPE_DISSECTOR_EXPORT_H

#include "dissector/transfer.h"

/** Register with Wireshark. */
void export_register(int proto);

/** Does somebody want objects? */
bool export_wanted(void);

/**
 * Hand over bytes of a file. They may come in any order, and again.
 *
 * @param part which; the same object for all bytes of a file
 * @param data copied if wanted
 */
void export_part(packet_info *pinfo, const TransferPart *part, const uint8_t *data,
                 uint32_t length);

/**
 * Hand over an object that is there in one piece.
 *
 * @param name UTF-8
 * @param type a media type
 * @param data copied
 */
void export_whole(packet_info *pinfo, const char *name, const char *type, const uint8_t *data,
                  uint32_t length);

#endif
