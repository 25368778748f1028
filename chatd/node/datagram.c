/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chatd/node/datagram.h"
#include "chatd/transfer/names.h"
#include "protocol/feiq/build_file.h"
#include "protocol/text.h"

enum { ENTRIES = 4096, ROOM = 4 * 65536 + 4096 };

struct NodeReader {
    NodeDatagram datagram;
    FsPacket packet;
    FsSpan span; /* the datagram */
    GString *files;
    NodeFile offered[NODE_MOST_FILES];
    gsize used; /* of room */
    guint found;
    FsEntry entries[ENTRIES];
    char room[ROOM];
};

/* What a header has to have. */
enum { HAS_NUMBER = 1, HAS_USER = 2, HAS_HOST = 4, HAS_WORD = 8, HAS_ALL = 15, IS_NONSENSE = 16 };

NodeReader *node_reader_new(FsOpener *opener)
{
    NodeReader *reader = g_new0(NodeReader, 1);
    reader->packet.opener = opener;
    reader->packet.entries = reader->entries;
    reader->packet.capacity = ENTRIES;
    reader->files = g_string_new(NULL);
    return reader;
}

void node_reader_free(NodeReader *reader)
{
    if (reader != NULL) {
        g_string_free(reader->files, TRUE);
        g_free(reader);
    }
}

/* Does the program write GBK unless it says otherwise? */
static gboolean writes_gbk(const NodeDatagram *datagram)
{
    return node_vendor_writes_gbk(datagram->vendor) &&
           (datagram->word & (FEIQ_OPT_UTF8 | FEIQ_OPT_CAPUTF8)) == 0;
}

/* The entry's text in UTF-8. */
static const char *take_text(NodeReader *reader, const FsEntry *entry)
{
    if (reader->used >= ROOM - 1) {
        return "";
    }
    char *text = reader->room + reader->used;
    const guint8 *bytes = entry->value.bytes.data;
    FsEncoding encoding = (FsEncoding)entry->encoding;
    if (encoding == FS_UTF8 && writes_gbk(&reader->datagram) &&
        transfer_is_rather_gbk(bytes, entry->value.bytes.length)) {
        encoding = FS_GB18030;
    }
    gsize length =
        fs_text_to_utf8(text, ROOM - reader->used, bytes, entry->value.bytes.length, encoding);
    reader->used += length + 1;
    reader->datagram.speaks_gbk |= encoding == FS_GB18030;
    reader->datagram.speaks_utf8 |= encoding == FS_UTF8;
    return text;
}

/* What follows the colon behind the command word. */
static void take_additional(NodeReader *reader, const FsEntry *word)
{
    const FsSpan *datagram = &reader->span;
    gsize begin = (word->bit_offset + word->bit_length) / 8 + 1;
    if (word->source == 0 && begin <= datagram->captured) {
        reader->datagram.body = datagram->data + begin;
        reader->datagram.body_length = datagram->captured - begin;
    }
}

static void take_header(NodeReader *reader, const FsEntry *entry, long field)
{
    NodeDatagram *datagram = &reader->datagram;
    switch (field) {
    case FEIQ_VENDOR:
        datagram->vendor = (FeiqVendor)entry->value.number;
        break;
    case FEIQ_PACKET_NUMBER:
        datagram->number = entry->value.number;
        reader->found |= HAS_NUMBER;
        break;
    case FEIQ_USER:
        datagram->user = take_text(reader, entry);
        reader->found |= *datagram->user != '\0' ? HAS_USER : 0;
        break;
    case FEIQ_HOST:
        datagram->host = take_text(reader, entry);
        reader->found |= HAS_HOST;
        break;
    case FEIQ_COMMAND_WORD:
        datagram->word = (guint32)entry->value.number;
        datagram->command = (guint8)datagram->word;
        take_additional(reader, entry);
        reader->found |= HAS_WORD;
        break;
    default:
        break;
    }
}

static void take_body(NodeReader *reader, const FsEntry *entry, long field)
{
    NodeDatagram *datagram = &reader->datagram;
    switch (field) {
    case FEIQ_NICK:
        datagram->nick = take_text(reader, entry);
        break;
    case FEIQ_GROUP:
        datagram->group = take_text(reader, entry);
        break;
    case FEIQ_TEXT:
        datagram->text = take_text(reader, entry);
        break;
    case FEIQ_CIPHER:
        datagram->is_cipher = TRUE;
        break;
    case FEIQ_QUN_ID:
        datagram->has_qun = TRUE;
        datagram->qun = (guint32)entry->value.number;
        break;
    case FEIQ_DECRYPTED:
        datagram->is_cipher = FALSE;
        break;
    case FEIQ_DECRYPT_PADDING: /* what was decrypted is nonsense */
        reader->found |= IS_NONSENSE;
        break;
    case FEIQ_SIGNATURE_BAD:
        datagram->is_forged = TRUE;
        break;
    case FEIQ_CAPABILITY:
        datagram->capability = (guint32)entry->value.number;
        break;
    case FEIQ_ACK:
        datagram->has_about = TRUE;
        datagram->about = entry->value.number;
        break;
    case FEIQ_LIST_START:
        datagram->list_start = (guint32)entry->value.number;
        break;
    default:
        take_header(reader, entry, field);
    }
}

static void take_chunk(NodeReader *reader, const FsEntry *entry, long field)
{
    NodeChunk *chunk = &reader->datagram.chunk;
    guint32 number = (guint32)entry->value.number;
    if (field == FEIQ_IMAGE_ID) {
        chunk->id = number;
    } else if (field == FEIQ_IMAGE_TOTAL) {
        chunk->total = number;
    } else if (field == FEIQ_IMAGE_OFFSET) {
        chunk->offset = number;
    } else if (field == FEIQ_IMAGE_NUMBER) {
        chunk->number = number;
    } else if (field == FEIQ_IMAGE_DATA) {
        chunk->data = entry->value.bytes.data;
        chunk->length = entry->value.bytes.length;
    }
}

/* The fields of a list of files; each file begins with its identifier. */
static void take_file(NodeReader *reader, const FsEntry *entry, long field)
{
    NodeDatagram *datagram = &reader->datagram;
    NodeFile *file =
        datagram->offered_count > 0 ? &reader->offered[datagram->offered_count - 1] : NULL;
    if (field == FEIQ_FILE && datagram->offered_count < NODE_MOST_FILES) {
        reader->offered[datagram->offered_count++] = (NodeFile){.name = ""};
    } else if (file == NULL) {
        return;
    } else if (field == FEIQ_FILE_ID) {
        file->id = (guint32)entry->value.number;
    } else if (field == FEIQ_FILE_NAME) {
        file->name = take_text(reader, entry);
    } else if (field == FEIQ_FILE_SIZE) {
        file->size = entry->value.number;
    } else if (field == FEIQ_FILE_MTIME) {
        file->mtime = entry->value.number;
    } else if (field == FEIQ_FILE_TYPE) {
        file->type = (guint8)entry->value.number;
    }
}

/* What of the list a text can show: "name (size bytes)" a line. */
static void describe_files(NodeReader *reader)
{
    for (guint i = 0; i < reader->datagram.offered_count; i++) {
        const NodeFile *file = &reader->offered[i];
        g_string_append_printf(reader->files, "%s%s", i == 0 ? "" : "\n", file->name);
        if (file->type == FEIQ_FILE_TYPE_DIRECTORY) {
            g_string_append_c(reader->files, '/');
        } else {
            g_string_append_printf(reader->files, " (%" G_GUINT64_FORMAT " bytes)", file->size);
        }
    }
}

const NodeDatagram *node_reader_read(NodeReader *reader, const NodeAddress *from,
                                     const guint8 *bytes, gsize length)
{
    FsSpan span = {bytes, (uint32_t)length, (uint32_t)length};
    fs_packet_reset(&reader->packet, bytes);
    reader->span = span;
    if (reader->packet.opener != NULL) {
        reader->packet.opener->source = (FsBytes){from->ip, sizeof from->ip};
    }
    g_string_truncate(reader->files, 0);
    reader->used = 0;
    reader->found = 0;
    reader->datagram = (NodeDatagram){
        .from = *from, .user = "", .host = "", .nick = "", .group = "", .text = "", .files = ""};
    if (!feiq_decode_datagram(&reader->packet, span)) {
        return NULL;
    }
    for (guint32 i = 0; i < reader->packet.count; i++) {
        const FsEntry *entry = &reader->packet.entries[i];
        long field = entry->field - feiq_table.fields;
        if (field >= FEIQ_FILE && field <= FEIQ_FILE_TYPE) {
            take_file(reader, entry, field);
        } else if (field >= FEIQ_IMAGE_ID && field <= FEIQ_IMAGE_DATA) {
            take_chunk(reader, entry, field);
        } else {
            take_body(reader, entry, field);
        }
    }
    describe_files(reader);
    reader->datagram.files = reader->files->str;
    reader->datagram.offered = reader->offered;
    reader->datagram.is_cipher |= (reader->found & IS_NONSENSE) != 0;
    return (reader->found & HAS_ALL) == HAS_ALL ? &reader->datagram : NULL;
}
