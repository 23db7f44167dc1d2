#include "ctl/top_options.h"

#include "ctl/say.h"
#include <stdlib.h>
#include <string.h>

static const char *const groups[] = {"page", "host", "label", "job", NULL};
static const char *const numbers[] = {"tokens", "pages", "hosts", NULL};

void top_options_deinit(struct top_options *options)
{
    filter_options_deinit(&options->filter);
}

static int parse_max_pages(const struct context *context, double *ret)
{
    const char *text = option_text(context, "max-pages");
    char *end;

    if (!text)
        return 0;
    if (text[strspn(text, "0123456789.")] != '\0' && strcmp(text + strspn(text, "0123456789."), "%") != 0)
        return say_usage(context, "--max-pages is a share such as 50%%, not %s", text);
    *ret = strtod(text, &end);
    if (end == text || (*end != '\0' && strcmp(end, "%") != 0) || !(*ret > 0 && *ret <= 100))
        return say_usage(context, "--max-pages is a share such as 50%%, not %s", text);
    return 0;
}

static int parse(struct context *context, struct top_options *options)
{
    int r = option_number(context, "top", INT64_MAX, &options->k);

    if (r == 0)
        r = option_choice(context, "per", groups, &options->per);
    if (r == 0)
        r = option_choice(context, "by", numbers, &options->by);
    if (r == 0 && option_flag(context, "with-url") && options->per != 0)
        r = say_usage(context, "--with-url goes with --per=page");
    if (r == 0 && option_flag(context, "vs") &&
        (option_flag(context, "by") || option_flag(context, "with-url")))
        r = say_usage(context, "--vs ranks by keyness: not with --by or --with-url");
    if (r == 0)
        r = parse_max_pages(context, &options->max_pages);
    if (r == 0 && options->max_pages > 0 && options->per == 0)
        r = say_usage(context, "--max-pages says nothing of the words of one page");
    return r;
}

static void fill(const struct context *context, const struct top_options *options, struct wire_top_in *in)
{
    if (option_flag(context, "top"))
        in->k = wire_some_int((int64_t)options->k);
    if (option_flag(context, "per"))
        in->per = groups[options->per];
    if (option_flag(context, "by"))
        in->by = numbers[options->by];
    in->url = option_text(context, "url");
    in->host = option_text(context, "host");
    if (option_flag(context, "unique"))
        in->unique = wire_some_bool(true);
    if (option_flag(context, "all"))
        in->all = wire_some_bool(true);
    if (options->max_pages > 0)
        in->max_pages = wire_some_float(options->max_pages);
    in->filter = options->filter.words;
}

int top_options_parse(struct context *context, struct top_options *options, struct wire_top_in *in)
{
    int r;

    options->per = SIZE_MAX;
    r = parse(context, options);
    if (r == 0)
        r = filter_options_parse(context, &options->filter);
    if (r == 0)
        fill(context, options, in);
    return r;
}
