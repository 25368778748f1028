/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Private keys by which encrypted messages are decrypted, as the command line names them. They are
 * read before feiqdump gives up its capabilities, and before the first packet.
 */
#ifndef FEISCOPE_SNIFFER_KEYS_H
#define FEISCOPE_SNIFFER_KEYS_H

#include "protocol/cipher/opener.h"

/** Size of the text that says what is wrong. */
enum { KEYS_MESSAGE = 512 };

/**
 * Add the key of a file, which is tried for every receiver.
 *
 * @param opener  made if it is NULL
 * @param file    in PEM form, without password
 * @param message what is wrong, as a clause that completes "FILE: …"
 * @return false if something is: then nothing was added
 */
bool keys_add_file(CipherOpener **opener, const char *file, char message[static KEYS_MESSAGE]);

/**
 * Add a row as the plugin's table of keys has it: "receiver","file","password". The receiver is an
 * IPv4 or IPv6 address, or any.
 */
bool keys_add_row(CipherOpener **opener, const char *row, char message[static KEYS_MESSAGE]);

#endif
