/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/help.h"
#include "sniffer/tables.h"

#include <stdio.h>

static const char *const types[] = {
    [FS_LAYER] = "protocol",    [FS_GROUP] = "group",       [FS_UINT] = "number",
    [FS_INT] = "number",        [FS_BOOL] = "flag",         [FS_TEXT] = "text",
    [FS_BYTES] = "bytes",       [FS_ETHER] = "MAC address", [FS_IPV4] = "IPv4 address",
    [FS_IPV6] = "IPv6 address", [FS_TIME] = "time",         [FS_TIME_SPAN] = "time span",
    [FS_REMARK] = "remark"};

void help_fields(void)
{
    for (const FsTable *const *table = sniffer_tables; *table != NULL; table++) {
        for (unsigned i = 0; i < (*table)->count; i++) {
            const FsField *field = &(*table)->fields[i];
            (void)printf("%s\t%s\t%s", field->name, types[field->type], field->title);
            if (field->blurb != NULL) {
                (void)printf(": %s", field->blurb);
            }
            (void)putchar('\n');
        }
    }
}
