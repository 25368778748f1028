/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The exchange of keys, and bodies that are encrypted. Nothing is encrypted here: keys, cipher
 * texts and signatures are given as octets, and written in hexadecimal or base64.
 */
#ifndef FEISCOPE_PROTOCOL_FEIQ_BUILD_KEY_H
#define FEISCOPE_PROTOCOL_FEIQ_BUILD_KEY_H

#include "protocol/feiq/build_header.h"

/** Capability bits of which FeiQ and the official program use pairs. */
#define FEIQ_CAPABILITY_RSA_1024      UINT32_C(0x00000002)
#define FEIQ_CAPABILITY_RSA_2048      UINT32_C(0x00000004)
#define FEIQ_CAPABILITY_BLOWFISH_128  UINT32_C(0x00020000)
#define FEIQ_CAPABILITY_AES_256       UINT32_C(0x00100000)
#define FEIQ_CAPABILITY_PACKETNO_IV   UINT32_C(0x00800000)
#define FEIQ_CAPABILITY_ENCODE_BASE64 UINT32_C(0x01000000)
#define FEIQ_CAPABILITY_NOENC_FILE    UINT32_C(0x04000000)
#define FEIQ_CAPABILITY_SIGN_SHA1     UINT32_C(0x20000000)
#define FEIQ_CAPABILITY_SIGN_SHA256   UINT32_C(0x40000000)

/** An encrypted body. */
typedef struct {
    uint32_t capability; /**< how it is encrypted; with ENCODE_BASE64 it is written in base64 */
    FsBytes key;         /**< message key, encrypted with the receiver's RSA key */
    FsBytes message;     /**< cipher text */
    FsBytes signature;   /**< or empty */
} FeiqCipher;

/**
 * Build GETPUBKEY.
 *
 * @param capability what the sender can do
 */
ptrdiff_t feiq_build_getpubkey(uint8_t *out, size_t capacity, const FeiqSender *sender,
                               uint64_t packet_number, uint32_t options, uint32_t capability);

/**
 * Build ANSPUBKEY.
 *
 * @param exponent public exponent, most significant octet first
 * @param modulus  in the same order
 *
 * Impossible: a number without octets other than 0.
 */
ptrdiff_t feiq_build_anspubkey(uint8_t *out, size_t capacity, const FeiqSender *sender,
                               uint64_t packet_number, uint32_t options, uint32_t capability,
                               FsBytes exponent, FsBytes modulus);

/* --- for the other builders --- */

/**
 * Append an encrypted body with its NUL: capability:key:message[:signature].
 *
 * Impossible: no key or no message.
 */
void feiq_put_cipher(FsBuilder *b, const FeiqCipher *cipher);

#endif
