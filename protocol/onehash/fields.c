/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "protocol/onehash/onehash.h"

static const FsName onehash_kind_names[] = {
    {ONEHASH_REQUEST, "request"}, {ONEHASH_REPLY, "reply"}, {ONEHASH_EVENT, "event"}, {0, NULL}};

static const FsName onehash_status_names[] = {
    {ONEHASH_OK, "ok"},
    {ONEHASH_NO_SUCH_CODE, "unknown code"},
    {ONEHASH_BAD_ARGUMENT, "bad argument"},
    {ONEHASH_NOT_ALLOWED, "not allowed"},
    {ONEHASH_NOT_FOUND, "not found"},
    {ONEHASH_NOT_LOGGED_IN, "not logged in"},
    {ONEHASH_NAME_TAKEN, "name taken"},
    {ONEHASH_FAILED, "failed"},
    {ONEHASH_BUSY, "busy"},
    {ONEHASH_REQUEST_TOO_LONG, "too long"},
    {0, NULL},
};

static const FsName onehash_operation_names[] = {
    {ONEHASH_SHUT_DOWN, "shut down"},
    {ONEHASH_LIST_PROCESSES, "process list"},
    {ONEHASH_KILL, "kill"},
    {ONEHASH_LOG_IN, "log in"},
    {ONEHASH_LOG_OUT, "log out"},
    {ONEHASH_SEND_MESSAGE, "message"},
    {ONEHASH_CAME_ONLINE, "came online"},
    {ONEHASH_WENT_OFFLINE, "went offline"},
    {ONEHASH_MESSAGE_ARRIVED, "message"},
    {ONEHASH_SHOW_STATUS, "status"},
    {ONEHASH_LIST_USERS, "user list"},
    {ONEHASH_IDENTIFY, "identify"},
    {ONEHASH_SHOW_HISTORY, "history"},
    {ONEHASH_TYPING, "typing"},
    {ONEHASH_SHAKE, "shake"},
    {ONEHASH_LIST_FILES, "file list"},
    {ONEHASH_OFFER_FILE, "file offer"},
    {ONEHASH_WRITE_FILE, "file bytes"},
    {ONEHASH_GET_FILE, "get file"},
    {ONEHASH_READ_FILE, "read file"},
    {ONEHASH_DROP_FILE, "drop file"},
    {ONEHASH_FILE_ENDED, "file ended"},
    {ONEHASH_SEND_SEALED, "sealed message"},
    {ONEHASH_SEND_LOCKED, "locked message"},
    {ONEHASH_MESSAGE_OPENED, "message opened"},
    {ONEHASH_DESCRIBE_USERS, "who is who"},
    {0, NULL},
};

static const FsName onehash_framing_names[] = {{ONEHASH_FRAMING_LINE, "line"},
                                               {ONEHASH_FRAMING_LENGTH, "length"},
                                               {ONEHASH_FRAMING_FIXED, "fixed"},
                                               {ONEHASH_FRAMING_BARE, "bare"},
                                               {0, NULL}};

static const FsName onehash_service_names[] = {{ONEHASH_SERVICE_UNKNOWN, "unknown"},
                                               {ONEHASH_SERVICE_CONTROL, "control"},
                                               {ONEHASH_SERVICE_CHAT, "chat"},
                                               {0, NULL}};

static const FsName onehash_encoding_names[] = {
    {FS_ASCII, "ASCII"},        {FS_UTF8, "UTF-8"},          {FS_GB18030, "GB18030"},
    {FS_ESCAPED, "none known"}, {FS_SHIFT_JIS, "Shift-JIS"}, {0, NULL}};

static const FsField fields[] = {
#define ONEHASH_FIELD(id, ...) [ONEHASH_##id] = {__VA_ARGS__},
#include "protocol/onehash/onehash_fields.def"
#undef ONEHASH_FIELD
};

const FsTable onehash_table = {"onehash", "1#n", "1#n Request Protocol", fields,
                               ONEHASH_FIELD_COUNT};
