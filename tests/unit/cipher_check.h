/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the tests of the ciphers share: keys of samples/keys/, and datagrams of samples/, which the
 * generator there encrypts by an implementation of its own.
 */
#ifndef FEISCOPE_TESTS_UNIT_CIPHER_CHECK_H
#define FEISCOPE_TESTS_UNIT_CIPHER_CHECK_H

#include "protocol/cipher/key.h"

#include <glib.h>

/** Assert that an expression is CIPHER_OK; if not, say what it is. */
#define OK(expression)                                                                             \
    g_assert_cmpstr(cipher_status_text(expression), ==, cipher_status_text(CIPHER_OK))

/** A file of samples/keys/, or NULL without the folder. */
static inline FsBytes check_file(const char *name, char **text)
{
    g_autofree char *path = g_build_filename(SAMPLES, "keys", name, NULL);
    size_t length;
    g_autoptr(GError) error = NULL;
    (void)g_file_get_contents(path, text, &length, &error);
    g_assert_no_error(error);
    return (FsBytes){(const uint8_t *)*text, length};
}

/** A private key of samples/keys/; the caller frees it. */
static inline CipherKey *check_key(const char *name)
{
    g_autofree char *text = NULL;
    CipherKey *key = NULL;
    OK(cipher_key_read_pem(check_file(name, &text), NULL, &key));
    g_assert_true(cipher_key_is_private(key));
    return key;
}

#endif
