#include "ctl/gather.h"

#include "ctl/cell.h"
#include "ctl/say.h"
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Written at once, about. */
#define PIECE_SIZE (256u << 10)

struct gathering {
    const struct context *context;
    struct counts_input **inputs;
    struct counts_input_item *items; /* of each input, the next one */
    size_t n;
    enum gather_same same;
    bool any_settings;
    struct counts_file_writer *writer;
    struct buffer piece;
    struct output_file *output;
};

int gather_refuse(
    const struct context *context, const struct counts_input *input, const struct counts_input_item *item)
{
    const char *name = counts_input_name(input);

    if (item->line == 0)
        return say_failure(context, EXIT_REFUSED, FAILURE_INPUT, "%s: %s", name, item->reason);
    return say_failure(
        context, EXIT_REFUSED, FAILURE_INPUT, "%s:%" PRIu64 ": %s", name, item->line, item->reason);
}

void gather_say_totals(const struct context *context, const struct counts_file_totals *totals)
{
    CLEANUP(buffer_deinit) struct buffer text = {0};
    int r = cell_format_count(&text, (int64_t)totals->urls, "URL", "URLs");

    if (r == 0)
        r = buffer_append_text(&text, ", ");
    if (r == 0)
        r = cell_format_number(&text, (int64_t)totals->counted);
    if (r == 0)
        r = buffer_append_text(&text, " counted, ");
    if (r == 0)
        r = cell_format_count(&text, (int64_t)totals->tokens, "word", "words");
    if (r == 0)
        say_note(context, "%.*s", (int)text.size, (const char *)text.bytes);
}

static int advance(struct gathering *gathering, size_t i)
{
    int r = counts_input_next(gathering->inputs[i], &gathering->items[i]);

    if (r == 0 && gathering->items[i].kind == COUNTS_INPUT_BROKEN)
        r = gather_refuse(gathering->context, gathering->inputs[i], &gathering->items[i]);
    return r;
}

/* ---- heads ---- */

static int check_heads(const struct gathering *gathering)
{
    const struct counts_file_head *first = counts_input_head(gathering->inputs[0]);
    const char *first_name = counts_input_name(gathering->inputs[0]);

    for (size_t i = 1; i < gathering->n; i++) {
        const struct counts_file_head *head = counts_input_head(gathering->inputs[i]);
        const char *name = counts_input_name(gathering->inputs[i]);

        if (strcmp(head->engine, first->engine) != 0)
            return say_failure(gathering->context, EXIT_REFUSED, FAILURE_INPUT,
                "%s was counted by engine %s, and %s by %s: such counts do not add up", first_name,
                first->engine, name, head->engine);
        if (head->has_times != first->has_times)
            return say_failure(gathering->context, EXIT_REFUSED, FAILURE_INPUT,
                "%s has times and %s has none: export both in one way, with --no-times or without",
                head->has_times ? name : first_name, head->has_times ? first_name : name);
    }
    return 0;
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Settings or names of one file. */
struct texts {
    const char *const *texts;
    size_t n;
};

static struct texts texts_of(const struct counts_input *input, bool settings)
{
    const struct counts_file_head *head = counts_input_head(input);

    return settings ? (struct texts){head->settings, head->n_settings}
                    : (struct texts){head->names, head->n_names};
}

/* Those of all files, ascending, each once; the array is the caller's. */
static int join_texts(const struct gathering *gathering, bool settings, const char ***ret, size_t *ret_n)
{
    const char **joined;
    size_t all = 0;
    size_t n = 0;

    for (size_t i = 0; i < gathering->n; i++)
        all += texts_of(gathering->inputs[i], settings).n;
    joined = calloc(all + 1, sizeof(*joined));
    if (!joined)
        return -ENOMEM;
    all = 0;
    for (size_t i = 0; i < gathering->n; i++) {
        struct texts texts = texts_of(gathering->inputs[i], settings);

        for (size_t k = 0; k < texts.n; k++)
            joined[all++] = texts.texts[k];
    }
    qsort(joined, all, sizeof(*joined), compare_texts);
    for (size_t i = 0; i < all; i++)
        if (n == 0 || strcmp(joined[n - 1], joined[i]) != 0)
            joined[n++] = joined[i];
    *ret = joined;
    *ret_n = n;
    return 0;
}

static bool has_setting(const struct counts_file_head *head, const char *setting)
{
    for (size_t i = 0; i < head->n_settings; i++)
        if (strcmp(head->settings[i], setting) == 0)
            return true;
    return false;
}

/* Whoever lacks one of the settings that another one has, had another value for it. */
static int check_settings(const struct gathering *gathering, const char **all, size_t n)
{
    for (size_t i = 0; i < gathering->n; i++)
        for (size_t k = 0; k < n; k++)
            if (!has_setting(counts_input_head(gathering->inputs[i]), all[k]))
                return say_failure(gathering->context, EXIT_REFUSED, FAILURE_INPUT,
                    "%s was not counted with %s, as another of the files was (--any-settings merges them all "
                    "the same)",
                    counts_input_name(gathering->inputs[i]), all[k]);
    return 0;
}

static int write_head(struct gathering *gathering, const struct counts_file_head *given)
{
    CLEANUP(freep) const char **settings = NULL;
    CLEANUP(freep) const char **names = NULL;
    struct counts_file_head head;
    int r;

    if (given)
        return counts_file_begin(gathering->writer, given, &gathering->piece);
    r = check_heads(gathering);
    head = *counts_input_head(gathering->inputs[0]);
    if (r == 0)
        r = join_texts(gathering, true, &settings, &head.n_settings);
    if (r == 0 && !gathering->any_settings)
        r = check_settings(gathering, settings, head.n_settings);
    if (r == 0)
        r = join_texts(gathering, false, &names, &head.n_names);
    if (r != 0)
        return r;
    if (head.n_names > COUNTS_FILE_MAX_NAMES || head.n_settings > COUNTS_FILE_MAX_NAMES)
        return say_failure(gathering->context, EXIT_REFUSED, FAILURE_INPUT,
            "together the files have %zu settings and %zu names of jobs; a file has at most %d of each",
            head.n_settings, head.n_names, COUNTS_FILE_MAX_NAMES);
    head.settings = settings;
    head.names = names;
    return counts_file_begin(gathering->writer, &head, &gathering->piece);
}

/* ---- pages ---- */

static int flush(struct gathering *gathering)
{
    int r = output_file_add(gathering->output, gathering->piece.bytes, gathering->piece.size);

    gathering->piece.size = 0;
    return r;
}

/* The text of a page goes out as it is. */
static int write_page(struct gathering *gathering, const struct counts_input_item *item)
{
    int r;

    counts_file_add(gathering->writer, item->page, item->text, item->size);
    r = buffer_append(&gathering->piece, item->text, item->size);
    return r == 0 && gathering->piece.size >= PIECE_SIZE ? flush(gathering) : r;
}

/* The input whose page is next; gathering->n if all have ended. Of equal URLs the first one. */
static size_t find_first(const struct gathering *gathering)
{
    size_t first = gathering->n;

    for (size_t i = 0; i < gathering->n; i++)
        if (gathering->items[i].kind == COUNTS_INPUT_PAGE &&
            (first == gathering->n ||
                strcmp(gathering->items[i].page->url, gathering->items[first].page->url) < 0))
            first = i;
    return first;
}

static bool is_later(const struct counts_input_item *a, const struct counts_input_item *b)
{
    const char *a_time = a->page->fetched ? a->page->fetched : "";
    const char *b_time = b->page->fetched ? b->page->fetched : "";
    int order = strcmp(a_time, b_time);

    if (order == 0)
        order = memcmp(a->text, b->text, a->size < b->size ? a->size : b->size);
    return order != 0 ? order > 0 : a->size > b->size;
}

static int refuse_same(const struct gathering *gathering, size_t a, size_t b)
{
    return say_failure(gathering->context, EXIT_REFUSED, FAILURE_INPUT,
        "%s:%" PRIu64 ": this page is in %s:%" PRIu64
        " too, and would count twice (--same=latest takes the last one): %s",
        counts_input_name(gathering->inputs[b]), gathering->items[b].line,
        counts_input_name(gathering->inputs[a]), gathering->items[a].line, gathering->items[a].page->url);
}

/* The page of input `first`, and of whoever else has it. */
static int take_page(struct gathering *gathering, size_t first)
{
    const struct counts_input_item *best = &gathering->items[first];
    const char *url = best->page->url;
    int r;

    for (size_t i = first + 1; i < gathering->n; i++) {
        const struct counts_input_item *item = &gathering->items[i];

        if (item->kind != COUNTS_INPUT_PAGE || strcmp(item->page->url, url) != 0)
            continue;
        if (gathering->same == GATHER_REFUSE)
            return refuse_same(gathering, first, i);
        if (is_later(item, best))
            best = item;
    }
    r = write_page(gathering, best);
    /* The first one is the last to go on: the URL is its own. */
    for (size_t i = gathering->n; i-- > first && r == 0;)
        if (gathering->items[i].kind == COUNTS_INPUT_PAGE && strcmp(gathering->items[i].page->url, url) == 0)
            r = advance(gathering, i);
    return r;
}

static int run(struct gathering *gathering, const struct counts_file_head *head)
{
    int r = 0;

    for (size_t i = 0; i < gathering->n && r == 0; i++)
        r = advance(gathering, i);
    if (r == 0)
        r = write_head(gathering, head);
    while (r == 0) {
        size_t first = find_first(gathering);

        if (first == gathering->n)
            break;
        r = take_page(gathering, first);
    }
    if (r == 0)
        r = counts_file_end(gathering->writer, &gathering->piece);
    return r == 0 ? flush(gathering) : r;
}

int gather(const struct context *context, struct counts_input **inputs, size_t n,
    const struct gather_options *options, const struct counts_file_head *head, struct output_file *output,
    struct counts_file_totals *ret_totals)
{
    struct gathering gathering = {.context = context,
        .inputs = inputs,
        .n = n,
        .same = options->same,
        .any_settings = options->any_settings,
        .output = output};
    int r = counts_file_writer_new(&gathering.writer);

    if (r == 0) {
        gathering.items = calloc(n + 1, sizeof(*gathering.items));
        r = gathering.items ? run(&gathering, head) : -ENOMEM;
    }
    if (r == 0)
        *ret_totals = *counts_file_written(gathering.writer);
    counts_file_writer_free(gathering.writer);
    buffer_deinit(&gathering.piece);
    free(gathering.items);
    return r;
}
