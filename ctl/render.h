/* A verb's reply on stdout in the chosen format, driven by the shapes of wire/: what a field is called, and
 * which there are, is not said a second time here. A reply that comes in parts becomes one document, and is
 * written as it comes: nothing of a part is kept. Thread: main. */
#pragma once

#include "ctl/verb.h"
#include "wire/shape.h"

/* How tables show a value; other formats show it raw. */
enum render_style {
    STYLE_TEXT,
    STYLE_NUMBER,  /* 1,234,567 */
    STYLE_PLAIN,   /* a number that stands for something: a job's, an HTTP status */
    STYLE_DECIMAL, /* 1,234.5 */
    STYLE_SIZE,    /* 13.6 MB */
    STYLE_SPAN,    /* of seconds: 1 h 40 min */
    STYLE_TIME,    /* of ISO 8601 in UTC: local, 2026-11-22 11:00:00 */
    STYLE_STATE,   /* of a job or URL: coloured */
    STYLE_OUTCOME, /* likewise */
    STYLE_BAR, /* of a number, as long as it is beside that of the first row; only where there are colours */
};

/* The path of a value within an item of the list: "tokens", "store.bytes", or, with one row for each element
 * of an array, "words.rank". All such columns of a layout name the same array. */
struct render_column {
    const char *path;
    const char *title;
    enum render_style style;
};

struct render_layout {
    const struct wire_shape *shape; /* of the reply */
    const char *list;               /* its field that is the list; NULL: the reply itself is the one item */
    const struct render_column
        *columns;      /* of tables; ends with a path of NULL. NULL: the verb prints its own */
    const char *empty; /* said on stderr under a table without rows: "no jobs"; NULL: nothing */
    const char *const
        *fields; /* of csv and tsv, as paths; NULL: every field of an item that is no array or struct */
};

/* Prepares context->render for one document. The layout must outlive it. Returns 0 or negative errno. */
int render_begin(struct context *context, const struct render_layout *layout);

/* The next part of the reply; `last` ends the document. In jsonl, csv and tsv each part stands on stdout when
 * this returns. Returns 0 or negative errno. */
int render_part(struct context *context, const void *reply, bool last);

/* render_begin() and render_part() for a reply of one part. */
int render_reply(struct context *context, const struct render_layout *layout, const void *reply);

/* With json: the failure as an object, or as the last two fields of the document that was begun. False if it
 * could not be printed so. */
bool render_failure(const struct context *context, const char *error, const char *message);

void render_free(struct render *render);
