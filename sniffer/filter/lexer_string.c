/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/filter/lexer_string.h"

#include <glib.h>
#include <string.h>

/* The number that digits of a base make, at most `most` of them; how many there are. */
static uint32_t read_digits(const char *text, uint32_t most, bool hexadecimal, uint32_t *value)
{
    uint32_t count = 0;
    *value = 0;
    while (count < most) {
        int digit = g_ascii_xdigit_value(text[count]);
        if (digit < 0 || (!hexadecimal && digit > 7)) {
            break;
        }
        *value = *value * (hexadecimal ? 16 : 8) + (uint32_t)digit;
        count++;
    }
    return count;
}

uint32_t lexer_character_length(const char *text)
{
    if (*text == '\0') {
        return 0;
    }
    gunichar c = g_utf8_get_char_validated(text, -1);
    return c >= (gunichar)-2 ? 1 : (uint32_t)g_unichar_to_utf8(c, NULL);
}

typedef struct {
    uint32_t length;    /* bytes of the escape, with its backslash */
    uint32_t character; /* what it stands for */
    bool unicode;       /* a code point, else an octet */
} Escape;

/* The escape at a backslash. False: the fault is noted. */
static bool read_escape(Lexer *lexer, uint32_t position, Escape *escape)
{
    static const char letters[] = "'\"\\abfnrtv";
    static const char meanings[] = "'\"\\\a\b\f\n\r\t\v";
    const char *text = lexer->text + position;
    const char *letter = text[1] != '\0' ? strchr(letters, text[1]) : NULL;
    if (letter != NULL) {
        *escape = (Escape){2, (uint32_t)meanings[letter - letters], false};
        return true;
    }
    uint32_t value = 0;
    uint32_t digits = read_digits(text + 1, 3, false, &value);
    if (digits > 0) {
        if (value > 0xff) {
            return fault_at(lexer->fault, (Place){position, 1 + digits},
                            "an octal escape is at most \\377");
        }
        *escape = (Escape){1 + digits, value, false};
        return true;
    }
    if (text[1] == 'x') {
        digits = read_digits(text + 2, 2, true, &value);
        *escape = (Escape){2 + digits, value, false};
        if (digits > 0) {
            return true;
        }
    } else if (text[1] == 'u' || text[1] == 'U') {
        uint32_t most = text[1] == 'u' ? 4 : 8;
        digits = read_digits(text + 2, most, true, &value);
        *escape = (Escape){2 + digits, value, true};
        if (digits == most && value <= 0x10ffff && (value < 0xd800 || value > 0xdfff)) {
            return true;
        }
        return fault_at(lexer->fault, (Place){position, 2 + digits},
                        "\\u takes four and \\U eight hexadecimal digits of a character");
    }
    uint32_t length = 1 + lexer_character_length(text + 1);
    return fault_at(lexer->fault, (Place){position, length},
                    "\"%.*s\" is no escape; a backslash itself is \\\\", (int)length, text);
}

static Token unterminated(Lexer *lexer, char quote)
{
    (void)fault_at(lexer->fault, (Place){lexer->length, 0}, "the closing %c is missing", quote);
    return (Token){.kind = TOKEN_FAULT, .place = {lexer->length, 0}};
}

Token lexer_string(Lexer *lexer)
{
    const char *text = lexer->text;
    uint32_t start = lexer->position;
    bool raw = text[start] != '"';
    char *out = arena_new(lexer->arena, lexer->length - start + 1);
    uint32_t used = 0;
    uint32_t at = start + (raw ? 2 : 1);
    while (text[at] != '"') {
        if (at >= lexer->length) {
            return unterminated(lexer, '"');
        }
        if (text[at] != '\\') {
            out[used++] = text[at++];
            continue;
        }
        if (at + 1 >= lexer->length) {
            return unterminated(lexer, '"');
        }
        if (raw) {
            out[used++] = text[at++];
            out[used++] = text[at++];
            continue;
        }
        Escape escape = {0};
        if (!read_escape(lexer, at, &escape)) {
            return (Token){.kind = TOKEN_FAULT, .place = {at, 0}};
        }
        if (escape.unicode) {
            used += (uint32_t)g_unichar_to_utf8(escape.character, out + used);
        } else {
            out[used++] = (char)escape.character;
        }
        at += escape.length;
    }
    lexer->position = at + 1;
    return (Token){
        .kind = TOKEN_STRING, .place = {start, at + 1 - start}, .text = out, .length = used};
}

Token lexer_character(Lexer *lexer)
{
    const char *text = lexer->text;
    uint32_t start = lexer->position;
    uint32_t end = start + 1;
    while (text[end] != '\'') {
        if (end >= lexer->length || (text[end] == '\\' && end + 1 >= lexer->length)) {
            return unterminated(lexer, '\'');
        }
        end += text[end] == '\\' ? 2 : 1;
    }
    lexer->position = end + 1;
    Place place = {start, end + 1 - start};
    uint32_t length = end - start - 1;
    Escape escape = {1, (uint8_t)text[start + 1], false};
    if (text[start + 1] == '\\' && !read_escape(lexer, start + 1, &escape)) {
        return (Token){.kind = TOKEN_FAULT, .place = place};
    }
    if (length == 0 || escape.length != length) {
        (void)fault_at(lexer->fault, place, "a character constant holds one character");
        fault_suggest(lexer->fault, "double quotes for text");
        return (Token){.kind = TOKEN_FAULT, .place = place};
    }
    return (Token){.kind = TOKEN_CHAR,
                   .place = place,
                   .text = arena_copy(lexer->arena, text + start + 1, length),
                   .length = length,
                   .character = escape.character};
}
