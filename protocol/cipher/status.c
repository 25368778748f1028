/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "protocol/cipher/status.h"

const char *cipher_status_text(CipherStatus status)
{
    static const char *const texts[] = {
        [CIPHER_OK] = "done",
        [CIPHER_NO_ROOM] = "the result does not fit into the room for it",
        [CIPHER_FAILED] = "the cryptographic library failed",
        [CIPHER_IMPOSSIBLE] = "not a value that can be used",
        [CIPHER_MALFORMED] = "parts are missing",
        [CIPHER_UNSUPPORTED] = "ciphers that are not implemented",
        [CIPHER_CODING] = "neither hexadecimal nor base64",
        [CIPHER_KEY_SIZE] = "not as long as the RSA key",
        [CIPHER_WRONG_KEY] = "not encrypted for this RSA key",
        [CIPHER_MESSAGE_KEY] = "the key of the message has not the length that its cipher wants",
        [CIPHER_LENGTH] = "not a whole number of cipher blocks",
        [CIPHER_PADDING] = "wrong padding, as after a wrong key",
        [CIPHER_UNSIGNED] = "there is no signature",
        [CIPHER_FORGED] = "the signature does not fit",
        [CIPHER_NOT_PEM] = "not a private key in PEM form",
        [CIPHER_PASSWORD] = "the private key is encrypted, and the password missing or wrong",
        [CIPHER_NO_KEY] = "there is no key to try",
        [CIPHER_NOT_RSA] = "a private key, but not one for RSA",
    };
    return texts[status];
}
