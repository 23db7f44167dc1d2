/* The tokenizer of the HTML Standard (13.2.5), over valid UTF-8 as it arrives: text and tags. It holds one
 * tag's or one reference's state, never the page. Owner: a page. Thread: one at a time. */
#pragma once

#include "words/batch.h"
#include "words/elements.h"
#include "words/html_mark.h"
#include "words/reference.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is kept of the attribute values that matter, `style` and `type`; the rest of a longer one is not
 * looked at. */
#define HTML_MAX_VALUE 4096
/* No name that has a meaning is longer, but for those of elements, which are told by their hash. */
#define HTML_MAX_NAME 16

struct html_tag {
    enum element element;
    uint64_t name; /* the hash of its name, if its element is ELEMENT_OTHER */
    bool end;
    bool self_closing;
    bool has_hidden;   /* attribute `hidden` */
    bool has_open;     /* attribute `open` */
    bool display_none; /* attribute `style` with display: none */
    bool type_hidden;  /* attribute `type` is "hidden" */
};

/* Each returns 0 or negative errno, which ends the run. */
struct html_handler {
    /* Valid UTF-8, cut between characters. NUL characters have been dealt with. */
    int (*text)(void *userdata, const uint8_t *utf8, size_t size);
    /* May call the functions html_set_... */
    int (*tag)(void *userdata, const struct html_tag *tag);
};

enum html_content {
    HTML_DATA,
    HTML_RCDATA,
    HTML_RAWTEXT,
    HTML_SCRIPT,
    HTML_PLAINTEXT,
};

struct html {
    const struct html_handler *handler;
    void *userdata;
    uint8_t state;
    uint8_t content;           /* enum html_content */
    uint8_t reference_return;  /* the state to go on with after a character reference */
    bool foreign;              /* inside svg or math */
    enum element text_element; /* whose end tag ends RCDATA, RAWTEXT and script data */

    struct batch
        *batch;       /* takes text that it has room for, in place of the handler; NULL if that wants all */
    uint32_t *n_open; /* counts the elements with FLAGS_PLAIN alone, by their kind, in place of the handler;
                         NULL if it wants each tag */

    html_mark_function mark;
    const uint8_t *marked, *marked_end; /* what of the chunk that is read `places` tells about */
    const uint16_t *place;              /* the first of those that have not been looked at */
    uint16_t places[HTML_MARK_PLACES];

    struct html_tag tag;
    char name[HTML_MAX_NAME]; /* of a tag, then of an attribute, lower case */
    size_t n_name;            /* bytes kept */
    uint8_t attribute;        /* which of those that matter is being read; 0: none */
    bool wanted_value;        /* this attribute's value is kept */
    uint8_t seen;             /* attributes that the tag already has: of several the first counts */
    char value[HTML_MAX_VALUE];
    size_t n_value;
    uint8_t lookahead[8]; /* read since "<!" */
    size_t n_lookahead;
    struct reference reference;
};

void html_begin(struct html *html, const struct html_handler *handler, void *userdata);

/* Returns 0 or what the handler returned. */
int html_feed(struct html *html, const uint8_t *utf8, size_t size);
int html_finish(struct html *html);

/* The content of the element whose start tag is being handled. */
void html_set_content(struct html *html, enum html_content content, enum element element);
/* As HTML says of the element. */
void html_set_content_of(struct html *html, enum element element);

/* What is not handed to the handler from here on; see struct html. */
void html_set_aside(struct html *html, struct batch *batch, uint32_t *n_open);

/* Whether what follows is foreign content, where CDATA sections are text. */
void html_set_foreign(struct html *html, bool foreign);
