/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/replay/report.h"

#include <inttypes.h>

enum { MOST_CHARACTERS = 200 /* of a value that is shown as text */ };

static const char *const words[VERDICTS] = {"sent",    "same",       "different",
                                            "missing", "unexpected", "unsent"};

/* --- JSON --- */

static void put_string(FILE *to, const char *text)
{
    (void)fputc('"', to);
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\') {
            (void)fprintf(to, "\\%c", c);
        } else if (c < ' ' || c == 0x7f) {
            (void)fprintf(to, "\\u%04x", c);
        } else {
            (void)fputc(c, to);
        }
    }
    (void)fputc('"', to);
}

static void put_member(FILE *to, const char *name, const char *text)
{
    (void)fprintf(to, ",\"%s\":", name);
    if (text == NULL) {
        (void)fputs("null", to);
    } else {
        put_string(to, text);
    }
}

static void put_json(FILE *to, const Outcome *o, const char *line)
{
    char client[64];
    (void)endpoint_format(client, sizeof client, &o->conversation->client);
    (void)fprintf(to, "{\"verdict\":\"%s\"", words[o->verdict]);
    if (o->frame != 0) {
        (void)fprintf(to, ",\"frame\":%" PRIu64, o->frame);
    }
    put_member(to, "transport", o->conversation->tcp ? "tcp" : "udp");
    put_member(to, "client", client);
    (void)fprintf(to, ",\"server_port\":%u", o->conversation->server_port);
    put_member(to, "message", line);
    if (o->milliseconds >= 0) {
        (void)fprintf(to, ",\"milliseconds\":%.3f", o->milliseconds);
    }
    if (o->reason != NULL) {
        put_member(to, "reason", o->reason);
    }
    if (o->differences != NULL) {
        (void)fputs(",\"differences\":[", to);
        for (guint i = 0; i < o->differences->len; i++) {
            const Difference *d = g_ptr_array_index(o->differences, i);
            (void)fprintf(to, "%s{\"field\":", i == 0 ? "" : ",");
            put_string(to, d->field == NULL ? "" : d->field);
            put_member(to, "recorded", d->recorded);
            put_member(to, "live", d->live);
            (void)fputc('}', to);
        }
        (void)fputc(']', to);
    }
    (void)fputs("}\n", to);
}

/* --- text --- */

static void put_value(FILE *to, const char *title, const char *text)
{
    (void)fprintf(to, "                %s ", title);
    if (text == NULL) {
        (void)fputs("(none)\n", to);
        return;
    }
    const char *end = text;
    for (unsigned i = 0; i < MOST_CHARACTERS && *end != '\0'; i++) {
        end = g_utf8_next_char(end);
    }
    (void)fprintf(to, "%.*s%s\n", (int)(end - text), text, *end == '\0' ? "" : "…");
}

static void put_text(FILE *to, const Outcome *o, const char *line)
{
    static const char *const marks[VERDICTS] = {"->",         "<- same",       "<- DIFFERENT",
                                                "<- MISSING", "<- UNEXPECTED", "-> NOT SENT"};
    char frame[32] = "      -";
    if (o->frame != 0) {
        (void)g_snprintf(frame, sizeof frame, "%7" PRIu64, o->frame);
    }
    (void)fprintf(to, "%s  %-13s ", frame, marks[o->verdict]);
    if (o->milliseconds >= 0) {
        (void)fprintf(to, "%7.1f ms  ", o->milliseconds);
    } else {
        (void)fputs("            ", to);
    }
    (void)fprintf(to, "%s%s%s\n", line, o->reason == NULL ? "" : "  ",
                  o->reason == NULL ? "" : o->reason);
    for (guint i = 0; o->differences != NULL && i < o->differences->len; i++) {
        const Difference *d = g_ptr_array_index(o->differences, i);
        (void)fprintf(to, "            %s\n", d->field == NULL ? "bytes" : d->field);
        put_value(to, "recorded:", d->recorded);
        put_value(to, "live:    ", d->live);
    }
}

void report_add(Report *report, const Outcome *outcome)
{
    report->counts[outcome->verdict]++;
    if (report->quiet && outcome->verdict <= VERDICT_SAME) {
        return;
    }
    g_autofree char *line = message_line(outcome->message);
    (report->json ? put_json : put_text)(report->to, outcome, line);
    (void)fflush(report->to);
}

void report_end(const Report *report, const Script *script, const char *target)
{
    const uint64_t *n = report->counts;
    char server[64];
    (void)endpoint_format(server, sizeof server, &script->server);
    if (report->json) {
        (void)fputs("{\"verdict\":\"sum\"", report->to);
        for (unsigned v = 0; v < VERDICTS; v++) {
            (void)fprintf(report->to, ",\"%s\":%" PRIu64, words[v], n[v]);
        }
        put_member(report->to, "server", server);
        put_member(report->to, "target", target);
        (void)fputs("}\n", report->to);
        return;
    }
    (void)fprintf(report->to,
                  "%s of the capture, %s now: %" PRIu64 " sent%s; of %" PRIu64 " answers %" PRIu64
                  " as recorded, %" PRIu64 " different, %" PRIu64 " missing; %" PRIu64
                  " unexpected\n",
                  server, target, n[VERDICT_SENT], n[VERDICT_UNSENT] == 0 ? "" : " (not all)",
                  n[VERDICT_SAME] + n[VERDICT_DIFFERENT] + n[VERDICT_MISSING], n[VERDICT_SAME],
                  n[VERDICT_DIFFERENT], n[VERDICT_MISSING], n[VERDICT_UNEXPECTED]);
}

bool report_is_good(const Report *report, bool strict)
{
    const uint64_t *n = report->counts;
    return n[VERDICT_DIFFERENT] + n[VERDICT_MISSING] + n[VERDICT_UNSENT] == 0 &&
           (!strict || n[VERDICT_UNEXPECTED] == 0);
}
