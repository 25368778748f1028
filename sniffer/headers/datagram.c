/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/headers/datagram.h"

#include <string.h>

FsSpan datagram_reassemble(HeaderReader *reader, const DatagramFields *fields, uint8_t protocol,
                           uint32_t identification, const Fragment *fragment)
{
    static const FsSpan none = {NULL, 0, 0};
    const HeaderWalk *walk = reader->walk;
    if (walk->fragments == NULL || walk->address_length == 0) {
        return none;
    }
    FragmentKey key = {.identification = identification,
                       .address_length = walk->address_length,
                       .protocol = protocol};
    memcpy(key.source, walk->source, walk->address_length);
    memcpy(key.destination, walk->destination, walk->address_length);
    Datagram datagram;
    switch (fragments_add(walk->fragments, &key, fragment, &datagram)) {
    case FRAGMENT_REFUSED:
        reader_remark(reader, fields->refused, 0);
        return none;
    case FRAGMENT_WAITING:
        return none;
    case FRAGMENT_WHOLE:
        break;
    }
    (void)reader_conclude(reader, fields->count, 0, datagram.count);
    (void)reader_conclude(reader, fields->length, 0, datagram.span.reported);
    if (datagram.conflict) {
        reader_remark(reader, fields->conflict, 0);
    } else if (datagram.overlap) {
        reader_remark(reader, fields->overlap, 0);
    }
    if (datagram.beyond) {
        reader_remark(reader, fields->beyond, 0);
    }
    return datagram.span;
}
