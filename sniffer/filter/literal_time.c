/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/filter/literal.h"

#include <glib.h>
#include <string.h>
#include <time.h>

/* Decimal digits, at least one, at most `most`. */
static bool read_number(const char **text, unsigned most, int *number)
{
    unsigned count = 0;
    *number = 0;
    while (count < most && g_ascii_isdigit(**text)) {
        *number = *number * 10 + (*(*text)++ - '0');
        count++;
    }
    return count > 0 && !g_ascii_isdigit(**text);
}

static bool read_between(const char **text, int low, int high, int *number)
{
    return read_number(text, 2, number) && *number >= low && *number <= high;
}

static bool read_char(const char **text, char c)
{
    if (**text != c) {
        return false;
    }
    (*text)++;
    return true;
}

static void skip_spaces(const char **text)
{
    while (g_ascii_isspace(**text)) {
        (*text)++;
    }
}

/* A fraction of a second after a dot; nothing is fine too. */
static bool read_fraction(const char **text, uint32_t *nanoseconds)
{
    *nanoseconds = 0;
    if (!read_char(text, '.')) {
        return true;
    }
    unsigned digits = 0;
    while (g_ascii_isdigit(**text) && digits < 9) {
        *nanoseconds = *nanoseconds * 10 + (uint32_t)(*(*text)++ - '0');
        digits++;
    }
    for (unsigned i = digits; i < 9; i++) {
        *nanoseconds *= 10;
    }
    return digits > 0 && !g_ascii_isdigit(**text);
}

/* hh:mm, and :ss if seconds is not NULL; without seconds they are left 0 unless required. */
static bool read_clock(const char **text, struct tm *moment, bool seconds_required,
                       uint32_t *nanoseconds)
{
    if (!read_between(text, 0, 23, &moment->tm_hour) || !read_char(text, ':') ||
        !read_between(text, 0, 59, &moment->tm_min)) {
        return false;
    }
    if (!read_char(text, ':')) {
        return !seconds_required;
    }
    return read_between(text, 0, 60, &moment->tm_sec) && read_fraction(text, nanoseconds);
}

typedef struct {
    bool local;
    int east; /* seconds by which the zone is ahead of UTC */
} Zone;

/* Z, +hh:mm or +hhmm directly after the time, or UTC after a space. */
static bool read_zone(const char **text, Zone *zone)
{
    int sign = **text == '-' ? -1 : 1;
    int hours = 0;
    int minutes = 0;
    zone->local = false;
    zone->east = 0;
    if (read_char(text, 'Z')) {
        return true;
    }
    if (read_char(text, '+') || read_char(text, '-')) {
        const char *start = *text;
        if (read_number(text, 4, &hours) && *text - start == 4) {
            minutes = hours % 100;
            hours /= 100;
        } else {
            *text = start;
            if (!read_number(text, 2, &hours) || *text - start != 2 || !read_char(text, ':') ||
                !read_number(text, 2, &minutes)) {
                return false;
            }
        }
        zone->east = sign * (hours * 3600 + minutes * 60);
        return hours < 24 && minutes < 60;
    }
    const char *after = *text;
    skip_spaces(&after);
    if (after > *text && strncmp(after, "UTC", 3) == 0) {
        *text = after + 3;
        return true;
    }
    zone->local = true;
    return true;
}

static bool finish(const char *text, struct tm *moment, Zone zone, int64_t *seconds)
{
    skip_spaces(&text);
    if (*text != '\0') {
        return false;
    }
    moment->tm_isdst = -1;
    *seconds = zone.local ? (int64_t)mktime(moment) : (int64_t)timegm(moment) - zone.east;
    return true;
}

static bool read_iso(const char *text, int64_t *seconds, uint32_t *nanoseconds)
{
    struct tm moment = {0};
    Zone zone = {.local = true};
    if (!read_number(&text, 4, &moment.tm_year) || !read_char(&text, '-') ||
        !read_between(&text, 1, 12, &moment.tm_mon) || !read_char(&text, '-') ||
        !read_between(&text, 1, 31, &moment.tm_mday)) {
        return false;
    }
    moment.tm_year -= 1900;
    moment.tm_mon -= 1;
    const char *clock = text;
    bool spaced = *clock == 'T' || g_ascii_isspace(*clock);
    if (spaced) {
        clock++;
    }
    if (spaced && g_ascii_isdigit(*clock)) {
        if (!read_clock(&clock, &moment, false, nanoseconds) || !read_zone(&clock, &zone)) {
            return false;
        }
        text = clock;
    }
    return finish(text, &moment, zone, seconds);
}

static bool read_month(const char **text, int *month)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    for (int i = 0; i < 12; i++) {
        if (g_ascii_strncasecmp(*text, months + (size_t)3 * (size_t)i, 3) == 0) {
            *text += 3;
            *month = i;
            return true;
        }
    }
    return false;
}

static bool read_legacy(const char *text, int64_t *seconds, uint32_t *nanoseconds)
{
    struct tm moment = {0};
    Zone zone = {.local = true};
    if (!read_month(&text, &moment.tm_mon) || !g_ascii_isspace(*text)) {
        return false;
    }
    skip_spaces(&text);
    if (!read_between(&text, 1, 31, &moment.tm_mday) || !read_char(&text, ',')) {
        return false;
    }
    skip_spaces(&text);
    if (!read_number(&text, 4, &moment.tm_year) || !g_ascii_isspace(*text)) {
        return false;
    }
    moment.tm_year -= 1900;
    skip_spaces(&text);
    return read_clock(&text, &moment, true, nanoseconds) && read_zone(&text, &zone) &&
           finish(text, &moment, zone, seconds);
}

bool literal_time(const char *text, int64_t *seconds, uint32_t *nanoseconds)
{
    *nanoseconds = 0;
    skip_spaces(&text);
    return g_ascii_isdigit(*text) ? read_iso(text, seconds, nanoseconds)
                                  : read_legacy(text, seconds, nanoseconds);
}
