/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/views/name.h"

#include <string.h>

const char *view_name(const Names *names, const FsEntry *entry)
{
    const FsField *field = entry->field;
    switch ((int)field->type) {
    case FS_IPV4:
        return names_ipv4(names, (uint32_t)entry->value.number);
    case FS_IPV6:
        return names_ipv6(names, entry->value.bytes.data);
    case FS_ETHER:
        return entry->value.bytes.length == 6 ? names_ether(names, entry->value.bytes.data) : NULL;
    case FS_UINT:
        if (field->role == FS_ROLE_SOURCE_PORT || field->role == FS_ROLE_DESTINATION_PORT) {
            bool tcp = strncmp(field->name, "tcp.", 4) == 0;
            return names_service(names, tcp, (uint16_t)entry->value.number);
        }
        return NULL;
    default:
        return NULL;
    }
}
