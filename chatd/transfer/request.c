/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chatd/transfer/request.h"
#include "protocol/feiq/build_key.h"
#include "protocol/feiq/command.h"
#include "protocol/feiq/feiq.h"

enum { ENTRIES = 256 }; /* decoded fields: the bits of two capabilities are many */

/* What was found in a request. */
typedef struct {
    FileRequest *request;
    guint32 word;
    guint numbers;
    guint8 key[CIPHER_AES_KEY];
    gsize key_length; /* 0: none */
    gboolean has_file_number;
    gboolean is_plain_wanted; /* an encrypted request for bytes that are not */
    gboolean is_encrypted;
    gboolean is_decrypted;
    gboolean is_forged;
    gboolean is_wrong;
} Found;

static void take_key(Found *found, FsBytes digits)
{
    found->key_length = 0;
    for (gsize i = 0; i + 1 < digits.length && found->key_length < sizeof found->key; i += 2) {
        int high = g_ascii_xdigit_value((char)digits.data[i]);
        int low = g_ascii_xdigit_value((char)digits.data[i + 1]);
        if (high < 0 || low < 0) {
            return;
        }
        found->key[found->key_length++] = (guint8)(high << 4 | low);
    }
}

static void take_number(Found *found, guint64 *where, guint64 number)
{
    *where = number;
    found->numbers++;
}

static void take(Found *found, const FsEntry *entry)
{
    guint64 number = entry->value.number;
    switch (entry->field - feiq_table.fields) {
    case FEIQ_COMMAND_WORD:
        found->word = (guint32)number;
        break;
    case FEIQ_REQUEST_PACKET_NUMBER:
        take_number(found, &found->request->number, number);
        break;
    case FEIQ_REQUEST_FILE_ID:
        take_number(found, &found->request->file, number);
        break;
    case FEIQ_REQUEST_OFFSET:
        take_number(found, &found->request->offset, number);
        break;
    case FEIQ_REQUEST_FILE_KEY:
        take_key(found, (FsBytes){entry->value.bytes.data, entry->value.bytes.length});
        break;
    case FEIQ_REQUEST_FILE_NUMBER:
        found->has_file_number = TRUE;
        found->request->file_number = number;
        break;
    case FEIQ_CAPABILITY: /* the one behind the numbers counts, which comes last */
        found->is_plain_wanted = (number & FEIQ_CAPABILITY_NOENC_FILE) != 0;
        break;
    case FEIQ_CIPHER:
        found->is_encrypted = TRUE;
        break;
    case FEIQ_DECRYPTED:
        found->is_decrypted = TRUE;
        break;
    case FEIQ_DECRYPT_PADDING: /* what was decrypted is nonsense */
    case FEIQ_REQUEST_INVALID:
        found->is_wrong = TRUE;
        break;
    case FEIQ_SIGNATURE_BAD:
        found->is_forged = TRUE;
        break;
    default:
        break;
    }
}

/* What is wrong with a request of which nothing is missing; NULL: nothing. */
static const char *find_fault(const Found *found)
{
    guint needed = found->request->command == FEIQ_CMD_GETDIRFILES ? 2 : 3;
    if (found->request->command != FEIQ_CMD_GETFILEDATA &&
        found->request->command != FEIQ_CMD_GETDIRFILES) {
        return "what was asked is no request for a file";
    }
    if (found->is_encrypted && !found->is_decrypted) {
        return "a request that is encrypted for another key";
    }
    if (found->is_forged) {
        return "a request that another signed";
    }
    if (found->is_wrong || found->numbers < needed) {
        return "what was asked is no request for a file";
    }
    if ((found->word & FEIQ_OPT_ENCFILE) != 0 && found->is_encrypted && !found->is_plain_wanted &&
        (found->key_length != sizeof found->key || !found->has_file_number)) {
        return "a request for encrypted bytes that names no key of AES-256";
    }
    return NULL;
}

FileRequestVerdict file_request_read(const guint8 *bytes, gsize length, const NodeAddress *from,
                                     FsOpener *opener, gboolean at_last, FileRequest *request,
                                     const char **reason)
{
    FsEntry entries[ENTRIES];
    FsPacket packet = {.entries = entries, .capacity = ENTRIES, .opener = opener};
    guint32 count = (guint32)length;
    Found found = {.request = request};
    *request = (FileRequest){.command = 0};
    fs_packet_reset(&packet, bytes);
    if (opener != NULL) {
        opener->source = (FsBytes){from->ip, sizeof from->ip};
    }
    gboolean known = feiq_decode_segment(&packet, (FsSpan){bytes, count, count});
    for (guint32 i = 0; known && i < packet.count; i++) {
        take(&found, &packet.entries[i]);
    }
    request->command = (guint8)found.word;
    gboolean has_end = at_last || bytes[length - 1] == '\0';
    *reason = find_fault(&found);
    if (*reason != NULL) {
        return has_end ? FILE_REQUEST_WRONG : FILE_REQUEST_PARTIAL;
    }
    if (!has_end && (found.is_encrypted || bytes[length - 1] != ':')) {
        return FILE_REQUEST_PARTIAL;
    }
    if (found.is_encrypted && (found.word & FEIQ_OPT_ENCFILE) != 0 && !found.is_plain_wanted) {
        request->seal = file_seal(found.key, request->file_number);
    }
    return FILE_REQUEST_WHOLE;
}
