/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "protocol/feiq/feiq.h"

static const FsName feiq_vendor_names[] = {{1, "FeiQ"}, {0, NULL}};

static const FsField fields[] = {
#define FEIQ_FIELD(id, ...) [FEIQ_##id] = {__VA_ARGS__},
#include "protocol/feiq/feiq_fields.def"
#undef FEIQ_FIELD
};

const FsTable feiq_table = {"feiq", "FeiQ", "FeiQ / IP Messenger", fields, FEIQ_FIELD_COUNT};
