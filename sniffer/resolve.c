/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/resolve.h"

#include <arpa/inet.h>
#include <glib.h>
#include <string.h>

enum { IPV4_LENGTH = 4, IPV6_LENGTH = 16, ETHER_LENGTH = 6, TCP_KEY = 0x10000 };

struct Names {
    GHashTable *addresses; /* GBytes → name: of 4, 6 and 16 bytes */
    GHashTable *services;  /* port, with TCP_KEY for TCP → name */
};

Names *names_new(void)
{
    Names *names = g_new(Names, 1);
    names->addresses =
        g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, g_free);
    names->services = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, g_free);
    return names;
}

void names_free(Names *names)
{
    if (names != NULL) {
        g_hash_table_unref(names->addresses);
        g_hash_table_unref(names->services);
        g_free(names);
    }
}

/* --- files --- */

/* A name is shown as it stands, so it must be one: no blanks, no control characters. */
static bool is_name(const char *name)
{
    size_t length = strlen(name);
    bool plain = length > 0 && length <= NAMES_MOST && g_utf8_validate(name, -1, NULL);
    for (const char *at = name; plain && *at != '\0'; at = g_utf8_next_char(at)) {
        plain = g_unichar_isgraph(g_utf8_get_char(at));
    }
    return plain;
}

static void add_address(Names *names, const void *address, size_t length, const char *name)
{
    GBytes *key = g_bytes_new(address, length);
    if (is_name(name) && !g_hash_table_contains(names->addresses, key)) {
        (void)g_hash_table_insert(names->addresses, key, g_strdup(name));
    } else {
        g_bytes_unref(key);
    }
}

static void add_host(Names *names, const char *address, const char *name)
{
    uint8_t bytes[IPV6_LENGTH];
    if (inet_pton(AF_INET, address, bytes) == 1) {
        add_address(names, bytes, IPV4_LENGTH, name);
    } else if (inet_pton(AF_INET6, address, bytes) == 1) {
        add_address(names, bytes, IPV6_LENGTH, name);
    }
}

static bool read_ether(const char *text, uint8_t *bytes)
{
    for (int i = 0; i < ETHER_LENGTH; i++) {
        char *end;
        if (!g_ascii_isxdigit(*text)) {
            return false;
        }
        guint64 octet = g_ascii_strtoull(text, &end, 16);
        if (octet > UINT8_MAX || *end != (i < ETHER_LENGTH - 1 ? ':' : '\0')) {
            return false;
        }
        bytes[i] = (uint8_t)octet;
        text = end + 1;
    }
    return true;
}

static void add_ether(Names *names, const char *address, const char *name)
{
    uint8_t bytes[ETHER_LENGTH];
    if (read_ether(address, bytes)) {
        add_address(names, bytes, sizeof bytes, name);
    }
}

/* "feiq 2425/udp" */
static void add_service(Names *names, const char *name, const char *port)
{
    char *slash;
    guint64 number = g_ascii_strtoull(port, &slash, 10);
    bool tcp = strcmp(slash, "/tcp") == 0;
    if (slash == port || number > UINT16_MAX || (!tcp && strcmp(slash, "/udp") != 0) ||
        !is_name(name)) {
        return;
    }
    gpointer key = GUINT_TO_POINTER((guint)number | (tcp ? TCP_KEY : 0));
    if (!g_hash_table_contains(names->services, key)) {
        (void)g_hash_table_insert(names->services, key, g_strdup(name));
    }
}

typedef void AddWords(Names *names, const char *first, const char *second);

/* The first two words of each line, what follows # being a comment. */
static const char *add_file(Names *names, const char *file, AddWords *add)
{
    char *text = NULL;
    g_autoptr(GError) error = NULL;
    if (!g_file_get_contents(file, &text, NULL, &error)) {
        return g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT) ? "there is no such file"
                                                                        : "it cannot be read";
    }
    char *lines;
    for (char *line = strtok_r(text, "\n", &lines); line != NULL;
         line = strtok_r(NULL, "\n", &lines)) {
        line[strcspn(line, "#")] = '\0';
        char *place;
        char *first = strtok_r(line, " \t\r", &place);
        char *second = first != NULL ? strtok_r(NULL, " \t\r", &place) : NULL;
        if (second != NULL) {
            add(names, first, second);
        }
    }
    g_free(text);
    return NULL;
}

const char *names_add_hosts(Names *names, const char *file)
{
    return add_file(names, file, add_host);
}

/* --- what -N takes --- */

static const struct {
    const char *word;
    char letter; /* tshark's */
    const char *file;
    AddWords *add;
} kinds[] = {{"hosts", 'n', "/etc/hosts", add_host},
             {"services", 't', "/etc/services", add_service},
             {"ethers", 'm', "/etc/ethers", add_ether}};

enum { KINDS = sizeof kinds / sizeof *kinds };

/* Which kinds a text names, as bits; 0 if it names anything else. */
static unsigned read_words(const char *text)
{
    unsigned wanted = 0;
    g_auto(GStrv) words = g_strsplit(text, ",", -1);
    for (char **word = words; *word != NULL; word++) {
        unsigned before = wanted;
        for (unsigned i = 0; i < KINDS; i++) {
            wanted |= strcmp(*word, kinds[i].word) == 0 ? 1U << i : 0;
        }
        if (wanted == before) {
            return 0;
        }
    }
    return wanted;
}

static unsigned read_letters(const char *text)
{
    unsigned wanted = 0;
    for (; *text != '\0'; text++) {
        unsigned before = wanted;
        for (unsigned i = 0; i < KINDS; i++) {
            wanted |= *text == kinds[i].letter ? 1U << i : 0;
        }
        if (wanted == before) {
            return 0;
        }
    }
    return wanted;
}

const char *names_add(Names *names, const char *text)
{
    unsigned wanted = read_words(text);
    if (wanted == 0) {
        wanted = read_letters(text);
    }
    if (wanted == 0) {
        return "wanted is hosts, services and ethers, joined by commas, or the letters n, t and m";
    }
    for (unsigned i = 0; i < KINDS; i++) {
        if ((wanted >> i & 1) != 0) {
            (void)add_file(names, kinds[i].file, kinds[i].add);
        }
    }
    return NULL;
}

/* --- look-up --- */

static const char *find(const Names *names, const void *address, size_t length)
{
    GBytes *key = g_bytes_new_static(address, length);
    const char *name = g_hash_table_lookup(names->addresses, key);
    g_bytes_unref(key);
    return name;
}

const char *names_ipv4(const Names *names, uint32_t address)
{
    uint32_t bytes = htonl(address);
    return find(names, &bytes, sizeof bytes);
}

const char *names_ipv6(const Names *names, const uint8_t *address)
{
    return find(names, address, IPV6_LENGTH);
}

const char *names_ether(const Names *names, const uint8_t *address)
{
    return find(names, address, ETHER_LENGTH);
}

const char *names_service(const Names *names, bool tcp, uint16_t port)
{
    return g_hash_table_lookup(names->services,
                               GUINT_TO_POINTER((guint)port | (tcp ? TCP_KEY : 0)));
}
