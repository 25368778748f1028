/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Encrypted bodies of messages and of requests for files: capability:key:message[:signature]. The
 * message is encrypted by a key of its own, that key by the receiver's RSA key, and the signature
 * is the sender's, over the plain text with its NULs.
 *
 * Source: official client msgmng.cpp (v4.99), MakeEncryptMsg and DecryptMsg. FeiQ writes the same
 * with RSA of 1024 bits, Blowfish of 128, a start of zeros and no signature.
 */
#ifndef FEISCOPE_PROTOCOL_CIPHER_MESSAGE_H
#define FEISCOPE_PROTOCOL_CIPHER_MESSAGE_H

#include "protocol/cipher/block.h"
#include "protocol/cipher/key.h"
#include "protocol/feiq/build_key.h"

/** The key of one message. */
typedef struct {
    CipherAlgorithm algorithm;
    uint8_t key[CIPHER_AES_KEY];
    size_t length;
} CipherSession;

/**
 * What two programs encrypt by, by the official client's rule: RSA-2048 with AES-256 and the better
 * of the signatures that both know, else RSA-1024 with Blowfish-128; both with a start of the
 * packet number and in base64 if both know that.
 *
 * @return the capability for cipher_seal_message; 0 if they have no pair of ciphers in common
 */
uint32_t cipher_choose(uint32_t mine, uint32_t theirs);

/**
 * Take a body apart, to octets.
 *
 * @param body     as it stands in the datagram, to a NUL or its end
 * @param room     where the octets go that *parts points to
 * @param capacity of room; body.length is enough
 * @return CIPHER_OK, CIPHER_MALFORMED, CIPHER_CODING, CIPHER_NO_ROOM, or CIPHER_UNSUPPORTED if the
 *         capability names no ciphers that are implemented
 */
CipherStatus cipher_read_body(FsBytes body, uint8_t *room, size_t capacity, FeiqCipher *parts);

/**
 * Decrypt the key of a message.
 *
 * @param receiver a private key
 * @return CIPHER_OK, CIPHER_KEY_SIZE, CIPHER_WRONG_KEY, CIPHER_UNSUPPORTED, CIPHER_IMPOSSIBLE if
 * the receiver's key is public, or CIPHER_FAILED
 */
CipherStatus cipher_open_session(const CipherKey *receiver, const FeiqCipher *parts,
                                 CipherSession *session);

/**
 * Decrypt a message.
 *
 * @param packet_number as it stands in the header, decimal
 * @param rest          as cipher_decrypt
 */
CipherStatus cipher_open_message(const CipherSession *session, const FeiqCipher *parts,
                                 FsBytes packet_number, uint8_t *out, size_t capacity,
                                 size_t *length);

/**
 * Verify a message's signature.
 *
 * @param sender the sender's key
 * @param plain  what cipher_open_message gave
 * @return CIPHER_OK, CIPHER_UNSIGNED, CIPHER_UNSUPPORTED for an MD5 signature, CIPHER_KEY_SIZE,
 *         CIPHER_FORGED or CIPHER_FAILED
 */
CipherStatus cipher_verify_message(const CipherKey *sender, const FeiqCipher *parts, FsBytes plain);

/**
 * Encrypt a message with a key that is made for it, for feiq_build_message and its like to write.
 *
 * @param receiver      the receiver's public key
 * @param sender        the sender's private key; NULL: the message is not signed, and the bits for
 * a signature are cleared
 * @param capability    what cipher_choose gave
 * @param packet_number of the datagram, decimal
 * @param plain         with its NUL
 * @param room          where the octets go that *parts points to: two keys and the cipher text
 * @param capacity      of room; cipher_key_size of both keys and cipher_padded_length are enough
 * @return CIPHER_OK, CIPHER_NO_ROOM, CIPHER_FAILED, CIPHER_UNSUPPORTED as cipher_read_body, or
 *         CIPHER_IMPOSSIBLE if the receiver's key is too short or the sender's public
 */
CipherStatus cipher_seal_message(const CipherKey *receiver, const CipherKey *sender,
                                 uint32_t capability, FsBytes packet_number, FsBytes plain,
                                 uint8_t *room, size_t capacity, FeiqCipher *parts);

/** What stands in the plain text of a message; each without its NUL. */
typedef struct {
    FsBytes text;
    FsBytes files;      /**< list of attachments; only with option ENCEXTMSG */
    FsBytes recipients; /**< "TO:" and user:host, each ended by 0x07; likewise */
} CipherPlain;

/** Take a plain text apart, at its NULs. */
CipherPlain cipher_split_plain(FsBytes plain);

/**
 * Put a plain text together: text NUL, and where there are files or recipients both, each with its
 * NUL; recipients without files have an empty list before them.
 *
 * @return its length, or FS_NO_ROOM
 */
ptrdiff_t cipher_join_plain(const CipherPlain *plain, uint8_t *out, size_t capacity);

#endif
