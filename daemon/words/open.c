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

static void limit_table_parts(struct open_elements *open, enum element latest, uint32_t least)
{
    static const enum element cells[] = {ELEMENT_TD, ELEMENT_TH}, rows[] = {ELEMENT_TR},
                              sections[] = {ELEMENT_TBODY, ELEMENT_THEAD, ELEMENT_TFOOT, ELEMENT_CAPTION,
                                  ELEMENT_COLGROUP};
    uint32_t tables = greater(open->n[ELEMENT_TABLE], least);

    if (open->n[ELEMENT_TD] + open->n[ELEMENT_TH] > tables)
        LIMIT(open, cells, latest, tables);
    if (open->n[ELEMENT_TR] > tables)
        LIMIT(open, rows, latest, tables);
    LIMIT(open, sections, latest, tables);
}

void open_start(struct open_elements *open, enum element element)
{
    uint32_t flags = element_flags[element];

    if (flags & FLAG_CLOSES_P)
        open->n[ELEMENT_P] = 0;
    open->n[element]++;
    if (flags & FLAG_TABLE || flags & FLAG_CELL)
        limit_table_parts(open, element, 1);
    else if (flags & FLAG_SPECIAL)
        limit_items(open, element, 1);
}

void open_end(struct open_elements *open, enum element element)
{
    uint32_t flags = element_flags[element];

    assert(open->n[element] > 0);
    open->n[element]--;
    if (!(flags & FLAG_REACHES))
        return;
    open->n[ELEMENT_P] = 0;
    if (element == ELEMENT_TABLE)
        limit_table_parts(open, element, 0);
    else if (element != ELEMENT_LI && element != ELEMENT_DD && element != ELEMENT_DT)
        limit_items(open, element, 0);
}

uint32_t open_unclosed(const struct open_elements *open)
{
    static const enum element implied[] = {ELEMENT_DD, ELEMENT_DT, ELEMENT_LI, ELEMENT_OPTGROUP,
        ELEMENT_OPTION, ELEMENT_P, ELEMENT_RB, ELEMENT_RP, ELEMENT_RT, ELEMENT_RTC};
    uint32_t sum = 0;

    for (unsigned element = 0; element < N_ELEMENTS; element++)
        sum += open->n[element];
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
