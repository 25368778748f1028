/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Packet numbers of FeiQ's family, in the capture and now. The live server counts for itself, so
 * what a client says about the server's datagrams has to name the live ones; and a server that
 * remembers packet numbers may want new ones of the client.
 */
#ifndef FEISCOPE_SNIFFER_REPLAY_NUMBERS_H
#define FEISCOPE_SNIFFER_REPLAY_NUMBERS_H

#include "sniffer/replay/message.h"

/** Which recorded number is which live one. */
typedef struct Numbers Numbers;

/**
 * Begin.
 *
 * @param fresh the clients' packet numbers are renewed: the first becomes this number, and the
 *              others keep their distance from it; 0: they stay as they were recorded
 * @return to be freed by numbers_free
 */
Numbers *numbers_new(uint64_t fresh);

/** Free; NULL is none. */
void numbers_free(Numbers *numbers);

/** What a client's message has to be now; to be freed by g_bytes_unref. */
GBytes *numbers_rewrite(Numbers *numbers, const Message *recorded);

/** The live server sent this where the recorded one sent that. */
void numbers_learn(Numbers *numbers, const Message *recorded, const Message *live);

/** ExpectedValue of a server's message: the client's packet number that it names; context is the
 *  Numbers. */
char *numbers_expected(void *context, const FsEntry *recorded);

#endif
