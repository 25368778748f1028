/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Writes the capture that the benchmarks read: Ethernet frames of a LAN with 200 × 200 hosts,
 * 85 % FeiQ datagrams (log-ins, answers, chat in GBK and ASCII, acknowledgements) and 15 % TCP
 * text. The same arguments always give the same bytes. Checksums are right, so that every reader
 * takes its ordinary path.
 *
 * Usage: generate FILE [FRAMES]      (default 1000000, about 198 MB)
 * Status 1 with a message if the file cannot be written or the number is not one.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ETHERNET = 14, IPV4 = 20, UDP = 8, TCP = 20, LARGEST = 1514 };

static uint64_t state = 2425;

/* splitmix64: small, and the same everywhere. */
static uint32_t random_below(uint32_t limit)
{
    state += 0x9e3779b97f4a7c15U;
    uint64_t z = state;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return (uint32_t)((z ^ (z >> 31)) % limit);
}

static void put16(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static void put32(uint8_t *at, uint32_t value)
{
    put16(at, value >> 16);
    put16(at + 2, value);
}

static uint32_t sum16(const uint8_t *data, size_t length, uint32_t sum)
{
    for (size_t i = 0; i + 1 < length; i += 2) {
        sum += (uint32_t)data[i] << 8 | data[i + 1];
    }
    return length % 2 == 0 ? sum : sum + ((uint32_t)data[length - 1] << 8);
}

static uint32_t complement(uint32_t sum)
{
    while (sum > 0xffff) {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return ~sum & 0xffff;
}

static const char *const messages[] = {
    "hello", "\xc4\xe3\xba\xc3\xa3\xac\xcf\xc2\xce\xe7\xc8\xfd\xb5\xe3\xbf\xaa\xbb\xe1",
    "\xca\xd5\xb5\xbd",
    "the build on the third machine is red again, could you look at it before lunch please",
    "\xc7\xeb\xb0\xd1\xb1\xa8\xb1\xed\xb7\xa2\xb8\xf8\xce\xd2\xd2\xbb\xcf\xc2/:)"};

static const char font[] =
    "{/font;-16 0 0 0 400 0 0 0 134 0 0 2 32 \xce\xa2\xc8\xed\xd1\xc5\xba\xda "
    "8404992;}";

/* A FeiQ datagram's payload; returns its length. */
static size_t datagram(char *out, size_t room, uint32_t host, uint32_t number)
{
    static const uint32_t commands[] = {6291457, 6291459, 288, 288, 288, 33, 121, 122};
    uint32_t command = commands[random_below(8)];
    int head = snprintf(
        out, room, "1_lbt6_%u#128#%012" PRIX64 "#0#0#0#4001#9:%u:user%u:HOST-%05u:%u:", host % 83,
        0x141877000000U + (uint64_t)host, 1600000000 + number, host, host, command);
    size_t used = (size_t)head;
    int body = 0;
    if (command == 288) {
        body = snprintf(out + used, room - used, "%s%s", messages[random_below(5)],
                        random_below(2) == 0 ? font : "");
    } else if (command == 33) {
        body = snprintf(out + used, room - used, "%u", 1600000000 + number - 1);
    } else if (command > 0xff) {
        body = snprintf(out + used, room - used, "\xd3\xc3\xbb\xa7%u", host);
        out[used + (size_t)body] = '\0';
        used += 1;
    }
    used += (size_t)body;
    out[used] = '\0';
    return used + 1;
}

static size_t text_segment(char *out, size_t room)
{
    size_t used = 0;
    size_t lines = 1 + random_below(14);
    for (size_t i = 0; i < lines && room - used > 80; i++) {
        used += (size_t)snprintf(out + used, room - used,
                                 "line %u of a text that goes over TCP\r\n", random_below(100000));
    }
    return used;
}

static size_t frame(uint8_t *out, uint32_t number)
{
    memset(out, 0, ETHERNET + IPV4 + TCP);
    uint32_t from = random_below(200);
    uint32_t to = 200 + random_below(200);
    uint32_t source = 0x0a4d0000U + from;
    uint32_t destination = 0x0a4d0100U + to - 200;
    int is_tcp = random_below(100) < 15;
    uint8_t *ip = out + ETHERNET;
    uint8_t *transport = ip + IPV4;
    size_t header = is_tcp ? TCP : UDP;
    char *payload = (char *)transport + header;
    size_t room = LARGEST - ETHERNET - IPV4 - header;
    size_t length = is_tcp ? text_segment(payload, room) : datagram(payload, room, from, number);

    put16(out, 0x0250);
    put32(out + 2, destination);
    put16(out + 6, 0x0250);
    put32(out + 8, source);
    put16(out + 12, 0x0800);
    ip[0] = 0x45;
    put16(ip + 2, (uint32_t)(IPV4 + header + length));
    put16(ip + 4, number);
    ip[8] = 64;
    ip[9] = is_tcp ? 6 : 17;
    put32(ip + 12, source);
    put32(ip + 16, destination);
    put16(ip + 10, complement(sum16(ip, IPV4, 0)));
    if (is_tcp) {
        put16(transport, 40000 + from);
        put16(transport + 2, 8000 + to);
        put32(transport + 4, number * 512);
        put32(transport + 8, number);
        transport[12] = 0x50;
        transport[13] = 0x18;
        put16(transport + 14, 64240);
    } else {
        put16(transport, 2425);
        put16(transport + 2, 2425);
        put16(transport + 4, (uint32_t)(UDP + length));
    }
    uint32_t sum = sum16(ip + 12, 8, ip[9] + (uint32_t)(header + length));
    put16(transport + (is_tcp ? 16 : 6), complement(sum16(transport, header + length, sum)));
    return ETHERNET + IPV4 + header + length;
}

int main(int argc, char **argv)
{
    char *end = NULL;
    unsigned long frames = argc > 2 ? strtoul(argv[2], &end, 10) : 1000000;
    if (argc < 2 || argc > 3 || (end != NULL && (*end != '\0' || frames == 0))) {
        fprintf(stderr, "usage: generate FILE [FRAMES]\n");
        return 1;
    }
    FILE *file = fopen(argv[1], "wb");
    if (file == NULL) {
        fprintf(stderr, "generate: %s: %s\n", argv[1], strerror(errno));
        return 1;
    }
    const uint32_t head[6] = {0xa1b2c3d4, 2 | 4 << 16, 0, 0, 262144, 1};
    fwrite(head, sizeof head, 1, file);
    uint8_t bytes[LARGEST + 128];
    for (uint32_t i = 0; i < frames; i++) {
        size_t length = frame(bytes, i);
        const uint32_t record[4] = {1600000000 + i / 2000, i % 2000 * 500, (uint32_t)length,
                                    (uint32_t)length};
        fwrite(record, sizeof record, 1, file);
        fwrite(bytes, length, 1, file);
    }
    if (ferror(file) != 0 || fclose(file) != 0) {
        fprintf(stderr, "generate: %s: %s\n", argv[1], strerror(errno));
        return 1;
    }
    return 0;
}
