#include "words/open.h"

#include <assert.h>

static void limit(struct open_elements *open, enum element element, uint32_t most)
{
    if (open->n[element] > most)
        open->n[element] = most;
}

static void limit_items(struct open_elements *open, uint32_t least)
{
    uint32_t lists = open->n[ELEMENT_UL] + open->n[ELEMENT_OL] + open->n[ELEMENT_MENU] + open->n[ELEMENT_DIR];

    limit(open, ELEMENT_LI, lists > least ? lists : least);
    lists = open->n[ELEMENT_DL] > least ? open->n[ELEMENT_DL] : least;
    limit(open, ELEMENT_DT, lists);
    limit(open, ELEMENT_DD, lists);
}

static void limit_table_parts(struct open_elements *open, uint32_t least)
{
    static const enum element parts[] = {ELEMENT_TD, ELEMENT_TH, ELEMENT_TR, ELEMENT_TBODY, ELEMENT_THEAD,
        ELEMENT_TFOOT, ELEMENT_CAPTION, ELEMENT_COLGROUP};
    uint32_t tables = open->n[ELEMENT_TABLE] > least ? open->n[ELEMENT_TABLE] : least;

    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
        limit(open, parts[i], tables);
}

void open_start(struct open_elements *open, enum element element)
{
    uint32_t flags = element_flags[element];

    if (flags & FLAG_CLOSES_P)
        open->n[ELEMENT_P] = 0;
    open->n[element]++;
    if (flags & FLAG_TABLE || flags & FLAG_CELL)
        limit_table_parts(open, 1);
    else if (flags & FLAG_SPECIAL)
        limit_items(open, 1);
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
        limit_table_parts(open, 0);
    else if (element != ELEMENT_LI && element != ELEMENT_DD && element != ELEMENT_DT)
        limit_items(open, 0);
}

uint32_t open_sum(const struct open_elements *open, uint32_t flag)
{
    uint32_t sum = 0;

    for (unsigned element = 0; element < N_ELEMENTS; element++)
        if (element_flags[element] & flag)
            sum += open->n[element];
    return sum;
}
