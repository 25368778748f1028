/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * An answer is looked for among all that came on its conversation and that no step before expected,
 * since servers may answer out of order. One with the same command or code but other contents is
 * taken for it if nothing better comes soon.
 */
#include "sniffer/replay/player.h"
#include "sniffer/replay/line.h"
#include "sniffer/replay/numbers.h"

#include <poll.h>

enum {
    MILLISECOND = 1000, /* in microseconds */
    GRACE = 250         /* milliseconds that something better than an answer with other contents
                         * has to come */
};

typedef struct {
    const Script *script;
    const PlaySettings *settings;
    Report *report;
    Numbers *numbers;
    GPtrArray *lines; /* of Line, by conversation; NULL: not opened yet */
    int64_t begun;    /* now, and in the capture */
    int64_t begun_there;
} Play;

static int64_t now(void)
{
    return g_get_monotonic_time();
}

/* Read from all until something comes or the time is over. */
static void wait_until(Play *p, int64_t end)
{
    GArray *ready = g_array_new(FALSE, FALSE, sizeof(struct pollfd));
    GPtrArray *lines = g_ptr_array_new();
    for (guint i = 0; i < p->lines->len; i++) {
        Line *line = g_ptr_array_index(p->lines, i);
        if (line != NULL && line->descriptor >= 0 && !line->ended) {
            struct pollfd wanted = {line->descriptor, POLLIN, 0};
            g_array_append_val(ready, wanted);
            g_ptr_array_add(lines, line);
        }
    }
    struct pollfd *descriptors = (struct pollfd *)(void *)ready->data;
    int64_t left = end - now();
    int milliseconds = left <= 0 ? 0 : (int)((left + MILLISECOND - 1) / MILLISECOND);
    if (poll(descriptors, ready->len, milliseconds) > 0) {
        for (guint i = 0; i < lines->len; i++) {
            if (descriptors[i].revents != 0) {
                line_read(g_ptr_array_index(lines, i));
            }
        }
    }
    g_ptr_array_unref(lines);
    g_array_unref(ready);
}

static Line *line_of(Play *p, const Conversation *conversation)
{
    Line *line = g_ptr_array_index(p->lines, conversation->number);
    if (line == NULL) {
        line = line_new(conversation, p->settings);
        p->lines->pdata[conversation->number] = line;
    }
    return line;
}

static double milliseconds_since(const Line *line, int64_t time)
{
    return line->sent == 0 ? -1 : (double)(time - line->sent) / MILLISECOND;
}

/* --- steps --- */

static void send_step(Play *p, const Step *step)
{
    const Conversation *c = step->conversation;
    Line *line = line_of(p, c);
    Message *recorded = message_new(c, false, step->bytes);
    GBytes *bytes = numbers_rewrite(p->numbers, recorded);
    Message *message = message_new(c, false, bytes);
    bool sent = line_send(line, bytes);
    report_add(p->report, &(Outcome){.verdict = sent ? VERDICT_SENT : VERDICT_UNSENT,
                                     .conversation = c,
                                     .frame = step->frame,
                                     .message = message,
                                     .milliseconds = -1,
                                     .reason = sent ? NULL : line->trouble});
    message_free(message);
    message_free(recorded);
    g_bytes_unref(bytes);
}

static void report_answer(Play *p, const Step *step, const Message *recorded, const Message *live,
                          const GPtrArray *differences, int64_t time)
{
    bool same = differences->len == 0;
    numbers_learn(p->numbers, recorded, live);
    report_add(p->report, &(Outcome){.verdict = same ? VERDICT_SAME : VERDICT_DIFFERENT,
                                     .conversation = step->conversation,
                                     .frame = step->frame,
                                     .message = live,
                                     .differences = same ? NULL : differences,
                                     .milliseconds =
                                         milliseconds_since(line_of(p, step->conversation), time)});
}

static void report_missing(Play *p, const Step *step, const Message *recorded, const Line *line)
{
    g_autofree char *reason = NULL;
    if (line->trouble != NULL) {
        reason = g_strdup_printf("(%s)", line->trouble);
    } else if (line->ended) {
        reason = g_strdup_printf("(the server closed the connection%s)",
                                 line->bytes->len > 0 ? " before the end of it" : "");
    } else {
        reason = g_strdup_printf("(within %u ms)", p->settings->timeout);
    }
    report_add(p->report, &(Outcome){.verdict = VERDICT_MISSING,
                                     .conversation = step->conversation,
                                     .frame = step->frame,
                                     .message = recorded,
                                     .milliseconds = -1,
                                     .reason = reason});
}

/* The first arrival that says the same; if none does, the first that is alike, with what differs.
 */
static GList *find_answer(Play *p, const Line *line, const Message *recorded,
                          GPtrArray **differences)
{
    GList *alike = NULL;
    for (GList *l = line->arrivals.head; l != NULL; l = l->next) {
        const Message *live = ((const Arrival *)l->data)->message;
        if (!message_alike(recorded, live)) {
            continue;
        }
        GPtrArray *found =
            message_compare(recorded, live, &p->settings->comparison, numbers_expected, p->numbers);
        if (found->len == 0 || alike == NULL) {
            g_clear_pointer(differences, g_ptr_array_unref);
            *differences = found;
            alike = l;
            if (found->len == 0) {
                break;
            }
        } else {
            g_ptr_array_unref(found);
        }
    }
    return alike;
}

static void expect_message(Play *p, const Step *step, const Message *recorded)
{
    Line *line = line_of(p, step->conversation);
    int64_t end = now() + (int64_t)p->settings->timeout * MILLISECOND;
    bool graced = false;
    for (;;) {
        GPtrArray *differences = NULL;
        line_read(line);
        GList *found = find_answer(p, line, recorded, &differences);
        bool over = now() >= end || line->ended || line->descriptor < 0;
        if (found != NULL && (differences->len == 0 || over)) {
            Arrival *arrival = found->data;
            g_queue_delete_link(&line->arrivals, found);
            report_answer(p, step, recorded, arrival->message, differences, arrival->time);
            arrival_free(arrival);
            g_ptr_array_unref(differences);
            return;
        }
        g_clear_pointer(&differences, g_ptr_array_unref);
        if (over) {
            report_missing(p, step, recorded, line);
            return;
        }
        if (found != NULL && !graced) {
            graced = true;
            end = MIN(end, now() + GRACE * MILLISECOND);
        }
        wait_until(p, end);
    }
}

/* Bytes of a TCP connection that have no messages: as many as were recorded. */
static void expect_bytes(Play *p, const Step *step, const Message *recorded)
{
    Line *line = line_of(p, step->conversation);
    gsize length = g_bytes_get_size(step->bytes);
    int64_t end = now() + (int64_t)p->settings->timeout * MILLISECOND;
    line_read(line);
    while (line->bytes->len < length && !line->ended && line->descriptor >= 0 && now() < end) {
        wait_until(p, end);
    }
    Message *live = line_take_bytes(line, MIN(length, line->bytes->len));
    if (live == NULL || g_bytes_get_size(live->bytes) == 0) {
        report_missing(p, step, recorded, line);
    } else {
        GPtrArray *differences =
            message_compare(recorded, live, &p->settings->comparison, NULL, NULL);
        report_answer(p, step, recorded, live, differences, now());
        g_ptr_array_unref(differences);
    }
    message_free(live);
}

static void expect_step(Play *p, const Step *step)
{
    Message *recorded = message_new(step->conversation, true, step->bytes);
    bool framed = !step->conversation->tcp || step->conversation->kind == MESSAGE_ONEHASH;
    (framed ? expect_message : expect_bytes)(p, step, recorded);
    message_free(recorded);
}

/* The recorded time of a step, at the speed that was asked for. */
static void keep_time(Play *p, const Step *step)
{
    if (p->settings->speed > 0) {
        double since = (double)(step->time - p->begun_there) / 1000 / p->settings->speed;
        int64_t due = p->begun + (int64_t)MAX(since, 0.0);
        while (now() < due) {
            wait_until(p, due);
        }
    }
}

/* --- the end --- */

static void report_unexpected(Play *p, Line *line)
{
    if (line->bytes->len > 0) {
        GBytes *bytes = g_bytes_new(line->bytes->data, line->bytes->len);
        Arrival *rest = g_new(Arrival, 1);
        *rest = (Arrival){message_new(line->conversation, true, bytes), now()};
        g_queue_push_tail(&line->arrivals, rest);
        g_bytes_unref(bytes);
    }
    for (const GList *l = line->arrivals.head; l != NULL; l = l->next) {
        report_add(p->report, &(Outcome){.verdict = VERDICT_UNEXPECTED,
                                         .conversation = line->conversation,
                                         .message = ((const Arrival *)l->data)->message,
                                         .milliseconds = -1});
    }
}

void play(const Script *script, const PlaySettings *settings, Report *report)
{
    Play p = {script, settings, report, numbers_new(settings->fresh), g_ptr_array_new(), now(), 0};
    g_ptr_array_set_size(p.lines, (gint)script->conversations->len);
    if (script->steps->len > 0) {
        p.begun_there = ((const Step *)g_ptr_array_index(script->steps, 0))->time;
    }
    for (guint i = 0; i < script->steps->len; i++) {
        const Step *step = g_ptr_array_index(script->steps, i);
        if (step->kind == STEP_EXPECT) {
            expect_step(&p, step);
            continue;
        }
        keep_time(&p, step);
        if (step->kind == STEP_SEND) {
            send_step(&p, step);
        } else {
            line_finish(line_of(&p, step->conversation));
        }
    }
    int64_t end = now() + (int64_t)settings->linger * MILLISECOND;
    while (now() < end) {
        wait_until(&p, end);
    }
    for (guint i = 0; i < p.lines->len; i++) {
        Line *line = g_ptr_array_index(p.lines, i);
        if (line != NULL) {
            report_unexpected(&p, line);
            line_free(line);
        }
    }
    g_ptr_array_unref(p.lines);
    numbers_free(p.numbers);
}
