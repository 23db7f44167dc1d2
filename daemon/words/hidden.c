#include "words/hidden.h"

#include <string.h>

void hidden_begin(struct hidden *hidden, const struct html_tag *hider, bool foreign)
{
    hidden->hider = *hider;
    hidden->foreign = foreign;
    hidden->nested = 0;
    memset(&hidden->inside, 0, sizeof(hidden->inside));
}

/* In svg and math, what stands in some elements is HTML again. */
bool hidden_is_foreign(const struct hidden *hidden)
{
    const uint32_t *n = hidden->inside.n;

    if (hidden->hider.element == ELEMENT_SVG || n[ELEMENT_SVG] > 0)
        return n[ELEMENT_FOREIGNOBJECT] + n[ELEMENT_DESC] + n[ELEMENT_TITLE] == 0;
    return hidden->foreign
        ? n[ELEMENT_MI] + n[ELEMENT_MN] + n[ELEMENT_MO] + n[ELEMENT_MS] + n[ELEMENT_MTEXT] == 0
        : open_in_math(&hidden->inside);
}

static bool in_scope(const struct hidden *hidden)
{
    return open_sum(&hidden->inside, FLAG_BARRIER) == 0;
}

static bool in_template(const struct hidden *hidden)
{
    return hidden->hider.element == ELEMENT_TEMPLATE || hidden->inside.n[ELEMENT_TEMPLATE] > 0;
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

    if (!element_has(next, FLAG_TABLE) || next == ELEMENT_TABLE || hidden->inside.n[ELEMENT_TABLE] > 0)
        return false;
    if (hider == ELEMENT_TR)
        return next == ELEMENT_TR || is_table_section(next);
    return is_table_section(hider) && hider != ELEMENT_CAPTION ? is_table_section(next) : true;
}

/* There is nothing open inside, but for paragraphs, which `next` ends before. */
static bool is_innermost(const struct hidden *hidden)
{
    return open_all(&hidden->inside) == hidden->inside.n[ELEMENT_P];
}

/* Ruby's parts imply the end of what stands open right before them. */
static bool ruby_part_ends(
    const struct hidden *hidden, enum element next, const struct open_elements *outside)
{
    static const enum element implied[] = {ELEMENT_DD, ELEMENT_DT, ELEMENT_LI, ELEMENT_OPTGROUP,
        ELEMENT_OPTION, ELEMENT_P, ELEMENT_RB, ELEMENT_RP, ELEMENT_RT};
    enum element hider = hidden->hider.element;

    if (outside->n[ELEMENT_RUBY] == 0 || open_unclosed(&hidden->inside) > 0)
        return false;
    if (next != ELEMENT_RB && next != ELEMENT_RT && next != ELEMENT_RP && next != ELEMENT_RTC)
        return false;
    if (hider == ELEMENT_RTC)
        return next == ELEMENT_RB || next == ELEMENT_RTC;
    for (size_t i = 0; i < sizeof(implied) / sizeof(*implied); i++)
        if (hider == implied[i])
            return true;
    return false;
}

static bool start_ends_hider(
    const struct hidden *hidden, enum element next, const struct open_elements *outside)
{
    enum element hider = hidden->hider.element;

    switch (hider) {
    case ELEMENT_SELECT:
        if (hidden->inside.n[ELEMENT_TEMPLATE] > 0)
            return false;
        if (element_has(next, FLAG_TABLE))
            return outside->n[ELEMENT_TABLE] > 0 && next != ELEMENT_COL && next != ELEMENT_COLGROUP;
        return next == ELEMENT_SELECT || next == ELEMENT_INPUT || next == ELEMENT_TEXTAREA ||
            next == ELEMENT_KEYGEN;
    case ELEMENT_P:
        return element_has(next, FLAG_CLOSES_P) && hidden->inside.n[ELEMENT_BUTTON] == 0 && in_scope(hidden);
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
    case ELEMENT_H1:
    case ELEMENT_H2:
    case ELEMENT_H3:
    case ELEMENT_H4:
    case ELEMENT_H5:
    case ELEMENT_H6:
        return element_has(next, FLAG_HEADING) && is_innermost(hidden);
    case ELEMENT_OPTION:
        return (next == ELEMENT_OPTION || next == ELEMENT_OPTGROUP) && is_innermost(hidden);
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
    return !element_has(hider, FLAG_SPECIAL) || hider == ELEMENT_ADDRESS || hider == ELEMENT_DIV ||
        hider == ELEMENT_P;
}

/* A paragraph, an item or a cell outside ends where the next begins. */
static bool start_ends_outer(
    const struct hidden *hidden, enum element next, const struct open_elements *outside)
{
    enum element hider = hidden->hider.element;
    bool is_term = next == ELEMENT_DD || next == ELEMENT_DT;

    if (element_has(next, FLAG_TABLE) && next != ELEMENT_TABLE)
        return outside->n[ELEMENT_TABLE] > 0 && hidden->inside.n[ELEMENT_TABLE] == 0 &&
            !element_has(hider, FLAG_TABLE) && !in_template(hidden);
    if (next == ELEMENT_TABLE && open_in_table(outside) && !element_has(hider, FLAG_TABLE))
        return hidden->inside.n[ELEMENT_TABLE] == 0 && !in_template(hidden);
    if (element_has(hider, FLAG_FORMATTING | FLAG_BARRIER))
        return false;
    if (next == ELEMENT_BUTTON && outside->n[ELEMENT_BUTTON] > 0)
        return in_scope(hidden);
    if ((next == ELEMENT_A || next == ELEMENT_NOBR) && outside->n[next] > 0)
        return !element_has(hider, FLAG_SPECIAL) && open_sum(&hidden->inside, FLAG_SPECIAL) == 0;
    if ((next == ELEMENT_LI && outside->n[ELEMENT_LI] > 0) ||
        (is_term && outside->n[ELEMENT_DD] + outside->n[ELEMENT_DT] > 0))
        return lets_items_end(hider) && item_in_reach(hidden);
    return element_has(next, FLAG_CLOSES_P) && outside->n[ELEMENT_P] > 0 && hider != ELEMENT_BUTTON &&
        hidden->inside.n[ELEMENT_BUTTON] == 0 && in_scope(hidden);
}

bool hidden_ends_at_start(const struct hidden *hidden, enum element next, const struct open_elements *outside)
{
    if (hidden_is_foreign(hidden)) {
        if (!element_has(next, FLAG_BREAKOUT))
            return false;
        if (hidden->foreign)
            return true;
    }
    return start_ends_hider(hidden, next, outside) || ruby_part_ends(hidden, next, outside) ||
        (!hidden->foreign && hidden->hider.element != ELEMENT_SELECT &&
            start_ends_outer(hidden, next, outside));
}

/* Parts of a table are none outside of one. */
static bool is_no_part(const struct hidden *hidden, enum element element, const struct open_elements *outside)
{
    return element_has(element, FLAG_TABLE) && element != ELEMENT_TABLE && outside->n[ELEMENT_TABLE] == 0 &&
        hidden->inside.n[ELEMENT_TABLE] == 0 && !element_has(hidden->hider.element, FLAG_TABLE) &&
        !in_template(hidden);
}

void hidden_start(struct hidden *hidden, const struct html_tag *tag, const struct open_elements *outside)
{
    uint32_t *n = hidden->inside.n;
    bool foreign = hidden_is_foreign(hidden);

    if (foreign && element_has(tag->element, FLAG_BREAKOUT)) {
        n[ELEMENT_SVG] = n[ELEMENT_MATH] = 0;
        foreign = false;
    }
    if (element_has(tag->element, FLAG_VOID | FLAG_ROOT) ||
        (tag->self_closing && (foreign || element_has(tag->element, FLAG_FOREIGN))) ||
        (!foreign && is_no_part(hidden, tag->element, outside)))
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

    if (element_has(outer, FLAG_TABLE))
        return n[ELEMENT_TABLE] == 0 && hider != ELEMENT_TABLE && !in_template(hidden);
    if (element_has(hider, FLAG_BARRIER | FLAG_FORMATTING) || !in_scope(hidden))
        return false;
    if (outer == ELEMENT_LI &&
        (hider == ELEMENT_UL || hider == ELEMENT_OL || n[ELEMENT_UL] > 0 || n[ELEMENT_OL] > 0))
        return false;
    if (outer == ELEMENT_P && (hider == ELEMENT_BUTTON || n[ELEMENT_BUTTON] > 0))
        return false;
    if (element_has(outer, FLAG_REACHES))
        return true;
    return outer != ELEMENT_OTHER && !element_has(outer, FLAG_SPECIAL) && !element_has(hider, FLAG_SPECIAL) &&
        open_sum(&hidden->inside, FLAG_SPECIAL) == 0;
}

/* Whether the hider's own end tag, with as many before it as there are others of its name, reaches it. */
static bool is_reached(const struct hidden *hidden)
{
    enum element hider = hidden->hider.element;
    const uint32_t *n = hidden->inside.n;

    if (hidden->foreign || element_has(hider, FLAG_FORMATTING))
        return true;
    if (element_has(hider, FLAG_TABLE))
        return n[ELEMENT_TABLE] == 0 && n[ELEMENT_TEMPLATE] == 0;
    if (hider == ELEMENT_P)
        return n[ELEMENT_BUTTON] == 0 && in_scope(hidden);
    if (hider == ELEMENT_LI)
        return n[ELEMENT_UL] + n[ELEMENT_OL] == 0 && in_scope(hidden);
    if (element_has(hider, FLAG_REACHES))
        return in_scope(hidden);
    return element_has(hider, FLAG_SPECIAL) || open_sum(&hidden->inside, FLAG_SPECIAL) == 0;
}

static bool ends_hider(const struct hidden *hidden, const struct html_tag *tag)
{
    if (element_has(tag->element, FLAG_ROOT))
        return false;
    if (tag->element == ELEMENT_OTHER)
        return tag->name == hidden->hider.name && hidden->nested == 0 && is_reached(hidden);
    if (element_has(tag->element, FLAG_HEADING) && element_has(hidden->hider.element, FLAG_HEADING))
        return open_sum(&hidden->inside, FLAG_HEADING) == 0 && is_reached(hidden);
    return tag->element == hidden->hider.element && hidden->inside.n[tag->element] == 0 && is_reached(hidden);
}

enum hidden_end hidden_end(
    struct hidden *hidden, const struct html_tag *tag, const struct open_elements *outside)
{
    enum element element;

    if (ends_hider(hidden, tag))
        return HIDDEN_ENDS;
    if (tag->element == ELEMENT_OTHER && tag->name == hidden->hider.name && hidden->nested > 0)
        hidden->nested--;
    if (open_find(&hidden->inside, tag->element, &element))
        open_end(&hidden->inside, element);
    else if (open_find(outside, tag->element, &element) && end_reaches(hidden, element))
        return HIDDEN_ENDS_OUTER;
    return HIDDEN_GOES_ON;
}
