/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/filter/literal.h"
#include "sniffer/filter/suggest.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glib.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static bool refuse(const LiteralWant *want, const Syntax *syntax, const char *wanted)
{
    return fault_at(want->fault, syntax->place, "\"%s\" is not %s", syntax->text, wanted);
}

/* The field's value with this name, without regard to case. */
static bool named_value(const LiteralWant *want, const Syntax *syntax, uint64_t *number)
{
    const FsField *field = want->field;
    if (field == NULL) {
        return false;
    }
    for (const FsName *name = field->names; name != NULL && name->name != NULL; name++) {
        if (g_ascii_strcasecmp(name->name, syntax->text) == 0) {
            *number = name->value;
            return true;
        }
    }
    if (field->type == FS_BOOL) {
        /* What the plugin and the tree say of a flag without names of its own. */
        bool set = g_ascii_strcasecmp(syntax->text, "Set") == 0;
        *number = set;
        return (set && fs_name(field->names, 1) == NULL) ||
               (g_ascii_strcasecmp(syntax->text, "Not set") == 0 &&
                fs_name(field->names, 0) == NULL);
    }
    return false;
}

static bool no_such_name(const LiteralWant *want, const Syntax *syntax)
{
    if (want->field == NULL || (want->field->names == NULL && want->field->type != FS_BOOL)) {
        return fault_at(want->fault, syntax->place,
                        "text cannot be compared with a value of this type (%s)",
                        type_name(want->type));
    }
    (void)fault_at(want->fault, syntax->place, "\"%s\" is not the name of a value of %s",
                   syntax->text, want->field->name);
    suggest_value(want->fault, want->field, syntax->text);
    return false;
}

enum { IS_NUMBER, IS_NO_NUMBER, IS_TOO_LARGE };

/* A number in C's notation, or binary after 0b; no sign. */
static int read_unsigned(const char *text, uint64_t *number)
{
    if (!g_ascii_isdigit(*text)) {
        return IS_NO_NUMBER;
    }
    int base = 0;
    const char *digits = text;
    if (text[0] == '0' && (text[1] == 'b' || text[1] == 'B')) {
        base = 2;
        digits += 2;
        if (!g_ascii_isdigit(*digits) && *digits != '\0') {
            return IS_NO_NUMBER;
        }
    }
    char *end = NULL;
    errno = 0;
    *number = *digits == '\0' ? 0 : strtoull(digits, &end, base);
    if (end != NULL && *end != '\0') {
        return IS_NO_NUMBER;
    }
    return errno == ERANGE ? IS_TOO_LARGE : IS_NUMBER;
}

static uint64_t largest(Type type)
{
    unsigned bits = type.bits == 0 || type.bits > 64 ? 64 : type.bits;
    if (type.kind == TYPE_INT) {
        bits--;
    }
    return bits == 64 ? UINT64_MAX : ((uint64_t)1 << bits) - 1;
}

static bool convert_number(const LiteralWant *want, const Syntax *syntax, Value *value)
{
    uint64_t number = 0;
    int problem = read_unsigned(syntax->text, &number);
    if (problem == IS_NUMBER && number <= largest(want->type)) {
        value->as.number = number;
        return true;
    }
    if (named_value(want, syntax, &number)) {
        value->type = (Type){TYPE_UINT, 32};
        value->as.number = number;
        return true;
    }
    if (problem == IS_NO_NUMBER) {
        return want->field != NULL && want->field->names != NULL ? no_such_name(want, syntax)
                                                                 : refuse(want, syntax, "a number");
    }
    return fault_at(want->fault, syntax->place, "\"%s\" is too large; the most is %" PRIu64,
                    syntax->text, largest(want->type));
}

static bool convert_flag(const LiteralWant *want, const Syntax *syntax, Value *value)
{
    const char *text = syntax->text;
    uint64_t number = 0;
    if (read_unsigned(text, &number) == IS_NUMBER) {
        value->as.number = number != 0;
        return true;
    }
    if (strcmp(text, "True") == 0 || strcmp(text, "TRUE") == 0) {
        value->as.number = 1;
        return true;
    }
    if (strcmp(text, "False") == 0 || strcmp(text, "FALSE") == 0) {
        value->as.number = 0;
        return true;
    }
    if (named_value(want, syntax, &number)) {
        value->as.number = number;
        return true;
    }
    (void)fault_at(want->fault, syntax->place, "\"%s\" is neither a number nor True or False",
                   text);
    if (g_ascii_strcasecmp(text, "true") == 0 || g_ascii_strcasecmp(text, "false") == 0) {
        fault_suggest(want->fault, "%s", g_ascii_tolower(*text) == 't' ? "True" : "False");
    }
    return false;
}

static void set_octets(Value *value, const uint8_t *data, uint32_t length)
{
    value->as.bytes.data = data;
    value->as.bytes.length = length;
    value->as.bytes.reach = length;
}

/* Hexadecimal digits in pairs, or alone before a separator or the end; : . or - between. */
static bool read_octets(Arena *arena, const char *text, Value *value)
{
    uint8_t *octets = arena_new(arena, strlen(text) + 1);
    uint32_t count = 0;
    if (*text == ':') {
        text++; /* says that it is a value and not a name */
    }
    bool prefixed = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    if (prefixed) {
        text += 2;
        if (strlen(text) != 2) {
            return false; /* of more than one octet the byte order would be in doubt */
        }
    }
    while (*text != '\0') {
        int digit = g_ascii_xdigit_value(*text++);
        if (digit < 0) {
            return false;
        }
        octets[count] = (uint8_t)digit;
        if (g_ascii_isxdigit(*text)) {
            octets[count] = (uint8_t)(digit << 4 | g_ascii_xdigit_value(*text++));
        }
        count++;
        if (*text == ':' || *text == '.' || *text == '-') {
            text++;
        }
    }
    set_octets(value, octets, count);
    return count > 0;
}

static bool convert_octets(const LiteralWant *want, const Syntax *syntax, Value *value)
{
    if (!read_octets(want->arena, syntax->text, value)) {
        return refuse(want, syntax, "a byte sequence such as 31:5f");
    }
    return true;
}

enum { MAC_LENGTH = 6 };

static bool convert_mac(const LiteralWant *want, const Syntax *syntax, Value *value)
{
    if (!read_octets(want->arena, syntax->text, value) || strncmp(syntax->text, "0x", 2) == 0) {
        return refuse(want, syntax, "a MAC address");
    }
    uint32_t length = value->as.bytes.length;
    if (length > MAC_LENGTH || (length < MAC_LENGTH && !want->partial)) {
        return fault_at(want->fault, syntax->place,
                        "\"%s\" is not a MAC address: it has %u bytes, not 6", syntax->text,
                        (unsigned)length);
    }
    return true;
}

/* Split off a prefix length; false: it is not a number up to `most`, and the fault is noted. */
static bool split_prefix(const LiteralWant *want, const Syntax *syntax, char *address,
                         uint32_t most, uint32_t *prefix)
{
    *prefix = most;
    char *slash = strchr(address, '/');
    if (slash == NULL) {
        return true;
    }
    *slash = '\0';
    *prefix = (uint32_t)strtoul(slash + 1, NULL, 10);
    return *prefix <= most ||
           fault_at(want->fault, syntax->place, "the prefix length is at most %u, not %u",
                    (unsigned)most, (unsigned)*prefix);
}

static bool convert_ipv4(const LiteralWant *want, const Syntax *syntax, Value *value)
{
    char *text = arena_copy(want->arena, syntax->text, syntax->length);
    uint32_t prefix;
    struct in_addr address;
    if (!split_prefix(want, syntax, text, 32, &prefix)) {
        return false;
    }
    if (inet_pton(AF_INET, text, &address) != 1) {
        return refuse(want, syntax, "an IPv4 address (host names are not looked up)");
    }
    value->as.ipv4.address = ntohl(address.s_addr);
    value->as.ipv4.mask = prefix == 0 ? 0 : UINT32_MAX << (32 - prefix);
    return true;
}

static bool convert_ipv6(const LiteralWant *want, const Syntax *syntax, Value *value)
{
    char *text = arena_copy(want->arena, syntax->text, syntax->length);
    uint8_t *address = arena_new(want->arena, 16);
    if (!split_prefix(want, syntax, text, 128, &value->as.ipv6.prefix)) {
        return false;
    }
    if (inet_pton(AF_INET6, text, address) != 1) {
        return refuse(want, syntax, "an IPv6 address (host names are not looked up)");
    }
    value->as.ipv6.data = address;
    return true;
}

static bool convert_time(const LiteralWant *want, const Syntax *syntax, Value *value)
{
    return literal_time(syntax->text, &value->as.time.seconds, &value->as.time.nanoseconds) ||
           refuse(want, syntax, "a date and time such as \"2017-09-15 13:40:11\"");
}

/* Seconds with at most nine digits after the dot. */
static bool convert_span(const LiteralWant *want, const Syntax *syntax, Value *value)
{
    const char *text = syntax->text;
    uint64_t seconds = 0;
    uint64_t nanoseconds = 0;
    bool valid = g_ascii_isdigit(*text);
    for (; g_ascii_isdigit(*text) && seconds < INT32_MAX; text++) {
        seconds = seconds * 10 + (uint64_t)(*text - '0');
    }
    if (*text == '.') {
        unsigned digits = 0;
        for (text++; g_ascii_isdigit(*text) && digits < 9; text++) {
            nanoseconds = nanoseconds * 10 + (uint64_t)(*text - '0');
            digits++;
        }
        valid = valid && digits > 0;
        for (; digits < 9; digits++) {
            nanoseconds *= 10;
        }
    }
    if (!valid || *text != '\0' || seconds > INT32_MAX) {
        return refuse(want, syntax, "a number of seconds such as 1.5");
    }
    value->as.integer = (int64_t)(seconds * 1000000000 + nanoseconds);
    return true;
}

static bool convert_unquoted(const LiteralWant *want, const Syntax *syntax, Value *value)
{
    switch (want->type.kind) {
    case TYPE_UINT:
    case TYPE_INT:
        return convert_number(want, syntax, value);
    case TYPE_BOOL:
        return convert_flag(want, syntax, value);
    case TYPE_TEXT:
        set_octets(value, (const uint8_t *)syntax->text, syntax->length);
        return true;
    case TYPE_PROTOCOL:
    case TYPE_BYTES:
        return convert_octets(want, syntax, value);
    case TYPE_ETHER:
        return convert_mac(want, syntax, value);
    case TYPE_IPV4:
        return convert_ipv4(want, syntax, value);
    case TYPE_IPV6:
        return convert_ipv6(want, syntax, value);
    case TYPE_TIME:
        return convert_time(want, syntax, value);
    case TYPE_SPAN:
        return convert_span(want, syntax, value);
    case TYPE_NONE:
        break;
    }
    return refuse(want, syntax, "comparable with anything");
}

static bool convert_string(const LiteralWant *want, const Syntax *syntax, Value *value)
{
    uint64_t number = 0;
    switch (want->type.kind) {
    case TYPE_TEXT:
    case TYPE_PROTOCOL:
    case TYPE_BYTES:
        set_octets(value, (const uint8_t *)syntax->text, syntax->length);
        return true;
    case TYPE_TIME:
        return convert_time(want, syntax, value);
    case TYPE_UINT:
    case TYPE_INT:
    case TYPE_BOOL:
        if (!named_value(want, syntax, &number)) {
            return no_such_name(want, syntax);
        }
        if (want->type.kind != TYPE_BOOL) {
            value->type = (Type){TYPE_UINT, 32};
        }
        value->as.number = number;
        return true;
    case TYPE_ETHER:
    case TYPE_IPV4:
    case TYPE_IPV6:
    case TYPE_SPAN:
    case TYPE_NONE:
        break;
    }
    (void)fault_at(want->fault, syntax->place,
                   "text cannot be compared with a value of this type (%s)", type_name(want->type));
    if (want->type.kind != TYPE_SPAN) {
        fault_suggest(want->fault, "%s without quotes", syntax->text);
    }
    return false;
}

static bool convert_character(const LiteralWant *want, const Syntax *syntax, Value *value)
{
    uint8_t *octet = NULL;
    switch (want->type.kind) {
    case TYPE_UINT:
    case TYPE_INT:
        value->as.number = syntax->character;
        return true;
    case TYPE_BOOL:
        value->as.number = syntax->character != 0;
        return true;
    case TYPE_TEXT:
    case TYPE_PROTOCOL:
    case TYPE_BYTES:
        if (syntax->length != 1) {
            (void)fault_at(want->fault, syntax->place,
                           "an escape between single quotes stands for a number only");
            fault_suggest(want->fault, "\"%s\"", syntax->text);
            return false;
        }
        octet = arena_new(want->arena, 1);
        *octet = (uint8_t)syntax->character;
        set_octets(value, octet, 1);
        return true;
    case TYPE_ETHER:
    case TYPE_IPV4:
    case TYPE_IPV6:
    case TYPE_TIME:
    case TYPE_SPAN:
    case TYPE_NONE:
        break;
    }
    return fault_at(want->fault, syntax->place,
                    "a character cannot be compared with a value of this type (%s)",
                    type_name(want->type));
}

bool literal_convert(const LiteralWant *want, const Syntax *syntax, Value *value)
{
    memset(value, 0, sizeof *value);
    value->type = want->type;
    if (syntax->kind == SYNTAX_STRING) {
        return convert_string(want, syntax, value);
    }
    if (syntax->kind == SYNTAX_CHAR) {
        return convert_character(want, syntax, value);
    }
    return convert_unquoted(want, syntax, value);
}
