/* Where what hides a part of a page ends. Its outermost element is known, and what is open inside and outside
 * of it; the rules are those of HTML's tree builder by which a tag ends elements that are not its own
 * (13.2.6.4.7 to 18). Owner: a page. Thread: one at a time. */
#pragma once

#include "words/html.h"
#include "words/open.h"
#include <stdbool.h>

struct hidden {
    struct html_tag hider; /* the outermost element that hides */
    bool foreign;          /* it is svg's or math's */
    struct open_elements inside;
    uint64_t nested; /* elements of the hider's name inside it, if the name is none of HTML's */
};

void hidden_begin(struct hidden *hidden, const struct html_tag *hider, bool foreign);

/* Whether the start of `next` ends the hider, or an element outside and the hider with it, without an end
 * tag. */
bool hidden_ends_at_start(
    const struct hidden *hidden, enum element next, const struct open_elements *outside);

/* An element starts inside. */
void hidden_start(struct hidden *hidden, const struct html_tag *tag, const struct open_elements *outside);

enum hidden_end {
    HIDDEN_GOES_ON,
    HIDDEN_ENDS,       /* this was the hider's end tag */
    HIDDEN_ENDS_OUTER, /* it ends one outside, and the hider with it */
};
enum hidden_end hidden_end(
    struct hidden *hidden, const struct html_tag *tag, const struct open_elements *outside);

/* Whether what comes is svg's or math's, which is not tokenized as HTML is. */
bool hidden_is_foreign(const struct hidden *hidden);
