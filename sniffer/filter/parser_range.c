/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/filter/parser.h"

#include <errno.h>
#include <glib.h>
#include <stdlib.h>

enum { NOT_A_RANGE = 1, TOO_LARGE = 2 };

static void skip_blanks(const char **text)
{
    while (g_ascii_isspace(**text)) {
        (*text)++;
    }
}

/* A number in C's notation, with blanks around it. */
static int read_number(const char **text, int32_t *number)
{
    char *end = NULL;
    errno = 0;
    long value = strtol(*text, &end, 0);
    if (end == *text) {
        return NOT_A_RANGE;
    }
    if (errno == ERANGE || value > INT32_MAX || value < INT32_MIN) {
        return TOO_LARGE;
    }
    *number = (int32_t)value;
    *text = end;
    skip_blanks(text);
    return 0;
}

static int read_range(const char *text, Range *range)
{
    *range = (Range){RANGE_LENGTH, 0, 1};
    skip_blanks(&text);
    bool from_start = *text == ':';
    int problem = from_start ? 0 : read_number(&text, &range->start);
    if (problem != 0 || *text == '\0') {
        return problem;
    }
    char separator = *text++;
    if (separator == ':') {
        if (*text == '\0') {
            range->kind = RANGE_TO_END;
            return 0;
        }
    } else if (separator == '-') {
        range->kind = RANGE_LAST;
    } else {
        return NOT_A_RANGE;
    }
    problem = read_number(&text, &range->end);
    return problem != 0 ? problem : *text == '\0' ? 0 : NOT_A_RANGE;
}

bool parser_range(Fault *fault, const Token *token, Range *range)
{
    switch (read_range(token->text, range)) {
    case NOT_A_RANGE:
        return fault_at(
            fault, token->place,
            "\"%s\" is no range; it is written i, i:length, i-last, :length or i:", token->text);
    case TOO_LARGE:
        return fault_at(fault, token->place, "\"%s\" is beyond 32 bits", token->text);
    default:
        break;
    }
    if (range->kind == RANGE_LENGTH && range->end <= 0) {
        return fault_at(fault, token->place, "the length of a range is at least 1, not %d",
                        (int)range->end);
    }
    if (range->kind == RANGE_LAST) {
        if ((range->start < 0) != (range->end < 0)) {
            return fault_at(fault, token->place,
                            "the two ends of a range are both counted from the start, or both "
                            "from the end");
        }
        if (range->start >= range->end) {
            return fault_at(fault, token->place, "the last of a range is after its first");
        }
    }
    return true;
}
