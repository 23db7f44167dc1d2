/* What the formats share within render: the document under way, and how each format takes its parts.
 * Thread: main. */
#pragma once

#include "ctl/cell.h"
#include "ctl/table.h"

/* Text is handed to stdout in pieces of this size. */
#define RENDER_FLUSH_SIZE (64u << 10)

#define RENDER_MAX_COLUMNS 32

struct render {
    const struct render_layout *layout;
    const struct wire_field *list;       /* NULL if the layout has none */
    const struct wire_shape *item_shape; /* of the list, or of the reply */
    struct buffer out;
    bool begun;       /* a part was taken */
    bool ended;       /* the last part was taken */
    uint64_t n_items; /* so far */

    struct cell_path paths[RENDER_MAX_COLUMNS];
    size_t n_paths;
    struct table *table; /* FORMAT_TABLE alone */
    double bar_full;     /* the first row's number; 0 before it */
    struct table_column headings[RENDER_MAX_COLUMNS];
};

/* The list's items in the part; the reply itself without a list. */
const void *render_items(const struct render *render, const void *reply, size_t *ret_n);

/* Calls `row` for each row that an item makes: one, or one for each element of the array that the paths name.
 */
int render_rows(struct render *render, const void *item,
    int (*row)(struct render *render, const void *item, size_t element, void *userdata), void *userdata);

int render_flush(struct render *render);

int render_json_part(struct render *render, const void *reply, bool last);
int render_json_failure(struct buffer *buffer, const char *error, const char *message);
int render_jsonl_part(struct render *render, const void *reply);
int render_separated_part(struct render *render, const struct context *context, const void *reply);
int render_table_part(struct render *render, const struct context *context, const void *reply, bool last);
