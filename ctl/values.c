/* How verbs read their own options. */
#include "ctl/verb.h"

#include "base/clock.h"
#include "base/text.h"
#include "base/text_nearest.h"
#include "ctl/say.h"
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

__attribute__((unused)) static bool is_option_of(const struct verb *verb, const char *name)
{
    for (const struct verb_option *option = verb->options; option->name; option++)
        if (strcmp(option->name, name) == 0)
            return true;
    return false;
}

const char *option_text(const struct context *context, const char *option)
{
    assert(is_option_of(context->verb, option));
    for (size_t i = context->n_values; i > 0; i--)
        if (strcmp(context->values[i - 1].option->name, option) == 0)
            return context->values[i - 1].value ? context->values[i - 1].value : "";
    return NULL;
}

bool option_flag(const struct context *context, const char *option)
{
    return option_text(context, option) != NULL;
}

int option_list(const struct context *context, const char *option, const char ***ret, size_t *ret_n)
{
    const char **values;
    size_t n = 0;

    if (!option_flag(context, option)) {
        *ret = NULL;
        *ret_n = 0;
        return 0;
    }
    values = calloc(context->n_values, sizeof(*values));
    if (!values)
        return -ENOMEM;
    for (size_t i = 0; i < context->n_values; i++)
        if (strcmp(context->values[i].option->name, option) == 0)
            values[n++] = context->values[i].value;
    *ret = values;
    *ret_n = n;
    return 0;
}

int option_number(const struct context *context, const char *option, uint64_t max, uint64_t *ret)
{
    const char *text = option_text(context, option);

    if (!text || text_parse_u64(text, max, ret) == 0)
        return 0;
    if (max == INT64_MAX)
        return say_usage(context, "--%s is a whole number, not %s", option, text);
    return say_usage(context, "--%s is a whole number up to %" PRIu64 ", not %s", option, max, text);
}

#define MAX_PRIORITY 100 /* and the least is this, negated */
#define MAX_SPAN_USEC (UINT64_C(3155760000) * USEC_PER_SEC)

int option_priority(const struct context *context, const char *option, int64_t *ret)
{
    const char *text = option_text(context, option);
    bool negative = text && *text == '-';
    uint64_t number;

    if (!text)
        return 0;
    if (text_parse_u64(text + negative, MAX_PRIORITY, &number) < 0) {
        (void)say_usage(context, "--%s is a whole number from -100 to 100, not %s", option, text);
        return -1;
    }
    *ret = negative ? -(int64_t)number : (int64_t)number;
    return 1;
}

int option_seconds(const struct context *context, const char *option, double *ret)
{
    const char *text = option_text(context, option);
    uint64_t usec;

    if (!text)
        return 0;
    if (text_parse_span(text, &usec) < 0 || usec > MAX_SPAN_USEC) {
        (void)say_usage(context, "--%s is a time span of at most a hundred years, such as 1h or 30d, not %s",
            option, text);
        return -1;
    }
    *ret = (double)usec / (double)USEC_PER_SEC;
    return 1;
}

int option_choice(const struct context *context, const char *option, const char *const *names, size_t *ret)
{
    const char *text = option_text(context, option), *near;

    for (size_t i = 0; text && names[i]; i++)
        if (strcmp(names[i], text) == 0) {
            *ret = i;
            return 0;
        }
    if (!text)
        return 0;
    near = text_nearest(text, names);
    if (near)
        return say_usage(context, "--%s: unknown value %s; did you mean %s?", option, text, near);
    return say_usage(
        context, "--%s: unknown value %s; urlstatctl %s --help", option, text, context->verb->name);
}
