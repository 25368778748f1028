/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "protocol/feiq/decode.h"
#include "protocol/feiq/names.h"

const FsField feiq_fields[FEIQ_FIELD_COUNT] = {
#define FEIQ_FIELD(id, ...) [FEIQ_##id] = {__VA_ARGS__},
#include "protocol/feiq/feiq_fields.def"
#undef FEIQ_FIELD
};

const FsTable feiq_table = {"feiq", "FeiQ", "FeiQ / IP Messenger", feiq_fields, FEIQ_FIELD_COUNT};
