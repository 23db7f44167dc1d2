/* What the tests of the tokenizer share. */
#pragma once

#include "cmocka_words.h"
#include "words/elements.h"
#include "words/html.h"

/* What the tokenizer says, as "text", "(tag)" and "(/tag)", with the attributes that matter. */
struct output {
    struct html html;
    char text[16384];
    enum html_content content; /* of every element that starts */
    bool foreign;
};

static inline void put(struct output *output, const char *text, size_t size)
{
    size_t at = strlen(output->text);

    assert_true(at + size < sizeof(output->text));
    memcpy(output->text + at, text, size);
    output->text[at + size] = '\0';
}

static inline int take_text(void *userdata, const uint8_t *utf8, size_t size)
{
    assert_null(memchr(utf8, '\0', size));
    put(userdata, (const char *)utf8, size);
    return 0;
}

static inline int take_tag(void *userdata, const struct html_tag *tag)
{
    struct output *output = userdata;
    const char *name = element_name(tag->element);
    char text[128];

    snprintf(text, sizeof(text), "(%s%s%s%s%s%s%s)", tag->end ? "/" : "", *name ? name : "other",
        tag->self_closing ? "/" : "", tag->has_hidden ? " hidden" : "", tag->has_open ? " open" : "",
        tag->display_none ? " none" : "", tag->type_hidden ? " type" : "");
    put(output, text, strlen(text));
    if (!tag->end)
        html_set_content(&output->html, output->content, tag->element);
    return 0;
}

static inline void tokenize(const char *html, size_t size, size_t step, struct output *output)
{
    static const struct html_handler handler = {.text = take_text, .tag = take_tag};

    html_begin(&output->html, &handler, output);
    html_set_foreign(&output->html, output->foreign);
    for (size_t at = 0; at < size; at += step)
        assert_int_equal(
            html_feed(&output->html, (const uint8_t *)html + at, size - at < step ? size - at : step), 0);
    assert_int_equal(html_finish(&output->html), 0);
}

/* Long enough to be read many bytes at a time. */
static inline void assert_same_when_long(
    enum html_content content, bool foreign, const char *html, size_t size)
{
    static struct output whole, cut;
    size_t padding = 512;
    char *page = malloc(size + padding);

    assert_non_null(page);
    memcpy(page, html, size);
    memset(page + size, '.', padding);
    whole = (struct output){.content = content, .foreign = foreign};
    cut = whole;
    tokenize(page, size + padding, size + padding, &whole);
    tokenize(page, size + padding, 1, &cut);
    free(page);
    assert_string_equal(whole.text, cut.text);
}

static inline void assert_tokens_of(
    enum html_content content, bool foreign, const char *html, size_t size, const char *expected)
{
    for (size_t step = 1; step == 1 || step <= size; step++) {
        struct output output = {.content = content, .foreign = foreign};

        tokenize(html, size, step, &output);
        assert_string_equal(output.text, expected);
    }
    assert_same_when_long(content, foreign, html, size);
}

static inline void assert_tokens(const char *html, const char *expected)
{
    assert_tokens_of(HTML_DATA, false, html, strlen(html), expected);
}

static inline void assert_content(enum html_content content, const char *html, const char *expected)
{
    assert_tokens_of(content, false, html, strlen(html), expected);
}
