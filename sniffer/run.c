/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/run.h"

#include "sniffer/capture.h"
#include "sniffer/conversation/table.h"
#include "sniffer/conversation/tcp_connections.h"
#include "sniffer/conversation/udp_streams.h"
#include "sniffer/conversation/unacknowledged.h"
#include "sniffer/counts.h"
#include "sniffer/direct/line.h"
#include "sniffer/forgotten.h"
#include "sniffer/frame_clock.h"
#include "sniffer/glance.h"
#include "sniffer/headers/conversation_ahead.h"
#include "sniffer/headers/outline.h"
#include "sniffer/headers/tcp_findings.h"
#include "sniffer/headers/udp.h"
#include "sniffer/reassembly/fragments.h"
#include "sniffer/sandbox.h"
#include "sniffer/signals.h"
#include "sniffer/tables.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { NANOSECONDS = 1000000000, MILLISECOND = 1000000 };

/* What a run needs and has come to. */
typedef struct {
    const Options *options;
    ViewStyle style; /* that of the options, at the terminal's present width */
    Output output;
    FsPacket packet;
    HeaderWalk walk;
    Filter *filter;                /* NULL: every packet is printed */
    Glance glance;                 /* of the filter */
    CaptureFilter *capture_filter; /* NULL: every packet of a file is read */
    Writer *writer;                /* NULL: nothing is written */
    Live *live;                    /* NULL: files are read */
    int *descriptors;              /* of the files; negative: a negated errno */
    Waiter waiter;
    uint32_t captures; /* begun so far */
    uint64_t read;
    uint64_t matched;
    int64_t deadline;           /* nanoseconds since 1970; 0: none */
    int64_t deadline_wait;      /* the same by the clock that nobody sets */
    DirectLine *direct;         /* NULL: every packet is decoded */
    ConversationAhead expected; /* conversation_ahead_record is to be called */
    bool unseen;                /* nothing looks into packets: they are counted and written */
    bool failed;
    bool damaged;
    bool full;       /* nothing more can be written */
    bool tcp_wanted; /* something shows or asks what takes several segments to know */
    bool udp_wanted; /* the same of datagrams */
} Run;

static int64_t now(clockid_t clock)
{
    struct timespec time;
    (void)clock_gettime(clock, &time);
    return time.tv_sec * (int64_t)NANOSECONDS + time.tv_nsec;
}

static void fail(Run *run, const char *message)
{
    output_flush(&run->output); /* what was read stands before what is wrong */
    run->failed = true;
    (void)fprintf(stderr, "feiqdump: %s\n", message);
}

/* --- packets --- */

static void write_frame(Run *run, const uint8_t *data, const FrameRecord *record)
{
    char message[CAPTURE_MESSAGE];
    if (run->writer != NULL && !writer_frame(run->writer, record, data, message)) {
        fail(run, message);
        run->full = true;
    }
    run->full = run->full || (run->writer != NULL && writer_finished(run->writer));
}

/* A frame that is turned down counts for the numbers of those that are not. */
static void learn(Run *run, const Outline *outline, const FrameRecord *record, FsSpan span)
{
    enum { SOURCE = 26, DESTINATION = 30 };
    HeaderWalk *walk = &run->walk;
    walk->address_length = 4;
    walk->source = span.data + SOURCE;
    walk->destination = span.data + DESTINATION;
    walk->frame_number = record->number;
    walk->frame_time = record->time;
    FsSpan transport = outline_transport(span);
    if (outline->kind == OUTLINE_TCP) {
        tcp_findings_learn(walk, transport);
    } else if (outline->kind == OUTLINE_UDP) {
        header_udp_learn(walk, transport);
    }
}

/* Can the filter turn a frame down unread? A segment of a stream that is followed must be read,
 * since messages in later ones may have begun in it; so must a SYN, which may say how the flags of
 * later segments read, and where signatures are verified FeiQ's datagrams, which may tell keys. */
static bool turned_down(Run *run, int link_type, const FrameRecord *record, FsSpan span)
{
    if (run->filter == NULL) {
        return false;
    }
    Outline outline = outline_look(link_type, span);
    const StreamSettings *streams = &run->options->preferences.streams;
    bool followed = outline.kind == OUTLINE_TCP && (stream_port(streams, outline.source) ||
                                                    stream_port(streams, outline.destination));
    bool tells = outline.kind == OUTLINE_UDP && cipher_opener_has_keys(run->options->opener);
    bool begins = outline.kind == OUTLINE_TCP && (span.data[OUTLINE_TCP_FLAGS] & 0x02) != 0;
    bool down =
        !followed && !begins && !tells && glance_judge(&run->glance, &outline, span) == FILTER_NO;
    if (down) {
        learn(run, &outline, record, span);
    }
    return down;
}

static void handle_frame(Run *run, const uint8_t *data, FrameRecord *record)
{
    int link_type = (int)record->interface->link_type;
    if (run->writer != NULL && writer_ends_before(run->writer, record)) {
        run->full = true;
        return;
    }
    record->number = ++run->read;
    FsSpan span = {data, record->captured,
                   record->reported > record->captured ? record->reported : record->captured};
    if (run->unseen) {
        run->matched++;
        write_frame(run, data, record);
        return;
    }
    conversation_ahead_record(&run->walk, run->expected);
    run->expected = record->ahead != NULL && link_type == LINKTYPE_ETHERNET
                        ? conversation_ahead(&run->walk, record->ahead)
                        : AHEAD_NONE;
    if (turned_down(run, link_type, record, span)) {
        return;
    }
    if (run->direct != NULL &&
        direct_line(run->direct, &run->output, record, &run->walk, span, &run->style)) {
        run->matched++;
        write_frame(run, data, record);
        return;
    }
    fs_packet_reset(&run->packet, data);
    header_frame(&run->walk, record, data);
    if (!header_link(&run->walk, link_type, span)) {
        header_undecoded(&run->walk, HEADER_BY_LINKTYPE, record->interface->link_type, span);
    }
    if (run->filter != NULL && !filter_match(run->filter, &run->packet)) {
        return;
    }
    run->matched++;
    for (unsigned i = 0; i < run->options->tap_count; i++) {
        Tap *tap = run->options->taps[i];
        tap->packet(tap, record, &run->packet);
    }
    if (!run->options->quiet) {
        if (signals_resized != 0) {
            signals_resized = 0;
            run->style.width = options_width(run->options);
        }
        run->options->view(&run->output, record, &run->packet, &run->style);
    }
    write_frame(run, data, record);
}

static void take_frame(Run *run, FrameClock *clock, const uint8_t *data, FrameRecord *record)
{
    uint64_t matched = run->matched;
    frame_clock_time(clock, record);
    record->capture = run->captures - 1;
    handle_frame(run, data, record);
    if (run->matched > matched) {
        frame_clock_shown(clock, record);
    }
}

/* --- ends and pauses --- */

static void show_counts(Run *run)
{
    signals_counts = 0;
    output_flush(&run->output);
    counts_show(run->live, run->options->live.buffer, run->read, run->matched);
}

static bool finished(Run *run)
{
    if (signals_counts != 0) {
        show_counts(run);
    }
    return signals_stop != 0 || run->output.error != 0 || run->full ||
           (run->options->limit > 0 && run->matched >= run->options->limit);
}

/* No packet waits: what was printed is to be seen now. */
static bool idle(void *context)
{
    Run *run = context;
    output_flush(&run->output);
    if (run->writer != NULL) {
        writer_flush(run->writer);
    }
    return !finished(run) && (run->deadline_wait == 0 || now(CLOCK_MONOTONIC) < run->deadline_wait);
}

static int time_left(void *context)
{
    const Run *run = context;
    if (run->deadline_wait == 0) {
        return -1;
    }
    int64_t left = (run->deadline_wait - now(CLOCK_MONOTONIC)) / MILLISECOND + 1;
    return left < 0 ? 0 : left > INT32_MAX ? INT32_MAX : (int)left;
}

/* --- sources --- */

static bool begin_source(Run *run, const char *name)
{
    run->captures++;
    run->walk.streams = stream_table_new(&run->options->preferences.streams);
    run->walk.fragments = fragments_new(FRAGMENTS_DEFAULT_DATAGRAMS);
    if (run->tcp_wanted) {
        run->walk.tcp = tcp_connections_new(CONVERSATIONS_DEFAULT, UNACKNOWLEDGED_STORE);
        if (run->walk.tcp != NULL && run->options->preferences.absolute_numbers) {
            tcp_connections_absolute(run->walk.tcp);
        }
    }
    if (run->udp_wanted) {
        run->walk.udp = udp_streams_new(CONVERSATIONS_DEFAULT);
    }
    if (run->walk.streams == NULL || (run->tcp_wanted && run->walk.tcp == NULL) ||
        (run->udp_wanted && run->walk.udp == NULL) ||
        run->walk.fragments == NULL) { /* no stream spans captures, so each has its own table */
        char message[CAPTURE_MESSAGE];
        (void)snprintf(message, sizeof message, "%s: %s", name, strerror(ENOMEM));
        fail(run, message);
        return false;
    }
    cipher_opener_forget(run->options->opener); /* public keys are a capture's too */
    if (run->writer != NULL) {
        writer_begin_source(run->writer);
    }
    return true;
}

/* `name` is the file's, or NULL. */
static void end_source(Run *run, const char *name)
{
    run->expected = AHEAD_NONE;
    forgotten_show(&run->walk, run->options->file_count > 1 ? name : NULL, &run->output);
    stream_table_free(run->walk.streams);
    run->walk.streams = NULL;
    fragments_free(run->walk.fragments);
    run->walk.fragments = NULL;
    tcp_connections_free(run->walk.tcp);
    run->walk.tcp = NULL;
    conversations_free(run->walk.udp);
    run->walk.udp = NULL;
}

static void complain(Run *run, const char *name, const FrameClock *clock, CaptureStatus status,
                     const char *message)
{
    char text[CAPTURE_MESSAGE + 128];
    if (status == CAPTURE_DAMAGED) {
        bool failed = run->failed;
        (void)snprintf(text, sizeof text, "%s: cannot be read beyond packet %" PRIu64 ": %s", name,
                       clock->frames, message);
        fail(run, text);
        run->failed = failed;
        run->damaged = true;
    } else if (status == CAPTURE_FAILED) {
        (void)snprintf(text, sizeof text, "%s: %s", name, message);
        fail(run, text);
    }
}

static void read_file(Run *run, const char *name, int descriptor)
{
    char message[CAPTURE_MESSAGE] = "";
    FrameClock clock = {0};
    CaptureStatus status;
    if (descriptor < 0) {
        complain(run, name, &clock, CAPTURE_FAILED, strerror(-descriptor));
        return;
    }
    Capture *capture =
        capture_open_file(descriptor, run->capture_filter, &run->waiter, &status, message);
    if (capture == NULL) {
        complain(run, name, &clock, status, message);
        return;
    }
    bool going = begin_source(run, name);
    FrameRecord record = {.ahead = NULL};
    while (going && !finished(run)) {
        const uint8_t *data;
        status = capture_next(capture, &data, &record, message);
        if (status != CAPTURE_FRAME) {
            complain(run, name, &clock, status, message);
            break;
        }
        take_frame(run, &clock, data, &record);
    }
    end_source(run, name);
    capture_close(capture);
}

static void read_files(Run *run)
{
    const Options *options = run->options;
    for (int i = 0; i < options->file_count; i++) {
        if (!finished(run)) {
            read_file(run, options->files[i], run->descriptors[i]);
        } else if (run->descriptors[i] >= 0) {
            (void)close(run->descriptors[i]);
        }
    }
}

static void read_live(Run *run)
{
    char message[CAPTURE_MESSAGE];
    FrameClock clock = {0};
    bool going = begin_source(run, "live capture");
    while (going && !finished(run)) {
        const uint8_t *data;
        FrameRecord record = {.ahead = NULL};
        CaptureStatus status = live_next(run->live, &data, &record, message);
        if (status == CAPTURE_FAILED) { /* the other interfaces remain */
            fail(run, message);
            continue;
        }
        if (status != CAPTURE_FRAME || (run->deadline != 0 && record.time >= run->deadline)) {
            break;
        }
        take_frame(run, &clock, data, &record);
    }
    show_counts(run);
    for (unsigned i = 0; run->writer != NULL && i < live_count(run->live); i++) {
        LiveCounts counts = live_counts(run->live, i);
        writer_counts(run->writer, &counts);
    }
    end_source(run, NULL);
}

/* --- opening and closing --- */

/* False: a filter was refused, and why is said. */
static bool compile_filters(Run *run)
{
    const Options *options = run->options;
    if (options->filter != NULL && options->live.count == 0) {
        char message[CAPTURE_MESSAGE];
        run->capture_filter = capture_filter_new(options->filter, message);
        if (run->capture_filter == NULL) {
            (void)fprintf(stderr, "feiqdump: %s\n", message);
            return false;
        }
    }
    if (options->display_filter == NULL) {
        return true;
    }
    FilterError error;
    run->filter = filter_compile(options->display_filter, sniffer_tables, &error);
    if (run->filter == NULL) {
        char description[4096];
        (void)filter_describe_error(description, sizeof description, options->display_filter,
                                    &error);
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
    return options->display_filter == NULL && options->tap_count == 0 &&
           (options->quiet || options->view == view_line || plain_hex);
}

/* What is remembered from packet to packet: only what may be shown, or asked for. */
static void decide_memory(Run *run)
{
    static const char *const of_streams[] = {"udp.stream", "udp.time_relative", "udp.time_delta"};
    const Options *options = run->options;
    Filter *filter = run->filter;
    bool line = options->quiet || options->view == view_line || options->view == view_line_hex;
    run->tcp_wanted = filter == NULL || !glance_excludes(filter, &tcp_table);
    run->udp_wanted = !line || options->tap_count > 0;
    for (size_t i = 0; filter != NULL && i < sizeof of_streams / sizeof of_streams[0]; i++) {
        run->udp_wanted = run->udp_wanted || filter_asks_for(filter, sniffer_field(of_streams[i]));
    }
    if (filter != NULL && glance_excludes(filter, &udp_table)) {
        run->udp_wanted = false;
    }
}

/* All at once, since no file can be opened later. */
static bool open_files(Run *run)
{
    const Options *options = run->options;
    run->descriptors = calloc((size_t)options->file_count + 1, sizeof *run->descriptors);
    if (run->descriptors == NULL) {
        (void)fprintf(stderr, "feiqdump: %s\n", strerror(ENOMEM));
        return false;
    }
    for (int i = 0; i < options->file_count; i++) {
        const char *name = options->files[i];
        int descriptor =
            strcmp(name, "-") == 0 ? dup(STDIN_FILENO) : open(name, O_RDONLY | O_CLOEXEC);
        run->descriptors[i] = descriptor >= 0 ? descriptor : -errno;
    }
    return true;
}

static bool open_all(Run *run, char message[CAPTURE_MESSAGE])
{
    const Options *options = run->options;
    if (options->live.count > 0) {
        run->live = live_open(&options->live, &run->waiter, message);
        if (run->live == NULL) {
            return false;
        }
    }
    for (int i = 0; options->writer.name != NULL && i < options->file_count; i++) {
        if (run->descriptors[i] >= 0 && writer_overwrites(&options->writer, run->descriptors[i])) {
            (void)snprintf(message, CAPTURE_MESSAGE,
                           "-w %s: this is also a capture to be read, which would be lost",
                           options->writer.name);
            return false;
        }
    }
    if (options->writer.name != NULL) {
        run->writer = writer_open(&options->writer, message);
        if (run->writer == NULL) {
            return false;
        }
    }
    if (!output_open(&run->output, STDOUT_FILENO)) {
        (void)snprintf(message, CAPTURE_MESSAGE, "%s", strerror(ENOMEM));
        return false;
    }
    return true;
}

static bool confine(Run *run, char message[CAPTURE_MESSAGE])
{
    const Options *options = run->options;
    int directory = run->writer != NULL ? writer_directory(run->writer) : -1;
    const SandboxNeeds needs = {
        .user = options->user, .stay = directory >= 0, .directory = directory};
    tzset(); /* the time zone's file cannot be read later */
    if (!sandbox_drop_privileges(&needs, message, CAPTURE_MESSAGE) ||
        !sandbox_filter_system_calls(&needs, message, CAPTURE_MESSAGE)) {
        return false;
    }
    if (options->show_sandbox) {
        sandbox_show();
    }
    return true;
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
    return run->matched > 0 ? EXIT_PRINTED : EXIT_NOTHING;
}

static ExitStatus close_all(Run *run)
{
    char message[CAPTURE_MESSAGE];
    if (run->output.buffer != NULL) {
        output_close(&run->output);
    }
    if (run->writer != NULL && !writer_close(run->writer, message)) {
        fail(run, message);
    }
    if (run->live != NULL) {
        live_close(run->live);
    }
    free(run->descriptors);
    filter_free(run->filter);
    capture_filter_free(run->capture_filter);
    return conclude(run);
}

static void start_clock(Run *run)
{
    int64_t duration = (int64_t)run->options->duration * NANOSECONDS;
    if (duration != 0) {
        run->deadline = now(CLOCK_REALTIME) + duration;
        run->deadline_wait = now(CLOCK_MONOTONIC) + duration;
    }
}

/* What each statistic found, and what it had to leave out. */
static void report_statistics(Run *run)
{
    for (unsigned i = 0; i < run->options->tap_count; i++) {
        Tap *tap = run->options->taps[i];
        tap->report(tap, &run->output);
        if (tap->left_out_count > 0) {
            output_flush(&run->output);
            (void)fprintf(stderr, "feiqdump: -z: no room for %" PRIu64 " %s: left out\n",
                          tap->left_out_count, tap->left_out);
        }
    }
}

ExitStatus run(const Options *options)
{
    static FsEntry entries[VIEW_MAX_ENTRIES];
    static DirectLine direct;
    char message[CAPTURE_MESSAGE];
    Run run = {.options = options,
               .style = options->style,
               .packet = {.entries = entries, .capacity = VIEW_MAX_ENTRIES}};
    run.packet.brief = only_line(options);
    if (run.packet.brief && !options->quiet && options->view == view_line &&
        options->style.names == NULL) {
        run.direct = &direct;
    }
    run.packet.opener = cipher_opener_base(options->opener);
    run.unseen = options->quiet && options->display_filter == NULL && options->tap_count == 0;
    run.waiter = (Waiter){idle, time_left, &run};
    run.walk.packet = &run.packet;
    run.walk.verify = options->verify;
    preferences_apply(&options->preferences, &run.walk);
    signals_handle();
    if (!compile_filters(&run) || !open_files(&run)) {
        run.failed = true;
        return close_all(&run);
    }
    decide_memory(&run);
    if (!open_all(&run, message) || !confine(&run, message)) {
        fail(&run, message);
        return close_all(&run);
    }
    if (options->view == view_fields && !options->quiet) {
        fields_header(&run.output, &options->columns);
    }
    start_clock(&run);
    if (run.live != NULL) {
        read_live(&run);
    } else {
        read_files(&run);
    }
    report_statistics(&run);
    return close_all(&run);
}
