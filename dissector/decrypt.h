/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Keys: the preferences table of private ones, and what decrypts by them.
 */
#ifndef FEISCOPE_DISSECTOR_DECRYPT_H
#define FEISCOPE_DISSECTOR_DECRYPT_H

#include "dissector/compat.h"

#include "protocol/opener.h"

/** Register the table "feiq_keys" as a preference of FeiQ. Called once. */
void decrypt_register(module_t *module);

/**
 * What decrypts a frame's datagrams: for a packet's member `opener`.
 *
 * @return NULL if libgcrypt does not work
 */
FsOpener *decrypt_opener(const packet_info *pinfo);

#endif
