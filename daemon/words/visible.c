#include "words/visible.h"

#include <string.h>

static bool has(enum element element, uint32_t flag)
{
    return (element_flags[element] & flag) != 0;
}

/* Several ends in a row are one for those who read them: each may be repeated. */
static int end_word(struct visible *visible, enum element element)
{
    uint32_t flags = element_flags[element];

    if (flags & FLAG_BLOCK)
        return visible->sink->end_word(visible->userdata, VISIBLE_BLOCK);
    if (flags & FLAG_CELL)
        return visible->sink->end_word(visible->userdata, VISIBLE_CELL);
    if (flags & FLAG_BOX)
        return visible->sink->end_word(visible->userdata, VISIBLE_BOX);
    return 0;
}

static bool is_hidden(const struct html_tag *tag)
{
    return tag->has_hidden || tag->display_none || (tag->element == ELEMENT_INPUT && tag->type_hidden) ||
        (tag->element == ELEMENT_DIALOG && !tag->has_open);
}

static bool is_seen(const struct html_tag *tag)
{
    return !has(tag->element, FLAG_UNSEEN) && !is_hidden(tag);
}

static bool is_foreign(enum element element)
{
    return element == ELEMENT_SVG || element == ELEMENT_MATH;
}

static void set_content(struct visible *visible, enum element element)
{
    enum html_content content = HTML_DATA;

    if (has(element, FLAG_RCDATA))
        content = HTML_RCDATA;
    else if (has(element, FLAG_RAWTEXT))
        content = HTML_RAWTEXT;
    else if (has(element, FLAG_SCRIPT))
        content = HTML_SCRIPT;
    else if (has(element, FLAG_PLAINTEXT))
        content = HTML_PLAINTEXT;
    html_set_content(&visible->html, content, element);
}

/* What is hidden begins: a browser lays out nothing in its place, unless it is a box whose content is not
 * text. */
static int begin_hiding(struct visible *visible, const struct html_tag *tag)
{
    int r = 0;

    if (!is_hidden(tag))
        r = end_word(visible, tag->element);
    else if (has(tag->element, FLAG_CLOSES_P) && visible->open[ELEMENT_P] > 0)
        r = end_word(visible, ELEMENT_P);
    if (has(tag->element, FLAG_VOID) || (tag->self_closing && is_foreign(tag->element)))
        return r;
    visible->hides = true;
    visible->hider = *tag;
    visible->nested = 0;
    memset(visible->inside, 0, sizeof(visible->inside));
    visible->inside_special = 0;
    visible->inside_barriers = 0;
    if (is_foreign(tag->element))
        html_set_foreign(&visible->html, true);
    set_content(visible, tag->element);
    return r;
}

static int stop_hiding(struct visible *visible)
{
    bool was_hidden = is_hidden(&visible->hider);

    visible->hides = false;
    html_set_foreign(&visible->html, visible->open[ELEMENT_MATH] > 0);
    return was_hidden ? 0 : end_word(visible, visible->hider.element);
}

static int start_seen(struct visible *visible, const struct html_tag *tag)
{
    bool in_math = visible->open[ELEMENT_MATH] > 0;

    if (in_math && has(tag->element, FLAG_BREAKOUT)) {
        visible->open[ELEMENT_MATH] = 0;
        html_set_foreign(&visible->html, false);
        in_math = false;
    }
    if (!is_seen(tag))
        return begin_hiding(visible, tag);
    if (!has(tag->element, FLAG_VOID) && !(tag->self_closing && (in_math || is_foreign(tag->element))))
        visible->open[tag->element]++;
    if (visible->open[ELEMENT_MATH] > 0) {
        html_set_foreign(&visible->html, true);
    } else {
        set_content(visible, tag->element);
        visible->in_title = tag->element == ELEMENT_TITLE && !visible->had_title;
    }
    return end_word(visible, tag->element);
}

static uint32_t *open_heading(struct visible *visible)
{
    for (unsigned element = ELEMENT_H1; element <= ELEMENT_H6; element++)
        if (visible->open[element] > 0)
            return &visible->open[element];
    return NULL;
}

static int end_seen(struct visible *visible, const struct html_tag *tag)
{
    uint32_t *open = &visible->open[tag->element];

    if (tag->element == ELEMENT_TITLE && visible->in_title) {
        visible->in_title = false;
        visible->had_title = true;
    }
    if (has(tag->element, FLAG_HEADING) && *open == 0)
        open = open_heading(visible);
    if (open && *open > 0)
        --*open;
    else if (tag->element != ELEMENT_P && tag->element != ELEMENT_BR)
        return 0; /* A stray end tag does nothing, but for these two, which become an empty element. */
    if (tag->element == ELEMENT_MATH)
        html_set_foreign(&visible->html, visible->open[ELEMENT_MATH] > 0);
    return end_word(visible, tag->element);
}

/* Whether the start of `next` ends the element that hides, without an end tag of its own (HTML 13.2.6.4.7 to
 * 15). */
static bool start_ends_hider(const struct visible *visible, enum element next)
{
    enum element hider = visible->hider.element;

    if (hider == ELEMENT_SVG)
        return has(next, FLAG_BREAKOUT) && visible->inside[ELEMENT_FOREIGNOBJECT] == 0 &&
            visible->inside[ELEMENT_DESC] == 0 && visible->inside[ELEMENT_TITLE] == 0;
    if (hider == ELEMENT_SELECT)
        return next == ELEMENT_SELECT || next == ELEMENT_INPUT || next == ELEMENT_TEXTAREA ||
            next == ELEMENT_KEYGEN;
    if (visible->inside_barriers > 0)
        return false;
    switch (hider) {
    case ELEMENT_P:
        return has(next, FLAG_CLOSES_P) && visible->inside[ELEMENT_BUTTON] == 0;
    case ELEMENT_LI:
        return next == ELEMENT_LI &&
            visible->inside_special == visible->inside[ELEMENT_DIV] + visible->inside[ELEMENT_P];
    case ELEMENT_DD:
    case ELEMENT_DT:
        return (next == ELEMENT_DD || next == ELEMENT_DT) &&
            visible->inside_special == visible->inside[ELEMENT_DIV] + visible->inside[ELEMENT_P];
    case ELEMENT_TD:
    case ELEMENT_TH:
    case ELEMENT_CAPTION:
        return next != ELEMENT_TABLE && has(next, FLAG_TABLE | FLAG_CELL);
    case ELEMENT_TR:
        return next != ELEMENT_TABLE && has(next, FLAG_TABLE) && !has(next, FLAG_CELL);
    case ELEMENT_TBODY:
    case ELEMENT_THEAD:
    case ELEMENT_TFOOT:
    case ELEMENT_COLGROUP:
        return next == ELEMENT_TBODY || next == ELEMENT_THEAD || next == ELEMENT_TFOOT ||
            next == ELEMENT_CAPTION || next == ELEMENT_COLGROUP;
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
        return next == hider;
    default:
        return false;
    }
}

/* Whether the end tag of an element that is open outside ends the one that hides, too. */
static bool end_reaches_hider(const struct visible *visible, enum element outer)
{
    bool barrier = visible->inside_barriers > 0 || has(visible->hider.element, FLAG_BARRIER);

    if (visible->open[outer] == 0 || visible->inside[outer] > 0)
        return false;
    if (has(outer, FLAG_TABLE))
        return visible->inside[ELEMENT_TABLE] == 0 && visible->hider.element != ELEMENT_TABLE &&
            visible->hider.element != ELEMENT_TEMPLATE;
    if (barrier)
        return false;
    if (outer == ELEMENT_LI &&
        (visible->hider.element == ELEMENT_UL || visible->hider.element == ELEMENT_OL ||
            visible->inside[ELEMENT_UL] > 0 || visible->inside[ELEMENT_OL] > 0))
        return false;
    if (has(outer, FLAG_REACHES))
        return true;
    return !has(outer, FLAG_SPECIAL) && outer != ELEMENT_OTHER && visible->inside_special == 0 &&
        !has(visible->hider.element, FLAG_SPECIAL);
}

static void count_inside(struct visible *visible, enum element element, int32_t by)
{
    visible->inside[element] += (uint32_t)by;
    if (has(element, FLAG_SPECIAL))
        visible->inside_special += (uint32_t)by;
    if (has(element, FLAG_BARRIER))
        visible->inside_barriers += (uint32_t)by;
}

/* In svg, only what stands in one of these is HTML again. */
static bool in_html_of_svg(const struct visible *visible)
{
    return visible->inside[ELEMENT_FOREIGNOBJECT] > 0 || visible->inside[ELEMENT_DESC] > 0 ||
        visible->inside[ELEMENT_TITLE] > 0;
}

static void start_hidden(struct visible *visible, const struct html_tag *tag)
{
    bool foreign = visible->hider.element == ELEMENT_SVG && !in_html_of_svg(visible);

    if (tag->self_closing && (foreign || is_foreign(tag->element)))
        return;
    if (!has(tag->element, FLAG_VOID)) {
        count_inside(visible, tag->element, 1);
        visible->nested += tag->name == visible->hider.name;
    }
    if (!foreign)
        set_content(visible, tag->element);
    if (visible->hider.element == ELEMENT_SVG)
        html_set_foreign(&visible->html, !in_html_of_svg(visible));
}

static int end_hidden(struct visible *visible, const struct html_tag *tag)
{
    if (tag->name == visible->hider.name) {
        if (visible->nested == 0)
            return stop_hiding(visible);
        visible->nested--;
    }
    if (visible->inside[tag->element] > 0) {
        count_inside(visible, tag->element, -1);
        if (visible->hider.element == ELEMENT_SVG)
            html_set_foreign(&visible->html, !in_html_of_svg(visible));
        return 0;
    }
    if (end_reaches_hider(visible, tag->element)) {
        int r = stop_hiding(visible);

        return r < 0 ? r : end_seen(visible, tag);
    }
    return 0;
}

static int visible_tag(void *userdata, const struct html_tag *tag)
{
    struct visible *visible = userdata;
    int r;

    if (tag->end)
        return visible->hides ? end_hidden(visible, tag) : end_seen(visible, tag);
    if (!visible->hides)
        return start_seen(visible, tag);
    if (!start_ends_hider(visible, tag->element)) {
        start_hidden(visible, tag);
        return 0;
    }
    r = stop_hiding(visible);
    /* A second select only ends the first. */
    if (r < 0 || (visible->hider.element == ELEMENT_SELECT && tag->element == ELEMENT_SELECT))
        return r;
    return start_seen(visible, tag);
}

static bool is_preformatted(const struct visible *visible)
{
    return visible->open[ELEMENT_PRE] > 0 || visible->open[ELEMENT_LISTING] > 0 ||
        visible->open[ELEMENT_XMP] > 0 || visible->open[ELEMENT_PLAINTEXT] > 0;
}

static int visible_text(void *userdata, const uint8_t *utf8, size_t size)
{
    struct visible *visible = userdata;

    if (visible->hides)
        return 0;
    if (visible->in_title) {
        int r = visible->sink->title(visible->userdata, utf8, size);

        if (r < 0)
            return r;
    }
    return visible->sink->text(visible->userdata, utf8, size, is_preformatted(visible));
}

static const struct html_handler handler = {.text = visible_text, .tag = visible_tag};

void visible_begin(struct visible *visible, const struct visible_sink *sink, void *userdata)
{
    visible->sink = sink;
    visible->userdata = userdata;
    visible->hides = false;
    visible->in_title = false;
    visible->had_title = false;
    memset(visible->open, 0, sizeof(visible->open));
    html_begin(&visible->html, &handler, visible);
}

int visible_feed(struct visible *visible, const uint8_t *utf8, size_t size)
{
    return html_feed(&visible->html, utf8, size);
}

int visible_finish(struct visible *visible)
{
    return html_finish(&visible->html);
}
