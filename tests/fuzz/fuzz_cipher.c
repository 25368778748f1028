/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * libFuzzer driver of the ciphers: the input is an encrypted body, and an answer with a public key;
 * its first byte is the capacity of what is given to write into. Beyond what the sanitizers see it
 * checks that lengths fit, and that what is opened is what was sealed.
 */
#include "protocol/cipher/message.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool condition)
{
    if (!condition) {
        abort();
    }
}

/* A key that is as short as one may be, since every input is tried with it. */
static CipherKey *receiver(void)
{
    static CipherKey *key;
    if (key == NULL) {
        check(cipher_key_generate(CIPHER_FEWEST_BITS, &key) == CIPHER_OK);
    }
    return key;
}

static void open_body(FsBytes body, size_t capacity)
{
    uint8_t *room = malloc(capacity + 1);
    uint8_t *plain = malloc(capacity + 1);
    check(room != NULL && plain != NULL);
    FeiqCipher parts;
    CipherSession session = {.algorithm = CIPHER_BLOWFISH, .length = CIPHER_BLOWFISH_KEY};
    CipherStatus status = cipher_read_body(body, room, capacity, &parts);
    if (status == CIPHER_OK) {
        check(parts.key.length + parts.message.length + parts.signature.length <= capacity);
        size_t length;
        (void)cipher_open_session(receiver(), &parts, &session);
        session.length = session.algorithm == CIPHER_AES_256 ? CIPHER_AES_KEY : CIPHER_BLOWFISH_KEY;
        status = cipher_open_message(&session, &parts, body, plain, capacity, &length);
        check(length <= parts.message.length);
        check(status != CIPHER_OK || length < parts.message.length);
        (void)cipher_verify_message(receiver(), &parts, (FsBytes){plain, length});
    }
    free(plain);
    free(room);
}

static void open_group(FsBytes text)
{
    uint8_t out[4096];
    uint8_t again[4096 + CIPHER_BLOWFISH_BLOCK];
    size_t length;
    size_t sealed;
    FsBytes key = {(const uint8_t *)"141877B3DA81", 12};
    CipherStatus status = cipher_open_group(key, text, out, sizeof out, &length);
    if (status == CIPHER_OK) {
        check(cipher_seal_group(key, (FsBytes){out, length}, again, sizeof again, &sealed) ==
              CIPHER_OK);
        check(sealed == text.length && memcmp(again, text.data, sealed) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1) {
        return 0;
    }
    FsBytes input = {data + 1, size - 1};
    open_body(input, input.length);
    open_body(input, data[0]);
    open_group(input);
    CipherKey *key = NULL;
    uint32_t capability;
    check((cipher_key_from_answer(input, &capability, &key) == CIPHER_OK) == (key != NULL));
    cipher_key_free(key);
    return 0;
}
