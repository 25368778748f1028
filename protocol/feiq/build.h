/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * All that a FeiQ node sends, ready to be sent. What is built here the decoder of feiq.h reads.
 * What holds for every builder is said in build_header.h.
 */
#ifndef FEISCOPE_PROTOCOL_FEIQ_BUILD_H
#define FEISCOPE_PROTOCOL_FEIQ_BUILD_H

#include "protocol/feiq/build_dict.h"
#include "protocol/feiq/build_file.h"
#include "protocol/feiq/build_header.h"
#include "protocol/feiq/build_image.h"
#include "protocol/feiq/build_key.h"
#include "protocol/feiq/build_list.h"
#include "protocol/feiq/build_message.h"
#include "protocol/feiq/build_presence.h"

#endif
