/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Write the field tables as lines of name, title, type, bits, base, mask and blurb, separated by
 * tabs, for the test that compares them with what Wireshark registered.
 */
#include "protocol/feiq/feiq.h"
#include "protocol/onehash/onehash.h"

#include <inttypes.h>
#include <stdio.h>

static const char *const types[] = {
    [FS_LAYER] = "layer",   [FS_GROUP] = "group", [FS_UINT] = "uint",   [FS_INT] = "int",
    [FS_BOOL] = "bool",     [FS_TEXT] = "text",   [FS_BYTES] = "bytes", [FS_ETHER] = "ether",
    [FS_IPV4] = "ipv4",     [FS_IPV6] = "ipv6",   [FS_TIME] = "time",   [FS_TIME_SPAN] = "span",
    [FS_REMARK] = "remark",
};

static const char *const bases[] = {
    [FS_DEC] = "DEC", [FS_HEX] = "HEX", [FS_DEC_HEX] = "DEC_HEX", [FS_HEX_DEC] = "HEX_DEC"};

static void list(const FsTable *table)
{
    for (unsigned i = 0; i < table->count; i++) {
        const FsField *field = &table->fields[i];
        printf("%s\t%s\t%s\t%u\t%s\t0x%" PRIx64 "\t%s\n", field->name, field->title,
               types[field->type], (unsigned)field->bits, bases[field->base], field->mask,
               field->blurb != NULL ? field->blurb : "");
    }
}

int main(void)
{
    list(&feiq_table);
    list(&onehash_table);
    return 0;
}
