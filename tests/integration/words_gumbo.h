/* What a page's words are, said a second time over the tree of a full HTML parser. Every function ends the
 * program on a failure of the machine. Thread: main. */
#pragma once

#include <gumbo.h>
#include <stddef.h>

struct gumbo_text {
    char *bytes; /* for the caller to free */
    size_t size, capacity;
};

/* Appends the text that is counted of all the page, with a line feed where a word ends. */
void gumbo_text_walk(struct gumbo_text *text, const GumboNode *node);
