/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The codes of 1#n that chatd serves. 1 to 3 are the course's; the others are chatd's extensions,
 * docs/onehash-extensions.md. What they mean to the decoder: protocol/onehash/decode.c.
 */
#ifndef FEISCOPE_CHATD_CODES_H
#define FEISCOPE_CHATD_CODES_H

enum {
    CHAT_LOG_IN = 1,
    CHAT_LOG_OUT = 2,
    CHAT_MESSAGE = 3,
    CHAT_USERS = 11,
    CHAT_IDENTIFY = 12,
    CHAT_HISTORY = 13,
    CHAT_TYPING = 14,
    CHAT_SHAKE = 15,
    CHAT_FILES = 16,
    CHAT_OFFER = 17,
    CHAT_WRITE = 18,
    CHAT_GET = 19,
    CHAT_READ = 20,
    CHAT_DROP = 21,
    CHAT_SEALED = 22,
    CHAT_LOCKED = 23,
    CHAT_WHO = 24
};

enum { CONTROL_SHUT_DOWN = 1, CONTROL_LIST = 2, CONTROL_KILL = 3, CONTROL_STATUS = 11 };

enum {
    EVENT_CAME = 1,
    EVENT_WENT = 2,
    EVENT_MESSAGE = 3,
    EVENT_TYPING = 14,
    EVENT_SHAKE = 15,
    EVENT_FILE = 16,
    EVENT_ENDED = 17,
    EVENT_OPENED = 18
};

#endif
