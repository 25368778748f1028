/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/replay/utterance.h"

#include "protocol/feiq/feiq.h"
#include "protocol/onehash/onehash.h"
#include "sniffer/capture.h"
#include "sniffer/conversation/tcp_connections.h"
#include "sniffer/conversation/udp_streams.h"
#include "sniffer/conversation/unacknowledged.h"
#include "sniffer/filter/filter.h"
#include "sniffer/reassembly/fragments.h"
#include "sniffer/tables.h"
#include "sniffer/tap/tcp_streams.h"
#include "sniffer/views/view.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { MOST_BYTES = 256 * 1024 * 1024, UDP_HEADER = 8, TCP_FIN = 1, TCP_RST = 4 };

typedef struct {
    Utterances *found;
    FsPacket packet;
    HeaderWalk walk;
    Filter *filter;
    TcpStreams *streams;
    const FrameRecord *record;
    uint64_t bytes;
    bool known;       /* of the current frame */
    TcpStream stream; /* that the current frame's segment belongs to */
} Reading;

static Utterance *add(Reading *r, const Endpoint *from, const Endpoint *to, const uint8_t *data,
                      uint32_t length)
{
    Utterance *u = g_new0(Utterance, 1);
    u->frame = r->record->number;
    u->time = r->record->time;
    u->from = *from;
    u->to = *to;
    u->known = r->known;
    if (data != NULL) {
        u->bytes = g_bytes_new(data, length);
        r->bytes += length;
    }
    g_ptr_array_add(r->found->all, u);
    return u;
}

static void free_utterance(void *pointer)
{
    Utterance *u = pointer;
    g_clear_pointer(&u->bytes, g_bytes_unref);
    g_free(u);
}

/* --- UDP --- */

static bool is_group(const Speakers *speakers)
{
    const Endpoint *to = &speakers->ends[1];
    if (to->type == FS_IPV6) {
        return to->address[0] == 0xff;
    }
    bool broadcast =
        to->address[3] == 255 && speakers->linked && (speakers->link[1].address[0] & 1);
    return to->address[0] >= 224 || broadcast;
}

static void take_datagram(Reading *r, const Speakers *speakers)
{
    const FsEntry *layer = &r->packet.entries[speakers->transport_at];
    const uint8_t *header = layer->value.bytes.data;
    uint32_t captured = layer->value.bytes.length;
    if (captured < UDP_HEADER) {
        r->found->cut++;
        return;
    }
    uint32_t length = (uint32_t)header[4] << 8 | header[5];
    if (length == 0) { /* a jumbogram, RFC 2675 */
        length = captured;
    }
    if (length > captured) {
        r->found->cut++;
        return;
    }
    if (length > UDP_HEADER) {
        Utterance *u = add(r, &speakers->ends[0], &speakers->ends[1], header + UDP_HEADER,
                           length - UDP_HEADER);
        u->group = is_group(speakers);
    }
}

/* --- TCP --- */

static bool wants(void *context, const TcpStream *stream)
{
    ((Reading *)context)->stream = *stream;
    return true;
}

static void take_chunk(void *context, const TcpStream *stream, const TcpChunk *chunk)
{
    Reading *r = context;
    if (chunk->missing > 0) {
        r->found->missing += chunk->missing;
        return;
    }
    Utterance *u = add(r, &stream->ends[chunk->side], &stream->ends[1 - chunk->side], chunk->data,
                       chunk->length);
    u->tcp = true;
    u->stream = stream->number;
    u->opener = chunk->side == 0;
}

static bool ends_connection(const FsPacket *packet)
{
    const FsField *flags = sniffer_field("tcp.flags");
    for (uint32_t i = 0; i < packet->count; i++) {
        const FsEntry *entry = &packet->entries[i];
        if (entry->field == flags) {
            return (entry->value.number & (TCP_FIN | TCP_RST)) != 0;
        }
    }
    return false;
}

static void take_segment(Reading *r, const Speakers *speakers)
{
    tcp_streams_packet(r->streams, r->record, &r->packet);
    if (ends_connection(&r->packet)) {
        Utterance *u = add(r, &speakers->ends[0], &speakers->ends[1], NULL, 0);
        u->tcp = true;
        u->stream = r->stream.number;
        u->opener = memcmp(&speakers->ends[0], &r->stream.ends[0], sizeof(Endpoint)) == 0;
    }
}

/* --- frames --- */

static bool is_known(const FsPacket *packet)
{
    for (uint32_t i = 0; i < packet->count; i++) {
        const FsField *field = packet->entries[i].field;
        if (field == feiq_table.fields || field == onehash_table.fields) {
            return true;
        }
    }
    return false;
}

static void take_frame(Reading *r, const uint8_t *data)
{
    const FrameRecord *record = r->record;
    FsSpan span = {data, record->captured, MAX(record->reported, record->captured)};
    fs_packet_reset(&r->packet, data);
    header_frame(&r->walk, record, data);
    if (!header_link(&r->walk, (int)record->interface->link_type, span) ||
        (r->filter != NULL && !filter_match(r->filter, &r->packet))) {
        return;
    }
    Speakers speakers = speakers_of(&r->packet);
    r->known = is_known(&r->packet);
    if (speakers.transport == udp_table.fields) {
        take_datagram(r, &speakers);
    } else if (speakers.transport == tcp_table.fields) {
        take_segment(r, &speakers);
    }
}

static void take_all(Reading *r, Capture *capture, const char *file)
{
    char message[CAPTURE_MESSAGE] = "";
    FrameRecord record;
    const uint8_t *data;
    uint64_t frames = 0;
    CaptureStatus status;
    while ((status = capture_next(capture, &data, &record, message)) == CAPTURE_FRAME) {
        record.number = ++frames;
        record.since_first = record.since_previous = 0;
        r->record = &record;
        take_frame(r, data);
        r->record = NULL;
        if (r->bytes > MOST_BYTES) {
            r->found->trouble =
                g_strdup_printf("%s: more than %d MiB are said up to packet %" G_GUINT64_FORMAT
                                ": choose part of them with -Y",
                                file, MOST_BYTES >> 20, frames);
            r->found->damaged = true;
            return;
        }
    }
    if (status != CAPTURE_END) {
        r->found->trouble = g_strdup_printf(
            "%s: cannot be read beyond packet %" G_GUINT64_FORMAT ": %s", file, frames, message);
        r->found->damaged = true;
    }
}

static Capture *open_file(const char *file, char **error)
{
    static const Waiter nobody = {0};
    char message[CAPTURE_MESSAGE] = "";
    CaptureStatus status;
    int descriptor = strcmp(file, "-") == 0 ? dup(STDIN_FILENO) : open(file, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        *error = g_strdup_printf("%s: %s", file, g_strerror(errno));
        return NULL;
    }
    Capture *capture = capture_open_file(descriptor, NULL, &nobody, &status, message);
    if (capture == NULL) {
        *error = g_strdup_printf("%s: %s", file, message);
    }
    return capture;
}

static Filter *compile(const char *text, char **error)
{
    FilterError wrong;
    Filter *filter = filter_compile(text, sniffer_tables, &wrong);
    if (filter == NULL) {
        char description[4096];
        (void)filter_describe_error(description, sizeof description, text, &wrong);
        *error = g_strdup_printf("-Y: %s", g_strchomp(description));
    }
    return filter;
}

Utterances *utterances_read(const char *file, const char *display_filter,
                            const Preferences *preferences, char **error)
{
    Filter *filter = display_filter == NULL ? NULL : compile(display_filter, error);
    if (display_filter != NULL && filter == NULL) {
        return NULL;
    }
    Capture *capture = open_file(file, error);
    if (capture == NULL) {
        filter_free(filter);
        return NULL;
    }
    Reading r = {.found = g_new0(Utterances, 1), .filter = filter};
    r.found->all = g_ptr_array_new_with_free_func(free_utterance);
    r.packet.entries = g_new(FsEntry, VIEW_MAX_ENTRIES);
    r.packet.capacity = VIEW_MAX_ENTRIES;
    r.walk.packet = &r.packet;
    preferences_apply(preferences, &r.walk);
    r.walk.streams = stream_table_new(&preferences->streams);
    r.walk.fragments = fragments_new(FRAGMENTS_DEFAULT_DATAGRAMS);
    r.walk.tcp = tcp_connections_new(CONVERSATIONS_DEFAULT, UNACKNOWLEDGED_STORE);
    r.walk.udp = udp_streams_new(CONVERSATIONS_DEFAULT);
    r.streams = tcp_streams_new(&(TcpReader){wants, take_chunk, &r});
    take_all(&r, capture, file);
    TcpLeftOut left_out = tcp_streams_left_out(r.streams);
    if (left_out.streams + left_out.early > 0 && r.found->trouble == NULL) {
        r.found->trouble = g_strdup_printf("%s: no room for %" G_GUINT64_FORMAT
                                           " segments of TCP connections: left out",
                                           file, left_out.streams + left_out.early);
    }
    tcp_streams_free(r.streams);
    conversations_free(r.walk.udp);
    tcp_connections_free(r.walk.tcp);
    fragments_free(r.walk.fragments);
    stream_table_free(r.walk.streams);
    g_free(r.packet.entries);
    capture_close(capture);
    filter_free(filter);
    return r.found;
}

void utterances_free(Utterances *utterances)
{
    if (utterances != NULL) {
        g_ptr_array_unref(utterances->all);
        g_free(utterances->trouble);
        g_free(utterances);
    }
}
