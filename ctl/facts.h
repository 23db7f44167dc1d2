/* A block of facts for people: names at the left, values at the right. Thread: main. */
#pragma once

#include "ctl/cell.h"
#include "ctl/table.h"

int facts_new(const struct context *context, struct table **ret);

/* Lines without a value are left out. The values are escaped. Returns 0 or negative errno. */
int facts_add(struct table *table, const char *name, const char *value, const char *color);
int facts_printf(struct table *table, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A field of a message, as tables show it. */
int facts_field(struct table *table, const char *name, const struct wire_shape *shape, const void *message,
    const char *path, enum render_style style);
