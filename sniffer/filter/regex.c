/* SPDX-License-Identifier: GPL-2.0-or-later */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "sniffer/filter/regex.h"

#include <glib.h>
#include <pcre2.h>

struct Regex {
    pcre2_code *code;
    pcre2_match_data *match;
};

Regex *regex_new(const char *pattern, size_t length, size_t *offset, char *message, size_t capacity)
{
    int problem = 0;
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)pattern, length, PCRE2_CASELESS | PCRE2_NEVER_UTF,
                                     &problem, offset, NULL);
    if (code == NULL) {
        if (pcre2_get_error_message(problem, (PCRE2_UCHAR *)message, capacity) < 0) {
            (void)g_strlcpy(message, "it cannot be compiled", capacity);
        }
        return NULL;
    }
    /* Without a compiler for this machine PCRE2 interprets the expression. */
    (void)pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
    Regex *regex = g_new0(Regex, 1);
    regex->code = code;
    regex->match = pcre2_match_data_create(1, NULL);
    if (regex->match == NULL) {
        g_error("out of memory");
    }
    return regex;
}

bool regex_matches(Regex *regex, const uint8_t *data, size_t length)
{
    static const uint8_t nothing = 0;
    return pcre2_match(regex->code, data != NULL ? data : &nothing, length, 0, 0, regex->match,
                       NULL) >= 0;
}

void regex_free(Regex *regex)
{
    if (regex != NULL) {
        pcre2_match_data_free(regex->match);
        pcre2_code_free(regex->code);
        g_free(regex);
    }
}
