/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "protocol/moment.h"

#include "protocol/digits.h"

#include <string.h>
#include <time.h>

enum { MINUTE = 60, HOUR = 3600, DAY = 86400, QUARTER = 900 };

static int64_t divide(int64_t dividend, int64_t divisor)
{
    return dividend / divisor - (dividend % divisor < 0);
}

/* Civil date of a day count since 1970-01-01 (proleptic Gregorian). */
static void civil(int64_t days, FsMoment *moment)
{
    enum { DAYS_BEFORE_1970 = 719468, ERA = 146097, YEARS_OF_ERA = 400 };
    int64_t shifted = days + DAYS_BEFORE_1970;
    int64_t era = divide(shifted, ERA);
    int64_t of_era = shifted - era * ERA;
    int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t day_of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    unsigned month_index = (unsigned)((5 * day_of_year + 2) / 153);
    moment->day = (unsigned)(day_of_year - (153 * month_index + 2) / 5 + 1);
    moment->month = month_index < 10 ? month_index + 3 : month_index - 9;
    moment->year = year_of_era + era * YEARS_OF_ERA + (moment->month <= 2);
}

typedef struct {
    bool known;
    int64_t quarter; /* since 1970 */
    int32_t east;    /* seconds by which the zone is ahead of UTC */
    char name[FS_ZONE_ROOM];
} Zone;

static const Zone utc = {.name = "UTC"};

static int64_t seconds_of(const struct tm *tm)
{
    FsMoment day = {.year = tm->tm_year + 1900};
    int64_t days = tm->tm_yday + 365 * (day.year - 1970) + divide(day.year - 1969, 4) -
                   divide(day.year - 1901, 100) + divide(day.year - 1601, 400);
    return days * DAY + (int64_t)tm->tm_hour * HOUR + (int64_t)tm->tm_min * MINUTE + tm->tm_sec;
}

static const Zone *zone_of(int64_t seconds)
{
    static _Thread_local Zone zone;
    int64_t quarter = divide(seconds, QUARTER);
    if (!zone.known || zone.quarter != quarter) {
        time_t begin = (time_t)(quarter * QUARTER);
        struct tm tm;
        zone = (Zone){.known = true, .quarter = quarter, .name = "UTC"};
        if (localtime_r(&begin, &tm) != NULL) {
            char name[64];
            size_t length = strftime(name, sizeof name, "%Z", &tm);
            zone.east = (int32_t)(seconds_of(&tm) - (int64_t)begin);
            length = length < sizeof zone.name ? length : sizeof zone.name - 1;
            memcpy(zone.name, name, length);
            zone.name[length] = '\0';
        }
    }
    return &zone;
}

FsMoment fs_moment(int64_t seconds, bool local)
{
    const Zone *zone = local ? zone_of(seconds) : &utc;
    FsMoment moment;
    int64_t shown = seconds + zone->east;
    int64_t days = divide(shown, DAY);
    civil(days, &moment);
    moment.second = (unsigned)(shown - days * DAY);
    memcpy(moment.zone, zone->name, sizeof moment.zone);
    return moment;
}

static char *put_year(char *to, int64_t year)
{
    if (year < 0) {
        *to++ = '-';
        year = -year;
    }
    return year < 1000 ? fs_put_digits(to, (uint64_t)year, 4) : fs_put_decimal(to, (uint64_t)year);
}

char *fs_put_day(char *to, const FsMoment *moment)
{
    to = put_year(to, moment->year);
    *to++ = '-';
    to = fs_put_digits(to, moment->month, 2);
    *to++ = '-';
    return fs_put_digits(to, moment->day, 2);
}

char *fs_put_clock(char *to, const FsMoment *moment)
{
    to = fs_put_digits(to, moment->second / HOUR, 2);
    *to++ = ':';
    to = fs_put_digits(to, moment->second / MINUTE % 60, 2);
    *to++ = ':';
    return fs_put_digits(to, moment->second % MINUTE, 2);
}

/* All but the fraction and the zone. */
static char *put_second(char *to, const FsMoment *moment)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    memcpy(to, months + (size_t)3 * (moment->month - 1), 3);
    to += 3;
    *to++ = ' ';
    if (moment->day < 10) {
        *to++ = ' ';
    }
    to = fs_put_decimal(to, moment->day);
    *to++ = ',';
    *to++ = ' ';
    to = put_year(to, moment->year);
    *to++ = ' ';
    return fs_put_clock(to, moment);
}

char *fs_put_moment(char *to, int64_t seconds, uint32_t nanoseconds, bool local)
{
    static _Thread_local struct {
        bool known;
        bool local;
        uint8_t length;
        int64_t seconds;
        char text[FS_MOMENT_ROOM];
        char zone[FS_ZONE_ROOM];
    } last;
    if (!last.known || last.seconds != seconds || last.local != local) {
        FsMoment moment = fs_moment(seconds, local);
        last.length = (uint8_t)(put_second(last.text, &moment) - last.text);
        memcpy(last.zone, moment.zone, sizeof last.zone);
        last.known = true;
        last.local = local;
        last.seconds = seconds;
    }
    memcpy(to, last.text, last.length);
    to += last.length;
    *to++ = '.';
    to = fs_put_billionths(to, nanoseconds);
    *to++ = ' ';
    size_t zone = strlen(last.zone);
    memcpy(to, last.zone, zone);
    return to + zone;
}
