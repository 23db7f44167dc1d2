/* Of a page's tokens, the text that a reader sees, and where its words end. In place of HTML's tree builder
 * it holds how many elements of each name are open, so its memory does not depend on how deep they are
 * nested. Owner: a page. Thread: one at a time. */
#pragma once

#include "words/hidden.h"
#include "words/html.h"
#include "words/open.h"
#include <stdbool.h>

/* How far apart two pieces of text stand. Each ends a word; the greater one of several counts. */
enum visible_break {
    VISIBLE_BOX,   /* an image or a button between them, on the same line */
    VISIBLE_CELL,  /* neighbours in a table's row */
    VISIBLE_BLOCK, /* lines of their own */
};

/* Each returns 0 or negative errno, which ends the run. */
struct visible_sink {
    /* Valid UTF-8, cut between characters; gathered, so it may come late. `preformatted`: lines are kept as
     * they are. */
    int (*text)(void *userdata, const uint8_t *utf8, size_t size, bool preformatted);
    /* NULL: a line feed in the text stands for each. */
    int (*end_word)(void *userdata, enum visible_break kind);
    /* Text of the first title, besides. */
    int (*title)(void *userdata, const uint8_t *utf8, size_t size);
};

struct visible {
    const struct visible_sink *sink;
    void *userdata;
    struct html html;
    struct batch batch;
    struct open_elements open; /* outside of what hides */
    bool hides;
    struct hidden hidden;

    bool in_form;
    uint32_t form_unclosed; /* what was open when it started, with the form */

    bool in_title;
    bool had_title;
};

/* A page begins; the last two return 0 or what the sink returned. */
void visible_begin(struct visible *visible, const struct visible_sink *sink, void *userdata);
int visible_feed(struct visible *visible, const uint8_t *utf8, size_t size);
int visible_finish(struct visible *visible);
