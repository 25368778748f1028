/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dissector/decrypt.h"

#include "protocol/cipher/coding.h"
#include "protocol/cipher/opener.h"

#include <epan/uat.h>
#include <wsutil/inet_addr.h>
#include <wsutil/report_message.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { LARGEST_KEY_FILE = 65536 };

/* A row of the table. */
typedef struct {
    char *address;
    char *file;
    char *password;
} KeyRecord;

static KeyRecord *records;
static unsigned record_count;
static CipherOpener *opener;
static GHashTable *said; /* what is wrong with key files, once told */

UAT_CSTRING_CB_DEF(key_records, address, KeyRecord)
UAT_FILENAME_CB_DEF(key_records, file, KeyRecord)
UAT_CSTRING_CB_DEF(key_records, password, KeyRecord)

/* The octets of an address: none for "any", which is everybody's. */
typedef struct {
    uint8_t bytes[16];
    size_t length;
} Receiver;

static bool read_address(const char *text, Receiver *receiver)
{
    ws_in4_addr ipv4;
    ws_in6_addr ipv6;
    *receiver = (Receiver){.length = 0};
    if (text == NULL || text[0] == '\0' || g_ascii_strcasecmp(text, "any") == 0) {
        return true;
    }
    if (ws_inet_pton4(text, &ipv4)) {
        receiver->length = sizeof ipv4;
        memcpy(receiver->bytes, &ipv4, sizeof ipv4);
        return true;
    }
    if (ws_inet_pton6(text, &ipv6)) {
        receiver->length = sizeof ipv6;
        memcpy(receiver->bytes, &ipv6, sizeof ipv6);
        return true;
    }
    return false;
}

/* The key of a file; NULL, and then *error says why, if there is none. */
static CipherKey *read_key(const char *file, const char *password, char **error)
{
    CipherKey *key = NULL;
    char *text = NULL;
    gsize length = 0;
    GError *trouble = NULL;
    if (file == NULL || file[0] == '\0') {
        *error = g_strdup("no key file is named");
    } else if (g_file_test(file, G_FILE_TEST_EXISTS) &&
               !g_file_test(file, G_FILE_TEST_IS_REGULAR)) {
        *error = g_strdup_printf("%s: not a regular file", file);
    } else if (!g_file_get_contents(file, &text, &length, &trouble)) {
        *error = g_strdup(trouble->message);
    } else if (length > LARGEST_KEY_FILE) {
        *error =
            g_strdup_printf("%s: %" G_GSIZE_FORMAT " bytes are too many for a key", file, length);
    } else {
        const char *given = password == NULL || password[0] == '\0' ? NULL : password;
        CipherStatus status =
            cipher_key_read_pem((FsBytes){(const uint8_t *)text, length}, given, &key);
        if (status == CIPHER_IMPOSSIBLE) {
            *error = g_strdup_printf("%s: an RSA key has from %d to %d bits", file,
                                     CIPHER_FEWEST_BITS, CIPHER_MOST_BITS);
        } else if (status != CIPHER_OK) {
            *error = g_strdup_printf("%s: %s", file, cipher_status_text(status));
        }
    }
    g_clear_error(&trouble);
    g_free(text);
    return key;
}

static void *copy_record(void *to, const void *from, size_t length _U_)
{
    KeyRecord *copy = (KeyRecord *)to;
    const KeyRecord *record = (const KeyRecord *)from;
    copy->address = g_strdup(record->address);
    copy->file = g_strdup(record->file);
    copy->password = g_strdup(record->password);
    return copy;
}

static void free_record(void *memory)
{
    KeyRecord *record = (KeyRecord *)memory;
    g_free(record->address);
    g_free(record->file);
    g_free(record->password);
}

/* Is the row one that can be used? Wireshark shows what is wrong beside it, tshark refuses it. */
static ws_boolean check_record(void *memory, char **error)
{
    const KeyRecord *record = (const KeyRecord *)memory;
    Receiver receiver;
    *error = NULL;
    if (!read_address(record->address, &receiver)) {
        *error =
            g_strdup_printf("%s: neither \"any\" nor an IPv4 or IPv6 address", record->address);
        return FALSE;
    }
    cipher_key_free(read_key(record->file, record->password, error));
    if (*error != NULL) {
        (void)g_hash_table_add(said, g_strdup(*error));
    }
    return *error == NULL;
}

/* When a capture is opened, or dissected anew since the table changed: not when the table is
 * loaded, since one row that is refused would keep Wireshark from saying that there are others. */
static void begin_capture(void)
{
    if (opener == NULL) {
        return;
    }
    cipher_opener_forget(opener);
    cipher_opener_clear(opener);
    for (unsigned i = 0; i < record_count; i++) {
        Receiver receiver;
        char *error = NULL;
        CipherKey *key = read_key(records[i].file, records[i].password, &error);
        if (error != NULL && !g_hash_table_contains(said, error)) {
            report_warning("FeiQ keys: %s", error); /* what was a key before is none now */
            (void)g_hash_table_add(said, g_strdup(error));
        }
        g_free(error);
        if (key != NULL && (!read_address(records[i].address, &receiver) ||
                            cipher_opener_add(opener, (FsBytes){receiver.bytes, receiver.length},
                                              key) != CIPHER_OK)) {
            cipher_key_free(key);
        }
    }
}

void decrypt_register(module_t *module)
{
    static uat_field_t fields[] = {
        UAT_FLD_CSTRING(key_records, address, "Receiver",
                        "Address of the host whose key it is, or \"any\""),
        UAT_FLD_FILENAME(key_records, file, "Key file",
                         "The receiver's private RSA key, in PEM form (PKCS #1 or PKCS #8)"),
        UAT_FLD_CSTRING(key_records, password, "Password",
                        "If the key file is encrypted; empty otherwise"),
        UAT_END_FIELDS};
    opener = cipher_opener_new();
    said = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    uat_t *table = uat_new("FeiQ keys", sizeof(KeyRecord), "feiq_keys", TRUE, &records,
                           &record_count, UAT_AFFECTS_DISSECTION, NULL, copy_record, check_record,
                           free_record, NULL, NULL, fields);
    prefs_register_uat_preference(
        module, "keys", "Private RSA keys",
        "Encrypted messages and files to a host are decrypted by the host's own private key. Group "
        "messages need none: their key stands in them",
        table);
    register_init_routine(begin_capture);
}

static FsBytes octets_of(const address *host)
{
    bool known = host->type == AT_IPv4 || host->type == AT_IPv6;
    return known ? (FsBytes){host->data, (size_t)host->len} : (FsBytes){NULL, 0};
}

FsOpener *decrypt_opener(const packet_info *pinfo)
{
    if (opener == NULL) {
        return NULL;
    }
    FsOpener *base = cipher_opener_base(opener);
    base->source = octets_of(&pinfo->src);
    base->destination = octets_of(&pinfo->dst);
    base->frame = pinfo->num;
    return base;
}

struct FileCipher {
    uint8_t key[CIPHER_AES_KEY];
    CipherStart start;
};

FileCipher *decrypt_file_cipher(const Datagram *request)
{
    uint8_t key[CIPHER_AES_KEY];
    size_t length;
    char digits[24];
    const FsEntry *entry = request->file_key;
    if (entry == NULL || request->file_number == NULL ||
        cipher_read_hex((FsBytes){entry->value.bytes.data, entry->value.bytes.length}, key,
                        sizeof key, &length) != CIPHER_OK ||
        length != sizeof key) {
        return NULL;
    }
    (void)snprintf(digits, sizeof digits, "%" PRIu64, datagram_number(request->file_number));
    FileCipher *cipher = wmem_new(wmem_file_scope(), FileCipher);
    memcpy(cipher->key, key, sizeof key);
    cipher->start = cipher_packet_start(fs_bytes(digits));
    return cipher;
}

tvbuff_t *decrypt_stream(const FileCipher *cipher, tvbuff_t *tvb, packet_info *pinfo,
                         uint64_t offset)
{
    uint32_t length = tvb_captured_length(tvb);
    FsBytes piece = {length == 0 ? NULL : tvb_get_ptr(tvb, 0, (int)length), length};
    uint8_t *plain = wmem_alloc(pinfo->pool, length + 1U);
    if (cipher_stream((FsBytes){cipher->key, sizeof cipher->key}, cipher->start, offset, piece,
                      plain) != CIPHER_OK) {
        return tvb;
    }
    tvbuff_t *decrypted =
        tvb_new_child_real_data(tvb, plain, length, (int)tvb_reported_length(tvb));
    add_new_data_source(pinfo, decrypted, "Decrypted");
    return decrypted;
}
