/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * chatctl files get: fetch a file, going on where an earlier attempt ended.
 */
#ifndef FEISCOPE_CHATD_CHATCTL_DOWNLOAD_H
#define FEISCOPE_CHATD_CHATCTL_DOWNLOAD_H

#include "chatd/chatctl/commands.h"

/**
 * Fetch a file or folder.
 *
 * @param file   its number
 * @param folder where to put it under its name; nothing that is there is replaced unless the
 *               options say so
 * @return an exit code
 */
int download_file(const CommandOptions *options, Client *client, const char *file,
                  const char *folder);

/**
 * Save what has come of a file or folder whose rest does not come. As download_file, but the sender
 * is not asked for it; of a folder those files are saved that are whole.
 */
int download_salvage(const CommandOptions *options, Client *client, const char *file,
                     const char *folder);

#endif
