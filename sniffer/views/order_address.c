/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One IPv4 address as the socket calls and the classes of RFC 791 see it. A class does not say how
 * a network of today is cut: that the mask does (RFC 4632), which no packet carries.
 */
#include "sniffer/views/layout_width.h"
#include "sniffer/views/order.h"

#include <inttypes.h>

enum { INDENT = 4, LABEL = 28 };

typedef struct {
    char name;
    const char *leading; /* its leading bits */
    uint32_t mask;       /* which bits those are */
    uint32_t value;      /* and what they are */
    uint32_t network;    /* bits of the network part; 0: there is none */
} AddressClass;

/* RFC 791 3.2; class D: RFC 1112; class E: reserved there */
static const AddressClass classes[] = {
    {'A', "0", 0x80000000, 0x00000000, 0xff000000},
    {'B', "10", 0xc0000000, 0x80000000, 0xffff0000},
    {'C', "110", 0xe0000000, 0xc0000000, 0xffffff00},
    {'D', "1110", 0xf0000000, 0xe0000000, 0},
    {'E', "1111", 0xf0000000, 0xf0000000, 0},
};

/* Blocks with a meaning of their own, the narrower before the wider. */
static const struct {
    uint32_t address;
    uint32_t mask;
    const char *meaning;
} blocks[] = {
    {0xffffffff, 0xffffffff, "broadcast on this link, INADDR_BROADCAST (RFC 919)"},
    {0x00000000, 0xffffffff, "\"this host\", INADDR_ANY (RFC 1122)"},
    {0x00000000, 0xff000000, "\"this network\" (RFC 1122)"},
    {0x7f000000, 0xff000000, "loopback: never leaves the host (RFC 1122)"},
    {0xe0000000, 0xffffff00, "multicast group of the local link, never routed (RFC 5771)"},
    {0xe0000000, 0xf0000000, "multicast group (RFC 1112)"},
    {0xf0000000, 0xf0000000, "reserved (RFC 1112)"},
    {0x0a000000, 0xff000000, "private (RFC 1918)"},
    {0xac100000, 0xfff00000, "private (RFC 1918)"},
    {0xc0a80000, 0xffff0000, "private (RFC 1918)"},
    {0xa9fe0000, 0xffff0000, "link-local: nobody gave it out (RFC 3927)"},
    {0x64400000, 0xffc00000, "shared by a provider's customers (RFC 6598)"},
};

static void dotted(char text[16], uint32_t address)
{
    g_snprintf(text, 16, "%u.%u.%u.%u", address >> 24, address >> 16 & 255, address >> 8 & 255,
               address & 255);
}

static uint32_t swapped(uint32_t value)
{
    return value >> 24 | (value >> 8 & 0xff00) | (value << 8 & 0xff0000) | value << 24;
}

static void label(GString *out, const char *text)
{
    put_repeated(out, ' ', INDENT);
    put_left(out, text, LABEL);
    g_string_append_c(out, ' ');
}

static void calls(GString *out, uint32_t address)
{
    char text[16];
    char turned[16];
    char call[40];
    dotted(text, address);
    dotted(turned, swapped(address));
    label(out, "on the wire");
    g_string_append_printf(out, "%02x %02x %02x %02x\n", address >> 24, address >> 16 & 255,
                           address >> 8 & 255, address & 255);
    g_snprintf(call, sizeof call, "inet_addr(\"%s\")", text);
    label(out, call);
    g_string_append_printf(out, "0x%08" PRIx32 " = %" PRIu32 " on a little-endian host\n",
                           swapped(address), swapped(address));
    if (address == UINT32_MAX) {
        label(out, "");
        g_string_append(out, "the same as INADDR_NONE, its error value: use inet_pton()\n");
    }
    label(out, "inet_ntoa() of that");
    g_string_append_printf(out, "\"%s\"\n", text);
    g_snprintf(call, sizeof call, "ntohl(0x%08" PRIx32 ")", swapped(address));
    label(out, call);
    g_string_append_printf(out, "0x%08" PRIx32 " = %" PRIu32 ", for masks and comparisons\n",
                           address, address);
    if (swapped(address) != address) {
        label(out, "inet_ntoa() of that");
        g_string_append_printf(out, "\"%s\", wrong: it wants network order\n", turned);
    }
}

static void parts(GString *out, uint32_t address)
{
    const AddressClass *class = classes;
    while ((address & class->mask) != class->value) {
        class ++;
    }
    char text[16];
    g_snprintf(text, sizeof text, "class %c", class->name);
    label(out, text);
    g_string_append_printf(out, "leading bits %s of ", class->leading);
    for (unsigned bit = 8; bit > 0; bit--) {
        g_string_append_c(out, address >> (23 + bit) & 1 ? '1' : '0');
    }
    g_string_append_c(out, '\n');
    if (class->network == 0) {
        return;
    }
    uint32_t host = address & ~class->network;
    label(out, "network part, by class");
    dotted(text, address & class->network);
    g_string_append_printf(out, "%s (mask ", text);
    dotted(text, class->network);
    g_string_append_printf(out, "%s)\n", text);
    label(out, "host part, by class");
    dotted(text, host);
    g_string_append_printf(out, "%s = %" PRIu32 "%s\n", text, host,
                           host == 0 ? ": the network's own number, no host"
                           : host == ~class->network
                               ? ": all ones, the broadcast address of that network"
                               : "");
    /* by class neither, but the commonest mask makes it so */
    uint32_t last = address & 255;
    bool by_class = host == 0 || host == ~class->network;
    if (!by_class && (last == 0 || last == 255)) {
        dotted(text, address & ~(uint32_t)255);
        label(out, "with mask 255.255.255.0");
        g_string_append_printf(out, "%s of %s\n",
                               last == 0 ? "the number" : "the broadcast address", text);
    }
}

static void meaning(GString *out, uint32_t address)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(blocks); i++) {
        if ((address & blocks[i].mask) == blocks[i].address) {
            label(out, "stands for");
            g_string_append_printf(out, "%s\n", blocks[i].meaning);
            return;
        }
    }
}

void order_address(GString *out, const char *title, uint32_t address, const ViewStyle *style)
{
    char text[16];
    dotted(text, address);
    put_repeated(out, ' ', INDENT / 2);
    heading_on(out, style->colour);
    g_string_append_printf(out, "%s %s", title, text);
    colour_off(out, style->colour);
    g_string_append_c(out, '\n');
    calls(out, address);
    parts(out, address);
    meaning(out, address);
}
