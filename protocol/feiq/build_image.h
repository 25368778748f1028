/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * FeiQ's inline images and group chat (群).
 */
#ifndef FEISCOPE_PROTOCOL_FEIQ_BUILD_IMAGE_H
#define FEISCOPE_PROTOCOL_FEIQ_BUILD_IMAGE_H

#include "protocol/feiq/build_header.h"

enum {
    FEIQ_CHUNK_SIZE = 512,      /**< bytes of an image in each chunk but the last */
    FEIQ_REFERENCE_LENGTH = 15, /**< bytes of a reference in the text of a message */
    FEIQ_QUN_BLOCK = 8          /**< cipher texts of group datagrams are multiples of this */
};

/** One chunk of an image. */
typedef struct {
    uint32_t id;         /**< of the image, as in the text that refers to it */
    uint32_t total;      /**< bytes of the image */
    uint32_t offset;     /**< of the chunk in it */
    uint32_t count;      /**< chunks of the image: total / 512, rounded up */
    uint32_t number;     /**< of this chunk, from 1 */
    uint32_t unknown[3]; /**< FeiQ sends 0, 2, 0 or 0, 1, 0; their meaning is not known */
    FsBytes data;        /**< bytes of the chunk */
} FeiqChunk;

/**
 * Build the reference that stands in a message's text where the image is to be shown.
 *
 * @param animated a GIF
 */
ptrdiff_t feiq_build_image_reference(uint8_t *out, size_t capacity, uint32_t id, bool animated);

/**
 * Build one chunk (command word 2097344).
 *
 * Impossible: a chunk without bytes, of more than FEIQ_CHUNK_SIZE or that reaches beyond the image;
 * a number of 0 or beyond the count.
 */
ptrdiff_t feiq_build_image_chunk(uint8_t *out, size_t capacity, const FeiqSender *sender,
                                 uint64_t packet_number, const FeiqChunk *chunk);

/** Build the acknowledgement of a chunk; it goes to where the chunk came from, at once. */
ptrdiff_t feiq_build_image_ack(uint8_t *out, size_t capacity, const FeiqSender *sender,
                               uint64_t packet_number, uint32_t id, uint32_t number);

/**
 * Build the plain text of a group datagram: QUNMSGMARK#group[_message]#text. FeiQ encrypts it with
 * the twelve characters of the MAC address in the sender's version (Blowfish, CBC, PKCS#5).
 *
 * @param group          number of the chat group
 * @param message_number decimal digits that differ in each message; empty: none, as in an entry
 * @param text           of a message, or the name of the group in an entry, or empty
 *
 * Impossible: a message number of other characters.
 */
ptrdiff_t feiq_build_qun_text(uint8_t *out, size_t capacity, uint32_t group, FsBytes message_number,
                              FsBytes text);

/**
 * Build a group datagram, for the multicast group 226.81.9.8.
 *
 * @param command GROUPMSG or GROUP_ENTRY
 * @param body    cipher text; its length is sent in the version field
 *
 * Impossible: another command; a sender without FeiQ's version, which holds key and length; a body
 * that is no cipher text (empty, or no multiple of 8 bytes).
 */
ptrdiff_t feiq_build_qun(uint8_t *out, size_t capacity, const FeiqSender *sender,
                         uint64_t packet_number, uint8_t command, FsBytes body);

/**
 * Build a group message that is not encrypted (command word 2097187).
 *
 * @param text what feiq_build_qun_text made
 */
ptrdiff_t feiq_build_plain_qun(uint8_t *out, size_t capacity, const FeiqSender *sender,
                               uint64_t packet_number, FsBytes text);

#endif
