/* count: the words of local files, counted as the daemon counts pages. */
#include "base/cleanup.h"
#include "counts/merge.h"
#include "counts/rank.h"
#include "ctl/estimate.h"
#include "ctl/local.h"
#include "ctl/render.h"
#include "ctl/say.h"
#include "wire/top.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define DEFAULT_TOP 10

DEFINE_CLEANUP(struct words_page *, words_page_free)
DEFINE_CLEANUP(struct counts_merge *, counts_merge_free)
DEFINE_CLEANUP(struct counts_ranking *, counts_ranking_free)

/* The reply that it would be, were it the daemon's. */
struct count_out {
    int64_t files;
    int64_t bytes;
    int64_t tokens;
    int64_t distinct;
    struct wire_engine engine;
    const struct wire_group_word *words;
    size_t n_words;
};

static const struct wire_field count_fields[] = {
    WIRE_INT_FIELD(struct count_out, files, "files"),
    WIRE_INT_FIELD(struct count_out, bytes, "bytes"),
    WIRE_INT_FIELD(struct count_out, tokens, "tokens"),
    WIRE_INT_FIELD(struct count_out, distinct, "distinct"),
    WIRE_STRUCT_FIELD(struct count_out, engine, "engine", struct wire_engine, &wire_engine_shape),
    WIRE_STRUCTS_FIELD(
        struct count_out, words, "words", WIRE_REQUIRED, struct wire_group_word, &wire_group_word_shape),
};
static WIRE_SHAPE(count_shape, "Count", struct count_out, count_fields);

static const struct render_column columns[] = {
    {"rank", "RANK", STYLE_NUMBER},
    {"word", "WORD", STYLE_TEXT},
    {"tokens", "TOKENS", STYLE_NUMBER},
    {0},
};

static const struct render_layout layout = {
    .shape = &count_shape,
    .list = "words",
    .columns = columns,
    .empty = "no words",
};

struct count {
    struct words_page *page;
    struct counts_merge *merge;
    int64_t files;
    int64_t bytes;
};

static int feed(void *userdata, const void *bytes, size_t size)
{
    struct count *count = userdata;

    count->bytes += (int64_t)size;
    return words_page_feed(count->page, bytes, size);
}

static int count_file(
    struct context *context, struct count *count, const struct words_options *options, const char *file)
{
    struct words_counts *counts;
    int r = words_page_begin(count->page, options);

    if (r == 0)
        r = local_read(context, file, feed, count);
    if (r == 0)
        r = words_page_finish(count->page, &counts);
    if (r != 0)
        return r;
    count->files++;
    r = counts_merge_add_page(count->merge, counts);
    words_counts_free(counts);
    return r;
}

/* The files that can be read are counted; the others make the exit status. */
static int count_files(
    struct context *context, struct count *count, const struct words_options *options, int argc, char **argv)
{
    int status = EXIT_DONE;

    if (argc == 0)
        return count_file(context, count, options, "-");
    for (int i = 0; i < argc; i++) {
        int r = count_file(context, count, options, argv[i]);

        if (r < 0)
            return r;
        if (r != 0)
            status = r;
    }
    return status;
}

static int rank(const struct counts_merge *merge, uint64_t k, struct counts_ranking **ret)
{
    CLEANUP(counts_ranking_freep) struct counts_ranking *ranking = NULL;
    int r = counts_ranking_new(k, COUNTS_BY_TOKENS, &ranking);

    if (r == 0)
        r = counts_merge_rank(merge, &(struct counts_filter){0}, ranking);
    if (r < 0)
        return r;
    counts_ranking_finish(ranking);
    *ret = TAKE(ranking);
    return 0;
}

static int print_legend(struct context *context, const struct count_out *out)
{
    CLEANUP(buffer_deinit) struct buffer line = {0};
    int r;

    if (context->format != FORMAT_TABLE || !context->legend)
        return 0;
    r = estimate_count(&line, out->files, "file", "files");
    if (r == 0)
        r = buffer_append_text(&line, ", ");
    if (r == 0)
        r = estimate_count(&line, out->tokens, "word", "words");
    if (r == 0)
        r = buffer_append_text(&line, ", ");
    if (r == 0)
        r = estimate_count(&line, out->distinct, "distinct", "distinct");
    if (r == 0)
        r = buffer_append_text(&line, "\n");
    if (r == 0)
        (void)fwrite(line.bytes, 1, line.size, stdout);
    return r;
}

/* One part of the reply, of at most so many words. */
static int print_part(struct context *context, struct count_out *out, const struct counts_ranking *ranking,
    size_t first, size_t n, bool last)
{
    CLEANUP(freep) struct wire_group_word *words = calloc(n ? n : 1, sizeof(*words));
    CLEANUP(buffer_deinit) struct buffer text = {0};
    int r = words ? 0 : -ENOMEM;

    for (size_t i = 0; i < n && r == 0; i++) {
        const struct counts_entry *entry = counts_ranking_get(ranking, first + i);

        r = buffer_append(&text, entry->word, entry->length);
        if (r == 0)
            r = buffer_append(&text, "", 1);
    }
    for (size_t i = 0, at = 0; i < n && r == 0; i++) {
        const struct counts_entry *entry = counts_ranking_get(ranking, first + i);

        words[i] = (struct wire_group_word){.rank = (int64_t)(first + i + 1),
            .word = (const char *)text.bytes + at,
            .tokens = (int64_t)entry->tokens};
        at += entry->length + 1;
    }
    out->words = words;
    out->n_words = n;
    return r < 0 ? r : render_part(context, out, last);
}

static int print(struct context *context, struct count_out *out, const struct counts_ranking *ranking)
{
    enum {
        PART = 4096
    };
    size_t n = counts_ranking_size(ranking), at = 0;
    int r = render_begin(context, &layout);

    do {
        size_t part = n - at < PART ? n - at : PART;

        if (r == 0)
            r = print_part(context, out, ranking, at, part, at + part == n);
        at += part;
    } while (r == 0 && at < n);
    return r < 0 ? r : print_legend(context, out);
}

static int print_counts(struct context *context, const struct count *count, uint64_t k)
{
    CLEANUP(counts_ranking_freep) struct counts_ranking *ranking = NULL;
    const struct words_engine *engine = words_engine();
    struct count_out out = {
        .files = count->files,
        .bytes = count->bytes,
        .tokens = (int64_t)counts_merge_tokens(count->merge),
        .distinct = (int64_t)counts_merge_distinct(count->merge),
        .engine = {.id = engine->id,
            .rules = engine->rules_version,
            .icu = engine->icu_version,
            .unicode = engine->unicode_version,
            .dictionaries = engine->dictionary_hash},
    };
    int r = rank(count->merge, k, &ranking);

    return r < 0 ? r : print(context, &out, ranking);
}

int verb_count(struct context *context, int argc, char **argv)
{
    CLEANUP(words_page_freep) struct words_page *page = NULL;
    CLEANUP(counts_merge_freep) struct counts_merge *merge = NULL;
    struct words_options options;
    struct count count = {0};
    uint64_t k = DEFAULT_TOP;
    int r, status;

    r = option_number(context, "top", INT64_MAX, &k);
    if (r == 0)
        r = local_options(context, &options);
    if (r == 0)
        r = local_init(context);
    if (r != 0)
        return r;
    r = words_page_new(&page);
    if (r == 0)
        r = counts_merge_new(&merge);
    if (r < 0)
        return r;
    count.page = page;
    count.merge = merge;
    status = count_files(context, &count, &options, argc, argv);
    if (status < 0 || count.files == 0)
        return status;
    r = print_counts(context, &count, k);
    return r < 0 ? r : status;
}
