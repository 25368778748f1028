/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/direct/ends.h"

#include "sniffer/headers/application.h"
#include "sniffer/views/line_columns.h"

static void learn(DirectEnd *end, const HeaderWalk *walk, uint32_t address, uint16_t port)
{
    char *to = end->text;
    for (unsigned shift = 32; shift > 0;) {
        shift -= 8;
        to = fs_put_decimal(to, address >> shift & 255);
        *to++ = shift > 0 ? '.' : ':';
    }
    (void)line_pad(fs_put_decimal(to, port), end->text, LINE_ADDRESS_WIDTH);
    end->address = address;
    end->port = port;
    end->feiq = application_is_feiq(walk, false, port);
    end->special = application_is_feiq(walk, true, port) || application_is_onehash(walk, port);
    end->known = true;
}

static bool is(const DirectEnd *end, uint32_t address, uint16_t port)
{
    return end->address == address && end->port == port && end->known;
}

const DirectEnd *direct_end(DirectEnds *ends, const HeaderWalk *walk, uint32_t address,
                            uint16_t port)
{
    uint32_t hash = (address ^ (uint32_t)port << 16) * UINT32_C(0x9e3779b1);
    DirectEnd *pair = ends->ends[hash >> (32 - DIRECT_END_BITS)];
    if (is(&pair[0], address, port)) {
        return &pair[0];
    }
    if (is(&pair[1], address, port)) {
        return &pair[1];
    }
    pair[1] = pair[0];
    learn(&pair[0], walk, address, port);
    return &pair[0];
}
