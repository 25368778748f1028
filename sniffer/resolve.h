/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Names of addresses and ports, from files that are read before the first packet is decoded:
 * hosts(5), services(5), ethers(5). Nobody is asked over the network: that would hold up the
 * capture, show others what is looked at, and add packets to what is captured.
 */
#ifndef FEISCOPE_SNIFFER_RESOLVE_H
#define FEISCOPE_SNIFFER_RESOLVE_H

#include <stdbool.h>
#include <stdint.h>

/** Names that are known. */
typedef struct Names Names;

/** Most bytes of a name, without the NUL; longer ones are left out. */
enum { NAMES_MOST = 63 };

/** Make a table without names, for names_free. */
Names *names_new(void);

/** Free a table; NULL is none. */
void names_free(Names *names);

/**
 * Add what -N asks for: "hosts", "services" and "ethers", joined by commas; or tshark's letters n,
 * t and m, one behind the other. A file of these three that does not exist has no names.
 *
 * @return NULL; else what is wrong with the text, or with a file
 */
const char *names_add(Names *names, const char *text);

/**
 * Add the names of a file in the format of hosts(5). The first name of an address counts.
 *
 * @return NULL; else why the file cannot be read
 */
const char *names_add_hosts(Names *names, const char *file);

/** An IPv4 address's name, or NULL. @param address in host order */
const char *names_ipv4(const Names *names, uint32_t address);

/** An IPv6 address's name, or NULL. @param address 16 bytes */
const char *names_ipv6(const Names *names, const uint8_t *address);

/** An Ethernet address's name, or NULL. @param address 6 bytes */
const char *names_ether(const Names *names, const uint8_t *address);

/** A service's name, or NULL. @param tcp TCP, else UDP. @param port in host order */
const char *names_service(const Names *names, bool tcp, uint16_t port);

#endif
