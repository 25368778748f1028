/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "protocol/feiq/build_presence.h"
#include "protocol/text.h"

/* A command word: refused if the command is none of `allowed`, or the options reach into it. */
static uint32_t word_of(FsBuilder *b, uint8_t command, uint32_t options, const uint8_t *allowed,
                        size_t count)
{
    fs_refuse_if(b, memchr(allowed, command, count) == NULL || (options & 0xff) != 0);
    return options | command;
}

static void put_extension_line(FsBuilder *b, const char *key, FsBytes value)
{
    if (value.length > 0) {
        fs_refuse_if(b, fs_contains(value, '\n') || fs_contains(value, '\0') ||
                            !fs_text_is_utf8(value.data, value.length));
        fs_put_string(b, key);
        fs_put(b, value);
        fs_put_byte(b, '\n');
    }
}

static void put_section(FsBuilder *b, FsBytes text)
{
    fs_refuse_if(b, text.length > 0 && text.data[0] == '\n');
    feiq_put_text(b, text, 0);
}

ptrdiff_t feiq_build_entry(uint8_t *out, size_t capacity, const FeiqSender *sender,
                           uint64_t packet_number, uint8_t command, uint32_t options,
                           const FeiqEntry *entry)
{
    static const uint8_t allowed[] = {FEIQ_CMD_BR_ENTRY, FEIQ_CMD_BR_EXIT, FEIQ_CMD_ANSENTRY,
                                      FEIQ_CMD_BR_ABSENCE};
    FsBuilder b = fs_builder(out, capacity);
    const FeiqExtension *extension = entry->extension;
    uint32_t word = word_of(&b, command, options, allowed, sizeof allowed);
    fs_refuse_if(&b, (options & FEIQ_OPT_UTF8) != 0);
    if (extension != NULL) {
        word |= FEIQ_OPT_CAPUTF8;
    }
    feiq_put_header(&b, sender, packet_number, word, 0);
    put_section(&b, entry->nick);
    put_section(&b, entry->group);
    if (extension != NULL) {
        fs_put_byte(&b, '\n');
        put_extension_line(&b, "UN:", extension->user);
        put_extension_line(&b, "HN:", extension->host);
        put_extension_line(&b, "NN:", extension->nick);
        put_extension_line(&b, "GN:", extension->group);
        put_extension_line(&b, "VS:", extension->version);
    }
    return fs_built(&b);
}

ptrdiff_t feiq_build_signal(uint8_t *out, size_t capacity, const FeiqSender *sender,
                            uint64_t packet_number, uint8_t command, uint32_t options)
{
    static const uint8_t allowed[] = {
        FEIQ_CMD_NOOPERATION,   FEIQ_CMD_GETINFO,   FEIQ_CMD_GETABSENCEINFO, FEIQ_CMD_BR_ISGETLIST,
        FEIQ_CMD_BR_ISGETLIST2, FEIQ_CMD_OKGETLIST, FEIQ_CMD_OPEN_YOU,       FEIQ_CMD_RESP_YOU,
        FEIQ_CMD_INPUTING,      FEIQ_CMD_INPUT_END, FEIQ_CMD_KNOCK,          FEIQ_CMD_KNOCK_ACK};
    FsBuilder b = fs_builder(out, capacity);
    uint32_t word = word_of(&b, command, options, allowed, sizeof allowed);
    feiq_put_header(&b, sender, packet_number, word, 0);
    fs_put_byte(&b, '\0');
    return fs_built(&b);
}

ptrdiff_t feiq_build_acknowledgement(uint8_t *out, size_t capacity, const FeiqSender *sender,
                                     uint64_t packet_number, uint8_t command, uint32_t options,
                                     uint64_t about)
{
    static const uint8_t allowed[] = {FEIQ_CMD_RECVMSG, FEIQ_CMD_READMSG, FEIQ_CMD_ANSREADMSG,
                                      FEIQ_CMD_RELEASEFILES};
    FsBuilder b = fs_builder(out, capacity);
    uint32_t word = word_of(&b, command, options, allowed, sizeof allowed);
    feiq_put_header(&b, sender, packet_number, word, 0);
    fs_put_decimal(&b, about, 1);
    fs_put_byte(&b, '\0');
    return fs_built(&b);
}

ptrdiff_t feiq_build_information(uint8_t *out, size_t capacity, const FeiqSender *sender,
                                 uint64_t packet_number, uint8_t command, uint32_t options,
                                 FsBytes text)
{
    static const uint8_t allowed[] = {FEIQ_CMD_SENDINFO, FEIQ_CMD_SENDABSENCEINFO};
    FsBuilder b = fs_builder(out, capacity);
    uint32_t word = word_of(&b, command, options, allowed, sizeof allowed);
    feiq_put_header(&b, sender, packet_number, word, 0);
    feiq_put_text(&b, text, word);
    return fs_built(&b);
}
