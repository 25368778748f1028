/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Recursive descent. A function that meets a fault returns NULL; the fault is noted.
 */
#include "sniffer/filter/parser.h"

#include <glib.h>
#include <string.h>

/* Deepest nesting of parentheses, braces, not and calls, so that the stack is bounded. */
enum { DEEPEST = 200, MOST_RANGES = 32 };

/* Most nodes: long chains of operators lean to one side, and the stages after this one recurse. */
enum { MOST_NODES = 4000 };

typedef struct {
    Lexer *lexer;
    Token token; /* the one to be looked at next */
    unsigned depth;
    unsigned nodes;
} Parser;

static Syntax *parse_or(Parser *parser);
static Syntax *parse_arithmetic(Parser *parser);

static void advance(Parser *parser)
{
    parser->token = lexer_next(parser->lexer);
}

static bool accept(Parser *parser, TokenKind kind)
{
    if (parser->token.kind != kind) {
        return false;
    }
    advance(parser);
    return true;
}

/* What the text of a token that fits nowhere suggests. */
static void suggest_for(Fault *fault, const char *text, uint32_t length)
{
    static const char *const hints[][2] = {
        {"=", "=="},
        {"|", "or"},
        {"AND", "and"},
        {"OR", "or"},
        {"NOT", "not"},
        {"EQ", "=="},
        {"IN", "in"},
        {"CONTAINS", "contains"},
        {"MATCHES", "matches"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(hints); i++) {
        if (strlen(hints[i][0]) == length && memcmp(hints[i][0], text, length) == 0) {
            fault_suggest(fault, "%s", hints[i][1]);
        }
    }
    if ((length == 3 && memcmp(text, "xor", 3) == 0) || (length == 1 && *text == '^')) {
        fault_suggest(fault, "(a or b) and not (a and b): xor is not in Wireshark 4.0");
    }
}

/* Note that the token does not fit here. */
static Syntax *unexpected(Parser *parser, const char *wanted)
{
    Lexer *lexer = parser->lexer;
    Place place = parser->token.place;
    if (parser->token.kind == TOKEN_FAULT) {
        return NULL;
    }
    if (parser->token.kind == TOKEN_END) {
        (void)fault_at(lexer->fault, place, "the filter ends where %s should follow", wanted);
        return NULL;
    }
    const char *text = lexer->text + place.position;
    (void)fault_at(lexer->fault, place, "\"%.*s\" stands where %s is expected", (int)place.length,
                   text, wanted);
    suggest_for(lexer->fault, text, place.length);
    return NULL;
}

static Syntax *node(Parser *parser, SyntaxKind kind, Place place)
{
    Syntax *syntax = arena_new(parser->lexer->arena, sizeof *syntax);
    if (++parser->nodes > MOST_NODES) {
        (void)fault_at(parser->lexer->fault, place, "the filter has more than %d parts",
                       (int)MOST_NODES);
    }
    syntax->kind = kind;
    syntax->place = place;
    return syntax;
}

static Syntax *binary(Parser *parser, SyntaxKind kind, Syntax *first, Syntax *second)
{
    Syntax *syntax = node(parser, kind, place_join(first->place, second->place));
    syntax->first = first;
    syntax->second = second;
    return syntax;
}

/* A node with the token's text; the token is used up. */
static Syntax *leaf(Parser *parser, SyntaxKind kind)
{
    Syntax *syntax = node(parser, kind, parser->token.place);
    syntax->text = parser->token.text;
    syntax->length = parser->token.length;
    syntax->character = parser->token.character;
    advance(parser);
    return syntax;
}

static bool enter(Parser *parser)
{
    if (parser->depth >= DEEPEST) {
        return fault_at(parser->lexer->fault, parser->token.place,
                        "the filter is nested too deeply");
    }
    parser->depth++;
    return true;
}

/* The items after [, and the ]. */
static bool parse_ranges(Parser *parser, Ranges *ranges)
{
    Range *items = arena_new(parser->lexer->arena, MOST_RANGES * sizeof *items);
    ranges->items = items;
    ranges->count = 0;
    do {
        advance(parser);
        if (parser->token.kind != TOKEN_RANGE) {
            (void)unexpected(parser, "a range such as 0:4");
            return false;
        }
        if (ranges->count == MOST_RANGES) {
            return fault_at(parser->lexer->fault, parser->token.place,
                            "a slice has at most %d ranges", (int)MOST_RANGES);
        }
        if (!parser_range(parser->lexer->fault, &parser->token, &items[ranges->count])) {
            return false;
        }
        ranges->count++;
        advance(parser);
    } while (parser->token.kind == TOKEN_COMMA);
    if (parser->token.kind != TOKEN_UNBRACKET) {
        (void)unexpected(parser, "] or ,");
        return false;
    }
    return true;
}

/* What follows #. */
static Syntax *parse_layers(Parser *parser, Syntax *field)
{
    field->layered = true;
    advance(parser);
    if (parser->token.kind == TOKEN_INDEX) {
        Range *item = arena_new(parser->lexer->arena, sizeof *item);
        field->ranges = (Ranges){item, 1};
        if (!parser_range(parser->lexer->fault, &parser->token, item)) {
            return NULL;
        }
    } else if (parser->token.kind != TOKEN_BRACKET) {
        return unexpected(parser, "the number of a layer");
    } else if (!parse_ranges(parser, &field->ranges)) {
        return NULL;
    }
    field->place = place_join(field->place, parser->token.place);
    advance(parser);
    return field;
}

static Syntax *parse_arguments(Parser *parser, Syntax *call)
{
    call->kind = SYNTAX_CALL;
    advance(parser);
    Syntax **last = &call->first;
    if (parser->token.kind != TOKEN_CLOSE) {
        do {
            *last = parse_arithmetic(parser);
            if (*last == NULL) {
                return NULL;
            }
            last = &(*last)->next;
        } while (accept(parser, TOKEN_COMMA));
    }
    if (parser->token.kind != TOKEN_CLOSE) {
        return unexpected(parser, ", or )");
    }
    advance(parser);
    return call;
}

static Syntax *parse_atom(Parser *parser)
{
    switch ((int)parser->token.kind) {
    case TOKEN_STRING:
        return leaf(parser, SYNTAX_STRING);
    case TOKEN_CHAR:
        return leaf(parser, SYNTAX_CHAR);
    case TOKEN_VALUE:
        return leaf(parser, SYNTAX_VALUE);
    case TOKEN_DOLLAR:
        (void)fault_at(parser->lexer->fault, parser->token.place,
                       "references to a selected packet and macros, ${…}, are not supported");
        return NULL;
    case TOKEN_WORD:
    case TOKEN_NAME:
        break;
    default:
        return unexpected(parser, "a field or value");
    }
    bool word = parser->token.kind == TOKEN_WORD;
    Syntax *syntax = leaf(parser, word ? SYNTAX_WORD : SYNTAX_NAME);
    if (parser->token.kind == TOKEN_HASH) {
        return parse_layers(parser, syntax);
    }
    if (word && parser->token.kind == TOKEN_OPEN) {
        return parse_arguments(parser, syntax);
    }
    return syntax;
}

/* An atom with its slices. */
static Syntax *parse_entity(Parser *parser)
{
    if (!enter(parser)) {
        return NULL;
    }
    Syntax *syntax = parse_atom(parser);
    while (syntax != NULL && parser->token.kind == TOKEN_BRACKET) {
        Syntax *slice = node(parser, SYNTAX_SLICE, syntax->place);
        slice->first = syntax;
        if (!parse_ranges(parser, &slice->ranges)) {
            return NULL;
        }
        slice->place = place_join(slice->place, parser->token.place);
        advance(parser);
        syntax = slice;
    }
    parser->depth--;
    return syntax;
}

/* An entity that may have a sign. */
static Syntax *parse_signed(Parser *parser)
{
    Place sign = parser->token.place;
    if (accept(parser, TOKEN_PLUS)) {
        return parse_entity(parser);
    }
    if (!accept(parser, TOKEN_MINUS)) {
        return parse_entity(parser);
    }
    Syntax *first = parse_entity(parser);
    if (first == NULL) {
        return NULL;
    }
    Syntax *syntax = node(parser, SYNTAX_NEGATE, place_join(sign, first->place));
    syntax->first = first;
    return syntax;
}

static Syntax *parse_factor(Parser *parser)
{
    if (parser->token.kind != TOKEN_BRACE) {
        return parse_signed(parser);
    }
    if (!enter(parser)) {
        return NULL;
    }
    advance(parser);
    Syntax *syntax = parse_arithmetic(parser);
    if (syntax == NULL) {
        return NULL;
    }
    if (parser->token.kind != TOKEN_UNBRACE) {
        return unexpected(parser, "}");
    }
    advance(parser);
    parser->depth--;
    return syntax;
}

typedef struct {
    TokenKind token;
    Operator operation;
    unsigned tightness;
} BinaryOperator;

static const BinaryOperator operators[] = {
    {TOKEN_BITS, OPERATOR_BITS, 1},      {TOKEN_PLUS, OPERATOR_ADD, 2},
    {TOKEN_MINUS, OPERATOR_SUBTRACT, 2}, {TOKEN_STAR, OPERATOR_MULTIPLY, 3},
    {TOKEN_SLASH, OPERATOR_DIVIDE, 3},   {TOKEN_PERCENT, OPERATOR_MODULO, 3},
};

enum { TIGHTEST = 3 };

static const BinaryOperator *find_operator(TokenKind token, unsigned tightness)
{
    for (size_t i = 0; i < G_N_ELEMENTS(operators); i++) {
        if (operators[i].token == token && operators[i].tightness == tightness) {
            return &operators[i];
        }
    }
    return NULL;
}

/* Operators as tight as this or tighter; those of one tightness group from the left. */
static Syntax *parse_operators(Parser *parser, unsigned tightness)
{
    if (tightness > TIGHTEST) {
        return parse_factor(parser);
    }
    Syntax *syntax = parse_operators(parser, tightness + 1);
    while (syntax != NULL) {
        const BinaryOperator *operator= find_operator(parser->token.kind, tightness);
        if (operator== NULL) {
            break;
        }
        advance(parser);
        Syntax *second = parse_operators(parser, tightness + 1);
        if (second == NULL) {
            return NULL;
        }
        syntax = binary(parser, SYNTAX_ARITHMETIC, syntax, second);
        syntax->operation = operator->operation;
    }
    return syntax;
}

static Syntax *parse_arithmetic(Parser *parser)
{
    return parse_operators(parser, 1);
}

/* a < b <= c is a < b and b <= c. */
static Syntax *parse_comparison(Parser *parser, Syntax *first)
{
    Syntax *all = NULL;
    Syntax **last = &all;
    while (parser->token.kind == TOKEN_COMPARE) {
        Token token = parser->token;
        advance(parser);
        Syntax *second = parse_arithmetic(parser);
        if (second == NULL) {
            return NULL;
        }
        Syntax *test = binary(parser, SYNTAX_COMPARE, first, second);
        test->compare = token.compare;
        test->quantifier = token.quantifier;
        if (all == NULL) {
            all = test;
        } else {
            *last = binary(parser, SYNTAX_AND, *last, test);
            last = &(*last)->second;
        }
        first = second;
    }
    return all;
}

/* The elements after {, and the }. */
static Syntax *parse_set(Parser *parser)
{
    if (parser->token.kind != TOKEN_BRACE) {
        return unexpected(parser, "a set {…}");
    }
    Syntax *set = NULL;
    Syntax **last = &set;
    do {
        advance(parser);
        *last = parse_signed(parser);
        if (*last == NULL) {
            return NULL;
        }
        if (accept(parser, TOKEN_DOTS)) {
            (*last)->high = parse_signed(parser);
            if ((*last)->high == NULL) {
                return NULL;
            }
        }
        last = &(*last)->next;
    } while (parser->token.kind == TOKEN_COMMA);
    if (parser->token.kind != TOKEN_UNBRACE) {
        return unexpected(parser, ", or }");
    }
    return set;
}

static Syntax *parse_membership(Parser *parser, Syntax *first, bool negated)
{
    advance(parser);
    Syntax *set = parse_set(parser);
    if (set == NULL) {
        return NULL;
    }
    Syntax *test = node(parser, SYNTAX_IN, place_join(first->place, parser->token.place));
    test->first = first;
    test->second = set;
    advance(parser);
    if (!negated) {
        return test;
    }
    Syntax *outer = node(parser, SYNTAX_NOT, test->place);
    outer->first = test;
    return outer;
}

static Syntax *parse_search(Parser *parser, Syntax *first, SyntaxKind kind)
{
    advance(parser);
    Syntax *second = parse_entity(parser);
    return second == NULL ? NULL : binary(parser, kind, first, second);
}

/* contains, matches and in take one entity at the left, not a sum or what braces hold. */
static bool begins_entity(TokenKind kind)
{
    return kind != TOKEN_BRACE && kind != TOKEN_PLUS && kind != TOKEN_MINUS;
}

static Syntax *parse_relation(Parser *parser, bool quantified)
{
    bool entity = begins_entity(parser->token.kind);
    Syntax *first = parse_arithmetic(parser);
    if (first == NULL) {
        return NULL;
    }
    entity = entity && first->kind != SYNTAX_ARITHMETIC;
    switch ((int)parser->token.kind) {
    case TOKEN_COMPARE:
        return parse_comparison(parser, first);
    case TOKEN_CONTAINS:
        return entity ? parse_search(parser, first, SYNTAX_CONTAINS) : unexpected(parser, "and");
    case TOKEN_MATCHES:
        return entity ? parse_search(parser, first, SYNTAX_MATCHES) : unexpected(parser, "and");
    case TOKEN_IN:
        return entity ? parse_membership(parser, first, false) : unexpected(parser, "and");
    case TOKEN_NOT:
        if (entity) {
            advance(parser);
            return parser->token.kind == TOKEN_IN ? parse_membership(parser, first, true)
                                                  : unexpected(parser, "in");
        }
        break;
    default:
        break;
    }
    return quantified ? unexpected(parser, "a comparison") : first;
}

/* any and all: of a chain of comparisons Wireshark lets each keep its own. */
static Syntax *parse_quantified(Parser *parser)
{
    bool any = accept(parser, TOKEN_ANY);
    bool all = !any && accept(parser, TOKEN_ALL);
    Syntax *test = parse_relation(parser, any || all);
    if (test != NULL && (any || all)) {
        Syntax *inner = test->kind == SYNTAX_NOT ? test->first : test;
        inner->quantifier = all ? QUANTIFIER_ALL : QUANTIFIER_ANY;
    }
    return test;
}

static Syntax *parse_not(Parser *parser)
{
    Place place = parser->token.place;
    if (!enter(parser)) {
        return NULL;
    }
    Syntax *syntax = NULL;
    if (accept(parser, TOKEN_NOT)) {
        Syntax *first = parse_not(parser);
        if (first == NULL) {
            return NULL;
        }
        syntax = node(parser, SYNTAX_NOT, place_join(place, first->place));
        syntax->first = first;
    } else if (accept(parser, TOKEN_OPEN)) {
        syntax = parse_or(parser);
        if (syntax == NULL) {
            return NULL;
        }
        if (parser->token.kind != TOKEN_CLOSE) {
            return unexpected(parser, ")");
        }
        advance(parser);
    } else {
        syntax = parse_quantified(parser);
    }
    parser->depth--;
    return syntax;
}

static Syntax *parse_and(Parser *parser)
{
    Syntax *syntax = parse_not(parser);
    while (syntax != NULL && accept(parser, TOKEN_AND)) {
        Syntax *second = parse_not(parser);
        syntax = second == NULL ? NULL : binary(parser, SYNTAX_AND, syntax, second);
    }
    return syntax;
}

static Syntax *parse_or(Parser *parser)
{
    Syntax *syntax = parse_and(parser);
    while (syntax != NULL && accept(parser, TOKEN_OR)) {
        Syntax *second = parse_and(parser);
        syntax = second == NULL ? NULL : binary(parser, SYNTAX_OR, syntax, second);
    }
    return syntax;
}

Syntax *parser_parse(Lexer *lexer, bool *blank)
{
    Parser parser = {.lexer = lexer};
    advance(&parser);
    *blank = parser.token.kind == TOKEN_END;
    if (*blank) {
        return NULL;
    }
    Syntax *syntax = parse_or(&parser);
    if (lexer->fault->failed) {
        return NULL;
    }
    if (syntax != NULL && parser.token.kind != TOKEN_END) {
        return unexpected(&parser, "and, or, or the end");
    }
    return syntax;
}
