/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "protocol/cipher/block.h"
#include "protocol/cipher/chain.h"

static const struct {
    int gcrypt;
    size_t block;
    size_t shortest_key;
    size_t longest_key;
} ciphers[] = {
    [CIPHER_BLOWFISH] = {GCRY_CIPHER_BLOWFISH, CIPHER_BLOWFISH_BLOCK, 1,
                         CIPHER_BLOWFISH_LONGEST_KEY},
    [CIPHER_AES_256] = {GCRY_CIPHER_AES256, CIPHER_AES_BLOCK, CIPHER_AES_KEY, CIPHER_AES_KEY},
};

CipherStart cipher_packet_start(FsBytes packet_number)
{
    CipherStart start = cipher_zero_start();
    size_t most = sizeof start.bytes - 1; /* the official client copies a C string */
    size_t length = packet_number.length < most ? packet_number.length : most;
    if (length > 0) {
        memcpy(start.bytes, packet_number.data, length);
    }
    return start;
}

CipherStatus cipher_make_key(uint8_t *out, size_t length)
{
    if (!cipher_library()) {
        return CIPHER_FAILED;
    }
    gcry_randomize(out, length, GCRY_STRONG_RANDOM);
    return CIPHER_OK;
}

size_t cipher_padded_length(CipherAlgorithm algorithm, size_t length)
{
    size_t block = ciphers[algorithm].block;
    return (length / block + 1) * block;
}

/* A weak key, one in some thousands of Blowfish's, is used like any other: who chose it is not to
 * be asked again. */
static CipherStatus open_cipher(gcry_cipher_hd_t *handle, CipherAlgorithm algorithm, int mode,
                                FsBytes key)
{
    if (key.length < ciphers[algorithm].shortest_key ||
        key.length > ciphers[algorithm].longest_key) {
        return CIPHER_IMPOSSIBLE;
    }
    if (!cipher_library() ||
        gcry_cipher_open(handle, ciphers[algorithm].gcrypt, mode, 0) != GPG_ERR_NO_ERROR) {
        return CIPHER_FAILED;
    }
    (void)gcry_cipher_ctl(*handle, GCRYCTL_SET_ALLOW_WEAK_KEY, NULL, 1);
    gcry_err_code_t error = gcry_err_code(gcry_cipher_setkey(*handle, key.data, key.length));
    if (error != GPG_ERR_NO_ERROR && error != GPG_ERR_WEAK_KEY) {
        gcry_cipher_close(*handle);
        return CIPHER_FAILED;
    }
    return CIPHER_OK;
}

CipherStatus cipher_encrypt(CipherAlgorithm algorithm, FsBytes key, CipherStart start,
                            FsBytes plain, uint8_t *out, size_t capacity, size_t *length)
{
    *length = 0;
    size_t padded = cipher_padded_length(algorithm, plain.length);
    if (padded > capacity) {
        return CIPHER_NO_ROOM;
    }
    gcry_cipher_hd_t handle;
    CipherStatus status = open_cipher(&handle, algorithm, GCRY_CIPHER_MODE_CBC, key);
    if (status != CIPHER_OK) {
        return status;
    }
    if (plain.length > 0) {
        memmove(out, plain.data, plain.length);
    }
    memset(out + plain.length, (int)(padded - plain.length), padded - plain.length);
    bool done = gcry_cipher_setiv(handle, start.bytes, ciphers[algorithm].block) == 0 &&
                gcry_cipher_encrypt(handle, out, padded, NULL, 0) == 0;
    gcry_cipher_close(handle);
    *length = done ? padded : 0;
    return done ? CIPHER_OK : CIPHER_FAILED;
}

/* PKCS #5: the last byte says how many bytes of that value were appended; 0 if they were not. */
static size_t padding(const uint8_t *plain, size_t length, size_t block)
{
    size_t count = plain[length - 1];
    if (count > block) {
        return 0;
    }
    for (size_t i = 0; i < count; i++) {
        if (plain[length - 1 - i] != count) {
            return 0;
        }
    }
    return count;
}

CipherStatus cipher_open_chain(gcry_cipher_hd_t *handle, CipherAlgorithm algorithm, FsBytes key)
{
    return open_cipher(handle, algorithm, GCRY_CIPHER_MODE_CBC, key);
}

CipherStatus cipher_decrypt_chain(gcry_cipher_hd_t handle, CipherAlgorithm algorithm,
                                  CipherStart start, FsBytes text, uint8_t *out, size_t *length)
{
    size_t block = ciphers[algorithm].block;
    *length = 0;
    memmove(out, text.data, text.length);
    if (gcry_cipher_setiv(handle, start.bytes, block) != 0 ||
        gcry_cipher_decrypt(handle, out, text.length, NULL, 0) != 0) {
        return CIPHER_FAILED;
    }
    size_t padded = padding(out, text.length, block);
    *length = text.length - padded;
    return padded > 0 ? CIPHER_OK : CIPHER_PADDING;
}

bool cipher_is_blocks(CipherAlgorithm algorithm, size_t length)
{
    return length > 0 && length % ciphers[algorithm].block == 0;
}

CipherStatus cipher_decrypt(CipherAlgorithm algorithm, FsBytes key, CipherStart start, FsBytes text,
                            uint8_t *out, size_t capacity, size_t *length)
{
    *length = 0;
    if (!cipher_is_blocks(algorithm, text.length)) {
        return CIPHER_LENGTH;
    }
    if (text.length > capacity) {
        return CIPHER_NO_ROOM;
    }
    gcry_cipher_hd_t handle;
    CipherStatus status = cipher_open_chain(&handle, algorithm, key);
    if (status == CIPHER_OK) {
        status = cipher_decrypt_chain(handle, algorithm, start, text, out, length);
        gcry_cipher_close(handle);
    }
    return status;
}

/* The whole block is one number, most significant byte first, as the official client counts. */
static void add_blocks(CipherStart *start, uint64_t blocks)
{
    for (size_t i = sizeof start->bytes; i > 0 && blocks > 0; i--) {
        blocks += start->bytes[i - 1];
        start->bytes[i - 1] = (uint8_t)blocks;
        blocks >>= 8;
    }
}

CipherStatus cipher_stream(FsBytes key, CipherStart start, uint64_t offset, FsBytes piece,
                           uint8_t *out)
{
    gcry_cipher_hd_t handle;
    CipherStatus status = open_cipher(&handle, CIPHER_AES_256, GCRY_CIPHER_MODE_CTR, key);
    if (status != CIPHER_OK) {
        return status;
    }
    uint8_t skipped[CIPHER_AES_BLOCK] = {0};
    size_t skip = offset % CIPHER_AES_BLOCK;
    add_blocks(&start, offset / CIPHER_AES_BLOCK);
    bool done = gcry_cipher_setctr(handle, start.bytes, sizeof start.bytes) == 0 &&
                (skip == 0 || gcry_cipher_encrypt(handle, skipped, skip, NULL, 0) == 0);
    if (done && piece.length > 0) {
        memmove(out, piece.data, piece.length);
        done = gcry_cipher_encrypt(handle, out, piece.length, NULL, 0) == 0;
    }
    gcry_cipher_close(handle);
    return done ? CIPHER_OK : CIPHER_FAILED;
}
