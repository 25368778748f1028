/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Names of values, for the table of fields. Each list is sorted and ends with {0, NULL}.
 */
#ifndef FEISCOPE_PROTOCOL_FEIQ_NAMES_H
#define FEISCOPE_PROTOCOL_FEIQ_NAMES_H

#include "protocol/field.h"

extern const FsName feiq_vendor_names[];
extern const FsName feiq_rank_names[];
extern const FsName feiq_command_names[];
extern const FsName feiq_iptux_kind_names[];
extern const FsName feiq_iptux_picture_names[];
extern const FsName feiq_encoding_names[];
extern const FsName feiq_encoding_reason_names[];
extern const FsName feiq_client_type_names[];
extern const FsName feiq_file_type_names[];
extern const FsName feiq_file_extra_names[];
extern const FsName feiq_image_kind_names[];
extern const FsName feiq_image_format_names[];
extern const FsName feiq_verdict_names[];

#endif
