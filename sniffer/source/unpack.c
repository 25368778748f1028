/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/source/unpack.h"

#include <inttypes.h>
#include <lz4frame.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#define ZLIB_CONST
#include <zlib.h>
#include <zstd.h>

enum {
    INPUT_SIZE = 256 * 1024,
    GZIP_WINDOW = 15 + 16 /* the largest window, and the gzip header: zlib's inflateInit2 */
};

/* What one step of a library did. */
typedef struct {
    size_t consumed;
    size_t produced;
    bool whole;        /* a member or frame is complete */
    const char *wrong; /* what the library says; NULL: nothing is wrong */
} Step;

typedef struct {
    const char *name;
    bool (*begin)(Unpacker *unpacker);
    Step (*step)(Unpacker *unpacker, uint8_t *to, size_t room);
    void (*end)(Unpacker *unpacker);
} Library;

struct Unpacker {
    const Library *library;
    UnpackFormat format;
    z_stream gzip;
    ZSTD_DStream *zstd;
    LZ4F_dctx *lz4;
    UnpackInput *input;
    void *context;
    uint8_t *buffer;
    size_t at;
    size_t used;
    uint64_t offset; /* of buffer[0] in the compressed file */
    bool inside;     /* a member or frame has begun and is not complete */
    bool any;        /* one is complete */
    char fault[160];
};

static bool begin_gzip(Unpacker *unpacker)
{
    return inflateInit2(&unpacker->gzip, GZIP_WINDOW) == Z_OK;
}

static Step step_gzip(Unpacker *unpacker, uint8_t *to, size_t room)
{
    z_stream *gzip = &unpacker->gzip;
    gzip->next_in = unpacker->buffer + unpacker->at;
    gzip->avail_in = (uInt)(unpacker->used - unpacker->at);
    gzip->next_out = to;
    gzip->avail_out = (uInt)room;
    int result = inflate(gzip, Z_NO_FLUSH);
    Step step = {.consumed = unpacker->used - unpacker->at - gzip->avail_in,
                 .produced = room - gzip->avail_out,
                 .whole = result == Z_STREAM_END};
    if (step.whole) {
        (void)inflateReset(gzip);
    } else if (result != Z_OK && result != Z_BUF_ERROR) {
        step.wrong = gzip->msg != NULL ? gzip->msg : "damaged data";
    }
    return step;
}

static void end_gzip(Unpacker *unpacker)
{
    (void)inflateEnd(&unpacker->gzip);
}

static bool begin_zstd(Unpacker *unpacker)
{
    unpacker->zstd = ZSTD_createDStream();
    return unpacker->zstd != NULL;
}

/* NOLINTNEXTLINE(readability-non-const-parameter): the table of libraries wants all steps alike */
static Step step_zstd(Unpacker *unpacker, uint8_t *to, size_t room)
{
    ZSTD_inBuffer in = {unpacker->buffer, unpacker->used, unpacker->at};
    ZSTD_outBuffer out = {to, room, 0};
    size_t result = ZSTD_decompressStream(unpacker->zstd, &out, &in);
    return (Step){.consumed = in.pos - unpacker->at,
                  .produced = out.pos,
                  .whole = result == 0,
                  .wrong = ZSTD_isError(result) != 0 ? ZSTD_getErrorName(result) : NULL};
}

static void end_zstd(Unpacker *unpacker)
{
    (void)ZSTD_freeDStream(unpacker->zstd);
}

static bool begin_lz4(Unpacker *unpacker)
{
    return LZ4F_isError(LZ4F_createDecompressionContext(&unpacker->lz4, LZ4F_VERSION)) == 0;
}

static Step step_lz4(Unpacker *unpacker, uint8_t *to, size_t room)
{
    size_t produced = room;
    size_t consumed = unpacker->used - unpacker->at;
    size_t result = LZ4F_decompress(unpacker->lz4, to, &produced, unpacker->buffer + unpacker->at,
                                    &consumed, NULL);
    return (Step){.consumed = consumed,
                  .produced = produced,
                  .whole = result == 0,
                  .wrong = LZ4F_isError(result) != 0 ? LZ4F_getErrorName(result) : NULL};
}

static void end_lz4(Unpacker *unpacker)
{
    (void)LZ4F_freeDecompressionContext(unpacker->lz4);
}

static const Library libraries[] = {
    [UNPACK_GZIP] = {"gzip", begin_gzip, step_gzip, end_gzip},
    [UNPACK_ZSTD] = {"zstd", begin_zstd, step_zstd, end_zstd},
    [UNPACK_LZ4] = {"lz4", begin_lz4, step_lz4, end_lz4},
};

UnpackFormat unpack_recognise(const uint8_t *data, size_t length)
{
    /* RFC 1952 section 2.3.1, RFC 8878 section 3.1.1, the LZ4 frame format. */
    static const uint8_t gzip[] = {0x1f, 0x8b, 0x08};
    static const uint8_t zstd[] = {0x28, 0xb5, 0x2f, 0xfd};
    static const uint8_t lz4[] = {0x04, 0x22, 0x4d, 0x18};
    if (length >= sizeof gzip && memcmp(data, gzip, sizeof gzip) == 0) {
        return UNPACK_GZIP;
    }
    if (length >= sizeof zstd && memcmp(data, zstd, sizeof zstd) == 0) {
        return UNPACK_ZSTD;
    }
    if (length >= sizeof lz4 && memcmp(data, lz4, sizeof lz4) == 0) {
        return UNPACK_LZ4;
    }
    return UNPACK_NONE;
}

/* RFC 8878 section 3.1.2: the last four bits of the magic number are free; both numbers are
 * little-endian. */
size_t unpack_skippable(const uint8_t *data)
{
    static const uint8_t magic[] = {0x2a, 0x4d, 0x18};
    if ((data[0] & 0xf0) != 0x50 || memcmp(data + 1, magic, sizeof magic) != 0) {
        return 0;
    }
    size_t length = data[4] | (size_t)data[5] << 8 | (size_t)data[6] << 16 | (size_t)data[7] << 24;
    return UNPACK_SKIPPABLE + length;
}

Unpacker *unpacker_new(UnpackFormat format, UnpackInput *input, void *context, const uint8_t *first,
                       size_t length)
{
    Unpacker *unpacker = calloc(1, sizeof *unpacker);
    if (unpacker == NULL) {
        return NULL;
    }
    unpacker->format = format;
    unpacker->input = input;
    unpacker->context = context;
    unpacker->buffer = malloc(INPUT_SIZE);
    if (unpacker->buffer != NULL && libraries[format].begin(unpacker)) {
        unpacker->library = &libraries[format];
        unpacker->used = length < INPUT_SIZE ? length : INPUT_SIZE;
        memcpy(unpacker->buffer, first, unpacker->used);
        return unpacker;
    }
    unpacker_free(unpacker);
    return NULL;
}

/* False if there is no more. */
static bool have_input(Unpacker *unpacker)
{
    if (unpacker->at < unpacker->used) {
        return true;
    }
    unpacker->offset += unpacker->used;
    unpacker->at = 0;
    unpacker->used = unpacker->input(unpacker->context, unpacker->buffer, INPUT_SIZE);
    return unpacker->used > 0;
}

static void say(Unpacker *unpacker, const char *wrong)
{
    (void)snprintf(unpacker->fault, sizeof unpacker->fault,
                   "%s: %s, at byte %" PRIu64 " of the compressed file", unpacker->library->name,
                   wrong, unpacker->offset + unpacker->at);
}

/* Zeroes at the end, as tape blocks have them, are not another gzip member. */
static bool padding(const Unpacker *unpacker)
{
    return unpacker->format == UNPACK_GZIP && !unpacker->inside && unpacker->any &&
           unpacker->buffer[unpacker->at] == 0;
}

size_t unpacker_read(Unpacker *unpacker, uint8_t *to, size_t room)
{
    while (unpacker->fault[0] == '\0') {
        /* What a library still holds comes out before it is given more. */
        if (!unpacker->inside && !have_input(unpacker)) {
            return 0;
        }
        if (padding(unpacker)) {
            unpacker->at++;
            continue;
        }
        Step step = unpacker->library->step(unpacker, to, room);
        unpacker->at += step.consumed;
        unpacker->inside = !step.whole;
        unpacker->any = unpacker->any || step.whole;
        if (step.wrong != NULL) {
            say(unpacker, step.wrong);
        } else if (step.produced == 0 && step.consumed == 0 && !step.whole &&
                   !have_input(unpacker)) {
            say(unpacker, "the data end too early");
        }
        if (step.produced > 0) {
            return step.produced;
        }
    }
    return 0;
}

const char *unpacker_fault(const Unpacker *unpacker)
{
    return unpacker->fault[0] != '\0' ? unpacker->fault : NULL;
}

const char *unpacker_name(const Unpacker *unpacker)
{
    return unpacker->library->name;
}

void unpacker_free(Unpacker *unpacker)
{
    if (unpacker != NULL) {
        if (unpacker->library != NULL) {
            unpacker->library->end(unpacker);
        }
        free(unpacker->buffer);
        free(unpacker);
    }
}
