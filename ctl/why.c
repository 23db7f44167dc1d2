/* why: where a word comes from. */
#include "ctl/call.h"
#include "ctl/cell.h"
#include "ctl/render.h"
#include "wire/messages.h"
#include <stdio.h>

static const struct render_column columns[] = {
    {"page", "PAGE", STYLE_PLAIN},
    {"tokens", "TOKENS", STYLE_NUMBER},
    {"perMillion", "PER MILLION", STYLE_DECIMAL},
    {"url", "URL", STYLE_TEXT},
    {0},
};
static const struct render_layout layout = {
    .shape = &wire_why_out_shape, .list = "pagesWith", .columns = columns, .empty = "on no page"};

/* Under the table: "1,234 times on 56 of 78 pages". */
static int print_legend(const struct wire_why_out *out)
{
    CLEANUP(buffer_deinit) struct buffer line = {0};
    int r = buffer_append_text(&line, "\n");

    if (r == 0)
        r = cell_format_count(&line, out->tokens, "time", "times");
    if (r == 0)
        r = buffer_append_text(&line, " on ");
    if (r == 0)
        r = cell_format_number(&line, out->pages);
    if (r == 0)
        r = buffer_append_text(&line, " of ");
    if (r == 0)
        r = cell_format_count(&line, out->all_pages, "page", "pages");
    if (r == 0)
        r = buffer_append_text(&line, "\n");
    if (r == 0)
        (void)fwrite(line.bytes, 1, line.size, stdout);
    return r;
}

int verb_why(struct context *context, int argc, char **argv)
{
    CLEANUP(wire_reply_freep) struct wire_reply *reply = NULL;
    struct wire_why_in in = {.word = argv[0], .job = argc > 1 ? argv[1] : NULL};
    uint64_t k = 0;
    const void *out;
    int r = call_check_jobs(context, argc - 1, argv + 1);

    if (r == 0)
        r = option_number(context, "top", 100, &k);
    if (option_flag(context, "top"))
        in.k = wire_some_int((int64_t)k);
    if (r == 0)
        r = call_once(context, WIRE_WHY, &in, &reply, &out);
    if (r == 0)
        r = render_reply(context, &layout, out);
    if (r == 0 && context->format == FORMAT_TABLE && context->legend)
        r = print_legend(out);
    return r;
}
