/* One value of a message, found by its path. Thread: main. */
#pragma once

#include "base/array.h"
#include "ctl/render.h"

#define CELL_MAX_DEPTH 4

/* A path, looked up: the fields that lead from an item to the value. */
struct cell_path {
    const struct wire_field *fields[CELL_MAX_DEPTH];
    size_t n_fields;
    size_t array; /* index of the field that is an array of structs; n_fields if none is */
};

/* `path` must lead to a field of the shape that is no array or struct. */
void cell_path_init(struct cell_path *cell, const struct wire_shape *shape, const char *path);

/* The array on the path, within the item; *ret_n is its length. NULL for a path without one. */
const void *cell_array(const struct cell_path *cell, const void *item, size_t *ret_n);

/* The struct that holds the value, and is to be read with the path's last field; NULL where one on the path
 * is null. `element` is the index in the array. */
const void *cell_message(const struct cell_path *cell, const void *item, size_t element);
const struct wire_field *cell_field(const struct cell_path *cell);

/* The value as tables show it; nothing for null. Returns 0 or -ENOMEM. */
int cell_format(
    struct buffer *buffer, const struct wire_field *field, const void *message, enum render_style style);

/* 1234567 as "1,234,567". */
int cell_format_number(struct buffer *buffer, int64_t number);
/* "1 page", "1,234 pages" */
int cell_format_count(struct buffer *buffer, int64_t number, const char *one, const char *many);
/* "a, b, c" */
int cell_format_list(struct buffer *buffer, const char *const *texts, size_t n);

/* A number as a bar; `full` is the number whose bar has the full length. */
int cell_format_bar(struct buffer *buffer, const struct wire_field *field, const void *message, double full);

/* The number, 0 for null. */
double cell_number(const struct wire_field *field, const void *message);

/* The style's values stand to the right. */
bool cell_style_is_right(enum render_style style);

/* The escape sequence for a value of that style; NULL for none. */
const char *cell_color(enum render_style style, const char *text);
