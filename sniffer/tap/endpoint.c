/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/tap/endpoint.h"
#include "protocol/format.h"
#include "sniffer/tables.h"

#include <stdio.h>
#include <string.h>

Endpoint endpoint_of(const FsEntry *entry)
{
    Endpoint end = {.type = entry->field->type};
    if (entry->field->type == FS_IPV4) {
        for (unsigned i = 0; i < 4; i++) {
            end.address[i] = (uint8_t)(entry->value.number >> (24 - 8 * i));
        }
    } else if (entry->value.bytes.length <= sizeof end.address) {
        memcpy(end.address, entry->value.bytes.data, entry->value.bytes.length);
    }
    return end;
}

void endpoint_set_port(Endpoint *end, const FsEntry *entry)
{
    end->port = (uint16_t)entry->value.number;
    end->ported = 1;
}

static void take_layer(Speakers *s, const FsEntry *entry, uint32_t at)
{
    if (entry->field == udp_table.fields || entry->field == tcp_table.fields) {
        s->transport = entry->field;
        s->transport_at = at;
    } else if (entry->field == ipv4_table.fields || entry->field == ipv6_table.fields) {
        s->network = entry->field;
        s->transport = NULL;
    }
}

static void take_field(Speakers *s, const FsEntry *entry)
{
    switch ((int)entry->field->role) {
    case FS_ROLE_SOURCE:
    case FS_ROLE_DESTINATION:
        s->ends[entry->field->role == FS_ROLE_DESTINATION] = endpoint_of(entry);
        break;
    case FS_ROLE_LINK_SOURCE:
    case FS_ROLE_LINK_DESTINATION:
        s->linked = entry->field->type == FS_ETHER;
        s->link[entry->field->role == FS_ROLE_LINK_DESTINATION] = endpoint_of(entry);
        break;
    case FS_ROLE_SOURCE_PORT:
        endpoint_set_port(&s->ends[0], entry);
        break;
    case FS_ROLE_DESTINATION_PORT:
        endpoint_set_port(&s->ends[1], entry);
        break;
    default:
        break;
    }
}

Speakers speakers_of(const FsPacket *packet)
{
    return speakers_each(packet, NULL, NULL);
}

Speakers speakers_each(const FsPacket *packet, SpeakersVisit *visit, void *context)
{
    Speakers s = {0};
    const FsField *layer = NULL;
    uint8_t nested = UINT8_MAX; /* depth of the layer inside of a layer that we are in */
    for (uint32_t i = 0; i < packet->count; i++) {
        const FsEntry *entry = &packet->entries[i];
        if (entry->depth > nested) {
            continue;
        }
        nested = UINT8_MAX;
        if (entry->field->type != FS_LAYER) {
            take_field(&s, entry);
        } else if (entry->depth == 0) {
            if (visit != NULL && layer != NULL) {
                visit(context, &s, layer);
            }
            layer = entry->field;
            take_layer(&s, entry, i);
        } else {
            nested = entry->depth;
        }
    }
    if (visit != NULL && layer != NULL) {
        visit(context, &s, layer);
    }
    return s;
}

Endpoint endpoint_without_port(const Endpoint *end)
{
    Endpoint bare = *end;
    bare.port = 0;
    bare.ported = 0;
    return bare;
}

size_t endpoint_format(char *out, size_t capacity, const Endpoint *end)
{
    const FsField field = {.name = "", .title = "", .type = (FsType)end->type};
    FsEntry entry = {.field = &field};
    if (end->type == FS_IPV4) {
        for (unsigned i = 0; i < 4; i++) {
            entry.value.number = entry.value.number << 8 | end->address[i];
        }
    } else {
        entry.value.bytes.data = end->address;
        entry.value.bytes.length = end->type == FS_IPV6 ? 16 : 6;
    }
    char address[64];
    (void)fs_format_value(address, sizeof address, &entry);
    int length = end->ported ? snprintf(out, capacity, end->type == FS_IPV6 ? "[%s]:%u" : "%s:%u",
                                        address, end->port)
                             : snprintf(out, capacity, "%s", address);
    return length < 0 ? 0 : (size_t)length < capacity ? (size_t)length : capacity - 1;
}

unsigned endpoint_pair_hash(const void *pair)
{
    const uint8_t *bytes = pair;
    unsigned value = 2166136261U; /* FNV-1a */
    for (size_t i = 0; i < sizeof(EndpointPair); i++) {
        value = (value ^ bytes[i]) * 16777619U;
    }
    return value;
}

int endpoint_pair_equal(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(EndpointPair)) == 0;
}
