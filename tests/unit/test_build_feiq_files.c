/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is built of FeiQ's files, keys, lists of hosts and IPDicts decodes to what went in, for
 * random contents; built datagrams, cut at every byte, do no harm.
 */
#include "protocol/opener.h"
#include "tests/unit/build_helpers.h"

enum { MOST_FILES = 4, MOST_EXTRAS = 2 };

static FsBytes doubled(Pool *pool, FsBytes name)
{
    uint8_t *at = pool->bytes[pool->used++];
    size_t used = 0;
    for (size_t i = 0; i < name.length; i++) {
        at[used++] = name.data[i];
        if (name.data[i] == ':') {
            at[used++] = ':';
        }
    }
    return (FsBytes){at, used};
}

static FeiqFile random_file(Pool *pool, FeiqFileExtra *extras)
{
    static const uint32_t types[] = {FEIQ_FILE_TYPE_REGULAR, FEIQ_FILE_TYPE_DIRECTORY,
                                     FEIQ_FILE_TYPE_CLIPBOARD};
    FeiqFile file = {.id = (uint32_t)random_number(pool),
                     .name = random_bytes(pool, 1, 0x20, ""),
                     .size = random_number(pool) >> 1,
                     .time = random_number(pool) % UINT64_C(253402300800),
                     .attributes = types[below(pool, 3)] | below(pool, 2) << 12,
                     .extras = extras,
                     .extra_count = below(pool, MOST_EXTRAS + 1)};
    for (size_t i = 0; i < file.extra_count; i++) {
        extras[i] = (FeiqFileExtra){1 + below(pool, 0x12), random_bytes(pool, 1, 0x20, ":=,")};
    }
    return file;
}

static void assert_files(Pool *pool, const FsPacket *packet, const FeiqFile *files, unsigned n)
{
    unsigned extra = 0;
    g_assert_cmpuint(count(packet, FEIQ_FILE), ==, n);
    for (unsigned i = 0; i < n; i++) {
        assert_number(packet, FEIQ_FILE_ID, i, files[i].id);
        assert_text(packet, FEIQ_FILE_NAME, i, doubled(pool, files[i].name));
        assert_number(packet, FEIQ_FILE_SIZE, i, files[i].size);
        assert_number(packet, FEIQ_FILE_MTIME, i, files[i].time);
        assert_number(packet, FEIQ_FILE_ATTRIBUTES, i, files[i].attributes);
        assert_number(packet, FEIQ_FILE_TYPE, i, files[i].attributes & 0xff);
        for (size_t e = 0; e < files[i].extra_count; e++, extra++) {
            assert_number(packet, FEIQ_FILE_EXTRA_KEY, extra, files[i].extras[e].key);
            assert_text(packet, FEIQ_FILE_EXTRA_VALUE, extra, files[i].extras[e].value);
        }
    }
    g_assert_cmpuint(count(packet, FEIQ_FILE_EXTRA), ==, extra);
}

static void test_offers(void)
{
    Pool *pool = pool_new(11);
    for (unsigned i = 0; i < ROUNDS; i++) {
        pool_next_round(pool);
        FeiqVersion version;
        FeiqSender sender = random_sender(pool, &version, false);
        FeiqFileExtra extras[MOST_FILES][MOST_EXTRAS];
        FeiqFile files[MOST_FILES];
        unsigned n = 1 + below(pool, MOST_FILES);
        for (unsigned f = 0; f < n; f++) {
            files[f] = random_file(pool, extras[f]);
        }
        FeiqMessage message = {
            .text = random_bytes(pool, 0, 1, ""), .files = files, .file_count = n};
        uint64_t number = random_number(pool);
        FsPacket packet = decode(buffer, feiq_build_message(buffer, sizeof buffer, &sender, number,
                                                            FEIQ_CHECKED, &message));
        assert_header(&packet, &sender, number, 2097440, 0);
        assert_text(&packet, FEIQ_TEXT, 0, message.text);
        assert_files(pool, &packet, files, n);
    }
    pool_free(pool);
}

static void test_requests(void)
{
    Pool *pool = pool_new(12);
    for (unsigned i = 0; i < ROUNDS; i++) {
        pool_next_round(pool);
        FeiqVersion version;
        FeiqSender sender = random_sender(pool, &version, false);
        uint64_t number = random_number(pool);
        uint64_t offer = random_number(pool);
        uint32_t file = (uint32_t)random_number(pool);
        uint64_t offset = random_number(pool);
        FsPacket packet = decode(buffer, feiq_build_getfiledata(buffer, sizeof buffer, &sender,
                                                                number, 0, offer, file, offset));
        assert_header(&packet, &sender, number, 96, 0);
        assert_number(&packet, FEIQ_REQUEST_PACKET_NUMBER, 0, offer);
        assert_number(&packet, FEIQ_REQUEST_FILE_ID, 0, file);
        assert_number(&packet, FEIQ_REQUEST_OFFSET, 0, offset);
        packet = decode(
            buffer, feiq_build_getdirfiles(buffer, sizeof buffer, &sender, number, 0, offer, file));
        assert_header(&packet, &sender, number, 98, 0);
        assert_number(&packet, FEIQ_REQUEST_PACKET_NUMBER, 0, offer);
        assert_number(&packet, FEIQ_REQUEST_FILE_ID, 0, file);
        g_assert_null(find(&packet, FEIQ_REQUEST_OFFSET, 0));
    }
    pool_free(pool);
}

/* An opener that has decrypted beforehand. */
typedef struct {
    FsOpener base;
    FsBytes plain;
} Knowing;

static void give(FsOpener *opener, const FsSealed *sealed, FsOpened *opened)
{
    (void)sealed;
    *opened = (FsOpened){.status = CIPHER_OK,
                         .signature = CIPHER_UNSIGNED,
                         .plain = ((const Knowing *)opener)->plain};
}

static void test_sealed_requests(void)
{
    static const uint8_t octets[32] = {[0] = 0x0a, [31] = 0xf0};
    static const uint32_t ciphers = FEIQ_CAPABILITY_RSA_2048 | FEIQ_CAPABILITY_AES_256;
    Pool *pool = pool_new(18);
    for (unsigned i = 0; i < ROUNDS; i++) {
        pool_next_round(pool);
        uint8_t text[256];
        FeiqVersion version;
        FeiqSender sender = random_sender(pool, &version, false);
        uint64_t number = random_number(pool);
        bool is_folder = below(pool, 2) == 0;
        bool has_key = below(pool, 2) == 0;
        FeiqSealedRequest request = {.command =
                                         is_folder ? FEIQ_CMD_GETDIRFILES : FEIQ_CMD_GETFILEDATA,
                                     .offer = random_number(pool),
                                     .file = (uint32_t)random_number(pool),
                                     .offset = random_number(pool),
                                     .key = {octets, has_key ? sizeof octets : 0},
                                     .file_number = number};
        FeiqCipher cipher = {ciphers, {octets, 8}, {octets, 16}, {octets, 4}};
        ptrdiff_t plain = feiq_build_request_text(text, sizeof text, &request);
        g_assert_cmpint(plain, >, 0);
        ptrdiff_t length = feiq_build_sealed_request(buffer, sizeof buffer, &sender, number,
                                                     request.command, 0, &cipher);
        g_assert_cmpint(length, >, 0);
        Knowing opener = {{.open = give}, {text, (size_t)plain}};
        FsPacket packet = {
            .entries = entries, .capacity = G_N_ELEMENTS(entries), .opener = &opener.base};
        FsSpan span = {buffer, (uint32_t)length, (uint32_t)length};
        fs_packet_reset(&packet, buffer);
        g_assert_true(feiq_decode_segment(&packet, span));
        assert_no_remark(&packet);
        assert_header(&packet, &sender, number, is_folder ? 0x400862 : 0x400860, 0);
        assert_number(&packet, FEIQ_REQUEST_PACKET_NUMBER, 0, request.offer);
        assert_number(&packet, FEIQ_REQUEST_FILE_ID, 0, request.file);
        assert_number(&packet, FEIQ_REQUEST_FILE_NUMBER, 0, number);
        assert_number(&packet, FEIQ_CAPABILITY, 0, ciphers);
        assert_number(&packet, FEIQ_CAPABILITY, 1, has_key ? 0x900000 : 0x4000000);
        if (is_folder) {
            g_assert_null(find(&packet, FEIQ_REQUEST_OFFSET, 0));
        } else {
            assert_number(&packet, FEIQ_REQUEST_OFFSET, 0, request.offset);
        }
        if (has_key) {
            assert_text(&packet, FEIQ_REQUEST_FILE_KEY, 0,
                        fs_bytes("0a0000000000000000000000000000000000000000000000000000000000"
                                 "00f0"));
        } else {
            g_assert_null(find(&packet, FEIQ_REQUEST_FILE_KEY, 0));
        }
        request.key.length = 31;
        g_assert_cmpint(feiq_build_request_text(text, sizeof text, &request), ==, FS_IMPOSSIBLE);
        request.key.length = 0;
        request.command = FEIQ_CMD_SENDMSG;
        g_assert_cmpint(feiq_build_request_text(text, sizeof text, &request), ==, FS_IMPOSSIBLE);
    }
    pool_free(pool);
}

/* A directory, a file in it with its bytes, and the way back. */
static void test_folder_streams(void)
{
    Pool *pool = pool_new(13);
    for (unsigned i = 0; i < ROUNDS; i++) {
        pool_next_round(pool);
        FeiqFileExtra extras[2][MOST_EXTRAS];
        FeiqFile folder = random_file(pool, extras[0]);
        FeiqFile file = random_file(pool, extras[1]);
        FsBytes content = random_bytes(pool, 0, 1, "");
        folder.size = 0;
        folder.attributes = FEIQ_FILE_TYPE_DIRECTORY;
        file.attributes = FEIQ_FILE_TYPE_REGULAR;
        file.size = content.length;
        ptrdiff_t length = feiq_build_directory_entry(buffer, sizeof buffer, &folder);
        g_assert_cmpint(length, >, 0);
        ptrdiff_t more =
            feiq_build_directory_entry(buffer + length, sizeof buffer - (size_t)length, &file);
        g_assert_cmpint(more, >, 0);
        length += more;
        memcpy(buffer + length, content.data, content.length);
        length += (ptrdiff_t)content.length;
        length += feiq_build_directory_end(buffer + length, sizeof buffer - (size_t)length);

        FsPacket packet = {.entries = entries, .capacity = G_N_ELEMENTS(entries)};
        fs_packet_reset(&packet, buffer);
        FsSpan span = {buffer, (uint32_t)length, (uint32_t)length};
        g_assert_true(feiq_decode_segment(&packet, span));
        assert_no_remark(&packet);
        g_assert_cmpuint(count(&packet, FEIQ_DIR_ENTRY), ==, 3);
        assert_text(&packet, FEIQ_DIR_NAME, 0, doubled(pool, folder.name));
        assert_text(&packet, FEIQ_DIR_NAME, 1, doubled(pool, file.name));
        assert_text(&packet, FEIQ_DIR_NAME, 2, fs_bytes("."));
        assert_number(&packet, FEIQ_DIR_SIZE, 1, file.size);
        assert_number(&packet, FEIQ_FILE_TYPE, 0, FEIQ_FILE_TYPE_DIRECTORY);
        assert_number(&packet, FEIQ_FILE_TYPE, 1, FEIQ_FILE_TYPE_REGULAR);
        assert_number(&packet, FEIQ_FILE_TYPE, 2, FEIQ_FILE_TYPE_PARENT);
        assert_text(&packet, FEIQ_DIR_DATA, 0, content);
    }
    pool_free(pool);
}

static void random_octets(Pool *pool, uint8_t *at, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        at[i] = (uint8_t)g_rand_int(pool->random);
    }
}

/* A text of the packet is these octets in hexadecimal or base64, by GLib's judgement. */
static void assert_octets(const FsPacket *packet, FeiqField id, FsBytes octets, bool base64)
{
    GString *text = g_string_new(NULL);
    if (base64) {
        g_autofree char *encoded = g_base64_encode(octets.data, octets.length);
        g_string_append(text, encoded);
    }
    for (size_t i = 0; i < octets.length && !base64; i++) {
        g_string_append_printf(text, "%02x", octets.data[i]);
    }
    assert_text(packet, id, 0, (FsBytes){(const uint8_t *)text->str, text->len});
    g_string_free(text, TRUE);
}

static void test_encrypted_messages(void)
{
    Pool *pool = pool_new(14);
    for (unsigned i = 0; i < ROUNDS; i++) {
        pool_next_round(pool);
        FeiqVersion version;
        FeiqSender sender = random_sender(pool, &version, false);
        uint8_t octets[3][64];
        FeiqCipher cipher = {.capability = FEIQ_CAPABILITY_RSA_1024 | FEIQ_CAPABILITY_BLOWFISH_128,
                             .key = {octets[0], 1 + below(pool, 64)},
                             .message = {octets[1], 1 + below(pool, 64)},
                             .signature = {octets[2], below(pool, 64)}};
        bool base64 = below(pool, 2) == 0;
        cipher.capability |= base64 ? FEIQ_CAPABILITY_ENCODE_BASE64 : 0;
        random_octets(pool, &octets[0][0], sizeof octets);
        FeiqFileExtra extras[MOST_EXTRAS];
        FeiqFile file = random_file(pool, extras);
        unsigned files = below(pool, 2);
        bool inside = files == 0 && below(pool, 2) == 0;
        uint32_t options = FEIQ_CHECKED | (inside ? FEIQ_OPT_ENCEXTMSG | FEIQ_OPT_FILEATTACH : 0);
        uint64_t number = random_number(pool);
        FsPacket packet =
            decode(buffer, feiq_build_encrypted_message(buffer, sizeof buffer, &sender, number,
                                                        options, &cipher, &file, files));
        uint32_t word = FEIQ_CMD_SENDMSG | FEIQ_OPT_ENCRYPT | options;
        assert_header(&packet, &sender, number, word | (files > 0 ? FEIQ_OPT_FILEATTACH : 0), 0);
        assert_number(&packet, FEIQ_CAPABILITY, 0, cipher.capability);
        assert_octets(&packet, FEIQ_CIPHER_KEY, cipher.key, base64);
        assert_octets(&packet, FEIQ_CIPHER_MESSAGE, cipher.message, base64);
        assert_octets(&packet, FEIQ_CIPHER_SIGNATURE, cipher.signature, base64);
        assert_files(pool, &packet, &file, files);
    }
    pool_free(pool);
}

static void test_keys(void)
{
    Pool *pool = pool_new(15);
    for (unsigned i = 0; i < ROUNDS; i++) {
        pool_next_round(pool);
        FeiqVersion version;
        FeiqSender sender = random_sender(pool, &version, false);
        uint64_t number = random_number(pool);
        uint32_t capability = (uint32_t)random_number(pool);
        FsPacket packet = decode(
            buffer, feiq_build_getpubkey(buffer, sizeof buffer, &sender, number, 0, capability));
        assert_header(&packet, &sender, number, 114, 0);
        assert_number(&packet, FEIQ_CAPABILITY, 0, capability);

        static const uint8_t exponent[] = {0, 1, 0, 1};
        uint8_t modulus[64];
        size_t length = 1 + below(pool, sizeof modulus);
        random_octets(pool, modulus, length);
        modulus[0] = (uint8_t)(1U << below(pool, 8));
        packet =
            decode(buffer, feiq_build_anspubkey(buffer, sizeof buffer, &sender, number, 0,
                                                capability, (FsBytes){exponent, sizeof exponent},
                                                (FsBytes){modulus, length}));
        assert_header(&packet, &sender, number, 115, 0);
        assert_number(&packet, FEIQ_CAPABILITY, 0, capability);
        assert_text(&packet, FEIQ_KEY_EXPONENT, 0, fs_bytes("10001"));
        GString *digits = g_string_new(NULL);
        for (size_t n = 0; n < length; n++) {
            g_string_append_printf(digits, n == 0 ? "%X" : "%02X", modulus[n]);
        }
        assert_text(&packet, FEIQ_KEY_MODULUS, 0, fs_bytes(digits->str));
        g_string_free(digits, TRUE);
        assert_number(&packet, FEIQ_KEY_BITS, 0, 8 * (length - 1) + g_bit_storage(modulus[0]));
    }
    pool_free(pool);
}

static void test_lists(void)
{
    Pool *pool = pool_new(16);
    for (unsigned i = 0; i < ROUNDS; i++) {
        pool_next_round(pool);
        FeiqVersion version;
        FeiqSender sender = random_sender(pool, &version, false);
        FeiqListedHost hosts[5];
        unsigned n = below(pool, 6);
        for (unsigned h = 0; h < n; h++) {
            hosts[h] = (FeiqListedHost){.user = random_bytes(pool, 1, 0x20, ""),
                                        .host = random_bytes(pool, 1, 0x20, ""),
                                        .status = (uint32_t)random_number(pool),
                                        .address = (uint32_t)random_number(pool),
                                        .port = (uint16_t)g_rand_int(pool->random),
                                        .nick = random_bytes(pool, 0, 0x20, ""),
                                        .group = random_bytes(pool, 0, 0x20, "")};
        }
        uint64_t number = random_number(pool);
        uint32_t next = below(pool, 100000);
        FsPacket packet = decode(
            buffer, feiq_build_anslist(buffer, sizeof buffer, &sender, number, 0, next, hosts, n));
        assert_header(&packet, &sender, number, 19, 0);
        assert_number(&packet, FEIQ_LIST_NEXT, 0, next);
        assert_number(&packet, FEIQ_LIST_COUNT, 0, n);
        g_assert_cmpuint(count(&packet, FEIQ_LIST_HOST), ==, n);
        unsigned nicks = 0;
        unsigned groups = 0;
        for (unsigned h = 0; h < n; h++) {
            assert_text(&packet, FEIQ_LIST_USER, h, hosts[h].user);
            assert_text(&packet, FEIQ_LIST_NAME, h, hosts[h].host);
            assert_number(&packet, FEIQ_LIST_STATUS, h, hosts[h].status);
            assert_number(&packet, FEIQ_LIST_IP, h, hosts[h].address);
            assert_number(&packet, FEIQ_LIST_REAL_PORT, h, hosts[h].port);
            if (hosts[h].nick.length > 0) {
                assert_text(&packet, FEIQ_LIST_NICK, nicks++, hosts[h].nick);
            }
            if (hosts[h].group.length > 0) {
                assert_text(&packet, FEIQ_LIST_GROUP, groups++, hosts[h].group);
            }
        }
        g_assert_cmpuint(count(&packet, FEIQ_LIST_NICK), ==, nicks);
        g_assert_cmpuint(count(&packet, FEIQ_LIST_GROUP), ==, groups);

        uint32_t start = (uint32_t)random_number(pool);
        packet =
            decode(buffer, feiq_build_getlist(buffer, sizeof buffer, &sender, number, 0, start));
        assert_number(&packet, FEIQ_LIST_START, 0, start);
    }
    pool_free(pool);
}

static void test_dicts(void)
{
    static const FeiqPair nested[] = {{.key = "key31", .form = FEIQ_PAIR_NUMBER, .number = -2000}};
    static const FeiqPair list[] = {{.form = FEIQ_PAIR_NUMBER, .number = 1000},
                                    {.form = FEIQ_PAIR_NUMBER, .number = 2000}};
    const FeiqPair pairs[] = {{.key = "key1", .form = FEIQ_PAIR_NUMBER, .number = 1000},
                              {.key = "key2", .form = FEIQ_PAIR_BYTES, .bytes = fs_bytes("str1")},
                              {.key = "key3", .form = FEIQ_PAIR_DICT, .items = nested, .count = 1},
                              {.key = "key4", .form = FEIQ_PAIR_LIST, .items = list, .count = 2}};
    static const char expected[] = "IP2:3d:key1:3:3e8:key2:4:str1:key3:c:key31:4:-7d0:"
                                   "key4:b:3:3e8:3:7d0:Z"; /* in the official program's sources */
    ptrdiff_t length = feiq_build_dict(buffer, sizeof buffer, pairs, 4);
    g_assert_cmpmem(buffer, length, expected, sizeof expected - 1);
    FsPacket packet = decode(buffer, length);
    g_assert_cmpuint(count(&packet, FEIQ_DICT_PAIR), ==, 5);
    assert_text(&packet, FEIQ_DICT_KEY, 3, fs_bytes("key31"));
    assert_text(&packet, FEIQ_DICT_VALUE, 2, fs_bytes("-7d0"));
    for (size_t room = 0; room < (size_t)length; room++) {
        g_autofree uint8_t *exact = g_malloc(room);
        g_assert_cmpint(feiq_build_dict(exact, room, pairs, 4), ==, FS_NO_ROOM);
    }

    Pool *pool = pool_new(17);
    for (unsigned i = 0; i < ROUNDS; i++) {
        pool_next_round(pool);
        static const char *const keys[] = {"VER", "DATE", "STAT", "FILE", "RPN"};
        FeiqPair some[5];
        unsigned n = 1 + below(pool, 5);
        for (unsigned p = 0; p < n; p++) {
            int64_t number = (int64_t)random_number(pool);
            some[p] =
                below(pool, 2) == 0
                    ? (FeiqPair){keys[p], FEIQ_PAIR_NUMBER, number, {NULL, 0}, NULL, 0}
                    : (FeiqPair){keys[p], FEIQ_PAIR_BYTES, 0, fs_bytes("\xe4\xbd\xa0 says"), NULL,
                                 0};
        }
        packet = decode(buffer, feiq_build_dict(buffer, sizeof buffer, some, n));
        g_assert_cmpuint(count(&packet, FEIQ_DICT_PAIR), ==, n);
        for (unsigned p = 0; p < n; p++) {
            uint64_t size =
                some[p].number < 0 ? -(uint64_t)some[p].number : (uint64_t)some[p].number;
            g_autofree char *text =
                g_strdup_printf("%s%" G_GINT64_MODIFIER "x", some[p].number < 0 ? "-" : "", size);
            assert_text(&packet, FEIQ_DICT_KEY, p, fs_bytes(some[p].key));
            assert_text(&packet, FEIQ_DICT_VALUE, p,
                        some[p].form == FEIQ_PAIR_NUMBER ? fs_bytes(text) : some[p].bytes);
        }
    }
    pool_free(pool);
}

static void test_impossible(void)
{
    const FeiqSender lee = {
        .version = fs_bytes("1"), .user = fs_bytes("Lee"), .host = fs_bytes("LEE-PC")};
    const FeiqFile good = {.name = fs_bytes("a"), .attributes = FEIQ_FILE_TYPE_REGULAR};
    FeiqFileExtra extra = {1, fs_bytes("a:b")};
    FeiqFile bad[7];
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        bad[i] = good;
    }
    bad[0].name = fs_bytes("");
    bad[1].name = fs_bytes("a\ab");
    bad[2].attributes = 0;
    bad[3].size = UINT64_C(1) << 63;
    bad[4].time = UINT64_C(253402300800);
    bad[5].extras = &extra;
    bad[5].extra_count = 1;
    bad[6].name = (FsBytes){(const uint8_t *)"a\0b", 3};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        FeiqMessage message = {.files = &bad[i], .file_count = 1};
        g_assert_cmpint(feiq_build_message(buffer, sizeof buffer, &lee, 1, 0, &message), ==,
                        FS_IMPOSSIBLE);
        g_assert_cmpint(feiq_build_directory_entry(buffer, sizeof buffer, &bad[i]), ==,
                        i == 4 ? feiq_build_directory_entry(buffer, sizeof buffer, &good)
                               : FS_IMPOSSIBLE);
    }
    FeiqFile gbk = {.name = fs_bytes("\xc4\xe3"), .attributes = FEIQ_FILE_TYPE_REGULAR};
    FeiqMessage flagged = {.files = &gbk, .file_count = 1};
    g_assert_cmpint(feiq_build_message(buffer, sizeof buffer, &lee, 1, FEIQ_OPT_UTF8, &flagged), ==,
                    FS_IMPOSSIBLE);
    g_autofree char *long_name = g_strnfill(4096, 'x');
    FeiqFile long_file = {.name = fs_bytes(long_name), .attributes = FEIQ_FILE_TYPE_REGULAR};
    g_assert_cmpint(feiq_build_directory_entry(buffer, sizeof buffer, &long_file), ==,
                    FS_IMPOSSIBLE);

    FeiqListedHost host = {.user = fs_bytes("u"), .host = fs_bytes("h")};
    g_assert_cmpint(feiq_build_anslist(buffer, sizeof buffer, &lee, 1, 0, 0, &host, 1), >, 0);
    g_assert_cmpint(feiq_build_anslist(buffer, sizeof buffer, &lee, 1, 0, 100000, &host, 1), ==,
                    FS_IMPOSSIBLE);
    host.nick = fs_bytes("\b");
    g_assert_cmpint(feiq_build_anslist(buffer, sizeof buffer, &lee, 1, 0, 0, &host, 1), ==,
                    FS_IMPOSSIBLE);

    FeiqCipher cipher = {.key = fs_bytes("k")};
    g_assert_cmpint(
        feiq_build_encrypted_message(buffer, sizeof buffer, &lee, 1, 0, &cipher, NULL, 0), ==,
        FS_IMPOSSIBLE);
    cipher.message = fs_bytes("m");
    g_assert_cmpint(feiq_build_encrypted_message(buffer, sizeof buffer, &lee, 1, FEIQ_OPT_ENCEXTMSG,
                                                 &cipher, &good, 1),
                    ==, FS_IMPOSSIBLE);
    FsBytes zero = {(const uint8_t *)"\0", 1};
    g_assert_cmpint(feiq_build_anspubkey(buffer, sizeof buffer, &lee, 1, 0, 1, zero, fs_bytes("m")),
                    ==, FS_IMPOSSIBLE);

    FeiqPair chain[FEIQ_DICT_DEEPEST + 1];
    for (size_t i = 0; i < G_N_ELEMENTS(chain); i++) {
        chain[i] =
            (FeiqPair){.key = "K", .form = FEIQ_PAIR_DICT, .items = &chain[i + 1], .count = 1};
    }
    chain[FEIQ_DICT_DEEPEST] = (FeiqPair){.key = "K", .form = FEIQ_PAIR_NUMBER};
    g_assert_cmpint(feiq_build_dict(buffer, sizeof buffer, chain, 1), ==, FS_IMPOSSIBLE);
    g_assert_cmpint(feiq_build_dict(buffer, sizeof buffer, chain + 1, 1), >, 0);
    FeiqPair bad_key = {.key = "A:B", .form = FEIQ_PAIR_NUMBER};
    g_assert_cmpint(feiq_build_dict(buffer, sizeof buffer, &bad_key, 1), ==, FS_IMPOSSIBLE);
}

/* What is left of a datagram decodes without harm, and never to another number. */
static void test_cut_at_every_byte(void)
{
    Pool *pool = pool_new(18);
    pool_next_round(pool);
    FeiqVersion version;
    FeiqSender sender = random_sender(pool, &version, true);
    FeiqFileExtra extras[MOST_EXTRAS];
    FeiqFile file = random_file(pool, extras);
    FeiqMessage message = {.text = fs_bytes("hello"), .files = &file, .file_count = 1};
    ptrdiff_t whole = feiq_build_message(buffer, sizeof buffer, &sender, UINT64_C(1600439688123),
                                         FEIQ_CHECKED, &message);
    g_assert_cmpint(whole, >, 0);
    for (size_t length = 1; length < (size_t)whole; length++) {
        g_autofree uint8_t *exact = g_memdup2(buffer, length);
        FsPacket packet = {.entries = entries, .capacity = G_N_ELEMENTS(entries)};
        fs_packet_reset(&packet, exact);
        if (!feiq_decode_datagram(&packet, (FsSpan){exact, (uint32_t)length, (uint32_t)whole})) {
            continue;
        }
        const FsEntry *number = find(&packet, FEIQ_PACKET_NUMBER, 0);
        const FsEntry *size = find(&packet, FEIQ_FILE_SIZE, 0);
        const FsEntry *id = find(&packet, FEIQ_FILE_ID, 0);
        g_assert_true(number == NULL || number->value.number == UINT64_C(1600439688123));
        g_assert_true(size == NULL || size->value.number == file.size);
        g_assert_true(id == NULL || id->value.number == file.id);
    }
    pool_free(pool);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/feiq/build/offers", test_offers);
    g_test_add_func("/feiq/build/requests", test_requests);
    g_test_add_func("/feiq/build/sealed-requests", test_sealed_requests);
    g_test_add_func("/feiq/build/folder-streams", test_folder_streams);
    g_test_add_func("/feiq/build/encrypted-messages", test_encrypted_messages);
    g_test_add_func("/feiq/build/keys", test_keys);
    g_test_add_func("/feiq/build/lists", test_lists);
    g_test_add_func("/feiq/build/dicts", test_dicts);
    g_test_add_func("/feiq/build/impossible-files", test_impossible);
    g_test_add_func("/feiq/build/cut-at-every-byte", test_cut_at_every_byte);
    return g_test_run();
}
