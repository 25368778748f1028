/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "protocol/cipher/public_keys.h"
#include "protocol/cipher/coding.h"
#include "protocol/cipher/opener.h"

#include <stdlib.h>

enum { ADDRESS = 16 };

typedef struct {
    uint8_t address[ADDRESS];
    size_t length;
    uint32_t frame;
    CipherKey *key;
} PublicKey;

struct PublicKeys {
    PublicKey entries[CIPHER_MOST_PUBLIC];
    size_t count;
};

PublicKeys *public_keys_new(void)
{
    return calloc(1, sizeof(PublicKeys));
}

void public_keys_forget(PublicKeys *keys)
{
    for (size_t i = 0; i < keys->count; i++) {
        cipher_key_free(keys->entries[i].key);
    }
    keys->count = 0;
}

void public_keys_free(PublicKeys *keys)
{
    public_keys_forget(keys);
    free(keys);
}

/* Among keys of one frame the one that was learned last counts. */
const CipherKey *public_keys_find(const PublicKeys *keys, FsBytes sender, uint32_t frame,
                                  size_t size)
{
    const PublicKey *best = NULL;
    for (size_t i = 0; i < keys->count && sender.length > 0; i++) {
        const PublicKey *entry = &keys->entries[i];
        if (entry->frame <= frame && entry->length == sender.length &&
            memcmp(entry->address, sender.data, sender.length) == 0 &&
            cipher_key_size(entry->key) == size && (best == NULL || best->frame <= entry->frame)) {
            best = entry;
        }
    }
    return best == NULL ? NULL : best->key;
}

/* Modulus and exponent are compared before anything is made of them: most answers are repeated. */
static bool is_known(const PublicKeys *keys, FsBytes sender, uint32_t frame, FsBytes body)
{
    uint8_t modulus[CIPHER_LONGEST_RSA];
    size_t length;
    (void)cipher_take(&body, ':');
    FsBytes exponent = cipher_take(&body, '-');
    if (cipher_read_long(cipher_take(&body, '\0'), modulus, sizeof modulus, &length) != CIPHER_OK) {
        return false;
    }
    const CipherKey *known = public_keys_find(keys, sender, frame, length);
    uint8_t number[CIPHER_LONGEST_RSA];
    size_t number_length;
    if (known == NULL ||
        cipher_read_long(exponent, number, sizeof number, &number_length) != CIPHER_OK) {
        return false;
    }
    FsBytes known_modulus = cipher_key_modulus(known);
    FsBytes known_exponent = cipher_key_exponent(known);
    return known_modulus.length == length && memcmp(known_modulus.data, modulus, length) == 0 &&
           known_exponent.length == number_length &&
           memcmp(known_exponent.data, number, number_length) == 0;
}

CipherStatus public_keys_learn(PublicKeys *keys, FsBytes sender, uint32_t frame, FsBytes body)
{
    if (sender.length == 0 || sender.length > ADDRESS || is_known(keys, sender, frame, body)) {
        return CIPHER_OK;
    }
    CipherKey *key;
    uint32_t capability;
    CipherStatus status = cipher_key_from_answer(body, &capability, &key);
    if (status == CIPHER_OK && keys->count == CIPHER_MOST_PUBLIC) {
        cipher_key_free(key);
        return CIPHER_NO_ROOM;
    }
    if (status == CIPHER_OK) {
        PublicKey *entry = &keys->entries[keys->count++];
        *entry = (PublicKey){.length = sender.length, .frame = frame, .key = key};
        memcpy(entry->address, sender.data, sender.length);
    }
    return status;
}
