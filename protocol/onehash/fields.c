/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "protocol/onehash/onehash.h"

static const FsName onehash_kind_names[] = {{1, "request"}, {2, "reply"}, {3, "event"}, {0, NULL}};

static const FsField fields[] = {
#define ONEHASH_FIELD(id, ...) [ONEHASH_##id] = {__VA_ARGS__},
#include "protocol/onehash/onehash_fields.def"
#undef ONEHASH_FIELD
};

const FsTable onehash_table = {"onehash", "1#n", "1#n Request Protocol", fields,
                               ONEHASH_FIELD_COUNT};
