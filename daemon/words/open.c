#include "words/open.h"

#include <assert.h>

/* Of several kinds of which one ends the other: the one that started last stays. */
static void limit(
    struct open_elements *open, const enum element *kinds, size_t n, enum element latest, uint32_t most)
{
    uint32_t sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += open->n[kinds[i]];
    for (size_t i = 0; i < n && sum > most; i++) {
        uint32_t less = sum - most;

        if (kinds[i] == latest)
            continue;
        less = less < open->n[kinds[i]] ? less : open->n[kinds[i]];
        open->n[kinds[i]] -= less;
        sum -= less;
    }
    if (sum > most && open->n[latest] > 0)
        open->n[latest] -= sum - most < open->n[latest] ? sum - most : open->n[latest];
}
#define LIMIT(open, kinds, latest, most) limit(open, kinds, sizeof(kinds) / sizeof(*(kinds)), latest, most)

static uint32_t greater(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

/* At most one open item for each open list, but for `least`: HTML knows items outside of lists, too. */
static void limit_items(struct open_elements *open, enum element latest, uint32_t least)
{
    static const enum element items[] = {ELEMENT_LI}, terms[] = {ELEMENT_DT, ELEMENT_DD};
    uint32_t lists = greater(
        open->n[ELEMENT_UL] + open->n[ELEMENT_OL] + open->n[ELEMENT_MENU] + open->n[ELEMENT_DIR], least);
    uint32_t term_lists = greater(open->n[ELEMENT_DL], least);

    if (open->n[ELEMENT_LI] > lists)
        LIMIT(open, items, latest, lists);
    if (open->n[ELEMENT_DT] + open->n[ELEMENT_DD] > term_lists)
        LIMIT(open, terms, latest, term_lists);
}

/* In the innermost table, what contains `latest` or stands beside it. */
static void limit_table_parts(struct open_elements *open, enum element latest)
{
    static const enum element cells[] = {ELEMENT_TD, ELEMENT_TH}, rows[] = {ELEMENT_TR},
                              sections[] = {ELEMENT_TBODY, ELEMENT_THEAD, ELEMENT_TFOOT, ELEMENT_CAPTION,
                                  ELEMENT_COLGROUP};
    uint32_t tables = open->n[ELEMENT_TABLE], outer = tables > 0 ? tables - 1 : 0;
    bool is_cell = element_flags[latest] & FLAG_CELL, is_row = latest == ELEMENT_TR,
         is_table = latest == ELEMENT_TABLE;
    uint32_t most_cells = is_cell || is_table ? tables : outer;
    uint32_t most_rows = is_cell || is_row || is_table ? tables : outer;

    if (open->n[ELEMENT_TD] + open->n[ELEMENT_TH] > most_cells)
        LIMIT(open, cells, latest, most_cells);
    if (open->n[ELEMENT_TR] > most_rows)
        LIMIT(open, rows, latest, most_rows);
    LIMIT(open, sections, latest, tables);
}

bool open_in_table(const struct open_elements *open)
{
    const uint32_t *n = open->n;

    return n[ELEMENT_TABLE] > n[ELEMENT_TD] + n[ELEMENT_TH] + n[ELEMENT_CAPTION];
}

bool open_in_math(const struct open_elements *open)
{
    const uint32_t *n = open->n;

    return n[ELEMENT_MATH] > 0 &&
        n[ELEMENT_MI] + n[ELEMENT_MN] + n[ELEMENT_MO] + n[ELEMENT_MS] + n[ELEMENT_MTEXT] == 0;
}

void open_start(struct open_elements *open, enum element element)
{
    uint32_t flags = element_flags[element];

    if (flags & FLAG_CLOSES_P)
        open->n[ELEMENT_P] = 0;
    open->n[element]++;
    if (flags & FLAG_TABLE && element != ELEMENT_TABLE)
        limit_table_parts(open, element);
    else if (element == ELEMENT_LI || element == ELEMENT_DD || element == ELEMENT_DT)
        limit_items(open, element, 1);
}

static bool is_list(enum element element)
{
    return element == ELEMENT_UL || element == ELEMENT_OL || element == ELEMENT_MENU ||
        element == ELEMENT_DIR || element == ELEMENT_DL;
}

void open_end(struct open_elements *open, enum element element)
{
    uint32_t flags = element_flags[element];

    assert(open->n[element] > 0);
    open->n[element]--;
    if (!(flags & FLAG_REACHES))
        return;
    open->n[ELEMENT_P] = 0;
    if (flags & FLAG_TABLE)
        limit_table_parts(open, element);
    else if (element != ELEMENT_LI && element != ELEMENT_DD && element != ELEMENT_DT)
        limit_items(open, element, is_list(element) ? 0 : 1);
}

bool open_find(const struct open_elements *open, enum element name, enum element *ret)
{
    enum element element = name;

    if (open->n[name] == 0 && element_flags[name] & FLAG_HEADING)
        for (element = ELEMENT_H1; element < ELEMENT_H6 && open->n[element] == 0; element++)
            ;
    if (open->n[element] == 0)
        return false;
    *ret = element;
    return true;
}

bool open_pass(struct open_elements *open, enum element element)
{
    static const enum element implied[] = {ELEMENT_P, ELEMENT_LI, ELEMENT_DD, ELEMENT_DT, ELEMENT_TD,
        ELEMENT_TH, ELEMENT_TR, ELEMENT_TBODY, ELEMENT_THEAD, ELEMENT_TFOOT, ELEMENT_CAPTION,
        ELEMENT_COLGROUP, ELEMENT_BUTTON};
    uint32_t before = 0, after = 0;

    for (size_t i = 0; i < sizeof(implied) / sizeof(*implied); i++)
        before += open->n[implied[i]];
    open_start(open, element);
    open->n[element]--;
    if (element == ELEMENT_BUTTON && open->n[ELEMENT_BUTTON] > 0)
        open_end(open, ELEMENT_BUTTON);
    for (size_t i = 0; i < sizeof(implied) / sizeof(*implied); i++)
        after += open->n[implied[i]];
    return after < before;
}

uint32_t open_all(const struct open_elements *open)
{
    uint32_t sum = 0;

    for (unsigned element = 0; element < N_ELEMENTS; element++)
        sum += open->n[element];
    return sum;
}

uint32_t open_unclosed(const struct open_elements *open)
{
    static const enum element implied[] = {ELEMENT_DD, ELEMENT_DT, ELEMENT_LI, ELEMENT_OPTGROUP,
        ELEMENT_OPTION, ELEMENT_P, ELEMENT_RB, ELEMENT_RP, ELEMENT_RT, ELEMENT_RTC};
    uint32_t sum = open_all(open);

    for (size_t i = 0; i < sizeof(implied) / sizeof(*implied); i++)
        sum -= open->n[implied[i]];
    return sum;
}

uint32_t open_sum(const struct open_elements *open, uint32_t flag)
{
    uint32_t sum = 0;

    for (unsigned element = 0; element < N_ELEMENTS; element++)
        if (element_flags[element] & flag)
            sum += open->n[element];
    return sum;
}
