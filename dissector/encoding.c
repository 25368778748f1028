/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dissector/encoding.h"

EncodingChoice encoding_of_feiq = FS_ASCII;

void encoding_register(module_t *module, EncodingChoice *choice)
{
    static const enum_val_t values[] = {
        {"auto", "By the bytes: UTF-8, else GB18030", FS_ASCII},
        {"gb18030", "GB18030, which holds GBK", FS_GB18030},
        {"utf-8", "UTF-8", FS_UTF8},
        {"shift-jis", "Shift-JIS (code page 932)", FS_SHIFT_JIS},
        {NULL, NULL, 0},
    };
    prefs_register_enum_preference(module, "encoding", "Encoding",
                                   "Encoding of text that is not ASCII and does not tell its own",
                                   choice, values, FALSE);
}
