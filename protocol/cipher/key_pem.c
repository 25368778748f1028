/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Private keys in PEM form, by GnuTLS, which knows all forms that programs write.
 */
#include "protocol/cipher/key_private.h"

#include <gnutls/x509.h>

#include <limits.h>

static CipherStatus refusal(int error)
{
    switch (error) {
    case GNUTLS_E_DECRYPTION_FAILED:
        return CIPHER_PASSWORD;
    case GNUTLS_E_MEMORY_ERROR:
        return CIPHER_FAILED;
    default:
        return CIPHER_NOT_PEM;
    }
}

static bool scan(gcry_mpi_t *number, const gnutls_datum_t *octets)
{
    return gcry_mpi_scan(number, GCRYMPI_FMT_USG, octets->data, octets->size, NULL) == 0;
}

/* PKCS #1 has the inverse of q modulo p, libgcrypt wants the smaller prime first and the inverse of
 * p modulo q: with both exchanged they are the same. */
static CipherStatus from_x509(gnutls_x509_privkey_t x509, CipherKey **key)
{
    enum { N, E, D, P, Q, U, PARTS };
    gnutls_datum_t parts[PARTS] = {{0}};
    if (gnutls_x509_privkey_get_pk_algorithm(x509) != GNUTLS_PK_RSA) {
        return CIPHER_NOT_RSA;
    }
    if (gnutls_x509_privkey_export_rsa_raw(x509, &parts[N], &parts[E], &parts[D], &parts[P],
                                           &parts[Q], &parts[U]) != 0) {
        return CIPHER_FAILED;
    }
    CipherNumbers x = {0};
    CipherStatus status = CIPHER_FAILED;
    if (scan(&x.n, &parts[N]) && scan(&x.e, &parts[E]) && scan(&x.d, &parts[D]) &&
        scan(&x.p, &parts[Q]) && scan(&x.q, &parts[P]) && scan(&x.u, &parts[U])) {
        status = cipher_key_from_private(&x, key);
    }
    gcry_mpi_t numbers[] = {x.n, x.e, x.d, x.p, x.q, x.u};
    for (size_t i = 0; i < PARTS; i++) {
        gcry_mpi_release(numbers[i]);
        gnutls_free(parts[i].data);
    }
    return status;
}

CipherStatus cipher_key_read_pem(FsBytes pem, const char *password, CipherKey **key)
{
    *key = NULL;
    gnutls_x509_privkey_t x509;
    if (pem.length == 0 || pem.length > UINT_MAX) {
        return CIPHER_NOT_PEM;
    }
    if (!cipher_library() || gnutls_x509_privkey_init(&x509) != 0) {
        return CIPHER_FAILED;
    }
    gnutls_datum_t text = {gnutls_malloc(pem.length), (unsigned)pem.length};
    CipherStatus status = CIPHER_FAILED;
    if (text.data != NULL) {
        memcpy(text.data, pem.data, pem.length); /* GnuTLS takes no pointer to const */
        int error = gnutls_x509_privkey_import2(x509, &text, GNUTLS_X509_FMT_PEM, password, 0);
        status = error < 0 ? refusal(error) : from_x509(x509, key);
        gnutls_memset(text.data, 0, text.size);
    }
    gnutls_free(text.data);
    gnutls_x509_privkey_deinit(x509);
    return status;
}

/* A datum of a number of the private key; the caller frees its data by gcry_free. */
static bool print(gnutls_datum_t *octets, gcry_mpi_t number)
{
    size_t length = 0;
    bool done =
        number != NULL && gcry_mpi_aprint(GCRYMPI_FMT_STD, &octets->data, &length, number) == 0;
    octets->size = (unsigned)length;
    return done;
}

static CipherStatus to_x509(const CipherKey *key, gnutls_x509_privkey_t x509)
{
    enum { N, E, D, P, Q, U, PARTS };
    gnutls_datum_t parts[PARTS] = {{0}};
    gcry_mpi_t x[PARTS] = {NULL};
    CipherStatus status = CIPHER_FAILED;
    if (gcry_sexp_extract_param(key->private_key, "rsa", "nedpqu", &x[N], &x[E], &x[D], &x[P],
                                &x[Q], &x[U], NULL) == 0 &&
        print(&parts[N], x[N]) && print(&parts[E], x[E]) && print(&parts[D], x[D]) &&
        print(&parts[P], x[Q]) && print(&parts[Q], x[P]) && print(&parts[U], x[U]) &&
        gnutls_x509_privkey_import_rsa_raw(x509, &parts[N], &parts[E], &parts[D], &parts[P],
                                           &parts[Q], &parts[U]) == 0) {
        status = CIPHER_OK;
    }
    for (size_t i = 0; i < PARTS; i++) {
        gcry_mpi_release(x[i]);
        gcry_free(parts[i].data);
    }
    return status;
}

CipherStatus cipher_key_write_pem(const CipherKey *key, const char *password, char *out,
                                  size_t capacity, size_t *length)
{
    *length = 0;
    if (key->private_key == NULL) {
        return CIPHER_IMPOSSIBLE;
    }
    gnutls_x509_privkey_t x509;
    if (gnutls_x509_privkey_init(&x509) != 0) {
        return CIPHER_FAILED;
    }
    gnutls_datum_t text = {NULL, 0};
    CipherStatus status = to_x509(key, x509);
    unsigned flags = password == NULL ? GNUTLS_PKCS_PLAIN : GNUTLS_PKCS_PBES2_AES_256;
    if (status == CIPHER_OK &&
        gnutls_x509_privkey_export2_pkcs8(x509, GNUTLS_X509_FMT_PEM, password, flags, &text) != 0) {
        status = CIPHER_FAILED;
    }
    if (status == CIPHER_OK && text.size > capacity) {
        status = CIPHER_NO_ROOM;
    }
    if (status == CIPHER_OK) {
        memcpy(out, text.data, text.size);
        *length = text.size;
    }
    gnutls_free(text.data);
    gnutls_x509_privkey_deinit(x509);
    return status;
}
