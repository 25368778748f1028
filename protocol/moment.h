/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Moments as text, in UTC or as the reader's clock shows them.
 */
#ifndef FEISCOPE_PROTOCOL_MOMENT_H
#define FEISCOPE_PROTOCOL_MOMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Letters of a time zone's name that are shown, and the NUL. */
enum { FS_ZONE_ROOM = 9 };

/** Most bytes that fs_put_moment writes: a year of six digits, a zone of eight letters. */
enum { FS_MOMENT_ROOM = 48 };

/** A moment on a calendar and a clock. */
typedef struct {
    int64_t year; /**< proleptic Gregorian */
    unsigned month;
    unsigned day;
    unsigned second;         /**< of the day */
    char zone[FS_ZONE_ROOM]; /**< "UTC", "CST" */
} FsMoment;

/**
 * What calendar and clock show.
 *
 * @param seconds since 1970-01-01 00:00 UTC
 * @param local   in the zone of this process (TZ, /etc/localtime), else UTC. Zones change at
 *                multiples of 15 minutes only, so what is asked of the C library is remembered
 */
FsMoment fs_moment(int64_t seconds, bool local);

/** "2017-09-15". */
char *fs_put_day(char *to, const FsMoment *moment);

/** "13:40:11". */
char *fs_put_clock(char *to, const FsMoment *moment);

/**
 * "Sep 15, 2017 13:40:11.000000000 UTC", as tshark writes times.
 *
 * @param to at least FS_MOMENT_ROOM bytes; no NUL is written
 * @return behind the last byte
 */
char *fs_put_moment(char *to, int64_t seconds, uint32_t nanoseconds, bool local);

/** Split nanoseconds since 1970 into seconds, rounded down, and the rest. */
static inline int64_t fs_whole_seconds(int64_t nanoseconds, uint32_t *rest)
{
    enum { SECOND = 1000000000 };
    int64_t seconds = nanoseconds / SECOND - (nanoseconds % SECOND < 0);
    *rest = (uint32_t)(nanoseconds - seconds * SECOND);
    return seconds;
}

#endif
