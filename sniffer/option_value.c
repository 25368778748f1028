/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/option_value.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool option_refuse(const char *option, const char *value, const char *wrong)
{
    (void)fprintf(stderr, "feiqdump: %s %s: %s\n", option, value, wrong);
    return false;
}

bool option_number(const char *option, const char *value, const char *what, uint64_t least,
                   uint64_t most, uint64_t *number)
{
    char *end = NULL;
    errno = 0;
    unsigned long long read = value[0] >= '0' && value[0] <= '9' ? strtoull(value, &end, 10) : 0;
    if (end != NULL && *end == '\0' && errno == 0 && read >= least && read <= most) {
        *number = read;
        return true;
    }
    char wrong[160];
    if (most == UINT64_MAX) {
        (void)snprintf(wrong, sizeof wrong, "not a number of %s (%" PRIu64 " or more)", what,
                       least);
    } else {
        (void)snprintf(wrong, sizeof wrong, "not a number of %s (%" PRIu64 " to %" PRIu64 ")", what,
                       least, most);
    }
    return option_refuse(option, value, wrong);
}

static const OptionCondition *find(const char *name, size_t length,
                                   const OptionCondition *conditions, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (strlen(conditions[i].name) == length && memcmp(conditions[i].name, name, length) == 0) {
            return &conditions[i];
        }
    }
    return NULL;
}

bool option_condition(const char *option, const char *value, const OptionCondition *conditions,
                      unsigned count)
{
    const char *colon = strchr(value, ':');
    const OptionCondition *condition =
        colon != NULL ? find(value, (size_t)(colon - value), conditions, count) : NULL;
    if (condition == NULL) {
        char wrong[160] = "wanted is";
        size_t used = strlen(wrong);
        for (unsigned i = 0; i < count; i++) {
            used += (size_t)snprintf(wrong + used, sizeof wrong - used, "%s %s:N", i > 0 ? "," : "",
                                     conditions[i].name);
        }
        return option_refuse(option, value, wrong);
    }
    if (!option_number(option, colon + 1, condition->what, condition->least, condition->most,
                       condition->number)) {
        return false;
    }
    *condition->number *= condition->factor;
    return true;
}
