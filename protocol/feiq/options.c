/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The command word. What an option bit means depends on the family of the command.
 */
#include "protocol/feiq/decode.h"

typedef enum {
    ENTRY, /* presence, and every command without a family of its own */
    LIST,
    MESSAGE,
    REQUEST,
    QUN, /* FeiQ's group datagrams and image chunks */
    IPTUX_MESSAGE,
    IPTUX_PICTURE
} Family;

/* Flags of each family, from the lowest bit up; 0 ends the list. */
static const uint16_t family_flags[][20] = {
    [ENTRY] = {FEIQ_OPTION_ABSENCE, FEIQ_OPTION_SERVER, FEIQ_OPTION_CAPFILEENC_OBSOLETE,
               FEIQ_OPTION_DIALUP, FEIQ_OPTION_CAPFILEENC, FEIQ_OPTION_FILEATTACH,
               FEIQ_OPTION_ENCRYPT, FEIQ_OPTION_UTF8, FEIQ_OPTION_CAPUTF8, FEIQ_OPTION_CAPIPDICT,
               FEIQ_OPTION_ENCEXTMSG, FEIQ_OPTION_CLIPBOARD, FEIQ_OPTION_DIR_MASTER},
    [LIST] = {FEIQ_OPTION_ABSENCE, FEIQ_OPTION_SERVER, FEIQ_OPTION_CAPFILEENC_OBSOLETE,
              FEIQ_OPTION_RETRY, FEIQ_OPTION_DIALUP, FEIQ_OPTION_CAPFILEENC, FEIQ_OPTION_FILEATTACH,
              FEIQ_OPTION_ENCRYPT, FEIQ_OPTION_UTF8, FEIQ_OPTION_CAPUTF8, FEIQ_OPTION_CAPIPDICT,
              FEIQ_OPTION_ENCEXTMSG, FEIQ_OPTION_CLIPBOARD, FEIQ_OPTION_DIR_MASTER},
    [MESSAGE] = {FEIQ_OPTION_SENDCHECK, FEIQ_OPTION_SECRET, FEIQ_OPTION_BROADCAST,
                 FEIQ_OPTION_MULTICAST, FEIQ_OPTION_NOPOPUP, FEIQ_OPTION_AUTORET, FEIQ_OPTION_RETRY,
                 FEIQ_OPTION_PASSWORD, FEIQ_OPTION_NOLOG, FEIQ_OPTION_NEWMULTI,
                 FEIQ_OPTION_NOADDLIST, FEIQ_OPTION_READCHECK, FEIQ_OPTION_FILEATTACH,
                 FEIQ_OPTION_ENCRYPT, FEIQ_OPTION_UTF8, FEIQ_OPTION_CAPUTF8, FEIQ_OPTION_CAPIPDICT,
                 FEIQ_OPTION_ENCEXTMSG, FEIQ_OPTION_CLIPBOARD},
    [REQUEST] = {FEIQ_OPTION_ENCFILE_OBSOLETE, FEIQ_OPTION_ENCFILE, FEIQ_OPTION_ENCRYPT,
                 FEIQ_OPTION_UTF8},
    [QUN] = {FEIQ_OPTION_FEIQ_PRIVATE, FEIQ_OPTION_ENCRYPT, FEIQ_OPTION_UTF8},
    [IPTUX_MESSAGE] = {FEIQ_OPTION_IPTUX_KIND, FEIQ_OPTION_FILEATTACH, FEIQ_OPTION_ENCRYPT,
                       FEIQ_OPTION_UTF8},
    [IPTUX_PICTURE] = {FEIQ_OPTION_IPTUX_PICTURE, FEIQ_OPTION_UTF8},
};

static const uint16_t iptux_flags[] = {FEIQ_OPTION_IPTUX_PASSWD, FEIQ_OPTION_IPTUX_SHARED, 0};

static const uint8_t families[256] = {
#define FEIQ_COMMAND(id, number, family, body) [number] = (family),
#include "protocol/feiq/commands.def"
#undef FEIQ_COMMAND
};

/* Append the flags of a list that 0 ends; the bits that they cover. */
static uint32_t add_flags(FeiqDatagram *d, const uint16_t *flags, const uint8_t *at, size_t length)
{
    uint32_t covered = 0;
    for (; *flags != 0; flags++) {
        const FsField *field = &feiq_fields[*flags];
        uint32_t mask = (uint32_t)field->mask;
        uint32_t value = d->word & mask;
        (void)fs_add_number(d->packet, field, at, length,
                            field->type == FS_BOOL ? value != 0 : value / (mask & -mask));
        covered |= mask;
    }
    return covered;
}

void feiq_decode_options(FeiqDatagram *d, const uint8_t *at, size_t length)
{
    uint32_t options = d->word & 0xffffff00;
    (void)fs_add_number(d->packet, FEIQ(OPTIONS), at, length, options);
    fs_enter(d->packet);
    if (!d->packet->brief) {
        uint32_t covered = add_flags(d, family_flags[families[feiq_command(d)]], at, length);
        if (d->vendor == FEIQ_VENDOR_IPTUX) {
            covered |= add_flags(d, iptux_flags, at, length);
        }
        if ((options & ~covered) != 0) {
            (void)fs_add_number(d->packet, FEIQ(OPTION_UNKNOWN), at, length, options & ~covered);
        }
    }
    uint8_t command = feiq_command(d);
    if (command == FEIQ_CMD_SENDMSG && feiq_has(d, FEIQ_OPT_SENDCHECK) &&
        feiq_has(d, FEIQ_OPT_BROADCAST | FEIQ_OPT_AUTORET)) {
        (void)fs_add_remark(d->packet, FEIQ(OPTION_LOOP), at, length, true);
    }
    if (command >= FEIQ_CMD_BR_ENTRY && command <= FEIQ_CMD_BR_ABSENCE &&
        feiq_has(d, FEIQ_OPT_UTF8)) {
        (void)fs_add_remark(d->packet, FEIQ(OPTION_UTF8_ENTRY), at, length, true);
    }
    fs_leave(d->packet);
}

static void decode_command_word(FeiqDatagram *d, const uint8_t *at, size_t length)
{
    uint8_t command = feiq_command(d);
    (void)fs_add_number(d->packet, FEIQ(COMMAND_WORD), at, length, d->word);
    fs_enter(d->packet);
    (void)fs_add_number(d->packet, FEIQ(COMMAND), at, length, command);
    if (!feiq_command_known(command)) {
        (void)fs_add_remark(d->packet, FEIQ(COMMAND_UNKNOWN), at, length, true);
    }
    if (command == FEIQ_CMD_DIR_POLL && d->vendor == FEIQ_VENDOR_FEIQ) {
        (void)fs_add_remark(d->packet, FEIQ(COMMAND_REMOTE), at, length, false);
    }
    feiq_decode_options(d, at, length);
    fs_leave(d->packet);
}

enum { REMEMBERED = 256 };

void feiq_decode_command_word(FeiqDatagram *d, const uint8_t *at, size_t length)
{
    static _Thread_local FsMemo memos[REMEMBERED];
    FsPacket *packet = d->packet;
    if (packet->brief) { /* few entries: not worth it */
        decode_command_word(d, at, length);
        return;
    }
    FsMemo *memo = fs_memo_place(memos, REMEMBERED, packet, at, length);
    if (!fs_memo_append(memo, packet, at, length, d->vendor)) {
        uint32_t first = packet->count;
        decode_command_word(d, at, length);
        fs_memo_keep(memo, packet, first, at, length, d->vendor, 0);
    }
}
