/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Keys: the preferences table of private ones, and what decrypts by them.
 */
#ifndef FEISCOPE_DISSECTOR_DECRYPT_H
#define FEISCOPE_DISSECTOR_DECRYPT_H

#include "dissector/compat.h"

#include "dissector/datagram.h"

#include "protocol/opener.h"

/** Register the table "feiq_keys" as a preference of FeiQ. Called once. */
void decrypt_register(module_t *module);

/**
 * What decrypts a frame's datagrams: for a packet's member `opener`.
 *
 * @return NULL if libgcrypt does not work
 */
FsOpener *decrypt_opener(const packet_info *pinfo);

/** By what the bytes of a file or a folder are encrypted. */
typedef struct FileCipher FileCipher;

/**
 * What a request says of the bytes that are sent upon it.
 *
 * @return lives as long as the capture file; NULL if they are sent in the clear, or the request was
 *         not decrypted
 */
FileCipher *decrypt_file_cipher(const Datagram *request);

/**
 * Decrypt what a frame brings of a stream.
 *
 * @param offset in the stream, of the first byte
 * @return a data source of the frame, as long as tvb; tvb itself if libgcrypt does not work
 */
tvbuff_t *decrypt_stream(const FileCipher *cipher, tvbuff_t *tvb, packet_info *pinfo,
                         uint64_t offset);

#endif
