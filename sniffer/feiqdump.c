/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * feiqdump: captures in, packets printed.
 */
#include "sniffer/capture.h"
#include "sniffer/glance.h"
#include "sniffer/options.h"
#include "sniffer/stream.h"
#include "sniffer/tables.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What a run needs and has come to. */
typedef struct {
    const Options *options;
    Output output;
    FsPacket packet;
    HeaderWalk walk;
    Filter *filter;                /* NULL: every packet is printed */
    Glance glance;                 /* of the filter */
    CaptureFilter *capture_filter; /* NULL: every packet is read */
    uint64_t read;
    uint64_t printed;
    bool failed;
    bool damaged;
} Run;

/* One capture's clock and count. */
typedef struct {
    uint64_t frames;
    bool started; /* one had a time */
    int64_t first;
    int64_t previous;
} Clock;

static void set_times(Clock *clock, FrameRecord *record)
{
    clock->frames++;
    if (record->untimed) {
        record->since_first = record->since_previous = 0;
        return;
    }
    if (!clock->started) {
        clock->started = true;
        clock->first = record->time;
        clock->previous = record->time;
    }
    /* Without a sign, since the times of a damaged file may lie further apart than fits. */
    record->since_first = (int64_t)((uint64_t)record->time - (uint64_t)clock->first);
    record->since_previous = (int64_t)((uint64_t)record->time - (uint64_t)clock->previous);
    clock->previous = record->time;
}

/* Can the filter turn a frame down unread? A segment of a stream that is followed must be read,
 * since messages in later ones may have begun in it. */
static bool turned_down(const Run *run, int linktype, FsSpan span)
{
    if (run->filter == NULL) {
        return false;
    }
    Outline outline = outline_look(linktype, span);
    const StreamSettings *streams = &run->options->preferences.streams;
    bool followed =
        outline.kind == OUTLINE_TCP &&
        (outline.source == streams->chat_port || outline.destination == streams->chat_port ||
         outline.source == streams->control_port || outline.destination == streams->control_port);
    return !followed && glance_judge(&run->glance, &outline, span) == FILTER_NO;
}

static void print_frame(Run *run, const uint8_t *data, FrameRecord *record)
{
    uint32_t linktype = record->interface->link_type;
    record->number = ++run->read;
    FsSpan span = {data, record->captured,
                   record->reported > record->captured ? record->reported : record->captured};
    if (turned_down(run, (int)linktype, span)) {
        return;
    }
    fs_packet_reset(&run->packet, data);
    header_frame(&run->walk, record, data);
    if (!header_link(&run->walk, (int)linktype, span)) {
        header_undecoded(&run->walk, HEADER_BY_LINKTYPE, linktype, span);
    }
    if (run->filter != NULL && !filter_match(run->filter, &run->packet)) {
        return;
    }
    run->printed++;
    run->options->view(&run->output, record, &run->packet, &run->options->style);
}

static bool finished(const Run *run)
{
    return run->output.error != 0 ||
           (run->options->limit > 0 && run->printed >= run->options->limit);
}

static void complain(Run *run, const char *name, const Clock *clock, CaptureStatus status,
                     const char *message)
{
    output_flush(&run->output); /* what was read stands before what is wrong */
    if (status == CAPTURE_DAMAGED) {
        run->damaged = true;
        (void)fprintf(stderr, "feiqdump: %s: cannot be read beyond packet %" PRIu64 ": %s\n", name,
                      clock->frames, message);
    } else {
        run->failed = true;
        (void)fprintf(stderr, "feiqdump: %s: %s\n", name, message);
    }
}

static void print_capture(Run *run, const char *name)
{
    char message[CAPTURE_MESSAGE] = "";
    Clock clock = {0};
    CaptureStatus status;
    int descriptor = strcmp(name, "-") == 0 ? dup(STDIN_FILENO) : open(name, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        complain(run, name, &clock, CAPTURE_FAILED, strerror(errno));
        return;
    }
    const Waiter waiter = {0};
    Capture *capture =
        capture_open_file(descriptor, run->capture_filter, &waiter, &status, message);
    if (capture == NULL) {
        complain(run, name, &clock, status, message);
        return;
    }
    run->walk.streams =
        stream_table_new(&run->options->preferences.streams); /* no stream spans captures */
    if (run->walk.streams == NULL) {
        complain(run, name, &clock, CAPTURE_FAILED, strerror(ENOMEM));
    }
    while (run->walk.streams != NULL && !finished(run)) {
        const uint8_t *data;
        FrameRecord record;
        status = capture_next(capture, &data, &record, message);
        if (status == CAPTURE_DAMAGED || status == CAPTURE_FAILED) {
            complain(run, name, &clock, status, message);
        }
        if (status != CAPTURE_FRAME) {
            break;
        }
        set_times(&clock, &record);
        print_frame(run, data, &record);
    }
    stream_table_free(run->walk.streams);
    run->walk.streams = NULL;
    capture_close(capture);
}

static ExitStatus conclude(const Run *run)
{
    int error = run->output.error;
    if (error != 0) {
        if (error != EPIPE) { /* a reader that has seen enough is no news */
            (void)fprintf(stderr, "feiqdump: cannot write the output: %s\n", strerror(error));
        }
        return EXIT_ERROR;
    }
    if (run->failed) {
        return EXIT_ERROR;
    }
    if (run->damaged) {
        return EXIT_DAMAGED;
    }
    return run->printed > 0 ? EXIT_PRINTED : EXIT_NOTHING;
}

/* False: a filter was refused, and why is said. */
static bool compile_filters(Run *run)
{
    if (run->options->filter != NULL) {
        char message[CAPTURE_MESSAGE];
        run->capture_filter = capture_filter_new(run->options->filter, message);
        if (run->capture_filter == NULL) {
            (void)fprintf(stderr, "feiqdump: %s\n", message);
            return false;
        }
    }
    const char *text = run->options->display_filter;
    if (text == NULL) {
        return true;
    }
    size_t tables = 0;
    while (sniffer_tables[tables] != NULL) {
        tables++;
    }
    FilterError error;
    run->filter = filter_compile(text, sniffer_tables, tables, &error);
    if (run->filter == NULL) {
        char description[4096];
        (void)filter_describe_error(description, sizeof description, text, &error);
        (void)fprintf(stderr, "feiqdump: -Y: %s", description);
        return false;
    }
    glance_prepare(&run->glance, run->filter);
    return true;
}

/* Does nothing look at a packet but the one-line form? */
static bool only_line(const Options *options)
{
    bool plain_hex = options->view == view_line_hex && !options->style.colour;
    return options->display_filter == NULL && (options->view == view_line || plain_hex);
}

static ExitStatus print_captures(const Options *options)
{
    static FsEntry entries[VIEW_MAX_ENTRIES];
    Run run = {.options = options, .packet = {.entries = entries, .capacity = VIEW_MAX_ENTRIES}};
    run.packet.brief = only_line(options);
    run.walk.packet = &run.packet;
    run.walk.verify = options->verify;
    run.walk.feiq_udp = &options->preferences.feiq_udp;
    run.walk.feiq_tcp = &options->preferences.feiq_tcp;
    if (!compile_filters(&run)) {
        capture_filter_free(run.capture_filter);
        return EXIT_ERROR;
    }
    if (!output_open(&run.output, STDOUT_FILENO)) {
        filter_free(run.filter);
        capture_filter_free(run.capture_filter);
        (void)fprintf(stderr, "feiqdump: %s\n", strerror(ENOMEM));
        return EXIT_ERROR;
    }
    if (options->view == view_fields) {
        fields_header(&run.output, &options->columns);
    }
    for (int i = 0; i < options->file_count && !finished(&run); i++) {
        print_capture(&run, options->files[i]);
    }
    output_close(&run.output);
    filter_free(run.filter);
    capture_filter_free(run.capture_filter);
    return conclude(&run);
}

int main(int argc, char **argv)
{
    Options options;
    ExitStatus status;
    (void)signal(SIGPIPE, SIG_IGN); /* so that a closed pipe is an error of writing */
    if (options_read(&options, argc, argv, &status)) {
        status = print_captures(&options);
    }
    options_free(&options);
    return (int)status;
}
