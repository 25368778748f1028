/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Who is there, and what needs few words: entries, signals, acknowledgements, answers in text.
 */
#ifndef FEISCOPE_PROTOCOL_FEIQ_BUILD_PRESENCE_H
#define FEISCOPE_PROTOCOL_FEIQ_BUILD_PRESENCE_H

#include "protocol/feiq/build_header.h"

/** Options that FeiQ sets in its entries: the word of its log-in is 6291457. */
#define FEIQ_ENTRY_OPTIONS (FEIQ_OPT_FILEATTACH | FEIQ_OPT_ENCRYPT)

/** The UTF-8 extension of an entry; what is empty is left out. */
typedef struct {
    FsBytes user;    /**< UN: log-in name */
    FsBytes host;    /**< HN: machine name */
    FsBytes nick;    /**< NN: nickname */
    FsBytes group;   /**< GN: group name */
    FsBytes version; /**< VS: client type in hexadecimal, major, minor, revision, with colons */
} FeiqExtension;

/** What an entry says. */
typedef struct {
    FsBytes nick;                   /**< nickname, in the local encoding */
    FsBytes group;                  /**< group, or empty */
    const FeiqExtension *extension; /**< NULL: none; else CAPUTF8OPT is set */
} FeiqEntry;

/**
 * Build an entry: BR_ENTRY, BR_EXIT, ANSENTRY or BR_ABSENCE (with FEIQ_OPT_ABSENCE in the options
 * while away).
 *
 * Impossible: another command; UTF8OPT; a nickname or group that begins with LF, where the
 * extension begins; an extension that is not UTF-8, or holds LF or a NUL.
 */
ptrdiff_t feiq_build_entry(uint8_t *out, size_t capacity, const FeiqSender *sender,
                           uint64_t packet_number, uint8_t command, uint32_t options,
                           const FeiqEntry *entry);

/**
 * Build a signal, a command that says all by itself; FeiQ sends one NUL with it. They are
 * NOOPERATION (FeiQ's first at log-in), GETINFO, GETABSENCEINFO, BR_ISGETLIST, BR_ISGETLIST2,
 * OKGETLIST, OPEN_YOU, RESP_YOU, INPUTING, INPUT_END, KNOCK (shake) and KNOCK_ACK.
 *
 * Impossible: another command.
 */
ptrdiff_t feiq_build_signal(uint8_t *out, size_t capacity, const FeiqSender *sender,
                            uint64_t packet_number, uint8_t command, uint32_t options);

/**
 * Build what answers by a packet number: RECVMSG, READMSG (with FEIQ_OPT_READCHECK to be told that
 * it arrived), ANSREADMSG, RELEASEFILES.
 *
 * @param about number of the packet that is answered
 *
 * Impossible: another command.
 */
ptrdiff_t feiq_build_acknowledgement(uint8_t *out, size_t capacity, const FeiqSender *sender,
                                     uint64_t packet_number, uint8_t command, uint32_t options,
                                     uint64_t about);

/**
 * Build an answer in text: SENDINFO (version text) or SENDABSENCEINFO (away text; "Not absence
 * mode" while present).
 *
 * Impossible: another command.
 */
ptrdiff_t feiq_build_information(uint8_t *out, size_t capacity, const FeiqSender *sender,
                                 uint64_t packet_number, uint8_t command, uint32_t options,
                                 FsBytes text);

#endif
