/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Security options of IPv4: the reader stands behind type and length and ends with the option.
 */
#ifndef FEISCOPE_SNIFFER_HEADERS_IPV4_SECURITY_H
#define FEISCOPE_SNIFFER_HEADERS_IPV4_SECURITY_H

#include "sniffer/headers/reader.h"

/** Basic security: RFC 791 if it is 11 bytes and names a level of that RFC, else RFC 1108 2. */
void ipv4_basic_security(HeaderReader *option, uint8_t ttl);

/** Extended security: RFC 1108 3. */
void ipv4_extended_security(HeaderReader *option, uint8_t ttl);

/** Commercial security (CIPSO): draft-ietf-cipso-ipsecurity-01, FIPS 188. */
void ipv4_commercial_security(HeaderReader *option, uint8_t ttl);

#endif
