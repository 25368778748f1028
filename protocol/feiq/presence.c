/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "protocol/feiq/presence.h"
#include "protocol/feiq/command.h"
#include "protocol/feiq/feiq.h"

bool feiq_said(const FsEntry *entries, uint32_t count, FeiqSaid *said)
{
    const FsEntry *host = NULL;
    const FsEntry *feige_mac = NULL;
    *said = (FeiqSaid){0};
    const struct {
        FeiqField field;
        const FsEntry **place;
    } wanted[] = {
        {FEIQ_NICK, &said->nick},           {FEIQ_USER, &said->user},   {FEIQ_HOST, &host},
        {FEIQ_EXTENSION_HOST, &said->host}, {FEIQ_GROUP, &said->group}, {FEIQ_MAC, &said->mac},
        {FEIQ_FEIGE_MAC, &feige_mac},
    };
    bool found = false;
    bool ours = false;
    for (uint32_t i = 0; i < count; i++) {
        const FsEntry *entry = &entries[i];
        if (entry->field->type == FS_LAYER) {
            ours = entry->depth == 0 && entry->field == &feiq_table.fields[FEIQ_LAYER];
        }
        if (!ours) {
            continue;
        }
        switch (entry->field - feiq_table.fields) {
        case FEIQ_COMMAND:
            said->command = (uint8_t)entry->value.number;
            found = true;
            break;
        case FEIQ_OPTION_ABSENCE:
            said->absent = entry->value.number != 0;
            break;
        case FEIQ_VENDOR:
            said->vendor = entry->value.number != FEIQ_VENDOR_UNKNOWN ? entry : said->vendor;
            break;
        default:
            for (size_t j = 0; j < sizeof wanted / sizeof *wanted; j++) {
                if (entry->field == &feiq_table.fields[wanted[j].field] &&
                    *wanted[j].place == NULL && entry->value.bytes.length > 0) {
                    *wanted[j].place = entry;
                }
            }
        }
    }
    said->host = said->host != NULL ? said->host : host;
    said->mac = said->mac != NULL ? said->mac : feige_mac;
    return found;
}

FeiqPresence feiq_presence_after(FeiqPresence before, const FeiqSaid *said)
{
    switch (said->command) {
    case FEIQ_CMD_BR_EXIT:
        return FEIQ_LEFT;
    case FEIQ_CMD_BR_ENTRY:
        return said->absent ? FEIQ_AWAY : FEIQ_ENTERED;
    case FEIQ_CMD_ANSENTRY:
        return said->absent ? FEIQ_AWAY : before == FEIQ_ENTERED ? FEIQ_ENTERED : FEIQ_ANSWERED;
    case FEIQ_CMD_BR_ABSENCE:
        return said->absent                                 ? FEIQ_AWAY
               : before == FEIQ_AWAY || before == FEIQ_LEFT ? FEIQ_ANSWERED
                                                            : before;
    default:
        return before == FEIQ_LEFT ? FEIQ_SEEN : before;
    }
}

const char *feiq_presence_name(FeiqPresence presence)
{
    static const char *const names[FEIQ_PRESENCES] = {
        [FEIQ_SEEN] = "there (only seen talking)",
        [FEIQ_ENTERED] = "there (entered)",
        [FEIQ_ANSWERED] = "there (answered an entry)",
        [FEIQ_AWAY] = "away",
        [FEIQ_LEFT] = "left (BR_EXIT)",
    };
    return names[presence];
}
