/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/views/time_column.h"

#include "protocol/digits.h"
#include "protocol/moment.h"

#include <string.h>

enum {
    SECOND = 1000000000,
    MICRO = 1000,
    SECONDS_WIDTH = 4,
    EPOCH_WIDTH = 10,
    CLOCK_WIDTH = 8,
    DATE_WIDTH = 19
};

static char *pad(char *to, size_t width, size_t used)
{
    for (; used < width; used++) {
        *to++ = ' ';
    }
    return to;
}

static char *put_pair(char *to, uint32_t pair)
{
    memcpy(to, fs_digit_pairs + (size_t)pair * 2, 2);
    return to + 2;
}

static char *put_fraction(char *to, uint32_t nanoseconds, bool all)
{
    *to++ = '.';
    uint32_t micro = nanoseconds / MICRO;
    uint32_t high = micro / 10000;
    uint32_t low = micro % 10000;
    to = put_pair(put_pair(put_pair(to, high), low / 100), low % 100);
    return all ? fs_put_digits(to, nanoseconds % MICRO, 3) : to;
}

/* Written anew once a second only, if time goes on as it does in most captures. */
static char *put_seconds(char *to, int64_t nanoseconds, size_t width, bool all)
{
    static _Thread_local struct {
        uint64_t begin; /* of the second, in nanoseconds */
        size_t width;
        uint8_t length; /* 0: nothing is remembered */
        char text[FS_MOST_DIGITS + 4];
    } last;
    uint64_t behind = (uint64_t)nanoseconds - last.begin;
    if (behind < SECOND && last.length > 0 && last.width == width && nanoseconds >= 0) {
        memcpy(to, last.text, sizeof last.text);
        return put_fraction(to + last.length, (uint32_t)behind, all);
    }
    const char *start = to;
    bool negative = nanoseconds < 0;
    uint64_t magnitude = negative ? (uint64_t)(-(nanoseconds + 1)) + 1 : (uint64_t)nanoseconds;
    uint64_t seconds = magnitude / SECOND;
    size_t digits = fs_count_digits(seconds);
    to = pad(to, width, digits + negative);
    if (negative) {
        *to++ = '-';
    }
    to = fs_put_digits(to, seconds, (unsigned)digits);
    if (!negative) {
        last.begin = seconds * SECOND;
        last.width = width;
        last.length = (uint8_t)(to - start);
        memcpy(last.text, start, last.length);
    }
    return put_fraction(to, (uint32_t)(magnitude % SECOND), all);
}

/* Written anew once a second only. */
static char *put_clock(char *to, int64_t time, const ViewStyle *style)
{
    static _Thread_local struct {
        bool known;
        bool utc;
        bool date;
        uint8_t length;
        int64_t second;
        char text[TIME_COLUMN_ROOM];
    } last;
    bool date = style->time == TIME_DATE_AND_CLOCK;
    uint32_t rest;
    int64_t second = fs_whole_seconds(time, &rest);
    if (!last.known || last.second != second || last.utc != style->utc || last.date != date) {
        FsMoment moment = fs_moment(second, !style->utc);
        char *end = last.text;
        if (date) {
            end = fs_put_day(end, &moment);
            *end++ = ' ';
        }
        end = fs_put_clock(end, &moment);
        last.length = (uint8_t)(end - last.text);
        last.known = true;
        last.utc = style->utc;
        last.date = date;
        last.second = second;
    }
    memcpy(to, last.text, last.length);
    return put_fraction(to + last.length, rest, style->nanoseconds);
}

static size_t width_of(const ViewStyle *style)
{
    size_t fraction = style->nanoseconds ? 10 : 7;
    switch (style->time) {
    case TIME_EPOCH:
        return EPOCH_WIDTH + fraction;
    case TIME_CLOCK:
        return CLOCK_WIDTH + fraction;
    case TIME_DATE_AND_CLOCK:
        return DATE_WIDTH + fraction;
    case TIME_NONE:
        return 0;
    case TIME_RELATIVE:
    case TIME_DELTA:
    case TIME_DELTA_SHOWN:
        break;
    }
    return SECONDS_WIDTH + fraction;
}

char *time_column_put(char *to, const FrameRecord *record, const ViewStyle *style)
{
    bool lacks = record->untimed || (style->time == TIME_DELTA && record->after_untimed) ||
                 (style->time == TIME_DELTA_SHOWN && record->shown_after_untimed);
    if (lacks && style->time != TIME_NONE) {
        to = pad(to, width_of(style), 1);
        *to++ = '-';
        return to;
    }
    switch (style->time) {
    case TIME_RELATIVE:
        return put_seconds(to, record->since_first, SECONDS_WIDTH, style->nanoseconds);
    case TIME_DELTA:
        return put_seconds(to, record->since_previous, SECONDS_WIDTH, style->nanoseconds);
    case TIME_DELTA_SHOWN:
        return put_seconds(to, record->since_shown, SECONDS_WIDTH, style->nanoseconds);
    case TIME_EPOCH:
        return put_seconds(to, record->time, EPOCH_WIDTH, style->nanoseconds);
    case TIME_CLOCK:
    case TIME_DATE_AND_CLOCK:
        return put_clock(to, record->time, style);
    case TIME_NONE:
        break;
    }
    return to;
}

/* --- what --time takes --- */

/* The letters are tshark's; behind -t, the letters t are those of tcpdump's -tt to -ttttt. */
static const struct {
    const char *name;
    TimeForm form;
    bool utc;
} forms[] = {
    {"relative", TIME_RELATIVE, false},
    {"r", TIME_RELATIVE, false},
    {"delta", TIME_DELTA, false},
    {"d", TIME_DELTA, false},
    {"shown", TIME_DELTA_SHOWN, false},
    {"dd", TIME_DELTA_SHOWN, false},
    {"epoch", TIME_EPOCH, false},
    {"e", TIME_EPOCH, false},
    {"clock", TIME_CLOCK, false},
    {"a", TIME_CLOCK, false},
    {"absolute", TIME_CLOCK, false},
    {"u", TIME_CLOCK, true},
    {"date", TIME_DATE_AND_CLOCK, false},
    {"ad", TIME_DATE_AND_CLOCK, false},
    {"ud", TIME_DATE_AND_CLOCK, true},
    {"none", TIME_NONE, false},
    {"t", TIME_EPOCH, false},
    {"tt", TIME_DELTA, false},
    {"ttt", TIME_DATE_AND_CLOCK, false},
    {"tttt", TIME_RELATIVE, false},
};

static bool is(const char *word, size_t length, const char *name)
{
    return strlen(name) == length && memcmp(word, name, length) == 0;
}

static bool read_word(ViewStyle *style, const char *word, size_t length)
{
    bool nanoseconds = is(word, length, "ns");
    if (nanoseconds || is(word, length, "us")) {
        style->nanoseconds = nanoseconds;
        return true;
    }
    bool utc = is(word, length, "utc");
    if (utc || is(word, length, "local")) {
        style->utc = utc;
        return true;
    }
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (is(word, length, forms[i].name)) {
            style->time = forms[i].form;
            style->utc = style->utc || forms[i].utc;
            return true;
        }
    }
    return false;
}

const char *time_column_read(ViewStyle *style, const char *text)
{
    ViewStyle read = *style;
    for (const char *word = text;;) {
        const char *comma = strchr(word, ',');
        size_t length = comma != NULL ? (size_t)(comma - word) : strlen(word);
        if (!read_word(&read, word, length)) {
            return "wanted is relative, delta, shown, epoch, absolute, date or none; behind a "
                   "comma us or ns, utc or local (tcpdump's -t is none)";
        }
        if (comma == NULL) {
            *style = read;
            return NULL;
        }
        word = comma + 1;
    }
}
