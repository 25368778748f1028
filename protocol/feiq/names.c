/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "protocol/feiq/names.h"
#include "protocol/feiq/command.h"
#include "protocol/feiq/encoding.h"
#include "protocol/feiq/image.h"

const FsName feiq_vendor_names[] = {{FEIQ_VENDOR_UNKNOWN, "unknown"},
                                    {FEIQ_VENDOR_FEIQ, "FeiQ"},
                                    {FEIQ_VENDOR_IPMSG, "IP Messenger or compatible"},
                                    {FEIQ_VENDOR_IPTUX, "iptux"},
                                    {FEIQ_VENDOR_SHIYELINE, "内网通"},
                                    {FEIQ_VENDOR_FEIGE, "FeiGe (飞鸽传书)"},
                                    {FEIQ_VENDOR_FEIQPP, "feiq++"},
                                    {FEIQ_VENDOR_FEIX, "FeiX"},
                                    {FEIQ_VENDOR_ROCKETX, "RocketX"},
                                    {FEIQ_VENDOR_MISSPELT, "imitation of FeiQ"},
                                    {0, NULL}};

/* The glyphs of 4, 8, 0x10 and 0x80 were lost in the only source, so these have plain words. */
const FsName feiq_rank_names[] = {{0x000, "none"},   {0x001, "☆"},      {0x002, "☆☆"},
                                  {0x004, "rank 3"}, {0x008, "rank 4"}, {0x010, "rank 5"},
                                  {0x020, "☉"},      {0x040, "☉☆"},     {0x080, "rank 8"},
                                  {0x100, "☉☉"},     {0, NULL}};

const FsName feiq_command_names[] = {
#define FEIQ_COMMAND(id, number, family, body) {number, #id},
#include "protocol/feiq/commands.def"
#undef FEIQ_COMMAND
    {0, NULL}};

const FsName feiq_iptux_kind_names[] = {
    {1, "regular"}, {2, "segment"}, {3, "group"}, {4, "broadcast"}, {0, NULL}};

const FsName feiq_iptux_picture_names[] = {{1, "photo"}, {2, "message picture"}, {0, NULL}};

const FsName feiq_encoding_names[] = {{FS_ASCII, "ASCII"},         {FS_UTF8, "UTF-8"},
                                      {FS_GB18030, "GB18030"},     {FS_ESCAPED, "none known"},
                                      {FS_SHIFT_JIS, "Shift-JIS"}, {0, NULL}};

const FsName feiq_encoding_reason_names[] = {{FEIQ_REASON_FLAG, "UTF8OPT is set"},
                                             {FEIQ_REASON_ASCII, "only ASCII bytes"},
                                             {FEIQ_REASON_UTF8, "valid UTF-8 without the flag"},
                                             {FEIQ_REASON_GB18030, "valid GB18030, not UTF-8"},
                                             {FEIQ_REASON_NONE, "neither UTF-8 nor GB18030"},
                                             {FEIQ_REASON_CHOSEN, "chosen by preference"},
                                             {0, NULL}};

const FsName feiq_client_type_names[] = {{0x00010001, "Windows, 32 bits"},
                                         {0x00010002, "Windows, 64 bits"},
                                         {0x00020000, "macOS"},
                                         {0x00030000, "iOS"},
                                         {0x00040000, "Android"},
                                         {0, NULL}};

const FsName feiq_file_type_names[] = {{0x01, "regular file"},
                                       {0x02, "directory"},
                                       {0x03, "return to parent"},
                                       {0x04, "symbolic link"},
                                       {0x05, "character device"},
                                       {0x06, "block device"},
                                       {0x07, "FIFO"},
                                       {0x10, "resource fork"},
                                       {0x20, "clipboard image"},
                                       {0, NULL}};

const FsName feiq_file_extra_names[] = {{0x01, "user number"},
                                        {0x02, "user name"},
                                        {0x03, "group number"},
                                        {0x04, "group name"},
                                        {0x08, "clipboard position"},
                                        {0x10, "permissions"},
                                        {0x11, "major device number"},
                                        {0x12, "minor device number"},
                                        {0x13, "change time"},
                                        {0x14, "modification time"},
                                        {0x15, "access time"},
                                        {0x16, "creation time"},
                                        {0x20, "creator"},
                                        {0x21, "file type"},
                                        {0x22, "Finder information"},
                                        {0x30, "access control list"},
                                        {0x40, "alias file name"},
                                        {0x41, "Unicode file name"},
                                        {0, NULL}};

const FsName feiq_image_kind_names[] = {{'B', "static"}, {'G', "GIF"}, {0, NULL}};

const FsName feiq_image_format_names[] = {
    {FEIQ_IMAGE_JPEG, "JPEG"}, {FEIQ_IMAGE_LZW, "LZW-compressed bitmap"}, {0, NULL}};
