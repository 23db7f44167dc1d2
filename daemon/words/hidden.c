#include "words/hidden.h"

#include <string.h>

static bool has(enum element element, uint32_t flag)
{
    return (element_flags[element] & flag) != 0;
}

void hidden_begin(struct hidden *hidden, const struct html_tag *hider)
{
    hidden->hider = *hider;
    hidden->nested = 0;
    memset(&hidden->inside, 0, sizeof(hidden->inside));
}

/* In svg, what stands in one of these is HTML again. */
bool hidden_is_foreign(const struct hidden *hidden)
{
    const uint32_t *n = hidden->inside.n;

    return hidden->hider.element == ELEMENT_SVG && n[ELEMENT_FOREIGNOBJECT] == 0 && n[ELEMENT_DESC] == 0 &&
        n[ELEMENT_TITLE] == 0;
}

static bool in_scope(const struct hidden *hidden)
{
    return open_sum(&hidden->inside, FLAG_BARRIER) == 0;
}

/* HTML looks for the open item up to the first special element that is no address, div or p. */
static bool item_in_reach(const struct hidden *hidden)
{
    const uint32_t *n = hidden->inside.n;

    return open_sum(&hidden->inside, FLAG_SPECIAL) == n[ELEMENT_ADDRESS] + n[ELEMENT_DIV] + n[ELEMENT_P];
}

static bool is_table_section(enum element element)
{
    switch (element) {
    case ELEMENT_TBODY:
    case ELEMENT_THEAD:
    case ELEMENT_TFOOT:
    case ELEMENT_CAPTION:
    case ELEMENT_COLGROUP:
        return true;
    default:
        return false;
    }
}

static bool part_of_table_ends(const struct hidden *hidden, enum element next)
{
    enum element hider = hidden->hider.element;

    if (!has(next, FLAG_TABLE) || next == ELEMENT_TABLE || hidden->inside.n[ELEMENT_TABLE] > 0)
        return false;
    if (hider == ELEMENT_TR)
        return next == ELEMENT_TR || is_table_section(next);
    return is_table_section(hider) && hider != ELEMENT_CAPTION ? is_table_section(next) : true;
}

static bool start_ends_hider(const struct hidden *hidden, enum element next)
{
    enum element hider = hidden->hider.element;

    switch (hider) {
    case ELEMENT_SVG:
        return has(next, FLAG_BREAKOUT) && hidden_is_foreign(hidden);
    case ELEMENT_SELECT:
        return next == ELEMENT_SELECT || next == ELEMENT_INPUT || next == ELEMENT_TEXTAREA ||
            next == ELEMENT_KEYGEN;
    case ELEMENT_P:
        return has(next, FLAG_CLOSES_P) && hidden->inside.n[ELEMENT_BUTTON] == 0 && in_scope(hidden);
    case ELEMENT_LI:
        return next == ELEMENT_LI && item_in_reach(hidden);
    case ELEMENT_DD:
    case ELEMENT_DT:
        return (next == ELEMENT_DD || next == ELEMENT_DT) && item_in_reach(hidden);
    case ELEMENT_TD:
    case ELEMENT_TH:
    case ELEMENT_CAPTION:
    case ELEMENT_TR:
    case ELEMENT_TBODY:
    case ELEMENT_THEAD:
    case ELEMENT_TFOOT:
    case ELEMENT_COLGROUP:
        return part_of_table_ends(hidden, next);
    case ELEMENT_RT:
    case ELEMENT_RP:
        return next == ELEMENT_RB || next == ELEMENT_RT || next == ELEMENT_RP || next == ELEMENT_RTC;
    case ELEMENT_RTC:
        return next == ELEMENT_RB || next == ELEMENT_RTC;
    case ELEMENT_OPTION:
        return next == ELEMENT_OPTION || next == ELEMENT_OPTGROUP;
    case ELEMENT_A:
    case ELEMENT_NOBR:
    case ELEMENT_BUTTON:
        return next == hider && in_scope(hidden);
    default:
        return false;
    }
}

/* Items are looked for beyond these. */
static bool lets_items_end(enum element hider)
{
    return !has(hider, FLAG_SPECIAL) || hider == ELEMENT_ADDRESS || hider == ELEMENT_DIV ||
        hider == ELEMENT_P;
}

/* A paragraph, an item or a cell outside ends where the next begins. */
static bool start_ends_outer(
    const struct hidden *hidden, enum element next, const struct open_elements *outside)
{
    enum element hider = hidden->hider.element;
    bool is_term = next == ELEMENT_DD || next == ELEMENT_DT;

    if (has(next, FLAG_TABLE) && next != ELEMENT_TABLE)
        return outside->n[ELEMENT_TD] + outside->n[ELEMENT_TH] > 0 && hidden->inside.n[ELEMENT_TABLE] == 0 &&
            !has(hider, FLAG_TABLE) && hider != ELEMENT_TEMPLATE;
    if (has(hider, FLAG_FORMATTING | FLAG_BARRIER))
        return false;
    if ((next == ELEMENT_LI && outside->n[ELEMENT_LI] > 0) ||
        (is_term && outside->n[ELEMENT_DD] + outside->n[ELEMENT_DT] > 0))
        return lets_items_end(hider) && item_in_reach(hidden);
    return has(next, FLAG_CLOSES_P) && outside->n[ELEMENT_P] > 0 && hider != ELEMENT_BUTTON &&
        hidden->inside.n[ELEMENT_BUTTON] == 0 && in_scope(hidden);
}

bool hidden_ends_at_start(const struct hidden *hidden, enum element next, const struct open_elements *outside)
{
    return start_ends_hider(hidden, next) ||
        (hidden->hider.element != ELEMENT_SVG && hidden->hider.element != ELEMENT_SELECT &&
            start_ends_outer(hidden, next, outside));
}

void hidden_start(struct hidden *hidden, const struct html_tag *tag)
{
    bool foreign = hidden_is_foreign(hidden) || tag->element == ELEMENT_SVG || tag->element == ELEMENT_MATH;

    if (has(tag->element, FLAG_VOID) || (tag->self_closing && foreign))
        return;
    open_start(&hidden->inside, tag->element);
    if (tag->element == ELEMENT_OTHER && tag->name == hidden->hider.name)
        hidden->nested++;
}

/* Whether the end tag of an element that is open outside ends the hider, too. */
static bool end_reaches(const struct hidden *hidden, enum element outer)
{
    enum element hider = hidden->hider.element;
    const uint32_t *n = hidden->inside.n;

    if (has(outer, FLAG_TABLE))
        return n[ELEMENT_TABLE] == 0 && hider != ELEMENT_TABLE && n[ELEMENT_TEMPLATE] == 0 &&
            hider != ELEMENT_TEMPLATE;
    if (has(hider, FLAG_BARRIER | FLAG_FORMATTING) || !in_scope(hidden))
        return false;
    if (outer == ELEMENT_LI &&
        (hider == ELEMENT_UL || hider == ELEMENT_OL || n[ELEMENT_UL] > 0 || n[ELEMENT_OL] > 0))
        return false;
    if (has(outer, FLAG_REACHES))
        return true;
    return outer != ELEMENT_OTHER && !has(outer, FLAG_SPECIAL) && !has(hider, FLAG_SPECIAL) &&
        open_sum(&hidden->inside, FLAG_SPECIAL) == 0;
}

static bool ends_hider(const struct hidden *hidden, const struct html_tag *tag)
{
    if (tag->element == ELEMENT_OTHER)
        return tag->name == hidden->hider.name && hidden->nested == 0;
    if (has(tag->element, FLAG_HEADING) && has(hidden->hider.element, FLAG_HEADING))
        return open_sum(&hidden->inside, FLAG_HEADING) == 0;
    return tag->element == hidden->hider.element && hidden->inside.n[tag->element] == 0;
}

enum hidden_end hidden_end(
    struct hidden *hidden, const struct html_tag *tag, const struct open_elements *outside)
{
    if (ends_hider(hidden, tag))
        return HIDDEN_ENDS;
    if (tag->element == ELEMENT_OTHER && tag->name == hidden->hider.name)
        hidden->nested--;
    if (hidden->inside.n[tag->element] > 0)
        open_end(&hidden->inside, tag->element);
    else if (outside->n[tag->element] > 0 && end_reaches(hidden, tag->element))
        return HIDDEN_ENDS_OUTER;
    return HIDDEN_GOES_ON;
}
