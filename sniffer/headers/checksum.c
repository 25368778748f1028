/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/headers/checksum.h"

uint64_t checksum_add(uint64_t sum, const uint8_t *data, size_t length)
{
    size_t i = 0;
    for (; i + 4 <= length; i += 4) {
        sum += (uint32_t)data[i] << 24 | (uint32_t)data[i + 1] << 16 | (uint32_t)data[i + 2] << 8 |
               data[i + 3];
    }
    for (; i + 2 <= length; i += 2) {
        sum += (uint32_t)data[i] << 8 | data[i + 1];
    }
    if (i < length) {
        sum += (uint32_t)data[i] << 8;
    }
    return sum;
}

uint16_t checksum_finish(uint64_t sum)
{
    while (sum > 0xffff) {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return (uint16_t)~sum;
}

uint64_t checksum_pseudo_header(const HeaderWalk *walk, uint8_t protocol, uint32_t length)
{
    uint64_t sum = checksum_add(0, walk->source, walk->address_length);
    sum = checksum_add(sum, walk->destination, walk->address_length);
    return sum + length + protocol;
}
