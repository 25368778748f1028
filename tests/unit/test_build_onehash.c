/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is built of 1#n decodes to what went in, for random messages in every framing; what the
 * protocol cannot say is refused; cut and changed bytes do no harm.
 */
#include "protocol/onehash/build.h"
#include "protocol/text.h"

#include <glib.h>
#include <string.h>

enum { ROUNDS = 3000, MOST_PARTS = 6 };

static FsEntry entries[512];
static uint8_t buffer[ONEHASH_BUILD_ROOM(4096)];

static const OnehashFraming framings[] = {ONEHASH_FRAMING_LINE, ONEHASH_FRAMING_LENGTH,
                                          ONEHASH_FRAMING_FIXED, ONEHASH_FRAMING_BARE};

static FsPacket decode(const OnehashStream *stream, const uint8_t *data, size_t length)
{
    FsPacket packet = {.entries = entries, .capacity = G_N_ELEMENTS(entries)};
    fs_packet_reset(&packet, data);
    g_assert_true(
        onehash_decode(&packet, stream, (FsSpan){data, (uint32_t)length, (uint32_t)length}));
    g_assert_false(packet.full);
    g_assert_cmpuint(packet.depth, ==, 0);
    return packet;
}

/* The n-th entry of a field, from 0; NULL if there are fewer. */
static const FsEntry *find(const FsPacket *packet, OnehashField id, unsigned n)
{
    for (uint32_t i = 0; i < packet->count; i++) {
        if (packet->entries[i].field == &onehash_table.fields[id] && n-- == 0) {
            return &packet->entries[i];
        }
    }
    return NULL;
}

static void assert_number(const FsPacket *packet, OnehashField id, uint64_t value)
{
    const FsEntry *entry = find(packet, id, 0);
    g_assert_nonnull(entry);
    g_assert_cmpuint(entry->value.number, ==, value);
}

static void assert_texts(const FsPacket *packet, OnehashField id, const FsBytes *texts, size_t n)
{
    for (unsigned i = 0; i < n; i++) {
        const FsEntry *entry = find(packet, id, i);
        g_assert_nonnull(entry);
        g_assert_cmpmem(entry->value.bytes.data, entry->value.bytes.length, texts[i].data,
                        texts[i].length);
    }
    g_assert_null(find(packet, id, (unsigned)n));
}

static void assert_no_remark(const FsPacket *packet)
{
    for (uint32_t i = 0; i < packet->count; i++) {
        const FsField *field = packet->entries[i].field;
        g_assert_true(field->type != FS_REMARK ||
                      field == &onehash_table.fields[ONEHASH_NOT_UTF8] ||
                      field == &onehash_table.fields[ONEHASH_NO_REASON] ||
                      field == &onehash_table.fields[ONEHASH_UNKNOWN_CODE]);
    }
}

/* Random text, without the bytes of `without`; a third of the characters are Chinese. */
static FsBytes random_text(GRand *random, uint8_t *room, const char *without, bool any)
{
    size_t wanted = (size_t)g_rand_int_range(random, any ? 0 : 1, 24);
    size_t used = 0;
    while (used < wanted) {
        if (g_rand_int_range(random, 0, 3) == 0) {
            room[used++] = 0xe4;
            room[used++] = 0xbd;
            room[used++] = 0xa0;
            continue;
        }
        uint8_t c = (uint8_t)g_rand_int_range(random, 1, 127);
        if (strchr(without, c) == NULL) {
            room[used++] = c;
        }
    }
    return (FsBytes){room, used};
}

static OnehashStream random_stream(GRand *random, bool from_server)
{
    return (OnehashStream){framings[g_rand_int_range(random, 0, 4)],
                           (OnehashService)g_rand_int_range(random, 0, 3),
                           (uint32_t)g_rand_int_range(random, 0, 40), from_server};
}

static void check_frame(const OnehashStream *stream, const uint8_t *data, ptrdiff_t length)
{
    g_assert_cmpint(length, >, 0);
    OnehashFrame frame = onehash_next(stream, data, (size_t)length);
    g_assert_cmpint(frame.verdict, ==, ONEHASH_COMPLETE);
    g_assert_cmpint(frame.length, ==, length);
}

static void test_requests(void)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(12425);
    for (unsigned i = 0; i < ROUNDS; i++) {
        OnehashStream stream = random_stream(random, false);
        uint8_t room[MOST_PARTS][32];
        FsBytes arguments[MOST_PARTS];
        uint32_t code = (uint32_t)g_rand_int_range(random, 1, 6);
        size_t count = (size_t)g_rand_int_range(random, 0, MOST_PARTS);
        OnehashOperation operation = onehash_operation(stream.service, ONEHASH_REQUEST, code);
        if (operation != ONEHASH_NO_OPERATION) { /* as many as it takes */
            count = operation == ONEHASH_SEND_MESSAGE ? 2 : operation == ONEHASH_KILL ? 1 : 0;
        }
        for (size_t a = 0; a < count; a++) {
            /* "1#" may not begin anew in the bare framing */
            bool rest = a + 1 == count && operation != ONEHASH_NO_OPERATION &&
                        stream.framing != ONEHASH_FRAMING_BARE;
            arguments[a] = random_text(random, room[a], rest ? "\r\n" : "\r\n#", false);
        }
        ptrdiff_t length =
            onehash_build_request(buffer, sizeof buffer, &stream, code, arguments, count);
        check_frame(&stream, buffer, length);
        FsPacket packet = decode(&stream, buffer, (size_t)length);
        assert_no_remark(&packet);
        assert_number(&packet, ONEHASH_KIND, ONEHASH_REQUEST);
        assert_number(&packet, ONEHASH_CODE, code);
        assert_number(&packet, ONEHASH_FRAMING, stream.framing);
        assert_number(&packet, ONEHASH_SERVICE, stream.service);
        assert_texts(&packet, ONEHASH_ARGUMENT, arguments, count);
        if (operation == ONEHASH_SEND_MESSAGE) {
            assert_texts(&packet, ONEHASH_TO, arguments, 1);
            assert_texts(&packet, ONEHASH_TEXT, arguments + 1, 1);
        }
        if (stream.framing == ONEHASH_FRAMING_LENGTH) {
            assert_number(&packet, ONEHASH_LENGTH, (uint64_t)length - 4);
        }
    }
}

static void test_replies(void)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(12426);
    for (unsigned i = 0; i < ROUNDS; i++) {
        OnehashStream stream = random_stream(random, true);
        uint8_t room[MOST_PARTS][32];
        FsBytes lines[MOST_PARTS];
        uint32_t code = (uint32_t)g_rand_int_range(random, 1, 6);
        uint32_t status = (uint32_t)g_rand_int_range(random, 0, ONEHASH_STATUS_COUNT);
        size_t count = (size_t)g_rand_int_range(random, 0, MOST_PARTS);
        for (size_t l = 0; l < count; l++) {
            lines[l] = random_text(random, room[l], "\r\n#", true);
        }
        ptrdiff_t length =
            onehash_build_reply(buffer, sizeof buffer, &stream, code, status, lines, count);
        bool bare = stream.framing == ONEHASH_FRAMING_BARE;
        if (bare && count == 0) {
            g_assert_cmpint(length, ==, 0);
            continue;
        }
        check_frame(&stream, buffer, length);
        FsPacket packet = decode(&stream, buffer, (size_t)length);
        assert_no_remark(&packet);
        assert_number(&packet, ONEHASH_KIND, ONEHASH_REPLY);
        assert_number(&packet, ONEHASH_LINES, count);
        assert_texts(&packet, ONEHASH_BODY, lines, count);
        if (!bare) {
            assert_number(&packet, ONEHASH_CODE, code);
            assert_number(&packet, ONEHASH_STATUS, status);
            assert_texts(&packet, ONEHASH_REASON, lines,
                         status != 0 && count > 0 && lines[0].length > 0);
        }
    }
}

static void test_events(void)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(3);
    for (unsigned i = 0; i < ROUNDS; i++) {
        OnehashStream stream = random_stream(random, true);
        uint8_t from_room[32];
        uint8_t text_room[32];
        uint32_t code = (uint32_t)g_rand_int_range(random, 1, 4);
        FsBytes from = random_text(random, from_room, "\r\n#", false);
        FsBytes text = random_text(random, text_room, "\r\n", true);
        ptrdiff_t length = onehash_build_event(buffer, sizeof buffer, &stream, code, from,
                                               code == 3 ? &text : NULL);
        check_frame(&stream, buffer, length);
        FsPacket packet = decode(&stream, buffer, (size_t)length);
        assert_no_remark(&packet);
        assert_number(&packet, ONEHASH_KIND, ONEHASH_EVENT);
        assert_number(&packet, ONEHASH_CODE, code);
        assert_texts(&packet, ONEHASH_FROM, &from, 1);
        assert_texts(&packet, ONEHASH_TEXT, &text, code == 3);
    }
}

/* Too small a buffer, at every size below the right one: said, and nothing written beyond it. */
static void test_no_room(void)
{
    FsBytes arguments[] = {fs_bytes("bob"), fs_bytes("hello")};
    for (size_t f = 0; f < G_N_ELEMENTS(framings); f++) {
        OnehashStream stream = {framings[f], ONEHASH_SERVICE_CHAT, 16, false};
        ptrdiff_t whole = onehash_build_request(buffer, sizeof buffer, &stream, 3, arguments, 2);
        g_assert_cmpint(whole, >, 0);
        for (size_t room = 0; room <= (size_t)whole; room++) {
            g_autofree uint8_t *exact = g_malloc(room);
            g_assert_cmpint(onehash_build_request(exact, room, &stream, 3, arguments, 2), ==,
                            room < (size_t)whole ? FS_NO_ROOM : whole);
        }
    }
}

static ptrdiff_t build_one(OnehashFraming framing, uint32_t code, FsBytes argument)
{
    OnehashStream stream = {framing, ONEHASH_SERVICE_CONTROL, 0, false};
    return onehash_build_request(buffer, sizeof buffer, &stream, code, &argument, 1);
}

static void test_impossible(void)
{
    g_autofree char *long_text = g_strnfill(ONEHASH_MESSAGE_LIMIT - 4, 'x');
    g_autofree char *longer_text = g_strnfill(ONEHASH_MESSAGE_LIMIT - 3, 'x');
    FsBytes with_sign[] = {fs_bytes("a#b"), fs_bytes("c")};
    OnehashStream line = {ONEHASH_FRAMING_LINE, ONEHASH_SERVICE_CHAT, 0, false};
    OnehashStream undecided = {ONEHASH_FRAMING_UNDECIDED, ONEHASH_SERVICE_CHAT, 0, false};

    g_assert_cmpint(build_one(ONEHASH_FRAMING_LINE, 3, fs_bytes("a\nb")), ==, FS_IMPOSSIBLE);
    g_assert_cmpint(build_one(ONEHASH_FRAMING_LINE, 3, fs_bytes("a\r")), ==, FS_IMPOSSIBLE);
    g_assert_cmpint(build_one(ONEHASH_FRAMING_LENGTH, 3, fs_bytes("a\nb")), >, 0);
    g_assert_cmpint(build_one(ONEHASH_FRAMING_BARE, 3, fs_bytes("a1#2")), ==, FS_IMPOSSIBLE);
    g_assert_cmpint(build_one(ONEHASH_FRAMING_BARE, 3, fs_bytes("")), ==, FS_IMPOSSIBLE);
    g_assert_cmpint(build_one(ONEHASH_FRAMING_LINE, 3, fs_bytes("a1#2")), >, 0);
    g_assert_cmpint(build_one(ONEHASH_FRAMING_LINE, 0, fs_bytes("a")), ==, FS_IMPOSSIBLE);
    for (size_t f = 0; f < G_N_ELEMENTS(framings); f++) {
        FsBytes with_nul = {(const uint8_t *)"a\0b", 3};
        g_assert_cmpint(build_one(framings[f], 3, with_nul), ==, FS_IMPOSSIBLE);
        g_assert_cmpint(build_one(framings[f], 3, fs_bytes(long_text)), >, 0);
        g_assert_cmpint(build_one(framings[f], 3, fs_bytes(longer_text)), ==, FS_IMPOSSIBLE);
    }
    g_assert_cmpint(onehash_build_request(buffer, sizeof buffer, &line, 3, with_sign, 2), ==,
                    FS_IMPOSSIBLE);
    g_assert_cmpint(onehash_build_request(buffer, sizeof buffer, &undecided, 1, NULL, 0), ==,
                    FS_IMPOSSIBLE);
    FsBytes body = fs_bytes("two\nlines");
    g_assert_cmpint(onehash_build_reply(buffer, sizeof buffer, &line, 1, 0, &body, 1), ==,
                    FS_IMPOSSIBLE);
    g_assert_cmpint(onehash_build_event(buffer, sizeof buffer, &line, 1, fs_bytes("a#b"), NULL), ==,
                    FS_IMPOSSIBLE);
}

/* Entries stay inside the bytes and the tree, whatever the bytes are. */
static void check_sane(const OnehashStream *stream, const uint8_t *data, size_t length,
                       size_t reported)
{
    FsPacket packet = {.entries = entries, .capacity = G_N_ELEMENTS(entries)};
    fs_packet_reset(&packet, data);
    bool decoded =
        onehash_decode(&packet, stream, (FsSpan){data, (uint32_t)length, (uint32_t)reported});
    g_assert_true(decoded == (length > 0));
    g_assert_cmpuint(packet.depth, ==, 0);
    for (uint32_t i = 0; i < packet.count; i++) {
        const FsEntry *entry = &packet.entries[i];
        g_assert_cmpuint(entry->bit_offset / 8 + entry->bit_length / 8, <=, length);
        g_assert_cmpuint(entry->depth, <=, i == 0 ? 0 : packet.entries[i - 1].depth + 1U);
        FsType type = entry->field->type;
        if ((type == FS_TEXT || type == FS_BYTES) && entry->value.bytes.length > 0) {
            g_assert_true(entry->value.bytes.data >= data &&
                          entry->value.bytes.data + entry->value.bytes.length <= data + length);
        }
    }
}

static const struct {
    bool from_server;
    const char *bytes;
    size_t length;
} originals[] = {
#define BYTES(text) (text), sizeof(text) - 1
    {false, BYTES("1#3#alice#\xe4\xbd\xa0\xe5\xa5\xbd\r\n")},
    {true, BYTES("2#2#0#3\r\n1 init\n22 sh\n333 \xd6\xd0\n")},
    {true, BYTES("\0\0\0\24"
                 "2#3#4#1\nnot found\n ..")},
    {false, BYTES("1#3#bob#hi\0\0\0\0\0\0")},
    {true, BYTES("3#3#bob#hi#there\n")},
};

static void with_every_stream(const uint8_t *data, size_t length, size_t reported)
{
    for (size_t f = 0; f < G_N_ELEMENTS(framings); f++) {
        for (int service = ONEHASH_SERVICE_UNKNOWN; service <= ONEHASH_SERVICE_CHAT; service++) {
            for (int server = 0; server < 2; server++) {
                OnehashStream stream = {framings[f], (OnehashService)service, 8, server != 0};
                check_sane(&stream, data, length, reported);
            }
        }
    }
}

static void test_truncated_at_every_byte(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(originals); i++) {
        for (size_t length = 0; length <= originals[i].length; length++) {
            g_autofree uint8_t *exact = g_memdup2(originals[i].bytes, length);
            with_every_stream(exact, length, length);
            with_every_stream(exact, length, originals[i].length);
        }
    }
}

static void test_changed_bytes(void)
{
    static const char liked[] = "\0\n\r#0123 9\x80\xe4\xff";
    g_autoptr(GRand) random = g_rand_new_with_seed(77);
    for (unsigned i = 0; i < ROUNDS; i++) {
        unsigned which = (unsigned)g_rand_int_range(random, 0, G_N_ELEMENTS(originals));
        size_t length = originals[which].length;
        g_autofree uint8_t *exact = g_memdup2(originals[which].bytes, length);
        for (int n = g_rand_int_range(random, 1, 6); n > 0; n--) {
            size_t at = (size_t)g_rand_int_range(random, 0, (gint32)length);
            exact[at] = g_rand_boolean(random)
                            ? (uint8_t)liked[g_rand_int_range(random, 0, sizeof liked)]
                            : (uint8_t)g_rand_int(random);
        }
        with_every_stream(exact, length, length);
        for (size_t f = 0; f < G_N_ELEMENTS(framings); f++) {
            OnehashStream stream = {framings[f], ONEHASH_SERVICE_CHAT, 8, false};
            OnehashFrame frame = onehash_next(&stream, exact, length);
            g_assert_true(frame.verdict == ONEHASH_PARTIAL ||
                          (frame.length > 0 && frame.length <= length));
        }
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/onehash/build/requests", test_requests);
    g_test_add_func("/onehash/build/replies", test_replies);
    g_test_add_func("/onehash/build/events", test_events);
    g_test_add_func("/onehash/build/no-room", test_no_room);
    g_test_add_func("/onehash/build/impossible", test_impossible);
    g_test_add_func("/onehash/decode/truncated-at-every-byte", test_truncated_at_every_byte);
    g_test_add_func("/onehash/decode/changed-bytes", test_changed_bytes);
    return g_test_run();
}
