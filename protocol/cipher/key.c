/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "protocol/cipher/key.h"
#include "protocol/cipher/coding.h"
#include "protocol/cipher/key_private.h"

#include <stdlib.h>

static FsBytes without_zeros(FsBytes number)
{
    while (number.length > 0 && *number.data == 0) {
        number.data++;
        number.length--;
    }
    return number;
}

static unsigned count_bits(FsBytes number)
{
    unsigned bits = (unsigned)number.length * 8;
    for (unsigned top = 0x80; bits > 0 && (number.data[0] & top) == 0; top >>= 1) {
        bits--;
    }
    return bits;
}

static bool is_even(FsBytes number)
{
    return (number.data[number.length - 1] & 1) == 0;
}

static bool is_usable(FsBytes exponent, FsBytes modulus)
{
    if (exponent.length == 0 || exponent.length > modulus.length ||
        modulus.length > CIPHER_LONGEST_RSA || is_even(exponent) || is_even(modulus)) {
        return false;
    }
    bool below =
        exponent.length < modulus.length || memcmp(exponent.data, modulus.data, modulus.length) < 0;
    return below && count_bits(exponent) > 1 && count_bits(modulus) >= CIPHER_FEWEST_BITS;
}

CipherStatus cipher_key_from_numbers(FsBytes exponent, FsBytes modulus, CipherKey **key)
{
    *key = NULL;
    exponent = without_zeros(exponent);
    modulus = without_zeros(modulus);
    if (!is_usable(exponent, modulus)) {
        return CIPHER_IMPOSSIBLE;
    }
    CipherKey *made = cipher_library() ? calloc(1, sizeof *made) : NULL;
    if (made == NULL) {
        return CIPHER_FAILED;
    }
    memcpy(made->exponent, exponent.data, exponent.length);
    memcpy(made->modulus, modulus.data, modulus.length);
    made->exponent_length = exponent.length;
    made->modulus_length = modulus.length;
    made->bits = count_bits(modulus);
    gcry_mpi_t n = NULL;
    gcry_mpi_t e = NULL;
    bool done =
        gcry_mpi_scan(&n, GCRYMPI_FMT_USG, modulus.data, modulus.length, NULL) == 0 &&
        gcry_mpi_scan(&e, GCRYMPI_FMT_USG, exponent.data, exponent.length, NULL) == 0 &&
        gcry_sexp_build(&made->public_key, NULL, "(public-key (rsa (n %m) (e %m)))", n, e) == 0;
    gcry_mpi_release(n);
    gcry_mpi_release(e);
    if (!done) {
        cipher_key_free(made);
        return CIPHER_FAILED;
    }
    *key = made;
    return CIPHER_OK;
}

static CipherStatus from_mpis(gcry_mpi_t exponent, gcry_mpi_t modulus, CipherKey **key)
{
    uint8_t e[CIPHER_LONGEST_RSA];
    uint8_t n[CIPHER_LONGEST_RSA];
    FsBytes e_bytes = {e, 0};
    FsBytes n_bytes = {n, 0};
    if (gcry_mpi_print(GCRYMPI_FMT_USG, e, sizeof e, &e_bytes.length, exponent) != 0 ||
        gcry_mpi_print(GCRYMPI_FMT_USG, n, sizeof n, &n_bytes.length, modulus) != 0) {
        return CIPHER_IMPOSSIBLE; /* longer than the longest */
    }
    return cipher_key_from_numbers(e_bytes, n_bytes, key);
}

CipherStatus cipher_key_from_private(const CipherNumbers *numbers, CipherKey **key)
{
    CipherStatus status = from_mpis(numbers->e, numbers->n, key);
    if (status != CIPHER_OK) {
        return status;
    }
    if (gcry_sexp_build(&(*key)->private_key, NULL,
                        "(private-key (rsa (n %m) (e %m) (d %m) (p %m) (q %m) (u %m)))", numbers->n,
                        numbers->e, numbers->d, numbers->p, numbers->q, numbers->u) != 0) {
        cipher_key_free(*key);
        *key = NULL;
        return CIPHER_FAILED;
    }
    return CIPHER_OK;
}

CipherStatus cipher_key_generate(unsigned bits, CipherKey **key)
{
    *key = NULL;
    if (bits < CIPHER_FEWEST_BITS || bits > CIPHER_MOST_BITS) {
        return CIPHER_IMPOSSIBLE;
    }
    gcry_sexp_t parameters = NULL;
    gcry_sexp_t pair = NULL;
    CipherNumbers x = {0};
    CipherStatus status = CIPHER_FAILED;
    if (cipher_library() &&
        gcry_sexp_build(&parameters, NULL, "(genkey (rsa (nbits %u) (rsa-use-e 5:65537)))", bits) ==
            0 &&
        gcry_pk_genkey(&pair, parameters) == 0 &&
        gcry_sexp_extract_param(pair, "private-key!rsa", "nedpqu", &x.n, &x.e, &x.d, &x.p, &x.q,
                                &x.u, NULL) == 0) {
        status = cipher_key_from_private(&x, key);
    }
    gcry_mpi_t numbers[] = {x.n, x.e, x.d, x.p, x.q, x.u};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        gcry_mpi_release(numbers[i]);
    }
    gcry_sexp_release(pair);
    gcry_sexp_release(parameters);
    return status;
}

CipherStatus cipher_key_from_answer(FsBytes body, uint32_t *capability, CipherKey **key)
{
    *capability = 0;
    *key = NULL;
    FsBytes word = cipher_take(&body, ':');
    FsBytes exponent = cipher_take(&body, '-');
    FsBytes modulus = cipher_take(&body, '\0');
    if (word.length == 0 || exponent.length == 0 || modulus.length == 0) {
        return CIPHER_MALFORMED;
    }
    uint8_t e[CIPHER_LONGEST_RSA];
    uint8_t n[CIPHER_LONGEST_RSA];
    FsBytes e_bytes = {e, 0};
    FsBytes n_bytes = {n, 0};
    CipherStatus status = cipher_read_number(word, capability);
    if (status == CIPHER_OK) {
        status = cipher_read_long(exponent, e, sizeof e, &e_bytes.length);
    }
    if (status == CIPHER_OK) {
        status = cipher_read_long(modulus, n, sizeof n, &n_bytes.length);
    }
    if (status == CIPHER_NO_ROOM) {
        return CIPHER_IMPOSSIBLE;
    }
    return status == CIPHER_OK ? cipher_key_from_numbers(e_bytes, n_bytes, key) : status;
}

void cipher_key_free(CipherKey *key)
{
    if (key != NULL) {
        gcry_sexp_release(key->public_key);
        gcry_sexp_release(key->private_key);
        free(key);
    }
}

unsigned cipher_key_bits(const CipherKey *key)
{
    return key->bits;
}

size_t cipher_key_size(const CipherKey *key)
{
    return key->modulus_length;
}

bool cipher_key_is_private(const CipherKey *key)
{
    return key->private_key != NULL;
}

FsBytes cipher_key_exponent(const CipherKey *key)
{
    return (FsBytes){key->exponent, key->exponent_length};
}

FsBytes cipher_key_modulus(const CipherKey *key)
{
    return (FsBytes){key->modulus, key->modulus_length};
}
