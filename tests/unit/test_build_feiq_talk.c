/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is built of FeiQ's talk (entries, signals, messages, images, groups) decodes to what went
 * in, for random contents; known datagrams come out byte for byte; the impossible is refused.
 */
#include "tests/unit/build_helpers.h"

static const uint8_t entry_commands[] = {FEIQ_CMD_BR_ENTRY, FEIQ_CMD_BR_EXIT, FEIQ_CMD_ANSENTRY,
                                         FEIQ_CMD_BR_ABSENCE};

static void test_entries(void)
{
    Pool *pool = pool_new(1);
    for (unsigned i = 0; i < ROUNDS; i++) {
        pool_next_round(pool);
        FeiqVersion version;
        FeiqSender sender = random_sender(pool, &version, false);
        FeiqExtension extension = {.user = fs_bytes("\xe4\xbd\xa0"), .nick = fs_bytes("n:1")};
        if (below(pool, 2) == 0) {
            extension.host = fs_bytes("host");
            extension.group = fs_bytes("\xe7\xbb\x84");
            extension.version = fs_bytes("00010002:4:99:3");
        }
        FeiqEntry entry = {.nick = random_bytes(pool, 0, 0x20, ""),
                           .group = random_bytes(pool, 0, 0x20, ""),
                           .extension = below(pool, 2) == 0 ? &extension : NULL};
        uint8_t command = entry_commands[below(pool, 4)];
        uint32_t options = below(pool, 2) == 0 ? FEIQ_ENTRY_OPTIONS : FEIQ_OPT_ABSENCE;
        uint64_t number = random_number(pool);
        ptrdiff_t length =
            feiq_build_entry(buffer, sizeof buffer, &sender, number, command, options, &entry);
        FsPacket packet = decode(buffer, length);
        uint32_t word = options | command | (entry.extension != NULL ? FEIQ_OPT_CAPUTF8 : 0);
        assert_header(&packet, &sender, number, word, 0);
        bool nick = entry.extension != NULL && extension.nick.length > 0;
        bool group = entry.extension != NULL && extension.group.length > 0;
        assert_text(&packet, nick ? FEIQ_LEGACY_NICK : FEIQ_NICK, 0, entry.nick);
        assert_text(&packet, group ? FEIQ_LEGACY_GROUP : FEIQ_GROUP, 0, entry.group);
        g_assert_cmpuint(count(&packet, FEIQ_EXTENSION), ==, entry.extension != NULL);
        if (entry.extension != NULL) {
            assert_text(&packet, FEIQ_EXTENSION_USER, 0, extension.user);
            assert_text(&packet, FEIQ_EXTENSION_HOST, 0, extension.host);
            assert_text(&packet, FEIQ_NICK, 0, nick ? extension.nick : entry.nick);
            assert_text(&packet, FEIQ_GROUP, 0, group ? extension.group : entry.group);
            assert_text(&packet, FEIQ_EXTENSION_VERSION, 0, extension.version);
        }
    }
    pool_free(pool);
}

static void test_signals_and_answers(void)
{
    static const uint8_t signals[] = {
        FEIQ_CMD_NOOPERATION,   FEIQ_CMD_GETINFO,   FEIQ_CMD_GETABSENCEINFO, FEIQ_CMD_BR_ISGETLIST,
        FEIQ_CMD_BR_ISGETLIST2, FEIQ_CMD_OKGETLIST, FEIQ_CMD_OPEN_YOU,       FEIQ_CMD_RESP_YOU,
        FEIQ_CMD_INPUTING,      FEIQ_CMD_INPUT_END, FEIQ_CMD_KNOCK,          FEIQ_CMD_KNOCK_ACK};
    static const uint8_t acks[] = {FEIQ_CMD_RECVMSG, FEIQ_CMD_READMSG, FEIQ_CMD_ANSREADMSG,
                                   FEIQ_CMD_RELEASEFILES};
    Pool *pool = pool_new(2);
    for (unsigned i = 0; i < ROUNDS; i++) {
        pool_next_round(pool);
        FeiqVersion version;
        FeiqSender sender = random_sender(pool, &version, false);
        uint64_t number = random_number(pool);
        uint8_t command = signals[below(pool, sizeof signals)];
        FsPacket packet =
            decode(buffer, feiq_build_signal(buffer, sizeof buffer, &sender, number, command, 0));
        assert_header(&packet, &sender, number, command, 0);

        uint64_t about = random_number(pool);
        command = acks[below(pool, sizeof acks)];
        uint32_t options = command == FEIQ_CMD_READMSG ? FEIQ_OPT_READCHECK : 0;
        packet = decode(buffer, feiq_build_acknowledgement(buffer, sizeof buffer, &sender, number,
                                                           command, options, about));
        assert_header(&packet, &sender, number, command | options, 0);
        assert_number(&packet, FEIQ_ACK, 0, about);

        FsBytes text = random_bytes(pool, 1, 1, "");
        bool away = below(pool, 2) == 0;
        command = away ? FEIQ_CMD_SENDABSENCEINFO : FEIQ_CMD_SENDINFO;
        packet = decode(buffer, feiq_build_information(buffer, sizeof buffer, &sender, number,
                                                       command, 0, text));
        assert_header(&packet, &sender, number, command, 0);
        assert_text(&packet, away ? FEIQ_ABSENCE : FEIQ_INFO, 0, text);
    }
    pool_free(pool);
}

static FeiqFont random_font(Pool *pool)
{
    FeiqFont font = {.color = (uint32_t)random_number(pool)};
    int32_t *numbers[] = {&font.height,        &font.width,          &font.escapement,
                          &font.orientation,   &font.weight,         &font.italic,
                          &font.underline,     &font.strikeout,      &font.charset,
                          &font.out_precision, &font.clip_precision, &font.quality,
                          &font.pitch_family};
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
        int32_t number = (int32_t)(random_number(pool) & INT32_MAX);
        *numbers[i] = below(pool, 2) == 0 ? number : -number;
    }
    font.face = random_bytes(pool, 1, 0x21, ";}");
    return font;
}

static void assert_font(const FsPacket *packet, const FeiqFont *font)
{
    static const FeiqField fields[] = {
        FEIQ_FONT_HEIGHT,        FEIQ_FONT_WIDTH,          FEIQ_FONT_ESCAPEMENT,
        FEIQ_FONT_ORIENTATION,   FEIQ_FONT_WEIGHT,         FEIQ_FONT_ITALIC,
        FEIQ_FONT_UNDERLINE,     FEIQ_FONT_STRIKEOUT,      FEIQ_FONT_CHARSET,
        FEIQ_FONT_OUT_PRECISION, FEIQ_FONT_CLIP_PRECISION, FEIQ_FONT_QUALITY,
        FEIQ_FONT_PITCH_FAMILY};
    const int32_t numbers[] = {font->height,        font->width,          font->escapement,
                               font->orientation,   font->weight,         font->italic,
                               font->underline,     font->strikeout,      font->charset,
                               font->out_precision, font->clip_precision, font->quality,
                               font->pitch_family};
    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
        const FsEntry *entry = find(packet, fields[i], 0);
        g_assert_nonnull(entry);
        g_assert_cmpint(entry->value.integer, ==, numbers[i]);
    }
    assert_text(packet, FEIQ_FONT_FACE, 0, font->face);
    assert_number(packet, FEIQ_FONT_COLOR, 0, font->color);
}

static void test_messages(void)
{
    static const uint32_t options[] = {0,
                                       FEIQ_CHECKED,
                                       FEIQ_SEALED,
                                       FEIQ_LOCKED,
                                       FEIQ_OPT_BROADCAST,
                                       FEIQ_OPT_AUTORET,
                                       FEIQ_CHECKED | FEIQ_OPT_NOLOG | FEIQ_OPT_NOADDLIST};
    Pool *pool = pool_new(3);
    for (unsigned i = 0; i < ROUNDS; i++) {
        pool_next_round(pool);
        FeiqVersion version;
        FeiqSender sender = random_sender(pool, &version, false);
        FeiqFont font = random_font(pool);
        FeiqMessage message = {.text = random_bytes(pool, 0, 1, ""),
                               .font = below(pool, 2) == 0 ? &font : NULL};
        uint64_t number = random_number(pool);
        uint32_t option = options[below(pool, G_N_ELEMENTS(options))];
        option |= !pool->gbk && below(pool, 2) == 0 ? FEIQ_OPT_UTF8 : 0;
        FsPacket packet = decode(
            buffer, feiq_build_message(buffer, sizeof buffer, &sender, number, option, &message));
        assert_header(&packet, &sender, number, option | FEIQ_CMD_SENDMSG, 0);
        assert_text(&packet, FEIQ_TEXT, 0, message.text);
        g_assert_cmpuint(count(&packet, FEIQ_FONT), ==, message.font != NULL);
        if (message.font != NULL) {
            assert_font(&packet, &font);
        }
    }
    pool_free(pool);
}

static void test_images(void)
{
    Pool *pool = pool_new(4);
    for (unsigned i = 0; i < ROUNDS; i++) {
        pool_next_round(pool);
        FeiqVersion version;
        FeiqSender sender = random_sender(pool, &version, false);
        uint8_t bytes[FEIQ_CHUNK_SIZE];
        for (size_t n = 0; n < sizeof bytes; n++) {
            bytes[n] = (uint8_t)g_rand_int(pool->random);
        }
        uint32_t total = 1 + below(pool, 1000000);
        uint32_t chunks = (total + FEIQ_CHUNK_SIZE - 1) / FEIQ_CHUNK_SIZE;
        uint32_t at = below(pool, chunks);
        uint32_t left = total - at * FEIQ_CHUNK_SIZE;
        FeiqChunk chunk = {.id = (uint32_t)random_number(pool),
                           .total = total,
                           .offset = at * FEIQ_CHUNK_SIZE,
                           .count = chunks,
                           .number = at + 1,
                           .unknown = {0, 1 + below(pool, 2), 0},
                           .data = {bytes, left < FEIQ_CHUNK_SIZE ? left : FEIQ_CHUNK_SIZE}};
        uint64_t number = random_number(pool);
        FsPacket packet =
            decode(buffer, feiq_build_image_chunk(buffer, sizeof buffer, &sender, number, &chunk));
        assert_header(&packet, &sender, number, 2097344, 0);
        assert_number(&packet, FEIQ_IMAGE_ID, 0, chunk.id);
        assert_number(&packet, FEIQ_IMAGE_TOTAL, 0, total);
        assert_number(&packet, FEIQ_IMAGE_OFFSET, 0, chunk.offset);
        assert_number(&packet, FEIQ_IMAGE_COUNT, 0, chunks);
        assert_number(&packet, FEIQ_IMAGE_NUMBER, 0, chunk.number);
        assert_number(&packet, FEIQ_IMAGE_LENGTH, 0, chunk.data.length);
        assert_number(&packet, FEIQ_IMAGE_UNKNOWN2, 0, chunk.unknown[1]);
        assert_text(&packet, FEIQ_IMAGE_DATA, 0, chunk.data);

        packet = decode(buffer, feiq_build_image_ack(buffer, sizeof buffer, &sender, number,
                                                     chunk.id, chunk.number));
        assert_number(&packet, FEIQ_IMAGE_ID, 0, chunk.id);
        assert_number(&packet, FEIQ_IMAGE_NUMBER, 0, chunk.number);

        uint8_t text[FEIQ_REFERENCE_LENGTH];
        bool animated = below(pool, 2) == 0;
        g_assert_cmpint(feiq_build_image_reference(text, sizeof text, chunk.id, animated), ==,
                        sizeof text);
        FeiqMessage message = {.text = {text, sizeof text}};
        packet = decode(buffer, feiq_build_message(buffer, sizeof buffer, &sender, number,
                                                   FEIQ_CHECKED, &message));
        assert_number(&packet, FEIQ_IMAGE_ID, 0, chunk.id);
        assert_number(&packet, FEIQ_IMAGE_KIND, 0, animated ? 'G' : 'B');
    }
    pool_free(pool);
}

static void test_groups(void)
{
    Pool *pool = pool_new(5);
    for (unsigned i = 0; i < ROUNDS; i++) {
        pool_next_round(pool);
        FeiqVersion version;
        FeiqSender sender = random_sender(pool, &version, true);
        uint8_t bytes[80];
        uint64_t number = random_number(pool);
        uint32_t group = (uint32_t)random_number(pool);
        FsBytes digits = below(pool, 2) == 0 ? fs_bytes("24901708") : fs_bytes("");
        FsBytes text = random_bytes(pool, 0, 1, "");
        ptrdiff_t plain = feiq_build_qun_text(bytes, sizeof bytes, group, digits, text);
        g_assert_cmpint(plain, >, 0);
        FsPacket packet =
            decode(buffer, feiq_build_plain_qun(buffer, sizeof buffer, &sender, number,
                                                (FsBytes){bytes, (size_t)plain}));
        assert_header(&packet, &sender, number, 2097187, 0);
        assert_number(&packet, FEIQ_QUN_ID, 0, group);
        assert_text(&packet, FEIQ_QUN_MESSAGE_NUMBER, 0, digits);
        assert_text(&packet, FEIQ_TEXT, 0, text);

        for (size_t n = 0; n < sizeof bytes; n++) {
            bytes[n] = (uint8_t)g_rand_int(pool->random);
        }
        FsBytes cipher = {bytes, (size_t)8 * (1 + below(pool, 10))};
        bool entry = below(pool, 2) == 0;
        packet = decode(buffer,
                        feiq_build_qun(buffer, sizeof buffer, &sender, number,
                                       entry ? FEIQ_CMD_GROUP_ENTRY : FEIQ_CMD_GROUPMSG, cipher));
        assert_header(&packet, &sender, number, entry ? 2097353 : 4194339, (uint32_t)cipher.length);
        assert_text(&packet, FEIQ_ENCRYPTED, 0, cipher);
    }
    pool_free(pool);
}

static const FeiqVersion lee_version = {.tag = {(const uint8_t *)"lbt6", 4},
                                        .level = 128,
                                        .mac = {(const uint8_t *)"C85B76BD9F3F", 12},
                                        .unknown_v = {(const uint8_t *)"4001", 4},
                                        .unknown_n = {(const uint8_t *)"9", 1}};
static const FeiqSender lee = {.feiq = &lee_version,
                               .user = {(const uint8_t *)"Lee", 3},
                               .host = {(const uint8_t *)"LEE-PC", 6}};

/* Datagrams that were published: a log-in of FeiQ, a message of the specification, a shake. */
static void test_known_datagrams(void)
{
#define LEE "1_lbt6_0#128#C85B76BD9F3F#0#0#0#4001#9:"
    static const char noop[] = LEE "1655805995:Lee:LEE-PC:0:";
    static const char entry[] = LEE "1655805996:Lee:LEE-PC:6291457:Lee\0";
    ptrdiff_t length =
        feiq_build_signal(buffer, sizeof buffer, &lee, 1655805995, FEIQ_CMD_NOOPERATION, 0);
    g_assert_cmpmem(buffer, length, noop, sizeof noop);
    FeiqEntry who = {.nick = fs_bytes("Lee")};
    length = feiq_build_entry(buffer, sizeof buffer, &lee, 1655805996, FEIQ_CMD_BR_ENTRY,
                              FEIQ_ENTRY_OPTIONS, &who);
    g_assert_cmpmem(buffer, length, entry, sizeof entry);

    static const char hello[] = "1:100:shirouzu:jupiter:32:Hello";
    FeiqSender jupiter = {
        .version = fs_bytes("1"), .user = fs_bytes("shirouzu"), .host = fs_bytes("jupiter")};
    FeiqMessage message = {.text = fs_bytes("Hello")};
    length = feiq_build_message(buffer, sizeof buffer, &jupiter, 100, 0, &message);
    g_assert_cmpmem(buffer, length, hello, sizeof hello);

    static const char font[] =
        "hi{/font;-16 0 0 0 400 0 0 0 134 0 0 2 32 \xce\xa2\xc8\xed\xd1\xc5\xba\xda 8404992;}";
    FeiqFont yahei = {.height = -16,
                      .weight = 400,
                      .charset = 134,
                      .quality = 2,
                      .pitch_family = 32,
                      .face = fs_bytes("\xce\xa2\xc8\xed\xd1\xc5\xba\xda"),
                      .color = 8404992};
    length = feiq_build_text(buffer, sizeof buffer, fs_bytes("hi"), &yahei);
    g_assert_cmpmem(buffer, length, font, sizeof font);
}

static void refuse_name(const char *user, size_t length)
{
    FeiqSender sender = lee;
    sender.user = (FsBytes){(const uint8_t *)user, length};
    g_assert_cmpint(feiq_build_signal(buffer, sizeof buffer, &sender, 1, FEIQ_CMD_KNOCK, 0), ==,
                    FS_IMPOSSIBLE);
    sender = lee;
    sender.host = (FsBytes){(const uint8_t *)user, length};
    g_assert_cmpint(feiq_build_signal(buffer, sizeof buffer, &sender, 1, FEIQ_CMD_KNOCK, 0), ==,
                    FS_IMPOSSIBLE);
}

static void refuse_version(FeiqVersion version)
{
    g_assert_cmpint(feiq_build_version(buffer, sizeof buffer, &version, 0), ==, FS_IMPOSSIBLE);
}

static void test_impossible_headers(void)
{
    char long_name[256];
    memset(long_name, 'x', sizeof long_name);
    refuse_name("a:b", 3);
    refuse_name("", 0);
    refuse_name("a\0b", 3);
    refuse_name("a\nb", 3);
    refuse_name(long_name, sizeof long_name);
    g_assert_cmpint(feiq_build_version(buffer, sizeof buffer, &lee_version, 0), >, 0);
    FeiqVersion version = lee_version;
    version.tag = fs_bytes("v6");
    refuse_version(version);
    version.tag = fs_bytes("lbt_6");
    refuse_version(version);
    version = lee_version;
    version.mac = fs_bytes("a#b");
    refuse_version(version);
    version.mac = fs_bytes("");
    refuse_version(version);
    version = lee_version;
    version.unknown_v = fs_bytes("");
    refuse_version(version);
    FeiqSender foreign = {.version = fs_bytes("2"), .user = lee.user, .host = lee.host};
    g_assert_cmpint(feiq_build_signal(buffer, sizeof buffer, &foreign, 1, FEIQ_CMD_KNOCK, 0), ==,
                    FS_IMPOSSIBLE);
}

static ptrdiff_t build_text(uint32_t options, FsBytes text, const FeiqFont *font)
{
    FeiqMessage message = {.text = text, .font = font};
    return feiq_build_message(buffer, sizeof buffer, &lee, 1, options, &message);
}

static void test_impossible_contents(void)
{
    FsBytes gbk = fs_bytes("\xc4\xe3");
    FeiqFont font = {.face = fs_bytes("a;b")};
    g_assert_cmpint(build_text(0, (FsBytes){(const uint8_t *)"a\0b", 3}, NULL), ==, FS_IMPOSSIBLE);
    g_assert_cmpint(build_text(FEIQ_OPT_UTF8, gbk, NULL), ==, FS_IMPOSSIBLE);
    g_assert_cmpint(build_text(FEIQ_OPT_ENCRYPT, gbk, NULL), ==, FS_IMPOSSIBLE);
    g_assert_cmpint(build_text(FEIQ_OPT_FILEATTACH, gbk, NULL), ==, FS_IMPOSSIBLE);
    g_assert_cmpint(build_text(FEIQ_CHECKED | FEIQ_OPT_AUTORET, gbk, NULL), ==, FS_IMPOSSIBLE);
    g_assert_cmpint(build_text(FEIQ_CHECKED | 1, gbk, NULL), ==, FS_IMPOSSIBLE);
    g_assert_cmpint(build_text(0, fs_bytes("a{/font;b"), NULL), ==, FS_IMPOSSIBLE);
    g_assert_cmpint(build_text(0, gbk, &font), ==, FS_IMPOSSIBLE);
    font.face = fs_bytes("");
    g_assert_cmpint(build_text(0, gbk, &font), ==, FS_IMPOSSIBLE);
    font.face = fs_bytes("a b");
    g_assert_cmpint(build_text(0, gbk, &font), >, 0);

    FeiqEntry entry = {.nick = fs_bytes("\nNN:x")};
    g_assert_cmpint(feiq_build_entry(buffer, sizeof buffer, &lee, 1, FEIQ_CMD_BR_ENTRY, 0, &entry),
                    ==, FS_IMPOSSIBLE);
    FeiqExtension extension = {.nick = gbk};
    entry = (FeiqEntry){.nick = gbk, .extension = &extension};
    g_assert_cmpint(feiq_build_entry(buffer, sizeof buffer, &lee, 1, FEIQ_CMD_BR_ENTRY, 0, &entry),
                    ==, FS_IMPOSSIBLE);
    entry.extension = NULL;
    g_assert_cmpint(
        feiq_build_entry(buffer, sizeof buffer, &lee, 1, FEIQ_CMD_BR_ENTRY, FEIQ_OPT_UTF8, &entry),
        ==, FS_IMPOSSIBLE);
    g_assert_cmpint(feiq_build_entry(buffer, sizeof buffer, &lee, 1, FEIQ_CMD_SENDMSG, 0, &entry),
                    ==, FS_IMPOSSIBLE);
    g_assert_cmpint(feiq_build_signal(buffer, sizeof buffer, &lee, 1, FEIQ_CMD_SENDMSG, 0), ==,
                    FS_IMPOSSIBLE);
    g_assert_cmpint(
        feiq_build_acknowledgement(buffer, sizeof buffer, &lee, 1, FEIQ_CMD_KNOCK, 0, 1), ==,
        FS_IMPOSSIBLE);

    FeiqChunk chunk = {.total = 3, .count = 1, .number = 1, .data = fs_bytes("abc")};
    g_assert_cmpint(feiq_build_image_chunk(buffer, sizeof buffer, &lee, 1, &chunk), >, 0);
    chunk.offset = 1;
    g_assert_cmpint(feiq_build_image_chunk(buffer, sizeof buffer, &lee, 1, &chunk), ==,
                    FS_IMPOSSIBLE);
    chunk = (FeiqChunk){.total = 3, .count = 1, .number = 0, .data = fs_bytes("abc")};
    g_assert_cmpint(feiq_build_image_chunk(buffer, sizeof buffer, &lee, 1, &chunk), ==,
                    FS_IMPOSSIBLE);
    g_assert_cmpint(
        feiq_build_qun(buffer, sizeof buffer, &lee, 1, FEIQ_CMD_GROUPMSG, fs_bytes("seven..")), ==,
        FS_IMPOSSIBLE);
    g_assert_cmpint(feiq_build_qun_text(buffer, sizeof buffer, 1, fs_bytes("12x"), fs_bytes("")),
                    ==, FS_IMPOSSIBLE);
}

/* Too small a buffer, at every size below the right one: said, and nothing written beyond it. */
static void test_no_room(void)
{
    FeiqFont font = {.height = -16, .face = fs_bytes("Arial")};
    FeiqFile file = {.name = fs_bytes("a:b"), .attributes = FEIQ_FILE_TYPE_REGULAR};
    FeiqMessage message = {
        .text = fs_bytes("hello"), .font = &font, .files = &file, .file_count = 1};
    ptrdiff_t whole = feiq_build_message(buffer, sizeof buffer, &lee, 77, FEIQ_CHECKED, &message);
    g_assert_cmpint(whole, >, 0);
    for (size_t room = 0; room <= (size_t)whole; room++) {
        g_autofree uint8_t *exact = g_malloc(room);
        g_assert_cmpint(feiq_build_message(exact, room, &lee, 77, FEIQ_CHECKED, &message), ==,
                        room < (size_t)whole ? FS_NO_ROOM : whole);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/feiq/build/entries", test_entries);
    g_test_add_func("/feiq/build/signals-and-answers", test_signals_and_answers);
    g_test_add_func("/feiq/build/messages", test_messages);
    g_test_add_func("/feiq/build/images", test_images);
    g_test_add_func("/feiq/build/groups", test_groups);
    g_test_add_func("/feiq/build/known-datagrams", test_known_datagrams);
    g_test_add_func("/feiq/build/impossible-headers", test_impossible_headers);
    g_test_add_func("/feiq/build/impossible-contents", test_impossible_contents);
    g_test_add_func("/feiq/build/no-room", test_no_room);
    return g_test_run();
}
