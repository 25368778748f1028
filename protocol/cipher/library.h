/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * libgcrypt, ready for use. Not for use outside protocol/cipher/.
 */
#ifndef FEISCOPE_PROTOCOL_CIPHER_LIBRARY_H
#define FEISCOPE_PROTOCOL_CIPHER_LIBRARY_H

#include <gcrypt.h>
#include <stdbool.h>

/**
 * Initialise libgcrypt, unless somebody in the process did. Every file calls it before it calls the
 * library.
 *
 * @return false if the library is too old or broken
 */
bool cipher_library(void);

#endif
