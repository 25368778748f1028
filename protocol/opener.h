/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Who decrypts what a decoder finds encrypted. The decoder knows no keys and no ciphers: it hands
 * the bytes to the packet's opener, if there is one, and decodes what it gets back as a source of
 * its own. protocol/cipher/opener.h makes one.
 */
#ifndef FEISCOPE_PROTOCOL_OPENER_H
#define FEISCOPE_PROTOCOL_OPENER_H

#include "protocol/builder.h"
#include "protocol/cipher/status.h"

/** What is encrypted. */
typedef struct {
    bool group;            /**< FeiQ's group datagram; else a body of a message or a request */
    FsBytes text;          /**< the cipher text; or capability:key:message[:signature] */
    FsBytes mac;           /**< of a group datagram: the sender's MAC as text, which is the key */
    FsBytes packet_number; /**< of a body: of its datagram, decimal */
} FsSealed;

/** What came of it. */
typedef struct {
    CipherStatus status;    /**< CIPHER_OK, CIPHER_PADDING: plain is there; CIPHER_NO_KEY: there is
                             *   no key for the receiver; or what cipher_open_… of message.h return */
    CipherStatus signature; /**< CIPHER_OK, CIPHER_FORGED, CIPHER_UNSIGNED, CIPHER_UNSUPPORTED, or
                             *   CIPHER_NO_KEY: the sender's public key was not seen before */
    const char *reason;     /**< what any other status says, in a few English words */
    FsBytes plain;          /**< lives until the packet is reset */
    size_t sealed_length;   /**< of a body: bytes of the encrypted key; 0 if it cannot be read */
    size_t key_length;      /**< with CIPHER_KEY_SIZE: what the longest key given opens */
} FsOpened;

typedef struct FsOpener {
    /** Decrypt, and verify the signature; never fails otherwise than by *opened. */
    void (*open)(struct FsOpener *opener, const FsSealed *sealed, FsOpened *opened);

    /**
     * Remember the sender's public key.
     *
     * @param body of ANSPUBKEY, whole
     * @return CIPHER_OK, CIPHER_NO_ROOM if more keys were seen than are kept, CIPHER_IMPOSSIBLE for
     *         numbers that are no RSA key, or CIPHER_MALFORMED, CIPHER_CODING or CIPHER_FAILED
     */
    CipherStatus (*learn)(struct FsOpener *opener, FsBytes body);

    /* Whom the datagram is from and to, and in what frame: set by who walks the headers. */
    FsBytes source;      /**< address, 4 or 16 bytes; empty: not known */
    FsBytes destination; /**< likewise */
    uint32_t frame;      /**< keys of later frames are not used; 0 where frames come in order */
} FsOpener;

#endif
