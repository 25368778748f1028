/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "protocol/cipher/message.h"
#include "protocol/cipher/coding.h"
#include "protocol/cipher/library.h"

static const uint32_t signatures = FEIQ_CAPABILITY_SIGN_SHA1 | FEIQ_CAPABILITY_SIGN_SHA256;

uint32_t cipher_choose(uint32_t mine, uint32_t theirs)
{
    static const uint32_t form = FEIQ_CAPABILITY_PACKETNO_IV | FEIQ_CAPABILITY_ENCODE_BASE64;
    static const uint32_t strong = FEIQ_CAPABILITY_RSA_2048 | FEIQ_CAPABILITY_AES_256;
    static const uint32_t weak = FEIQ_CAPABILITY_RSA_1024 | FEIQ_CAPABILITY_BLOWFISH_128;
    uint32_t both = mine & theirs;
    if ((both & strong) == strong) {
        uint32_t signature = (both & FEIQ_CAPABILITY_SIGN_SHA256) != 0
                                 ? FEIQ_CAPABILITY_SIGN_SHA256
                                 : both & FEIQ_CAPABILITY_SIGN_SHA1;
        return strong | signature | (both & form);
    }
    return (both & weak) == weak ? weak | (both & form) : 0;
}

/* AES comes before Blowfish where both bits are set, as in the official client. */
static bool algorithm_of(uint32_t capability, CipherAlgorithm *algorithm)
{
    *algorithm = (capability & FEIQ_CAPABILITY_AES_256) != 0 ? CIPHER_AES_256 : CIPHER_BLOWFISH;
    return (capability & (FEIQ_CAPABILITY_AES_256 | FEIQ_CAPABILITY_BLOWFISH_128)) != 0;
}

static size_t session_length(CipherAlgorithm algorithm)
{
    return algorithm == CIPHER_AES_256 ? CIPHER_AES_KEY : CIPHER_BLOWFISH_KEY;
}

/* Chains with PACKETNO_IV begin with the packet number. */
static CipherStart start_of(uint32_t capability, FsBytes packet_number)
{
    return (capability & FEIQ_CAPABILITY_PACKETNO_IV) != 0 ? cipher_packet_start(packet_number)
                                                           : cipher_zero_start();
}

CipherStatus cipher_read_body(FsBytes body, uint8_t *room, size_t capacity, FeiqCipher *parts)
{
    *parts = (FeiqCipher){0};
    body = cipher_take(&body, '\0');
    FsBytes word = cipher_take(&body, ':');
    FsBytes coded[3];
    for (size_t i = 0; i < 3; i++) {
        coded[i] = cipher_take(&body, ':');
    }
    if (word.length == 0 || coded[0].length == 0 || coded[1].length == 0) {
        return CIPHER_MALFORMED;
    }
    CipherStatus status = cipher_read_number(word, &parts->capability);
    CipherAlgorithm algorithm;
    if (status == CIPHER_OK && !algorithm_of(parts->capability, &algorithm)) {
        status = CIPHER_UNSUPPORTED;
    }
    bool base64 = (parts->capability & FEIQ_CAPABILITY_ENCODE_BASE64) != 0;
    FsBytes *const octets[] = {&parts->key, &parts->message, &parts->signature};
    for (size_t i = 0; i < 3 && status == CIPHER_OK && coded[i].length > 0; i++) {
        size_t length;
        status = base64 ? cipher_read_base64(coded[i], room, capacity, &length)
                        : cipher_read_hex(coded[i], room, capacity, &length);
        *octets[i] = (FsBytes){room, length};
        room += length;
        capacity -= length;
    }
    return status;
}

CipherStatus cipher_open_session(const CipherKey *receiver, const FeiqCipher *parts,
                                 CipherSession *session)
{
    uint8_t key[CIPHER_LONGEST_RSA];
    *session = (CipherSession){0};
    if (!algorithm_of(parts->capability, &session->algorithm)) {
        return CIPHER_UNSUPPORTED;
    }
    size_t length;
    CipherStatus status = cipher_rsa_decrypt(receiver, parts->key, key, sizeof key, &length);
    if (status != CIPHER_OK) {
        return status;
    }
    if (length != session_length(session->algorithm)) {
        return CIPHER_MESSAGE_KEY;
    }
    memcpy(session->key, key, length);
    session->length = length;
    return CIPHER_OK;
}

CipherStatus cipher_open_message(const CipherSession *session, const FeiqCipher *parts,
                                 FsBytes packet_number, uint8_t *out, size_t capacity,
                                 size_t *length)
{
    FsBytes key = {session->key, session->length};
    return cipher_decrypt(session->algorithm, key, start_of(parts->capability, packet_number),
                          parts->message, out, capacity, length);
}

CipherStatus cipher_verify_message(const CipherKey *sender, const FeiqCipher *parts, FsBytes plain)
{
    if (parts->signature.length == 0) {
        return CIPHER_UNSIGNED;
    }
    if ((parts->capability & signatures) == 0) {
        return CIPHER_UNSUPPORTED;
    }
    bool sha256 = (parts->capability & FEIQ_CAPABILITY_SIGN_SHA256) != 0;
    return cipher_rsa_verify(sender, sha256 ? CIPHER_SHA256 : CIPHER_SHA1, plain, parts->signature);
}

/* Room for octets that a function is going to write: CIPHER_NO_ROOM if it is too small. */
static CipherStatus reserve(FsBuilder *room, size_t length, FsBytes *octets)
{
    if (length > room->capacity - room->used) {
        return CIPHER_NO_ROOM;
    }
    *octets = (FsBytes){room->out + room->used, length};
    room->used += length;
    return CIPHER_OK;
}

static CipherStatus sign(const CipherKey *sender, FsBytes plain, FsBuilder *room, FeiqCipher *parts)
{
    uint8_t *out = room->out + room->used;
    size_t capacity = room->capacity - room->used;
    bool sha256 = (parts->capability & FEIQ_CAPABILITY_SIGN_SHA256) != 0;
    CipherStatus status = reserve(room, cipher_key_size(sender), &parts->signature);
    return status != CIPHER_OK ? status
                               : cipher_rsa_sign(sender, sha256 ? CIPHER_SHA256 : CIPHER_SHA1,
                                                 plain, out, capacity);
}

CipherStatus cipher_seal_message(const CipherKey *receiver, const CipherKey *sender,
                                 uint32_t capability, FsBytes packet_number, FsBytes plain,
                                 uint8_t *room, size_t capacity, FeiqCipher *parts)
{
    CipherSession session;
    *parts = (FeiqCipher){.capability = sender == NULL ? capability & ~signatures : capability};
    if (!algorithm_of(capability, &session.algorithm)) {
        return CIPHER_UNSUPPORTED;
    }
    session.length = session_length(session.algorithm);
    if (!cipher_library()) {
        return CIPHER_FAILED;
    }
    gcry_randomize(session.key, session.length, GCRY_STRONG_RANDOM);

    FsBuilder builder = fs_builder(room, capacity);
    FsBytes key = {session.key, session.length};
    CipherStatus status = reserve(&builder, cipher_key_size(receiver), &parts->key);
    if (status == CIPHER_OK) {
        status = cipher_rsa_encrypt(receiver, key, room, capacity);
    }
    if (status == CIPHER_OK) {
        uint8_t *out = room + builder.used;
        size_t left = capacity - builder.used;
        parts->message.data = out;
        status = cipher_encrypt(session.algorithm, key, start_of(parts->capability, packet_number),
                                plain, out, left, &parts->message.length);
        builder.used += parts->message.length;
    }
    if (status == CIPHER_OK && (parts->capability & signatures) != 0) {
        status = sign(sender, plain, &builder, parts);
    }
    return status;
}

CipherPlain cipher_split_plain(FsBytes plain)
{
    CipherPlain parts;
    parts.text = cipher_take(&plain, '\0');
    parts.files = cipher_take(&plain, '\0');
    parts.recipients = cipher_take(&plain, '\0');
    return parts;
}

ptrdiff_t cipher_join_plain(const CipherPlain *plain, uint8_t *out, size_t capacity)
{
    FsBuilder b = fs_builder(out, capacity);
    fs_put(&b, plain->text);
    fs_put_byte(&b, '\0');
    if (plain->files.length > 0 || plain->recipients.length > 0) {
        fs_put(&b, plain->files);
        fs_put_byte(&b, '\0');
    }
    if (plain->recipients.length > 0) {
        fs_put(&b, plain->recipients);
        fs_put_byte(&b, '\0');
    }
    return fs_built(&b);
}
