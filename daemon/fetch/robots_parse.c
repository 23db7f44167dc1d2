#include "fetch/robots_rules.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "fetch/robots_pattern.h"
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum set_index {
    SET_PRODUCT,
    SET_EVERYONE,
    N_SETS,
};

struct parser {
    const char *product;
    struct rule_set sets[N_SETS];
    uint32_t group_line[N_SETS]; /* where the group being read names it; 0 if it does not */
    bool expects_rules;          /* no rule since the last user-agent line: another one joins the group */
    struct buffer text;
    uint32_t line;
};

/* A piece of a line. */
struct piece {
    const char *start;
    size_t size;
};

static void parser_deinit(struct parser *parser)
{
    free(parser->sets[SET_PRODUCT].rules);
    free(parser->sets[SET_EVERYONE].rules);
    buffer_deinit(&parser->text);
}

static struct piece trimmed(struct piece piece)
{
    while (piece.size > 0 && (piece.start[0] == ' ' || piece.start[0] == '\t')) {
        piece.start++;
        piece.size--;
    }
    while (piece.size > 0 && (piece.start[piece.size - 1] == ' ' || piece.start[piece.size - 1] == '\t'))
        piece.size--;
    return piece;
}

static bool piece_is(struct piece piece, const char *text)
{
    return piece.size == strlen(text) && strncasecmp(piece.start, text, piece.size) == 0;
}

/* "urlstatd/1.0" names the product token "urlstatd": letters, "_" and "-" (2.2.1). */
static struct piece product_token(struct piece value)
{
    size_t size = 0;

    while (size < value.size &&
        (isalpha((unsigned char)value.start[size]) || value.start[size] == '_' || value.start[size] == '-'))
        size++;
    return (struct piece){value.start, size};
}

static void join(struct parser *parser, enum set_index index)
{
    struct rule_set *set = &parser->sets[index];

    if (parser->group_line[index] == 0)
        parser->group_line[index] = parser->line;
    if (set->group_line == 0)
        set->group_line = parser->line;
}

static void read_user_agent(struct parser *parser, struct piece value)
{
    bool is_everyone = value.size > 0 && value.start[0] == '*' &&
        (value.size == 1 || value.start[1] == ' ' || value.start[1] == '\t');

    if (!parser->expects_rules)
        parser->group_line[SET_PRODUCT] = parser->group_line[SET_EVERYONE] = 0;
    parser->expects_rules = true;
    if (piece_is(product_token(value), parser->product))
        join(parser, SET_PRODUCT);
    if (is_everyone)
        join(parser, SET_EVERYONE);
}

static int read_rule(struct parser *parser, struct piece value, bool is_allow)
{
    struct rule rule = {.line = parser->line, .is_allow = is_allow};
    size_t i;
    int r;

    parser->expects_rules = false;
    /* An empty pattern matches nothing (2.2.2), and one that does not start a path can match none. */
    if (value.size == 0 || (value.start[0] != '/' && value.start[0] != '*'))
        return 0;
    if (parser->group_line[SET_PRODUCT] == 0 && parser->group_line[SET_EVERYONE] == 0)
        return 0;

    rule.text = (uint32_t)parser->text.size;
    if ((r = buffer_append(&parser->text, value.start, value.size)) < 0 ||
        (r = buffer_append(&parser->text, "", 1)) < 0)
        return r;
    rule.canonical = (uint32_t)parser->text.size;
    r = robots_pattern_canonical(&parser->text, value.start, value.size);
    if (r < 0)
        return r;
    rule.canonical_size = (uint32_t)parser->text.size - rule.canonical;
    if (rule.canonical_size == value.size &&
        memcmp(parser->text.bytes + rule.canonical, value.start, value.size) == 0) {
        parser->text.size = rule.canonical;
        rule.canonical = rule.text;
    }
    rule.has_star = memchr(value.start, '*', value.size) != NULL;

    for (i = 0; i < N_SETS; i++) {
        struct rule_set *set = &parser->sets[i];

        if (parser->group_line[i] == 0)
            continue;
        r = array_reserve_one(&set->rules, set->n_rules, &set->capacity, sizeof(set->rules[0]));
        if (r < 0)
            return r;
        rule.group_line = parser->group_line[i];
        set->rules[set->n_rules++] = rule;
    }
    return 0;
}

/* Decimal seconds. Of several the longest counts. It is no rule: it neither ends nor starts a group. */
static void read_crawl_delay(struct parser *parser, struct piece value)
{
    uint64_t unit = USEC_PER_SEC;
    uint64_t usec = 0;
    size_t i = 0;

    if (value.size == 0 || !isdigit((unsigned char)value.start[0]))
        return;
    for (; i < value.size && isdigit((unsigned char)value.start[i]); i++)
        usec = usec > UINT64_MAX / 100 ? usec : usec * 10 + (uint64_t)(value.start[i] - '0') * USEC_PER_SEC;
    if (i < value.size && value.start[i] == '.') {
        for (i++; i < value.size && isdigit((unsigned char)value.start[i]); i++)
            usec += (unit /= 10) * (uint64_t)(value.start[i] - '0');
    }
    for (i = 0; i < N_SETS; i++) {
        struct rule_set *set = &parser->sets[i];

        if (parser->group_line[i] == 0 || set->crawl_delay_usec >= usec)
            continue;
        set->crawl_delay_usec = usec;
        set->crawl_delay_line = parser->line;
    }
}

static int read_line(struct parser *parser, struct piece line)
{
    const char *comment = memchr(line.start, '#', line.size);
    const char *colon;
    struct piece key;
    struct piece value;

    if (comment)
        line.size = (size_t)(comment - line.start);
    colon = memchr(line.start, ':', line.size);
    if (!colon)
        return 0;
    key = trimmed((struct piece){line.start, (size_t)(colon - line.start)});
    value = trimmed((struct piece){colon + 1, line.size - (size_t)(colon + 1 - line.start)});
    if (memchr(value.start, '\0', value.size))
        return 0;

    if (piece_is(key, "user-agent"))
        read_user_agent(parser, value);
    else if (piece_is(key, "allow"))
        return read_rule(parser, value, true);
    else if (piece_is(key, "disallow"))
        return read_rule(parser, value, false);
    else if (piece_is(key, "crawl-delay"))
        read_crawl_delay(parser, value);
    return 0;
}

/* Lines end with CR, LF or both (2.2). */
static int read_lines(struct parser *parser, const char *bytes, size_t size)
{
    size_t start = 0;
    size_t i;

    for (i = 0; i <= size; i++) {
        int r;

        if (i < size && bytes[i] != '\n' && bytes[i] != '\r')
            continue;
        parser->line++;
        r = read_line(parser, (struct piece){bytes + start, i - start});
        if (r < 0)
            return r;
        if (i + 1 < size && bytes[i] == '\r' && bytes[i + 1] == '\n')
            i++;
        start = i + 1;
    }
    return 0;
}

/* Many are kept for a day: none takes more than it needs. 0 or -ENOMEM. */
static int shrink(struct robots *robots)
{
    struct rule_set *set = &robots->set;
    struct buffer *text = &robots->text;

    if (set->n_rules > 0) {
        struct rule *rules = reallocarray(set->rules, set->n_rules, sizeof(*rules));
        uint8_t *bytes = rules ? realloc(text->bytes, text->size) : NULL;

        if (rules)
            set->rules = rules;
        if (!bytes)
            return -ENOMEM;
        set->capacity = set->n_rules;
        text->bytes = bytes;
        text->capacity = text->size;
    }
    return 0;
}

int robots_parse(const void *bytes, size_t size, const char *product, struct robots **ret)
{
    CLEANUP(parser_deinit) struct parser parser = {.product = product};
    const char *text = bytes;
    struct robots *robots;
    enum set_index index;
    int r;

    if (size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        text += 3;
        size -= 3;
    }
    if (size >= ROBOTS_MAX_SIZE) {
        /* Probably cut there, and half a pattern would match more than the whole one. */
        size = ROBOTS_MAX_SIZE;
        while (size > 0 && text[size - 1] != '\n' && text[size - 1] != '\r')
            size--;
    }
    r = read_lines(&parser, text, size);
    if (r < 0)
        return r;

    robots = calloc(1, sizeof(*robots));
    if (!robots)
        return -ENOMEM;
    index = parser.sets[SET_PRODUCT].group_line > 0 ? SET_PRODUCT : SET_EVERYONE;
    robots->set = parser.sets[index];
    robots->for_everyone = index == SET_EVERYONE && robots->set.group_line > 0;
    parser.sets[index].rules = NULL;
    robots->text = parser.text;
    parser.text = (struct buffer){0};
    r = shrink(robots);
    if (r < 0)
        robots_free(robots);
    else
        *ret = robots;
    return r;
}
