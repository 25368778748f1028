/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Files over TCP: a request, and the bytes that are sent upon it. Where in the stream bytes stand
 * is told by their sequence number alone, so it is the same at each visit of a frame, in whatever
 * order, and for segments that come again.
 */
#ifndef FEISCOPE_DISSECTOR_TRANSFER_H
#define FEISCOPE_DISSECTOR_TRANSFER_H

#include "dissector/datagram.h"
#include "dissector/decrypt.h"
#include "dissector/fields.h"
#include "dissector/offer.h"

#include <epan/dissectors/packet-tcp.h>

typedef struct Folder Folder;

/** One request and what is known of its answer. */
typedef struct {
    OfferedFile *file;  /**< NULL if its offer is not in the capture */
    const char *label;  /**< what to call it then */
    FileCipher *cipher; /**< of bytes that are encrypted, if the key is known */
    bool sealed;        /**< the request could not be decrypted */
    Folder *folder;     /**< of a request for a folder whose stream can be taken apart */
    wmem_tree_t
        *estimates;       /**< offset in the stream in units of 1 GiB, by the frame from which on */
    uint64_t last_offset; /**< in the stream, of the newest bytes at a first visit */
    uint64_t from;        /**< offset in the file of the stream's first byte */
    uint64_t received;    /**< end of the newest bytes in the stream */
    int64_t asked_at;     /**< in nanoseconds since 1970 */
    uint32_t request_in;
    uint32_t offered_in; /**< 0: not known */
    uint32_t data_in;    /**< 0: no bytes came yet */
    uint32_t base;       /**< sequence number of the stream's first byte */
    uint16_t client_port;
    uint8_t command; /**< GETFILEDATA or GETDIRFILES */
    address client;
} Transfer;

/**
 * Find what bytes of a connection belong to.
 *
 * @return the newest request to the sender of the frame; NULL if there is none
 */
Transfer *transfer_of_data(int proto, packet_info *pinfo);

/**
 * Remember a request, at the first visit of its frame, and find it again later.
 *
 * @param datagram says GETFILEDATA or GETDIRFILES
 * @return NULL if there is nothing to remember
 */
Transfer *transfer_add(int proto, packet_info *pinfo, const Datagram *datagram,
                       const struct tcpinfo *tcp);

/**
 * Add the links of a request to its tree.
 *
 * @param layer the tree of the request; NULL if nobody wants it
 * @param tree  where remarks go if there is no layer
 */
void transfer_show_request(const Transfer *transfer, packet_info *pinfo, proto_tree *layer,
                           proto_tree *tree, tvbuff_t *tvb);

/** Where in the stream do a frame's bytes begin? Remembers how far the stream came. */
uint64_t transfer_offset(Transfer *transfer, packet_info *pinfo, const struct tcpinfo *tcp,
                         uint32_t length);

/**
 * Add the links of bytes to their tree: the request, and where they are the first, how long it took
 * until they came.
 *
 * @param at offset of the bytes in what the frame brings
 */
void transfer_show_links(const Transfer *transfer, const packet_info *pinfo, proto_tree *layer,
                         tvbuff_t *tvb, uint32_t at);

/** Bytes of one file, in one segment. */
typedef struct {
    void *object;      /**< stands for the file, for as long as the capture file is open */
    const char *name;  /**< UTF-8; NULL if it is not known */
    const char *label; /**< what to call it then */
    uint64_t size;     /**< of the whole file */
    uint64_t offset;   /**< in the file */
    uint64_t from;     /**< where in the file the transfer begins */
    bool sized;        /**< the size is known */
} TransferPart;

/**
 * Show bytes as a layer of their own.
 *
 * @param tvb  all that the dissector got
 * @param at   offset of the bytes in it, which are captured
 * @param part NULL for bytes of no file
 */
void transfer_show_data(const RegisteredTable *feiq, const Transfer *transfer, packet_info *pinfo,
                        proto_tree *tree, tvbuff_t *tvb, int at, int length,
                        const TransferPart *part);

/** Show a file's bytes; all of the segment are the file's. */
void transfer_show_file(const RegisteredTable *feiq, Transfer *transfer, packet_info *pinfo,
                        proto_tree *tree, tvbuff_t *tvb, uint64_t offset);

#endif
