/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Numbers of the command word: commands in the low 8 bits, options above. What a bit of the
 * options means depends on the command's family, so some numbers here have two names.
 *
 * Source: the official program's headers; FeiQ, iptux and FeiGe as commands.def says.
 */
#ifndef FEISCOPE_PROTOCOL_FEIQ_COMMAND_H
#define FEISCOPE_PROTOCOL_FEIQ_COMMAND_H

#include <stdint.h>

/** Commands: the values of feiq.command. */
enum {
#define FEIQ_COMMAND(id, number, family, body) FEIQ_CMD_##id = (number),
#include "protocol/feiq/commands.def"
#undef FEIQ_COMMAND
};

/** Options of entries, and of commands that are not listed below. */
#define FEIQ_OPT_ABSENCE    UINT32_C(0x00000100)
#define FEIQ_OPT_SERVER     UINT32_C(0x00000200)
#define FEIQ_OPT_DIALUP     UINT32_C(0x00010000)
#define FEIQ_OPT_CAPFILEENC UINT32_C(0x00040000)
#define FEIQ_OPT_DIR_MASTER UINT32_C(0x10000000)

/** Options of messages. */
#define FEIQ_OPT_SENDCHECK UINT32_C(0x00000100)
#define FEIQ_OPT_SECRET    UINT32_C(0x00000200)
#define FEIQ_OPT_BROADCAST UINT32_C(0x00000400)
#define FEIQ_OPT_MULTICAST UINT32_C(0x00000800)
#define FEIQ_OPT_AUTORET   UINT32_C(0x00002000)
#define FEIQ_OPT_PASSWORD  UINT32_C(0x00008000)
#define FEIQ_OPT_NOLOG     UINT32_C(0x00020000)
#define FEIQ_OPT_NOADDLIST UINT32_C(0x00080000)
#define FEIQ_OPT_READCHECK UINT32_C(0x00100000)

/** Options of requests for files. */
#define FEIQ_OPT_ENCFILE UINT32_C(0x00000800)

/** Options that mean the same, or nearly so, everywhere. */
#define FEIQ_OPT_RETRY      UINT32_C(0x00004000)
#define FEIQ_OPT_FILEATTACH UINT32_C(0x00200000)
#define FEIQ_OPT_ENCRYPT    UINT32_C(0x00400000)
#define FEIQ_OPT_UTF8       UINT32_C(0x00800000)
#define FEIQ_OPT_CAPUTF8    UINT32_C(0x01000000)
#define FEIQ_OPT_CAPIPDICT  UINT32_C(0x02000000)
#define FEIQ_OPT_ENCEXTMSG  UINT32_C(0x04000000)
#define FEIQ_OPT_CLIPBOARD  UINT32_C(0x08000000)

/** Who writes a version field of this form: the values of feiq.vendor. */
typedef enum {
    FEIQ_VENDOR_UNKNOWN,
    FEIQ_VENDOR_FEIQ,      /**< 1_lbtG_A#… */
    FEIQ_VENDOR_IPMSG,     /**< 1 alone: the official program, and many that follow it */
    FEIQ_VENDOR_IPTUX,     /**< 1_iptux … */
    FEIQ_VENDOR_SHIYELINE, /**< 1@shiyeline: 内网通 */
    FEIQ_VENDOR_FEIGE,     /**< 5.1.180210, or 1 with an entry of fourteen parts: 飞鸽传书 */
    FEIQ_VENDOR_FEIQPP,    /**< feiq_plus_plus#… */
    FEIQ_VENDOR_FEIX,      /**< FeiQ's form with the word FeiX for a MAC address */
    FEIQ_VENDOR_ROCKETX,   /**< FeiQ's form with the word ROCKETX for a MAC address */
    FEIQ_VENDOR_MISSPELT   /**< 1_1bt…: an imitation of FeiQ with the digit 1 for the letter l */
} FeiqVendor;

#endif
