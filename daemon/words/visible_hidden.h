/* The parts of a page that are not shown: from the tag that begins one to the tag behind it. Where one ends
 * is hidden.h's to know. Owner: a page. Thread: one at a time. */
#pragma once

#include "words/visible.h"

/* Whether nothing of the element is laid out, whatever its name is. */
bool visible_is_hidden(const struct html_tag *tag);

/* The tag starts an element that is not shown. This one and the others return 0 or what the sink returned. */
int visible_begin_hiding(struct visible *visible, const struct html_tag *tag);

/* A start tag, or an end tag, in a part that is hidden. *ret_shown: it has ended that part and is yet to be
 * dealt with, as one of what is shown. */
int visible_start_hidden(struct visible *visible, const struct html_tag *tag, bool *ret_shown);
int visible_end_hidden(struct visible *visible, const struct html_tag *tag, bool *ret_shown);
