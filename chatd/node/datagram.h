/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A received datagram as the FeiQ node needs it: what the decoder says of it, in UTF-8.
 */
#ifndef FEISCOPE_CHATD_NODE_DATAGRAM_H
#define FEISCOPE_CHATD_NODE_DATAGRAM_H

#include "chatd/node/address.h"
#include "protocol/feiq/command.h"
#include "protocol/feiq/feiq.h"
#include "protocol/opener.h"

/** Most files of one message that the node takes notice of. */
enum { NODE_MOST_FILES = 100 };

/** A file that a message offers. */
typedef struct {
    const char *name; /**< as it was sent: a colon stands twice */
    guint32 id;
    guint64 size;
    guint64 mtime;
    guint8 type; /**< FEIQ_FILE_TYPE_… */
} NodeFile;

/** A chunk of an image, or its acknowledgement, which has identifier and number only. */
typedef struct {
    guint32 id;
    guint32 total;
    guint32 offset;
    guint32 number;
    const guint8 *data; /**< NULL: there is none */
    guint32 length;     /**< of the data */
} NodeChunk;

/** Strings are UTF-8, "" where there is none, and live until the next datagram is read. */
typedef struct {
    NodeAddress from;
    guint64 number; /**< packet number */
    guint32 word;   /**< command word */
    guint8 command;
    FeiqVendor vendor;
    gboolean speaks_gbk;  /**< it holds text in GBK */
    gboolean speaks_utf8; /**< it holds text beyond ASCII in UTF-8 */
    const char *user;
    const char *host;
    const char *nick;
    const char *group;
    const char *text;
    const char *files; /**< "name (size bytes)" a line, of files that are offered */
    const NodeFile *offered;
    guint offered_count;
    NodeChunk chunk;
    gboolean has_qun;
    guint32 qun;        /**< number of the chat group */
    gboolean is_cipher; /**< the body is encrypted, and cannot be read */
    gboolean is_forged; /**< it was decrypted, but its signature is not its sender's */
    guint32 capability; /**< of GETPUBKEY */
    const guint8 *body; /**< what follows the header */
    gsize body_length;
    gboolean has_about;
    guint64 about;      /**< packet number that is answered */
    guint32 list_start; /**< of GETLIST */
} NodeDatagram;

typedef struct NodeReader NodeReader;

/** @param opener who decrypts; NULL: nobody. @return free with node_reader_free */
NodeReader *node_reader_new(FsOpener *opener);
void node_reader_free(NodeReader *reader);

/**
 * Decode a datagram.
 *
 * @return NULL if it is not one of the family or lacks a part of the header; else the datagram,
 *         which lives until the next is read
 */
const NodeDatagram *node_reader_read(NodeReader *reader, const NodeAddress *from,
                                     const guint8 *bytes, gsize length);

/** Is a program made for Windows in China, where text is in GBK? */
static inline gboolean node_vendor_writes_gbk(FeiqVendor vendor)
{
    return vendor == FEIQ_VENDOR_FEIQ || vendor == FEIQ_VENDOR_SHIYELINE ||
           vendor == FEIQ_VENDOR_FEIGE;
}

/** Has a command word an option? */
static inline gboolean node_datagram_has(const NodeDatagram *datagram, guint32 option)
{
    return (datagram->word & option) != 0;
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(NodeReader, node_reader_free)

#endif
