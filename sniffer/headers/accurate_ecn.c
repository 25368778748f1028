/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/headers/accurate_ecn.h"
#include "sniffer/headers/walk.h"

#include <string.h>

enum { AE = 0x100, CWR = 0x080, ECE = 0x040, ACK = 0x010, SYN = 0x002, ADDRESS = 16 };

static void make_key(uint8_t *key, const HeaderWalk *walk, uint16_t client, uint16_t server,
                     bool from_client)
{
    memset(key, 0, ACCURATE_ECN_KEY);
    memcpy(key, from_client ? walk->source : walk->destination, walk->address_length);
    memcpy(key + ADDRESS, from_client ? walk->destination : walk->source, walk->address_length);
    key[2 * ADDRESS] = (uint8_t)(client >> 8);
    key[2 * ADDRESS + 1] = (uint8_t)client;
    key[2 * ADDRESS + 2] = (uint8_t)(server >> 8);
    key[2 * ADDRESS + 3] = (uint8_t)server;
}

static AccurateEcnConnection *find(AccurateEcn *ecn, const uint8_t *key)
{
    uint32_t kept = ecn->count < ACCURATE_ECN_MOST ? ecn->count : ACCURATE_ECN_MOST;
    for (uint32_t i = 0; i < kept; i++) {
        if (memcmp(ecn->connections[i].key, key, ACCURATE_ECN_KEY) == 0) {
            return &ecn->connections[i];
        }
    }
    return NULL;
}

static AccurateEcnConnection *add(AccurateEcn *ecn, const uint8_t *key)
{
    AccurateEcnConnection *connection = &ecn->connections[ecn->count++ % ACCURATE_ECN_MOST];
    *connection = (AccurateEcnConnection){.agreed = false};
    memcpy(connection->key, key, ACCURATE_ECN_KEY);
    return connection;
}

/* The connection in whichever direction it was seen first. */
static AccurateEcnConnection *find_either(AccurateEcn *ecn, const HeaderWalk *walk, uint16_t source,
                                          uint16_t destination)
{
    uint8_t key[ACCURATE_ECN_KEY];
    make_key(key, walk, destination, source, false);
    AccurateEcnConnection *connection = find(ecn, key);
    if (connection == NULL) {
        make_key(key, walk, source, destination, true);
        connection = find(ecn, key);
    }
    return connection;
}

/* A client asks with all three flags; a SYN without them begins a connection that does not. */
static void learn_request(AccurateEcn *ecn, const uint8_t *key, AccurateEcnConnection *connection,
                          uint16_t flags)
{
    bool asks = (flags & (AE | CWR | ECE)) == (AE | CWR | ECE);
    if (connection != NULL) {
        *connection = (AccurateEcnConnection){.agreed = false};
        if (asks) {
            memcpy(connection->key, key, ACCURATE_ECN_KEY);
        }
    } else if (asks) {
        (void)add(ecn, key);
    }
}

/* The server accepts with one of four codes, which also say how the SYN's IP header was marked. */
static bool accepts(uint16_t flags)
{
    return (flags & (AE | CWR)) == CWR || (flags & (AE | ECE)) == AE;
}

bool accurate_ecn_agreed(HeaderWalk *walk, uint16_t source, uint16_t destination, uint16_t flags)
{
    AccurateEcn *ecn = &walk->ecn;
    bool syn = (flags & SYN) != 0;
    ecn->source = source;
    ecn->destination = destination;
    if (walk->inside_error || walk->address_length == 0 || (ecn->count == 0 && !syn)) {
        return false;
    }
    AccurateEcnConnection *connection = find_either(ecn, walk, source, destination);
    if (!syn) {
        return connection != NULL && (connection->agreed || connection->option);
    }
    uint8_t key[ACCURATE_ECN_KEY];
    make_key(key, walk, source, destination, true);
    if ((flags & ACK) == 0) {
        learn_request(ecn, key, connection, flags);
    } else if (connection != NULL && memcmp(connection->key, key, sizeof key) != 0) {
        connection->agreed = accepts(flags);
    }
    return false;
}

void accurate_ecn_option(HeaderWalk *walk)
{
    AccurateEcn *ecn = &walk->ecn;
    if (walk->inside_error || walk->address_length == 0) {
        return;
    }
    AccurateEcnConnection *connection = find_either(ecn, walk, ecn->source, ecn->destination);
    if (connection == NULL) {
        uint8_t key[ACCURATE_ECN_KEY];
        make_key(key, walk, ecn->source, ecn->destination, true);
        connection = add(ecn, key);
    }
    connection->option = true;
}
