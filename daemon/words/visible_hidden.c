#include "words/visible_hidden.h"

#include "words/visible_out.h"

bool visible_is_hidden(const struct html_tag *tag)
{
    return tag->has_hidden || tag->display_none || (tag->element == ELEMENT_INPUT && tag->type_hidden) ||
        (tag->element == ELEMENT_DIALOG && !tag->has_open);
}

/* What is hidden begins: a browser lays out nothing in its place, unless it is a box whose content is not
 * text. */
int visible_begin_hiding(struct visible *visible, const struct html_tag *tag)
{
    bool in_math = open_in_math(&visible->open), foreign = in_math || element_has(tag->element, FLAG_FOREIGN);
    int r = 0;

    if (!visible_is_hidden(tag))
        r = visible_end_word(visible, tag->element);
    if (open_pass(&visible->open, tag->element) && r == 0)
        r = visible_end_word(visible, ELEMENT_P);
    if (r < 0 || element_has(tag->element, FLAG_VOID) || (tag->self_closing && foreign))
        return r;
    visible->hides = true;
    hidden_begin(&visible->hidden, tag, foreign);
    if (foreign)
        html_set_foreign(&visible->html, true);
    if (!in_math)
        html_set_content_of(&visible->html, tag->element);
    return r;
}

static int stop_hiding(struct visible *visible)
{
    bool was_hidden = visible_is_hidden(&visible->hidden.hider);

    visible->hides = false;
    html_set_foreign(&visible->html, visible->open.n[ELEMENT_MATH] > 0);
    return was_hidden ? 0 : visible_end_word(visible, visible->hidden.hider.element);
}

/* What is formatted ends where its tag says; the blocks that it held go on (the "adoption agency"). */
static int leave_blocks(struct visible *visible)
{
    const uint32_t *inside = visible->hidden.inside.n;
    bool any = false;

    for (unsigned element = 0; element < N_ELEMENTS; element++)
        if (element_has(element, FLAG_SPECIAL) && inside[element] > 0) {
            visible->open.n[element] += inside[element];
            any = true;
        }
    return any ? visible_end_word(visible, ELEMENT_DIV) : 0;
}

int visible_start_hidden(struct visible *visible, const struct html_tag *tag, bool *ret_shown)
{
    enum element hider = visible->hidden.hider.element;
    int r;

    *ret_shown = false;
    if (tag->element == ELEMENT_FORM && visible->in_form)
        return 0;
    if (!hidden_ends_at_start(&visible->hidden, tag->element, &visible->open)) {
        if (!hidden_is_foreign(&visible->hidden))
            html_set_content_of(&visible->html, tag->element);
        hidden_start(&visible->hidden, tag, &visible->open);
        html_set_foreign(&visible->html, hidden_is_foreign(&visible->hidden));
        return 0;
    }
    r = stop_hiding(visible);
    if (r == 0 && element_has(hider, FLAG_FORMATTING) && element_has(tag->element, FLAG_FORMATTING))
        r = leave_blocks(visible);
    /* A second select only ends the first. */
    *ret_shown = hider != ELEMENT_SELECT || tag->element != ELEMENT_SELECT;
    return r;
}

int visible_end_hidden(struct visible *visible, const struct html_tag *tag, bool *ret_shown)
{
    int r = 0;

    *ret_shown = false;
    switch (hidden_end(&visible->hidden, tag, &visible->open)) {
    case HIDDEN_GOES_ON:
        html_set_foreign(&visible->html, hidden_is_foreign(&visible->hidden));
        break;
    case HIDDEN_ENDS:
        r = stop_hiding(visible);
        if (r == 0 && element_has(visible->hidden.hider.element, FLAG_FORMATTING))
            r = leave_blocks(visible);
        break;
    case HIDDEN_ENDS_OUTER:
        r = stop_hiding(visible);
        *ret_shown = true;
        break;
    }
    return r;
}
