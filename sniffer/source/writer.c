/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/source/writer.h"

#include "sniffer/source/writer_blocks.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { NANOSECONDS = 1000000000, NAME_SIZE = 256 };

struct Writer {
    const WriterSettings *settings;
    Output output;
    int directory;
    const char *base; /* the name without its directory */
    char *directory_name;
    bool open;
    bool begun;         /* the file has its header */
    uint32_t link_type; /* of a pcap file */
    int64_t first;      /* time of the file's first frame */
    int64_t latest;
    uint64_t packets; /* in the file */
    /* Interfaces that have a block in the file; NULL: of an earlier source. */
    const FrameInterface **described;
    uint32_t described_count;
    uint32_t described_room;
    uint64_t number;          /* of the file, from 1 */
    char (*names)[NAME_SIZE]; /* of the last files, as a ring */
};

bool writer_rotates(const WriterSettings *settings)
{
    return settings->bytes != 0 || settings->packets != 0 || settings->seconds != 0;
}

bool writer_overwrites(const WriterSettings *settings, int descriptor)
{
    struct stat input;
    struct stat output;
    bool found = strcmp(settings->name, "-") == 0 ? fstat(STDOUT_FILENO, &output) == 0
                                                  : stat(settings->name, &output) == 0;
    return found && !writer_rotates(settings) && fstat(descriptor, &input) == 0 &&
           S_ISREG(input.st_mode) && input.st_dev == output.st_dev && input.st_ino == output.st_ino;
}

static void say(char message[CAPTURE_MESSAGE], const Writer *writer, const char *what)
{
    (void)snprintf(message, CAPTURE_MESSAGE, "-w %s: %s", writer->settings->name, what);
}

/* capture.pcapng becomes capture_00001_20260131235959.pcapng. */
static bool name_file(const Writer *writer, int64_t now, char name[NAME_SIZE])
{
    const char *base = writer->base;
    if (!writer_rotates(writer->settings)) {
        return (size_t)snprintf(name, NAME_SIZE, "%s", base) < NAME_SIZE;
    }
    const char *dot = strrchr(base, '.');
    int stem = dot != NULL && dot != base ? (int)(dot - base) : (int)strlen(base);
    time_t seconds = (time_t)(now / NANOSECONDS);
    struct tm local;
    char text[32] = "";
    if (localtime_r(&seconds, &local) != NULL) {
        (void)strftime(text, sizeof text, "%Y%m%d%H%M%S", &local);
    }
    return (size_t)snprintf(name, NAME_SIZE, "%.*s_%05" PRIu64 "_%s%s", stem, base, writer->number,
                            text, base + stem) < NAME_SIZE;
}

static bool remove_oldest(Writer *writer, char message[CAPTURE_MESSAGE])
{
    uint64_t files = writer->settings->files;
    if (files == 0 || writer->number <= files) {
        return true;
    }
    const char *oldest = writer->names[(writer->number - 1) % files];
    if (unlinkat(writer->directory, oldest, 0) != 0 && errno != ENOENT) {
        (void)snprintf(message, CAPTURE_MESSAGE, "%s cannot be removed: %s", oldest,
                       strerror(errno));
        return false;
    }
    return true;
}

/* Make the next file. */
static bool open_file(Writer *writer, int64_t now, char message[CAPTURE_MESSAGE])
{
    char name[NAME_SIZE];
    writer->number++;
    if (!remove_oldest(writer, message)) {
        return false;
    }
    if (!name_file(writer, now, name)) {
        say(message, writer, "the name is too long");
        return false;
    }
    if (writer->settings->files != 0) {
        memcpy(writer->names[(writer->number - 1) % writer->settings->files], name, NAME_SIZE);
    }
    int descriptor = strcmp(writer->settings->name, "-") == 0
                         ? dup(STDOUT_FILENO)
                         : openat(writer->directory, name, WRITER_OPEN_FLAGS, 0644);
    if (descriptor < 0) {
        say(message, writer, strerror(errno));
        return false;
    }
    if (!output_open(&writer->output, descriptor)) {
        (void)close(descriptor);
        say(message, writer, strerror(ENOMEM));
        return false;
    }
    writer->open = true;
    writer->begun = false;
    writer->packets = 0;
    writer->described_count = 0;
    return true;
}

static bool close_file(Writer *writer, char message[CAPTURE_MESSAGE])
{
    if (!writer->open) {
        return true;
    }
    if (!writer->begun && writer->settings->pcap) {
        write_pcap_header(&writer->output, LINKTYPE_ETHERNET, 0);
    } else if (!writer->begun) {
        write_section(&writer->output);
    }
    output_close(&writer->output);
    writer->open = false;
    if (writer->output.error != 0) {
        say(message, writer, strerror(writer->output.error));
    }
    return writer->output.error == 0;
}

static bool open_directory(Writer *writer, char message[CAPTURE_MESSAGE])
{
    const char *name = writer->settings->name;
    const char *slash = strrchr(name, '/');
    writer->base = slash != NULL ? slash + 1 : name;
    writer->directory_name =
        slash == NULL ? strdup(".") : strndup(name, (size_t)(slash - name) + 1);
    if (writer->directory_name == NULL) {
        say(message, writer, strerror(ENOMEM));
        return false;
    }
    writer->directory = open(writer->directory_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (writer->directory < 0) {
        say(message, writer, strerror(errno));
    }
    return writer->directory >= 0;
}

static void free_writer(Writer *writer)
{
    if (writer->directory >= 0) {
        (void)close(writer->directory);
    }
    free(writer->directory_name);
    free(writer->described);
    free(writer->names);
    free(writer);
}

Writer *writer_open(const WriterSettings *settings, char message[CAPTURE_MESSAGE])
{
    Writer *writer = calloc(1, sizeof *writer);
    if (writer == NULL) {
        (void)snprintf(message, CAPTURE_MESSAGE, "-w %s: %s", settings->name, strerror(ENOMEM));
        return NULL;
    }
    writer->settings = settings;
    writer->directory = -1;
    if (settings->files != 0) {
        writer->names = calloc(settings->files, sizeof *writer->names);
        if (writer->names == NULL) {
            say(message, writer, strerror(ENOMEM));
            free_writer(writer);
            return NULL;
        }
    }
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    if (!open_directory(writer, message) ||
        !open_file(writer, now.tv_sec * (int64_t)NANOSECONDS, message)) {
        free_writer(writer);
        return NULL;
    }
    return writer;
}

int writer_directory(const Writer *writer)
{
    return writer_rotates(writer->settings) ? writer->directory : -1;
}

void writer_begin_source(Writer *writer)
{
    for (uint32_t i = 0; i < writer->described_count; i++) {
        writer->described[i] = NULL;
    }
}

/* The number that an interface has in the file; describes it there if it has none yet. */
static bool number_interface(Writer *writer, const FrameInterface *interface, uint32_t *number)
{
    for (uint32_t i = writer->described_count; i-- > 0;) {
        if (writer->described[i] == interface) {
            *number = i;
            return true;
        }
    }
    if (writer->described_count == writer->described_room) {
        uint32_t room = writer->described_room == 0 ? 8 : writer->described_room * 2;
        const FrameInterface **larger = realloc(writer->described, room * sizeof(FrameInterface *));
        if (larger == NULL) {
            return false;
        }
        writer->described = larger;
        writer->described_room = room;
    }
    *number = writer->described_count++;
    writer->described[*number] = interface;
    write_interface(&writer->output, interface);
    return true;
}

static bool has_bytes(const Writer *writer, uint64_t bytes)
{
    return bytes != 0 && writer->output.written + writer->output.used >= bytes;
}

static bool full(const Writer *writer)
{
    const WriterSettings *settings = writer->settings;
    return writer->packets > 0 &&
           ((settings->packets != 0 && writer->packets >= settings->packets) ||
            has_bytes(writer, settings->bytes));
}

static bool too_late(const Writer *writer, const FrameRecord *record)
{
    uint64_t seconds = writer->settings->seconds;
    return writer->packets > 0 && seconds != 0 &&
           record->time - writer->first >= (int64_t)seconds * NANOSECONDS;
}

static bool last_file(const Writer *writer)
{
    return writer->settings->last_file != 0 && writer->number >= writer->settings->last_file;
}

bool writer_finished(const Writer *writer)
{
    return has_bytes(writer, writer->settings->last_bytes) || (last_file(writer) && full(writer));
}

bool writer_ends_before(const Writer *writer, const FrameRecord *record)
{
    return last_file(writer) && too_late(writer, record);
}

static bool write_as_pcap(Writer *writer, const FrameRecord *record, const uint8_t *data,
                          char message[CAPTURE_MESSAGE])
{
    const FrameInterface *interface = record->interface;
    if (!writer->begun) {
        writer->link_type = interface->link_type;
        write_pcap_header(&writer->output, interface->link_type, interface->snapshot);
    } else if (writer->link_type != interface->link_type) {
        char wrong[160];
        (void)snprintf(wrong, sizeof wrong,
                       "pcap holds frames of one link type only, here %" PRIu32 " and %" PRIu32
                       "; pcapng holds both",
                       writer->link_type, interface->link_type);
        say(message, writer, wrong);
        return false;
    }
    write_pcap_record(&writer->output, record, data);
    return true;
}

static bool write_as_pcapng(Writer *writer, const FrameRecord *record, const uint8_t *data,
                            char message[CAPTURE_MESSAGE])
{
    uint32_t number;
    if (!writer->begun) {
        write_section(&writer->output);
    }
    if (!number_interface(writer, record->interface, &number)) {
        say(message, writer, strerror(ENOMEM));
        return false;
    }
    write_packet(&writer->output, number, record, data);
    return true;
}

bool writer_frame(Writer *writer, const FrameRecord *record, const uint8_t *data,
                  char message[CAPTURE_MESSAGE])
{
    if ((full(writer) || too_late(writer, record)) &&
        !(close_file(writer, message) && open_file(writer, record->time, message))) {
        return false;
    }
    if (writer->packets++ == 0) {
        writer->first = record->time;
    }
    writer->latest = record->time;
    bool written = writer->settings->pcap ? write_as_pcap(writer, record, data, message)
                                          : write_as_pcapng(writer, record, data, message);
    writer->begun = true;
    if (written && writer->output.error != 0) {
        say(message, writer, strerror(writer->output.error));
        return false;
    }
    return written;
}

void writer_flush(Writer *writer)
{
    if (writer->open) {
        output_flush(&writer->output);
    }
}

void writer_counts(Writer *writer, const LiveCounts *counts)
{
    if (!writer->open || !writer->begun || writer->settings->pcap) {
        return;
    }
    for (uint32_t i = 0; i < writer->described_count; i++) {
        if (writer->described[i] == counts->interface) {
            write_statistics(&writer->output, i, writer->latest, counts);
        }
    }
}

bool writer_close(Writer *writer, char message[CAPTURE_MESSAGE])
{
    bool closed = close_file(writer, message);
    free_writer(writer);
    return closed;
}
