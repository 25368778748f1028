/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/filter/lexer.h"
#include "sniffer/filter/lexer_literal.h"
#include "sniffer/filter/lexer_string.h"

#include <glib.h>
#include <string.h>

typedef struct {
    const char *text;
    TokenKind kind;
    Compare compare;
    Quantifier quantifier;
} Symbol;

/* Longer before shorter where one begins with the other. */
static const Symbol symbols[] = {
    {"===", TOKEN_COMPARE, COMPARE_EQ, QUANTIFIER_ALL},
    {"!==", TOKEN_COMPARE, COMPARE_NE, QUANTIFIER_ANY},
    {"==", TOKEN_COMPARE, COMPARE_EQ, QUANTIFIER_ANY},
    {"!=", TOKEN_COMPARE, COMPARE_NE, QUANTIFIER_ALL},
    {"~=", TOKEN_COMPARE, COMPARE_NE, QUANTIFIER_ANY},
    {">=", TOKEN_COMPARE, COMPARE_GE, QUANTIFIER_ANY},
    {"<=", TOKEN_COMPARE, COMPARE_LE, QUANTIFIER_ANY},
    {">", TOKEN_COMPARE, COMPARE_GT, QUANTIFIER_ANY},
    {"<", TOKEN_COMPARE, COMPARE_LT, QUANTIFIER_ANY},
    {"&&", TOKEN_AND, 0, 0},
    {"||", TOKEN_OR, 0, 0},
    {"..", TOKEN_DOTS, 0, 0},
    {"!", TOKEN_NOT, 0, 0},
    {"~", TOKEN_MATCHES, 0, 0},
    {"&", TOKEN_BITS, 0, 0},
    {"+", TOKEN_PLUS, 0, 0},
    {"-", TOKEN_MINUS, 0, 0},
    {"*", TOKEN_STAR, 0, 0},
    {"/", TOKEN_SLASH, 0, 0},
    {"%", TOKEN_PERCENT, 0, 0},
    {"(", TOKEN_OPEN, 0, 0},
    {")", TOKEN_CLOSE, 0, 0},
    {"{", TOKEN_BRACE, 0, 0},
    {"}", TOKEN_UNBRACE, 0, 0},
    {"[", TOKEN_BRACKET, 0, 0},
    {"]", TOKEN_UNBRACKET, 0, 0},
    {",", TOKEN_COMMA, 0, 0},
    {"#", TOKEN_HASH, 0, 0},
    {"$", TOKEN_DOLLAR, 0, 0},
};

/* Words in lower case only: AND is a name like any other. */
static const Symbol keywords[] = {
    {"eq", TOKEN_COMPARE, COMPARE_EQ, QUANTIFIER_ANY},
    {"any_eq", TOKEN_COMPARE, COMPARE_EQ, QUANTIFIER_ANY},
    {"all_eq", TOKEN_COMPARE, COMPARE_EQ, QUANTIFIER_ALL},
    {"ne", TOKEN_COMPARE, COMPARE_NE, QUANTIFIER_ALL},
    {"all_ne", TOKEN_COMPARE, COMPARE_NE, QUANTIFIER_ALL},
    {"any_ne", TOKEN_COMPARE, COMPARE_NE, QUANTIFIER_ANY},
    {"gt", TOKEN_COMPARE, COMPARE_GT, QUANTIFIER_ANY},
    {"ge", TOKEN_COMPARE, COMPARE_GE, QUANTIFIER_ANY},
    {"lt", TOKEN_COMPARE, COMPARE_LT, QUANTIFIER_ANY},
    {"le", TOKEN_COMPARE, COMPARE_LE, QUANTIFIER_ANY},
    {"contains", TOKEN_CONTAINS, 0, 0},
    {"matches", TOKEN_MATCHES, 0, 0},
    {"in", TOKEN_IN, 0, 0},
    {"and", TOKEN_AND, 0, 0},
    {"or", TOKEN_OR, 0, 0},
    {"not", TOKEN_NOT, 0, 0},
    {"any", TOKEN_ANY, 0, 0},
    {"all", TOKEN_ALL, 0, 0},
    {"bitwise_and", TOKEN_BITS, 0, 0},
};

static Token token_of(Lexer *lexer, TokenKind kind, uint32_t length)
{
    Token token = {.kind = kind, .place = {lexer->position, length}};
    lexer->position += length;
    return token;
}

static Token symbol_token(Lexer *lexer, const Symbol *symbol, uint32_t length)
{
    Token token = token_of(lexer, symbol->kind, length);
    token.compare = symbol->compare;
    token.quantifier = symbol->quantifier;
    return token;
}

static Token fault_token(Lexer *lexer)
{
    return token_of(lexer, TOKEN_FAULT, 0);
}

/* A token whose text is `length` bytes of the filter after `skip` bytes. */
static Token text_token(Lexer *lexer, TokenKind kind, uint32_t skip, uint32_t length)
{
    const char *start = lexer->text + lexer->position + skip;
    Token token = token_of(lexer, kind, skip + length);
    token.text = arena_copy(lexer->arena, start, length);
    token.length = length;
    return token;
}

static Token range_token(Lexer *lexer)
{
    const char *start = lexer->text + lexer->position;
    uint32_t length = (uint32_t)strcspn(start, ",]");
    if (length > 0) {
        return text_token(lexer, TOKEN_RANGE, 0, length);
    }
    if (*start == ',') {
        return token_of(lexer, TOKEN_COMMA, 1);
    }
    lexer->mode = LEXER_PLAIN;
    return token_of(lexer, TOKEN_UNBRACKET, 1);
}

static Token layer_token(Lexer *lexer)
{
    const char *start = lexer->text + lexer->position;
    uint32_t digits = (uint32_t)strspn(start, "0123456789");
    if (digits > 0) {
        lexer->mode = LEXER_PLAIN;
        return text_token(lexer, TOKEN_INDEX, 0, digits);
    }
    if (*start == '[') {
        lexer->mode = LEXER_RANGE;
        return token_of(lexer, TOKEN_BRACKET, 1);
    }
    (void)fault_at(lexer->fault, (Place){lexer->position, 1},
                   "after # comes the number of a layer, or a range of them in brackets");
    return fault_token(lexer);
}

static Token word_token(Lexer *lexer, uint32_t length)
{
    const char *start = lexer->text + lexer->position;
    for (size_t i = 0; i < G_N_ELEMENTS(keywords); i++) {
        if (strlen(keywords[i].text) == length && memcmp(start, keywords[i].text, length) == 0) {
            return symbol_token(lexer, &keywords[i], length);
        }
    }
    return text_token(lexer, TOKEN_WORD, 0, length);
}

static Token symbol_or_unknown(Lexer *lexer)
{
    const char *start = lexer->text + lexer->position;
    for (size_t i = 0; i < G_N_ELEMENTS(symbols); i++) {
        uint32_t length = (uint32_t)strlen(symbols[i].text);
        if (strncmp(start, symbols[i].text, length) == 0) {
            if (symbols[i].kind == TOKEN_BRACKET) {
                lexer->mode = LEXER_RANGE;
            } else if (symbols[i].kind == TOKEN_HASH) {
                lexer->mode = LEXER_LAYER;
            }
            return symbol_token(lexer, &symbols[i], length);
        }
    }
    if ((unsigned char)*start >= 0x80) {
        (void)fault_at(lexer->fault, (Place){lexer->position, lexer_character_length(start)},
                       "characters beyond ASCII belong between double quotes");
        return fault_token(lexer);
    }
    return token_of(lexer, TOKEN_UNKNOWN, 1);
}

static Token plain_token(Lexer *lexer)
{
    const char *start = lexer->text + lexer->position;
    if (*start == '"' || ((*start == 'r' || *start == 'R') && start[1] == '"')) {
        return lexer_string(lexer);
    }
    if (*start == '\'') {
        return lexer_character(lexer);
    }
    uint32_t value = lexer_value_length(start);
    uint32_t word = lexer_word_length(start);
    if (value > 0 && value >= word) {
        return text_token(lexer, TOKEN_VALUE, 0, value);
    }
    if (word > 0) {
        return word_token(lexer, word);
    }
    if (*start == '.' && start[1] != '.') {
        uint32_t name = lexer_word_length(start + 1);
        if (name > 0) {
            return text_token(lexer, TOKEN_NAME, 1, name);
        }
    }
    return symbol_or_unknown(lexer);
}

Token lexer_next(Lexer *lexer)
{
    if (lexer->fault->failed) {
        return fault_token(lexer);
    }
    if (lexer->mode == LEXER_PLAIN) {
        lexer->position += (uint32_t)strspn(lexer->text + lexer->position, " \t\r\n");
    }
    if (lexer->position >= lexer->length) {
        if (lexer->mode == LEXER_RANGE) {
            (void)fault_at(lexer->fault, (Place){lexer->length, 0}, "] is missing");
            return fault_token(lexer);
        }
        if (lexer->mode == LEXER_LAYER) {
            (void)fault_at(lexer->fault, (Place){lexer->length, 0},
                           "after # comes the number of a layer");
            return fault_token(lexer);
        }
        return token_of(lexer, TOKEN_END, 0);
    }
    switch (lexer->mode) {
    case LEXER_RANGE:
        return range_token(lexer);
    case LEXER_LAYER:
        return layer_token(lexer);
    case LEXER_PLAIN:
        break;
    }
    return plain_token(lexer);
}
