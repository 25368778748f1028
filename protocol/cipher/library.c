/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "protocol/cipher/library.h"

bool cipher_library(void)
{
    if (gcry_control(GCRYCTL_INITIALIZATION_FINISHED_P) != 0) {
        return true;
    }
    if (gcry_check_version(GCRYPT_VERSION) == NULL) {
        return false;
    }
    /* Locked memory wants a privilege or a limit that a chat program does not have. */
    (void)gcry_control(GCRYCTL_DISABLE_SECMEM, 0);
    return gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0) == 0;
}
