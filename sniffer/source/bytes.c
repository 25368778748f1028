/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/source/bytes.h"

#include "sniffer/source/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    /* Large enough that system calls cost nothing per packet, and fits into a second-level cache.
     */
    BUFFER_SIZE = 256 * 1024
};

static void fail(Bytes *bytes, BytesState state, const char *message)
{
    bytes->state = state;
    bytes->message = message;
}

/* Read from the descriptor; 0 if there is nothing more, and then bytes->state says why. */
static size_t read_some(void *context, uint8_t *to, size_t room)
{
    Bytes *bytes = context;
    for (;;) {
        struct pollfd descriptor = {.fd = bytes->descriptor, .events = POLLIN};
        if (!bytes->regular && wait_readable(&bytes->waiter, &descriptor, 1) == WAIT_STOPPED) {
            bytes->state = BYTES_STOPPED;
            return 0;
        }
        ssize_t got = read(bytes->descriptor, to, room);
        if (got > 0) {
            return (size_t)got;
        }
        if (got == 0) {
            bytes->state = BYTES_END;
            return 0;
        }
        if (errno != EINTR && errno != EAGAIN) {
            fail(bytes, BYTES_FAILED, strerror(errno));
            return 0;
        }
    }
}

static size_t unpack_some(Bytes *bytes, uint8_t *to, size_t room)
{
    size_t got = unpacker_read(bytes->unpacker, to, room);
    if (got == 0 && bytes->state == BYTES_END) {
        const char *wrong = unpacker_fault(bytes->unpacker);
        if (wrong != NULL) {
            fail(bytes, BYTES_DAMAGED, wrong);
        }
    } else if (got == 0 && bytes->state == BYTES_MORE) {
        const char *wrong = unpacker_fault(bytes->unpacker);
        fail(bytes, wrong != NULL ? BYTES_DAMAGED : BYTES_END, wrong);
    } else if (got > 0) {
        bytes->state = BYTES_MORE; /* the file's end is not yet the end of what it unpacks to */
    }
    return got;
}

/* Make room for `need` bytes from the next byte on. */
static bool make_room(Bytes *bytes, size_t need)
{
    size_t have = (size_t)(bytes->end - bytes->at);
    bytes->base += (uint64_t)(bytes->at - bytes->buffer);
    if (need <= bytes->capacity) {
        memmove(bytes->buffer, bytes->at, have);
    } else {
        uint8_t *larger = malloc(need);
        if (larger == NULL) {
            bytes->base -= (uint64_t)(bytes->at - bytes->buffer);
            fail(bytes, BYTES_FAILED, strerror(ENOMEM));
            return false;
        }
        memcpy(larger, bytes->at, have);
        free(bytes->buffer);
        bytes->buffer = larger;
        bytes->capacity = need;
    }
    bytes->at = bytes->buffer;
    bytes->end = bytes->buffer + have;
    return true;
}

const uint8_t *bytes_fill(Bytes *bytes, size_t need)
{
    if (bytes->state != BYTES_MORE || !make_room(bytes, need)) {
        return NULL;
    }
    size_t have = (size_t)(bytes->end - bytes->at);
    while (have < need) {
        uint8_t *to = bytes->buffer + have;
        size_t room = bytes->capacity - have;
        size_t got =
            bytes->unpacker != NULL ? unpack_some(bytes, to, room) : read_some(bytes, to, room);
        if (got == 0) {
            break;
        }
        have += got;
    }
    bytes->end = bytes->buffer + have;
    return have >= need ? bytes->at : NULL;
}

bool bytes_skip(Bytes *bytes, uint64_t count)
{
    for (;;) {
        uint64_t have = (uint64_t)(bytes->end - bytes->at);
        if (have >= count) {
            bytes->at += count;
            return true;
        }
        bytes->at = bytes->end;
        count -= have;
        if (bytes_fill(bytes, 1) == NULL) {
            return false;
        }
    }
}

/* Hand what was read to look at the magic number to the unpacker, and begin the buffer anew. */
static bool begin_unpacking(Bytes *bytes, UnpackFormat format)
{
    bytes->unpacker =
        unpacker_new(format, read_some, bytes, bytes->at, (size_t)(bytes->end - bytes->at));
    if (bytes->unpacker == NULL) {
        fail(bytes, BYTES_FAILED, strerror(ENOMEM));
        return false;
    }
    bytes->at = bytes->end = bytes->buffer;
    bytes->state = BYTES_MORE; /* the end of a short file was perhaps seen already */
    return true;
}

/* Behind frames that hold nothing. */
static UnpackFormat recognise(Bytes *bytes)
{
    size_t skipped = 0;
    size_t more = 0;
    do {
        skipped += more;
        const uint8_t *at = bytes_need(bytes, skipped + UNPACK_SKIPPABLE);
        more = at != NULL ? unpack_skippable(at + skipped) : 0;
    } while (more > 0 && skipped + more < BUFFER_SIZE - UNPACK_SKIPPABLE);
    size_t have = (size_t)(bytes->end - bytes->at);
    return unpack_recognise(bytes->at + skipped, have - skipped);
}

bool bytes_open(Bytes *bytes, int descriptor, const Waiter *waiter)
{
    struct stat status;
    *bytes = (Bytes){.descriptor = descriptor, .waiter = *waiter};
    bytes->buffer = malloc(BUFFER_SIZE);
    if (bytes->buffer == NULL) {
        fail(bytes, BYTES_FAILED, strerror(ENOMEM));
        return false;
    }
    bytes->capacity = BUFFER_SIZE;
    bytes->at = bytes->end = bytes->buffer;
    bytes->regular = fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
    if (bytes->regular) {
        (void)posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL);
    }
    if (bytes_need(bytes, UNPACK_MAGIC) == NULL && bytes->state != BYTES_END) {
        return false;
    }
    UnpackFormat format = recognise(bytes);
    if (bytes->state != BYTES_MORE && bytes->state != BYTES_END) {
        return false;
    }
    return format == UNPACK_NONE || begin_unpacking(bytes, format);
}

void bytes_close(Bytes *bytes)
{
    unpacker_free(bytes->unpacker);
    free(bytes->buffer);
    (void)close(bytes->descriptor);
    *bytes = (Bytes){.descriptor = -1};
}

const char *bytes_compression(const Bytes *bytes)
{
    return bytes->unpacker != NULL ? unpacker_name(bytes->unpacker) : NULL;
}
