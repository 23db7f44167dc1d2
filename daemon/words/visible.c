#include "words/visible.h"

#include "words/visible_hidden.h"
#include "words/visible_out.h"
#include <string.h>

static bool is_seen(const struct html_tag *tag)
{
    return !element_has(tag->element, FLAG_UNSEEN) && !visible_is_hidden(tag);
}

/* There is one form at a time: a form inside of one is none, and one between the cells of a table has no
 * content. */
static bool start_form(struct visible *visible)
{
    if (visible->in_form)
        return false;
    visible->in_form = true;
    visible->form_unclosed = open_unclosed(&visible->open) + 1;
    return !open_in_table(&visible->open);
}

static void start_math(struct visible *visible)
{
    uint32_t *n = visible->open.n;

    n[ELEMENT_MI] = n[ELEMENT_MN] = n[ELEMENT_MO] = n[ELEMENT_MS] = n[ELEMENT_MTEXT] = 0;
}

static int start_rare(struct visible *visible, const struct html_tag *tag)
{
    bool in_math = open_in_math(&visible->open);

    if (in_math && element_has(tag->element, FLAG_BREAKOUT)) {
        visible->open.n[ELEMENT_MATH] = 0;
        html_set_foreign(&visible->html, false);
        in_math = false;
    }
    if (tag->element == ELEMENT_FORM && !in_math && !start_form(visible))
        return 0;
    if (tag->element == ELEMENT_HEAD) /* never seen, but for its title */
        return 0;
    if (!is_seen(tag))
        return visible_begin_hiding(visible, tag);
    if (element_has(tag->element, FLAG_ROOT))
        return 0;
    if (tag->element == ELEMENT_MATH && !in_math)
        start_math(visible);
    if (element_has(tag->element, FLAG_CLOSES_P))
        visible->open.n[ELEMENT_P] = 0;
    if (!element_has(tag->element, FLAG_VOID) &&
        !(tag->self_closing && (in_math || element_has(tag->element, FLAG_FOREIGN))))
        open_start(&visible->open, tag->element);
    html_set_foreign(&visible->html, visible->open.n[ELEMENT_MATH] > 0);
    if (!in_math) {
        html_set_content_of(&visible->html, tag->element);
        visible->in_title = tag->element == ELEMENT_TITLE && !visible->had_title;
    }
    return visible_end_word(visible, tag->element);
}

/* A start tag "image" is one of img (HTML 13.2.6.4.7), but in foreign content. */
static int start_image(struct visible *visible, const struct html_tag *tag)
{
    struct html_tag image = *tag;

    if (!open_in_math(&visible->open))
        image.element = ELEMENT_IMG;
    return start_rare(visible, &image);
}

/* A table that starts in one, but in none of its cells, ends it; its parts are none outside of one. False if
 * nothing more comes of the tag. */
static bool start_table_part(struct visible *visible, enum element element)
{
    if (element != ELEMENT_TABLE)
        return visible->open.n[ELEMENT_TABLE] > 0;
    if (open_in_table(&visible->open))
        open_end(&visible->open, ELEMENT_TABLE);
    return true;
}

static inline int start_seen(struct visible *visible, const struct html_tag *tag)
{
    bool in_math = visible->open.n[ELEMENT_MATH] > 0;

    if (element_has(tag->element, FLAG_TABLE) && !in_math && !start_table_part(visible, tag->element))
        return 0;
    if (tag->element == ELEMENT_IMAGE)
        return start_image(visible, tag);
    if (element_has(tag->element, FLAGS_RARE) || tag->has_hidden || tag->display_none || in_math)
        return start_rare(visible, tag);
    open_start(&visible->open, tag->element);
    return visible_end_word(visible, tag->element);
}

/* What was left open inside goes on, and with it the line. */
static int end_form(struct visible *visible)
{
    bool all_closed = open_unclosed(&visible->open) <= visible->form_unclosed;

    visible->in_form = false;
    open_end(&visible->open, ELEMENT_FORM);
    return all_closed ? visible_end_word(visible, ELEMENT_FORM) : 0;
}

static int end_rare(struct visible *visible, const struct html_tag *tag)
{
    enum element element;
    bool is_open = open_find(&visible->open, tag->element, &element);

    if (element_has(tag->element, FLAG_ROOT))
        return 0;
    if (tag->element == ELEMENT_TITLE && visible->in_title) {
        visible->in_title = false;
        visible->had_title = true;
    }
    if (tag->element == ELEMENT_FORM && !is_open)
        visible->in_form = false;
    /* A stray end tag does nothing, but for these two, which become an empty element. */
    if (!is_open)
        return tag->element == ELEMENT_P || tag->element == ELEMENT_BR
            ? visible_end_word(visible, tag->element)
            : 0;
    if (element == ELEMENT_FORM)
        return end_form(visible);
    open_end(&visible->open, element);
    if (element == ELEMENT_MATH)
        html_set_foreign(&visible->html, visible->open.n[ELEMENT_MATH] > 0);
    return visible_end_word(visible, element);
}

static inline int end_seen(struct visible *visible, const struct html_tag *tag)
{
    if (element_has(tag->element, FLAGS_RARE) || visible->open.n[tag->element] == 0)
        return end_rare(visible, tag);
    open_end(&visible->open, tag->element);
    return visible_end_word(visible, tag->element);
}

/* What the tokenizer may deal with itself, until the next tag that it does not. */
static void set_aside(struct visible *visible)
{
    bool seen = !visible->hides && !visible->in_title;

    html_set_aside(&visible->html, seen ? &visible->batch : NULL,
        seen && visible->open.n[ELEMENT_MATH] == 0 ? visible->open.n : NULL);
}

static int visible_tag(void *userdata, const struct html_tag *tag)
{
    struct visible *visible = userdata;
    bool nothing_aside = !visible->html.n_open, shown = !visible->hides;
    int r = 0;

    if (visible->sink->end_word) /* in its order, and as it was formatted */
        r = visible_flush(visible);
    if (r < 0)
        return r;
    if (visible->hides)
        r = tag->end ? visible_end_hidden(visible, tag, &shown) : visible_start_hidden(visible, tag, &shown);
    if (r == 0 && shown)
        r = tag->end ? end_seen(visible, tag) : start_seen(visible, tag);
    if (nothing_aside || visible->hides || element_has(tag->element, FLAGS_RARE))
        set_aside(visible);
    return r;
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
    return visible_put(visible, utf8, size);
}

static const struct html_handler handler = {.text = visible_text, .tag = visible_tag};

void visible_begin(struct visible *visible, const struct visible_sink *sink, void *userdata)
{
    visible->sink = sink;
    visible->userdata = userdata;
    visible->hides = false;
    visible->in_form = false;
    visible->form_unclosed = 0;
    visible->in_title = false;
    visible->had_title = false;
    memset(&visible->open, 0, sizeof(visible->open));
    visible->batch.size = 0;
    html_begin(&visible->html, &handler, visible);
    set_aside(visible);
}

int visible_feed(struct visible *visible, const uint8_t *utf8, size_t size)
{
    return html_feed(&visible->html, utf8, size);
}

int visible_finish(struct visible *visible)
{
    int r = html_finish(&visible->html);

    return r < 0 ? r : visible_flush(visible);
}
