/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Files: the list in a message that offers them, the requests over TCP, and the headers of the
 * stream that carries a folder. The bytes of files have no header and are sent as they are.
 */
#ifndef FEISCOPE_PROTOCOL_FEIQ_BUILD_FILE_H
#define FEISCOPE_PROTOCOL_FEIQ_BUILD_FILE_H

#include "protocol/feiq/build_key.h"

/** Types of files: the low byte of attributes, of which there are more. */
enum {
    FEIQ_FILE_TYPE_REGULAR = 1,
    FEIQ_FILE_TYPE_DIRECTORY = 2,
    FEIQ_FILE_TYPE_PARENT = 3, /**< in the stream of a folder: back to the one above */
    FEIQ_FILE_TYPE_CLIPBOARD = 0x20
};

/** An extended attribute: key=value, both hexadecimal, such as 0x14 (change time) = 59bbf8db. */
typedef struct {
    uint32_t key;
    FsBytes value; /**< without ":", "=" and control characters; "," separates several */
} FeiqFileExtra;

/** A file that is offered or sent. */
typedef struct {
    uint32_t id;                 /**< by which it is asked for; not in the stream of a folder */
    FsBytes name;                /**< without a path; a colon in it is sent twice */
    uint64_t size;               /**< bytes, below 2^63; a directory has 0 */
    uint64_t time;               /**< of the last change, Unix; not in the stream of a folder */
    uint32_t attributes;         /**< type in the low byte, flags above it */
    const FeiqFileExtra *extras; /**< `extra_count` of them */
    size_t extra_count;
} FeiqFile;

/**
 * Build GETFILEDATA, a request over TCP for one file from an offset on; or GETDIRFILES for a
 * folder. All numbers are sent in hexadecimal; a colon and a NUL end the request.
 *
 * @param offer  packet number of the message that offered the file
 * @param file   identifier of the file in that message
 * @param offset first byte that is wanted; nothing is sent of it for a folder
 */
ptrdiff_t feiq_build_getfiledata(uint8_t *out, size_t capacity, const FeiqSender *sender,
                                 uint64_t packet_number, uint32_t options, uint64_t offer,
                                 uint32_t file, uint64_t offset);
ptrdiff_t feiq_build_getdirfiles(uint8_t *out, size_t capacity, const FeiqSender *sender,
                                 uint64_t packet_number, uint32_t options, uint64_t offer,
                                 uint32_t file);

/** What is asked for, and by what its bytes are to be encrypted: the plain text of a request. */
typedef struct {
    uint8_t command;      /**< GETFILEDATA or GETDIRFILES */
    uint64_t offer;       /**< as above */
    uint32_t file;        /**< as above */
    uint64_t offset;      /**< of GETFILEDATA */
    FsBytes key;          /**< for AES-256, 32 octets; empty: the bytes are not to be encrypted */
    uint64_t file_number; /**< that the counter begins with: the packet number of the request */
} FeiqSealedRequest;

/**
 * Build the plain text of an encrypted request, with its NUL. Source: official client, recvdlg.cpp
 * (v4.6).
 *
 * Impossible: another command; a key of another length.
 */
ptrdiff_t feiq_build_request_text(uint8_t *out, size_t capacity, const FeiqSealedRequest *request);

/**
 * Build a request of which that is encrypted. ENCRYPTOPT and ENCFILEOPT are set.
 *
 * Impossible: another command; no key or no cipher text.
 */
ptrdiff_t feiq_build_sealed_request(uint8_t *out, size_t capacity, const FeiqSender *sender,
                                    uint64_t packet_number, uint8_t command, uint32_t options,
                                    const FeiqCipher *cipher);

/**
 * Build the header of an entry in the stream of a folder; the `size` bytes of the file follow it. A
 * directory opens a level, feiq_build_directory_end closes it.
 *
 * Impossible: a name that is empty or holds a control character; a size of 2^63 or more; a type
 * that is none (protocol/feiq.md 6.2); a header of more than 4096 bytes.
 */
ptrdiff_t feiq_build_directory_entry(uint8_t *out, size_t capacity, const FeiqFile *file);

/** Build the header that leads back to the directory above. */
ptrdiff_t feiq_build_directory_end(uint8_t *out, size_t capacity);

/* --- for the other builders --- */

/**
 * Append a list of files with its NUL.
 *
 * Impossible: a name that is empty or holds a control character; a size of 2^63 or more; a time
 * beyond the year 9999; no type; more than FEIQ_MOST_FILES files; options as said in
 * build_header.h.
 */
void feiq_put_files(FsBuilder *b, const FeiqFile *files, size_t count, uint32_t word);

/** Most files that one message offers; readers may stop there. */
enum { FEIQ_MOST_FILES = 1000 };

#endif
