#include "ctl/cell.h"

#include "base/clock.h"
#include "base/outcome.h"
#include "base/text.h"
#include "ctl/escape.h"
#include "wire/encode.h"
#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define BAR_COLUMNS 20
#define COLOR_GREEN "\033[32m"
#define COLOR_RED "\033[31m"
#define COLOR_YELLOW "\033[33m"
#define COLOR_BLUE "\033[34m"
#define COLOR_GREY "\033[90m"

void cell_path_init(struct cell_path *cell, const struct wire_shape *shape, const char *path)
{
    *cell = (struct cell_path){.array = SIZE_MAX};
    while (*path) {
        size_t length = strcspn(path, ".");
        char name[64];

        assert(length < sizeof(name) && cell->n_fields < CELL_MAX_DEPTH && shape);
        memcpy(name, path, length);
        name[length] = '\0';
        cell->fields[cell->n_fields] = wire_shape_find(shape, name);
        assert(cell->fields[cell->n_fields]);
        if (cell->fields[cell->n_fields]->kind == WIRE_STRUCTS)
            cell->array = cell->n_fields;
        shape = cell->fields[cell->n_fields++]->shape;
        path += length + (path[length] == '.');
    }
    if (cell->array == SIZE_MAX)
        cell->array = cell->n_fields;
}

static const void *field_at(const struct wire_field *field, const void *message)
{
    return (const char *)message + field->offset;
}

/* Through one struct: itself, or the one that is pointed to. */
static const void *step(const struct wire_field *field, const void *message)
{
    if (field->presence == WIRE_REQUIRED)
        return field_at(field, message);
    return *(const void *const *)field_at(field, message);
}

const void *cell_array(const struct cell_path *cell, const void *item, size_t *ret_n)
{
    const struct wire_field *field;

    if (cell->array == cell->n_fields)
        return NULL;
    for (size_t i = 0; i < cell->array && item; i++)
        item = step(cell->fields[i], item);
    if (!item)
        return NULL;
    field = cell->fields[cell->array];
    *ret_n = *(const size_t *)((const char *)item + field->n_offset);
    return *(const void *const *)field_at(field, item);
}

const void *cell_message(const struct cell_path *cell, const void *item, size_t element)
{
    for (size_t i = 0; i + 1 < cell->n_fields && item; i++) {
        const struct wire_field *field = cell->fields[i];

        if (i == cell->array)
            item = *(const char *const *)field_at(field, item) + element * field->shape->size;
        else
            item = step(field, item);
    }
    return item;
}

const struct wire_field *cell_field(const struct cell_path *cell)
{
    return cell->fields[cell->n_fields - 1];
}

int cell_format_number(struct buffer *buffer, int64_t number)
{
    char digits[32], grouped[48];
    size_t length, n = 0;

    length = (size_t)snprintf(
        digits, sizeof(digits), "%" PRIu64, number < 0 ? -(uint64_t)number : (uint64_t)number);
    if (number < 0)
        grouped[n++] = '-';
    for (size_t i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            grouped[n++] = ',';
        grouped[n++] = digits[i];
    }
    return buffer_append(buffer, grouped, n);
}

static int format_decimal(struct buffer *buffer, double value)
{
    double tenths = round(fabs(value) * 10);
    int r;

    if (!isfinite(value) || tenths > 9e18)
        return 0;
    r = value < 0 && tenths > 0 ? buffer_append_text(buffer, "-") : 0;
    if (r == 0)
        r = cell_format_number(buffer, (int64_t)(tenths / 10));
    return r < 0 ? r : buffer_printf(buffer, ".%d", (int)fmod(tenths, 10));
}

static int format_span(struct buffer *buffer, double seconds)
{
    char text[TEXT_SPAN_SIZE];

    if (!isfinite(seconds) || seconds < 0 || seconds > 1e12)
        return 0;
    return buffer_append_text(buffer, text_format_span((uint64_t)(seconds * 1e6), text));
}

static int format_time(struct buffer *buffer, const char *iso)
{
    struct tm utc = {0}, local;
    char text[32];
    time_t when;

    if (!strptime(iso, "%Y-%m-%dT%H:%M:%S", &utc))
        return escape_append(buffer, iso, strlen(iso));
    when = timegm(&utc);
    if (!localtime_r(&when, &local) || strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &local) == 0)
        return escape_append(buffer, iso, strlen(iso));
    return buffer_append_text(buffer, text);
}

double cell_number(const struct wire_field *field, const void *message)
{
    const void *at = field_at(field, message);

    if (field->kind == WIRE_INT)
        return (double)(field->presence == WIRE_REQUIRED ? *(const int64_t *)at
                                                         : ((const struct wire_int *)at)->value);
    return field->presence == WIRE_REQUIRED ? *(const double *)at : ((const struct wire_float *)at)->value;
}

static int format_plain(struct buffer *buffer, const struct wire_field *field, const void *message)
{
    const char *text;

    if (field->kind != WIRE_STRING)
        return wire_print_bare(buffer, field, message);
    text = *(const char *const *)field_at(field, message);
    return escape_append(buffer, text, strlen(text));
}

int cell_format(
    struct buffer *buffer, const struct wire_field *field, const void *message, enum render_style style)
{
    char size[TEXT_SIZE_SIZE];

    if (!message || wire_field_is_null(field, message))
        return 0;
    switch (style) {
    case STYLE_NUMBER:
        return cell_format_number(buffer, (int64_t)cell_number(field, message));
    case STYLE_DECIMAL:
        return format_decimal(buffer, cell_number(field, message));
    case STYLE_SIZE:
        return buffer_append_text(buffer, text_format_size((uint64_t)cell_number(field, message), size));
    case STYLE_SPAN:
        return format_span(buffer, cell_number(field, message));
    case STYLE_TIME:
        return format_time(buffer, *(const char *const *)field_at(field, message));
    case STYLE_TEXT:
    case STYLE_PLAIN:
    case STYLE_STATE:
    case STYLE_OUTCOME:
        return format_plain(buffer, field, message);
    case STYLE_BAR: /* needs to know the longest */
        return 0;
    }
    return 0;
}

/* In eighths of a column. */
int cell_format_count(struct buffer *buffer, int64_t number, const char *one, const char *many)
{
    int r = cell_format_number(buffer, number);

    return r < 0 ? r : buffer_printf(buffer, " %s", number == 1 ? one : many);
}

int cell_format_list(struct buffer *buffer, const char *const *texts, size_t n)
{
    int r = 0;

    for (size_t i = 0; i < n && r == 0; i++)
        r = buffer_printf(buffer, "%s%s", i > 0 ? ", " : "", texts[i]);
    return r;
}

int cell_format_bar(struct buffer *buffer, const struct wire_field *field, const void *message, double full)
{
    static const char *const parts[] = {
        "", "\u258f", "\u258e", "\u258d", "\u258c", "\u258b", "\u258a", "\u2589"};
    double share = full > 0 ? cell_number(field, message) / full : 0;
    long eighths = lround(fmin(fmax(share, 0), 1) * BAR_COLUMNS * 8);
    int r = 0;

    for (; eighths >= 8 && r == 0; eighths -= 8)
        r = buffer_append_text(buffer, "\u2588");
    return r < 0 ? r : buffer_append_text(buffer, parts[eighths]);
}

bool cell_style_is_right(enum render_style style)
{
    switch (style) {
    case STYLE_NUMBER:
    case STYLE_PLAIN:
    case STYLE_DECIMAL:
    case STYLE_SIZE:
    case STYLE_SPAN:
        return true;
    case STYLE_TEXT:
    case STYLE_TIME:
    case STYLE_STATE:
    case STYLE_OUTCOME:
    case STYLE_BAR:
        return false;
    }
    return false;
}

static const char *state_color(const char *state)
{
    static const struct {
        const char *state, *color;
    } colors[] = {
        {"running", COLOR_GREEN},
        {"active", COLOR_GREEN},
        {"counted", COLOR_GREEN},
        {"done", COLOR_GREEN},
        {"paused", COLOR_YELLOW},
        {"skipped", COLOR_YELLOW},
        {"failed", COLOR_RED},
        {"cancelled", COLOR_GREY},
        {"queued", COLOR_GREY},
    };

    for (size_t i = 0; i < sizeof(colors) / sizeof(colors[0]); i++)
        if (strcmp(colors[i].state, state) == 0)
            return colors[i].color;
    return NULL;
}

const char *cell_color(enum render_style style, const char *text)
{
    enum outcome outcome;

    if (style == STYLE_BAR)
        return COLOR_BLUE;
    if (style == STYLE_STATE)
        return state_color(text);
    if (style == STYLE_OUTCOME && outcome_from_string(text, &outcome) == 0)
        return state_color(url_state_to_string(outcome_state(outcome)));
    return NULL;
}
