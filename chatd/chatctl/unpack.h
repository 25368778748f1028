/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A folder's stream, written down as a folder. Whatever the stream says, nothing is written
 * outside of that folder.
 */
#ifndef FEISCOPE_CHATD_CHATCTL_UNPACK_H
#define FEISCOPE_CHATD_CHATCTL_UNPACK_H

#include <glib.h>

/**
 * Write a folder down.
 *
 * @param stream path of the file that holds the stream
 * @param folder path of the folder to make; it may not be there yet
 * @param cut    NULL: the stream has to be whole. Else it may end too early; set to TRUE if it
 * does, and what is whole is there: no file is that has not all of its bytes
 * @param error  what was wrong; then the folder may be there in part
 */
gboolean unpack_folder(const char *stream, const char *folder, gboolean *cut, GError **error);

/** Remove a folder with all that is in it, without following links; it need not be there. */
void unpack_remove(const char *folder);

#endif
