/* import: a file of counts becomes a job. */
#include "ctl/call.h"
#include "ctl/cell.h"
#include "ctl/counts_input.h"
#include "ctl/gather.h"
#include "ctl/import_part.h"
#include "ctl/job.h"
#include "ctl/render.h"
#include "ctl/say.h"
#include "wire/messages.h"
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define MAX_PENDING 2 /* calls sent ahead of their replies */
/* So many bytes of a URL the daemon repeats in a refusal. */
#define IMPORT_TOLD_URL 200

static const struct render_layout layout = {.shape = &wire_import_out_shape};

struct importing {
    struct context *context;
    struct client *client;
    struct counts_input *input;
    struct import_part part; /* the next call */
    /* Of each call under way, "LINE URL" of its pages: a refusal names the URL. */
    struct buffer lines[MAX_PENDING + 2];
    size_t n_sent;
};

/* ---- calls ---- */

static struct buffer *lines_of(struct importing *importing, size_t call)
{
    return &importing->lines[call % (sizeof(importing->lines) / sizeof(importing->lines[0]))];
}

static int note_line(struct importing *importing, const struct counts_input_item *item)
{
    struct buffer *lines = lines_of(importing, importing->n_sent);
    int r = buffer_printf(lines, "%" PRIu64 " %s", item->line, item->page->url);

    return r < 0 ? r : buffer_append(lines, "", 1);
}

static int send_call(struct importing *importing)
{
    const struct wire_import_in *in = import_part_message(&importing->part);
    int r = client_send(importing->client, WIRE_IMPORT, WIRE_CALL_PLAIN, in);

    import_part_clear(&importing->part);
    importing->n_sent++;
    lines_of(importing, importing->n_sent)->size = 0;
    return r;
}

/* The line of the page that the message begins with; 0 if none does. */
static uint64_t find_line(const struct buffer *lines, const char *message)
{
    for (size_t at = 0; at < lines->size; at += strlen((const char *)lines->bytes + at) + 1) {
        const char *url = strchr((const char *)lines->bytes + at, ' ') + 1;
        size_t length = strlen(url);

        length = length > IMPORT_TOLD_URL ? IMPORT_TOLD_URL : length;
        if (strncmp(message, url, length) == 0 && strncmp(message + length, ": ", 2) == 0)
            return strtoull((const char *)lines->bytes + at, NULL, 10);
    }
    return 0;
}

/* As call_check(), of the reply that came last. */
static int check(struct importing *importing, struct wire_reply *reply)
{
    const char *error = wire_reply_error(reply);
    const char *message = error ? wire_reply_message(reply) : NULL;
    size_t call = importing->n_sent - client_pending(importing->client) - 1;
    uint64_t line = message ? find_line(lines_of(importing, call), message) : 0;

    if (line == 0)
        return call_check(importing->context, reply);
    return say_failure(importing->context, EXIT_REFUSED, error, "%s:%" PRIu64 ": %s",
        counts_input_name(importing->input), line, message);
}

static int receive_down_to(struct importing *importing, size_t n)
{
    int r = 0;

    while (r == 0 && client_pending(importing->client) > n) {
        CLEANUP(wire_reply_freep) struct wire_reply *reply = NULL;

        r = client_receive(importing->client, &reply);
        r = r < 0 ? call_failed(importing->context, r) : check(importing, reply);
    }
    return r;
}

static int send_part(struct importing *importing)
{
    int r = send_call(importing);

    return r < 0 ? call_failed(importing->context, r) : receive_down_to(importing, MAX_PENDING);
}

static int print_table(const struct wire_import_out *out, bool quiet)
{
    CLEANUP(buffer_deinit) struct buffer text = {0};
    int r;

    if (quiet) {
        printf("%" PRId64 "\n", out->job.value);
        return 0;
    }
    r = cell_format_count(&text, out->urls, "URL", "URLs");
    if (r == 0)
        r = buffer_append_text(&text, ", ");
    if (r == 0)
        r = cell_format_count(&text, out->tokens, "word", "words");
    if (r == 0)
        printf("job %" PRId64 ": %.*s\n", out->job.value, (int)text.size, (const char *)text.bytes);
    return r;
}

/* The last call, with what is left, and its answer. */
static int end(struct importing *importing)
{
    CLEANUP(wire_reply_freep) struct wire_reply *reply = NULL;
    const char *engine = counts_input_head(importing->input)->engine;
    struct context *context = importing->context;
    const struct wire_import_out *out;
    const void *decoded;
    int r = receive_down_to(importing, 0);

    if (r != 0)
        return r;
    importing->part.in.end = wire_some_bool(true);
    r = send_call(importing);
    if (r == 0)
        r = client_receive(importing->client, &reply);
    if (r < 0)
        return call_failed(context, r);
    r = check(importing, reply);
    if (r != 0)
        return r;
    r = client_decode(WIRE_IMPORT, reply, &decoded);
    if (r < 0)
        return call_failed(context, r);
    out = decoded;
    if (strcmp(out->engine, engine) != 0)
        say_note(context,
            "it was counted by engine %s, and this daemon counts with %s: the words of both do not add up",
            engine, out->engine);
    if (context->format == FORMAT_TABLE)
        return print_table(out, context->quiet);
    return render_reply(context, &layout, out);
}

static int add_page(struct importing *importing, const struct counts_input_item *item)
{
    const char *engine = counts_input_head(importing->input)->engine;
    size_t at = 0;
    int r;

    do {
        r = note_line(importing, item);
        if (r == 0)
            r = import_part_add(&importing->part, engine, item, &at);
        if (r == 0 && import_part_is_full(&importing->part))
            r = send_part(importing);
    } while (r == 0 && at < item->n_words);
    return r;
}

/* ---- the whole ---- */

/* What the first call has beside its pages. */
static int fill_head(struct importing *importing, const struct counts_file_head *head)
{
    const char *name = option_text(importing->context, "name");
    struct wire_import_in *in = &importing->part.in;
    double expire = 0;
    int r = option_seconds(importing->context, "expire", &expire);

    if (r < 0)
        return EXIT_USAGE;
    if (r > 0)
        in->expire = wire_some_float(expire);
    if (option_flag(importing->context, "keep"))
        in->keep = wire_some_bool(true);
    in->name = name ? name : head->n_names == 1 ? head->names[0] : NULL;
    r = import_part_set_settings(&importing->part, head);
    if (r == -E2BIG)
        return say_failure(importing->context, EXIT_REFUSED, FAILURE_INPUT,
            "%s: its settings take more than %u KiB, which no job has room for",
            counts_input_name(importing->input), IMPORT_PART_BYTES >> 10);
    return r;
}

static int run(struct importing *importing)
{
    struct counts_input_item item;
    int r = counts_input_next(importing->input, &item);

    if (r == 0 && item.kind != COUNTS_INPUT_BROKEN)
        r = fill_head(importing, counts_input_head(importing->input));
    while (r == 0 && item.kind == COUNTS_INPUT_PAGE) {
        r = add_page(importing, &item);
        if (r == 0)
            r = counts_input_next(importing->input, &item);
    }
    if (r != 0)
        return r;
    /* What was sent is dropped with the connection. */
    if (item.kind == COUNTS_INPUT_BROKEN)
        return gather_refuse(importing->context, importing->input, &item);
    return end(importing);
}

int verb_import(struct context *context, int argc, char **argv)
{
    struct importing importing = {.context = context};
    const char *name = option_text(context, "name");
    const char *reason = name ? job_check_name(name) : NULL;
    int r = reason ? say_usage(context, "%s is no name: %s", name, reason) : 0;

    if (r == 0 && option_flag(context, "keep") && option_flag(context, "expire"))
        r = say_usage(context, "--keep and --expire exclude each other");
    if (r == 0)
        r = context_client(context, &importing.client);
    if (r == 0)
        r = counts_input_new(argv[0], true, &importing.input);
    if (r == 0)
        r = run(&importing);
    counts_input_free(importing.input);
    for (size_t i = 0; i < sizeof(importing.lines) / sizeof(importing.lines[0]); i++)
        buffer_deinit(&importing.lines[i]);
    import_part_deinit(&importing.part);
    return r;
}
