#include "words/visible.h"

#include <string.h>

static bool has(enum element element, uint32_t flag)
{
    return (element_flags[element] & flag) != 0;
}

static bool is_preformatted(const struct visible *visible)
{
    return visible->open.n[ELEMENT_PRE] > 0 || visible->open.n[ELEMENT_LISTING] > 0 ||
        visible->open.n[ELEMENT_XMP] > 0 || visible->open.n[ELEMENT_PLAINTEXT] > 0;
}

static int flush(struct visible *visible)
{
    struct batch *batch = &visible->batch;
    size_t size = batch->size;

    batch->size = 0;
    if (size == 0)
        return 0;
    return visible->sink->text(visible->userdata, batch->bytes, size, is_preformatted(visible));
}

static inline int put_text(struct visible *visible, const uint8_t *utf8, size_t size)
{
    int r;

    if (batch_put(&visible->batch, utf8, size))
        return 0;
    r = flush(visible);
    if (r < 0 || batch_put(&visible->batch, utf8, size))
        return r;
    return visible->sink->text(visible->userdata, utf8, size, is_preformatted(visible));
}

static int tell_end_of_word(struct visible *visible, uint32_t flags)
{
    if (flags & FLAG_BLOCK)
        return visible->sink->end_word(visible->userdata, VISIBLE_BLOCK);
    return visible->sink->end_word(visible->userdata, flags & FLAG_CELL ? VISIBLE_CELL : VISIBLE_BOX);
}

/* Several ends in a row are one for those who read them: each may be repeated. */
static inline int end_word(struct visible *visible, enum element element)
{
    uint32_t flags = element_flags[element] & (FLAG_BLOCK | FLAG_CELL | FLAG_BOX);
    const struct batch *batch = &visible->batch;

    if (flags == 0)
        return 0;
    if (visible->sink->end_word)
        return tell_end_of_word(visible, flags);
    if (batch->size > 0 && batch->bytes[batch->size - 1] == '\n')
        return 0;
    return put_text(visible, (const uint8_t *)"\n", 1);
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
    bool in_math = open_in_math(&visible->open), foreign = in_math || has(tag->element, FLAG_FOREIGN);
    int r = 0;

    if (!is_hidden(tag))
        r = end_word(visible, tag->element);
    if (open_pass(&visible->open, tag->element) && r == 0)
        r = end_word(visible, ELEMENT_P);
    if (r < 0 || has(tag->element, FLAG_VOID) || (tag->self_closing && foreign))
        return r;
    visible->hides = true;
    hidden_begin(&visible->hidden, tag, foreign);
    if (foreign)
        html_set_foreign(&visible->html, true);
    if (!in_math)
        set_content(visible, tag->element);
    return r;
}

static int stop_hiding(struct visible *visible)
{
    bool was_hidden = is_hidden(&visible->hidden.hider);

    visible->hides = false;
    html_set_foreign(&visible->html, visible->open.n[ELEMENT_MATH] > 0);
    return was_hidden ? 0 : end_word(visible, visible->hidden.hider.element);
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

    if (in_math && has(tag->element, FLAG_BREAKOUT)) {
        visible->open.n[ELEMENT_MATH] = 0;
        html_set_foreign(&visible->html, false);
        in_math = false;
    }
    if (tag->element == ELEMENT_FORM && !in_math && !start_form(visible))
        return 0;
    if (tag->element == ELEMENT_HEAD) /* never seen, but for its title */
        return 0;
    if (!is_seen(tag))
        return begin_hiding(visible, tag);
    if (has(tag->element, FLAG_ROOT))
        return 0;
    if (tag->element == ELEMENT_MATH && !in_math)
        start_math(visible);
    if (has(tag->element, FLAG_CLOSES_P))
        visible->open.n[ELEMENT_P] = 0;
    if (!has(tag->element, FLAG_VOID) && !(tag->self_closing && (in_math || has(tag->element, FLAG_FOREIGN))))
        open_start(&visible->open, tag->element);
    html_set_foreign(&visible->html, visible->open.n[ELEMENT_MATH] > 0);
    if (!in_math) {
        set_content(visible, tag->element);
        visible->in_title = tag->element == ELEMENT_TITLE && !visible->had_title;
    }
    return end_word(visible, tag->element);
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

    if (has(tag->element, FLAG_TABLE) && !in_math && !start_table_part(visible, tag->element))
        return 0;
    if (tag->element == ELEMENT_IMAGE)
        return start_image(visible, tag);
    if (has(tag->element, FLAGS_RARE) || tag->has_hidden || tag->display_none || in_math)
        return start_rare(visible, tag);
    open_start(&visible->open, tag->element);
    return end_word(visible, tag->element);
}

/* What was left open inside goes on, and with it the line. */
static int end_form(struct visible *visible)
{
    bool all_closed = open_unclosed(&visible->open) <= visible->form_unclosed;

    visible->in_form = false;
    open_end(&visible->open, ELEMENT_FORM);
    return all_closed ? end_word(visible, ELEMENT_FORM) : 0;
}

static int end_rare(struct visible *visible, const struct html_tag *tag)
{
    enum element element;
    bool is_open = open_find(&visible->open, tag->element, &element);

    if (has(tag->element, FLAG_ROOT))
        return 0;
    if (tag->element == ELEMENT_TITLE && visible->in_title) {
        visible->in_title = false;
        visible->had_title = true;
    }
    if (tag->element == ELEMENT_FORM && !is_open)
        visible->in_form = false;
    /* A stray end tag does nothing, but for these two, which become an empty element. */
    if (!is_open)
        return tag->element == ELEMENT_P || tag->element == ELEMENT_BR ? end_word(visible, tag->element) : 0;
    if (element == ELEMENT_FORM)
        return end_form(visible);
    open_end(&visible->open, element);
    if (element == ELEMENT_MATH)
        html_set_foreign(&visible->html, visible->open.n[ELEMENT_MATH] > 0);
    return end_word(visible, element);
}

static inline int end_seen(struct visible *visible, const struct html_tag *tag)
{
    if (has(tag->element, FLAGS_RARE) || visible->open.n[tag->element] == 0)
        return end_rare(visible, tag);
    open_end(&visible->open, tag->element);
    return end_word(visible, tag->element);
}

/* What is formatted ends where its tag says; the blocks that it held go on (the "adoption agency"). */
static int leave_blocks(struct visible *visible)
{
    const uint32_t *inside = visible->hidden.inside.n;
    bool any = false;

    for (unsigned element = 0; element < N_ELEMENTS; element++)
        if (has(element, FLAG_SPECIAL) && inside[element] > 0) {
            visible->open.n[element] += inside[element];
            any = true;
        }
    return any ? end_word(visible, ELEMENT_DIV) : 0;
}

static int start_hidden(struct visible *visible, const struct html_tag *tag)
{
    enum element hider = visible->hidden.hider.element;
    int r;

    if (tag->element == ELEMENT_FORM && visible->in_form)
        return 0;
    if (!hidden_ends_at_start(&visible->hidden, tag->element, &visible->open)) {
        if (!hidden_is_foreign(&visible->hidden))
            set_content(visible, tag->element);
        hidden_start(&visible->hidden, tag, &visible->open);
        html_set_foreign(&visible->html, hidden_is_foreign(&visible->hidden));
        return 0;
    }
    r = stop_hiding(visible);
    if (r == 0 && has(hider, FLAG_FORMATTING) && has(tag->element, FLAG_FORMATTING))
        r = leave_blocks(visible);
    /* A second select only ends the first. */
    return r < 0 || (hider == ELEMENT_SELECT && tag->element == ELEMENT_SELECT) ? r
                                                                                : start_seen(visible, tag);
}

static int end_hidden(struct visible *visible, const struct html_tag *tag)
{
    int r = 0;

    switch (hidden_end(&visible->hidden, tag, &visible->open)) {
    case HIDDEN_GOES_ON:
        html_set_foreign(&visible->html, hidden_is_foreign(&visible->hidden));
        break;
    case HIDDEN_ENDS:
        r = stop_hiding(visible);
        if (r == 0 && has(visible->hidden.hider.element, FLAG_FORMATTING))
            r = leave_blocks(visible);
        break;
    case HIDDEN_ENDS_OUTER:
        r = stop_hiding(visible);
        if (r == 0)
            r = end_seen(visible, tag);
        break;
    }
    return r;
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
    bool nothing_aside = !visible->html.n_open;
    int r = 0;

    if (visible->sink->end_word) /* in its order, and as it was formatted */
        r = flush(visible);
    if (r < 0)
        return r;
    if (tag->end)
        r = visible->hides ? end_hidden(visible, tag) : end_seen(visible, tag);
    else
        r = visible->hides ? start_hidden(visible, tag) : start_seen(visible, tag);
    if (nothing_aside || visible->hides || has(tag->element, FLAGS_RARE))
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
    return put_text(visible, utf8, size);
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

    return r < 0 ? r : flush(visible);
}
