/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Entries: nickname NUL group NUL, then what each program adds, then the UTF-8 extension block.
 */
#include "protocol/feiq/decode.h"

#include <string.h>

/* Sections after nickname and group, by program. */
static const uint16_t iptux_sections[] = {FEIQ_IPTUX_ICON, FEIQ_IPTUX_ENCODING};
static const uint16_t shiyeline_sections[] = {FEIQ_SHIYELINE_ID};
static const uint16_t feige_sections[] = {
    FEIQ_FEIGE_MAC,     FEIQ_SECTION,      FEIQ_FEIGE_PHONE,     FEIQ_FEIGE_MAIL,
    FEIQ_FEIGE_PRINTER, FEIQ_SECTION,      FEIQ_FEIGE_IP,        FEIQ_SECTION,
    FEIQ_FEIGE_ICON,    FEIQ_FEIGE_STATUS, FEIQ_FEIGE_SIGNATURE, FEIQ_FEIGE_COMPUTER};

typedef struct {
    const uint16_t *fields;
    size_t count;
} Sections;

#define SECTIONS(list) ((Sections){(list), sizeof(list) / sizeof(list)[0]})

/* The two-letter keys of the extension block. */
static const struct {
    char key[4];
    uint16_t field;
} lines[] = {
    {"UN:", FEIQ_EXTENSION_USER}, {"HN:", FEIQ_EXTENSION_HOST},    {"NN:", FEIQ_NICK},
    {"GN:", FEIQ_GROUP},          {"VS:", FEIQ_EXTENSION_VERSION}, {"PL:", FEIQ_EXTENSION_POLL},
    {"IP:", FEIQ_EXTENSION_DICT},
};
enum { LINES = sizeof lines / sizeof lines[0], KEY = 3 };

static size_t find_line(const uint8_t *at, const uint8_t *end)
{
    size_t i = 0;
    while (i < LINES && !feiq_begins(at, end, lines[i].key, KEY)) {
        i++;
    }
    return i;
}

/* 00010002:4:99:3, the first number in hexadecimal. */
static void add_client_type(FeiqDatagram *d, const uint8_t *at, const uint8_t *end)
{
    FeiqSlice type = feiq_take(&at, end, ':');
    uint64_t number;
    fs_enter(d->packet);
    if (type.closed && feiq_hexadecimal(type.at, type.length, UINT32_MAX, &number)) {
        (void)fs_add_number(d->packet, FEIQ(EXTENSION_CLIENT_TYPE), type.at, type.length, number);
        feiq_add_text(d, FEIQ(EXTENSION_RELEASE), at, (size_t)(end - at));
    }
    fs_leave(d->packet);
}

void feiq_decode_extension(FeiqDatagram *d, const uint8_t *at, const uint8_t *end)
{
    while (end > at && end[-1] == '\0') {
        end--;
    }
    FsEncoding encoding = d->encoding;
    d->encoding = FS_UTF8;
    uint32_t group = fs_open(d->packet, FEIQ(EXTENSION), at, (size_t)(end - at));
    while (at < end) {
        FeiqSlice line = feiq_take(&at, end, '\n');
        const uint8_t *stop = line.at + line.length;
        size_t i = find_line(line.at, stop);
        if (i == LINES) {
            feiq_add_text(d, FEIQ(EXTENSION_LINE), line.at, line.length);
            continue;
        }
        feiq_add_text(d, &feiq_fields[lines[i].field], line.at + KEY, line.length - KEY);
        if (lines[i].field == FEIQ_EXTENSION_VERSION && line.length > KEY) {
            add_client_type(d, line.at + KEY, stop);
        }
    }
    if (!feiq_has(d, FEIQ_OPT_CAPUTF8)) {
        (void)fs_add_remark(d->packet, FEIQ(EXTENSION_UNANNOUNCED), at, 0, false);
    }
    fs_close(d->packet, group, NULL);
    d->encoding = encoding;
}

/* A section that begins with a line feed is the extension; without the flag, only if a known key
 * follows. */
static const uint8_t *find_extension(const FeiqDatagram *d)
{
    const uint8_t *at = d->at;
    while (at < d->end && (at = memchr(at, '\n', (size_t)(d->end - at))) != NULL) {
        bool begins = at == d->at || at[-1] == '\0';
        if (begins && (feiq_has(d, FEIQ_OPT_CAPUTF8) || find_line(at + 1, d->end) < LINES)) {
            return at;
        }
        at++;
    }
    return NULL;
}

/* A4-DB-30-9E-DA-3B */
static bool is_hyphened_mac(FeiqSlice slice)
{
    uint64_t octet;
    for (size_t i = 0; i < 6; i++) {
        if (slice.length < 17 || !feiq_hexadecimal(slice.at + 3 * i, 2, 255, &octet) ||
            (i < 5 && slice.at[3 * i + 2] != '-')) {
            return false;
        }
    }
    return true;
}

static Sections further_sections(FeiqDatagram *d, FeiqSlice third)
{
    if (d->vendor == FEIQ_VENDOR_IPTUX) {
        return SECTIONS(iptux_sections);
    }
    if (d->vendor == FEIQ_VENDOR_SHIYELINE) {
        return SECTIONS(shiyeline_sections);
    }
    if (d->vendor == FEIQ_VENDOR_FEIGE ||
        (d->vendor == FEIQ_VENDOR_IPMSG && is_hyphened_mac(third))) {
        d->vendor = FEIQ_VENDOR_FEIGE;
        if (d->vendor_entry != NULL) {
            d->vendor_entry->value.number = FEIQ_VENDOR_FEIGE;
        }
        return SECTIONS(feige_sections);
    }
    return (Sections){NULL, 0};
}

/* Does the extension, if there is one, have a line with the key? */
static bool overrides(const uint8_t *extension, const uint8_t *end, const char *key)
{
    while (extension != NULL && extension < end) {
        FeiqSlice line = feiq_take(&extension, end, '\n');
        if (line.length > KEY && feiq_begins(line.at, line.at + line.length, key, KEY)) {
            return true;
        }
    }
    return false;
}

/* Where the extension repeats a name in UTF-8, that one counts, and the first is set apart. */
void feiq_body_entry(FeiqDatagram *d)
{
    const uint8_t *extension = find_extension(d);
    const uint8_t *end = extension != NULL ? extension : d->end;
    feiq_add_encoding(d, d->at, end);
    FeiqSlice nick = feiq_take(&d->at, end, '\0');
    feiq_add_text(d, overrides(extension, d->end, "NN:") ? FEIQ(LEGACY_NICK) : FEIQ(NICK), nick.at,
                  nick.length);
    FeiqSlice group = feiq_take(&d->at, end, '\0');
    feiq_add_text(d, overrides(extension, d->end, "GN:") ? FEIQ(LEGACY_GROUP) : FEIQ(GROUP),
                  group.at, group.length);
    if (d->at < end && !d->packet->brief) {
        FeiqSlice section = feiq_take(&d->at, end, '\0');
        Sections sections = further_sections(d, section);
        for (size_t i = 0;; i++) {
            const FsField *field =
                i < sections.count ? &feiq_fields[sections.fields[i]] : FEIQ(SECTION);
            feiq_add_text(d, field, section.at, section.length);
            if (d->at == end) {
                break;
            }
            section = feiq_take(&d->at, end, '\0');
        }
    }
    if (extension != NULL) {
        feiq_decode_extension(d, extension, d->end);
    }
    d->at = d->end;
}
