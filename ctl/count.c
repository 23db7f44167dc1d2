/* count: the words of local files, counted as the daemon counts pages. */
#include "base/cleanup.h"
#include "counts/merge.h"
#include "counts/rank.h"
#include "ctl/cell.h"
#include "ctl/input.h"
#include "ctl/local.h"
#include "ctl/render.h"
#include "ctl/say.h"
#include "ctl/tally.h"
#include "wire/top.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define DEFAULT_TOP 10

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
    r = cell_format_count(&line, out->files, "file", "files");
    if (r == 0)
        r = buffer_append_text(&line, ", ");
    if (r == 0)
        r = cell_format_count(&line, out->tokens, "word", "words");
    if (r == 0)
        r = buffer_append_text(&line, ", ");
    if (r == 0)
        r = cell_format_count(&line, out->distinct, "distinct", "distinct");
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

static int print_counts(struct context *context, const struct tally *tally, uint64_t k)
{
    CLEANUP(counts_ranking_freep) struct counts_ranking *ranking = NULL;
    const struct words_engine *engine = words_engine();
    struct count_out out = {
        .files = tally->files,
        .bytes = tally->bytes,
        .tokens = (int64_t)counts_merge_tokens(tally->merge),
        .distinct = (int64_t)counts_merge_distinct(tally->merge),
        .engine = {.id = engine->id,
            .rules = engine->rules_version,
            .icu = engine->icu_version,
            .unicode = engine->unicode_version,
            .dictionaries = engine->dictionary_hash},
    };
    int r = rank(tally->merge, k, &ranking);

    return r < 0 ? r : print(context, &out, ranking);
}

/* What is to be said of single files. Returns EXIT_REFUSED if any could not be read. */
static int say_results(const struct context *context, const struct tally *tally, char *const *files)
{
    int status = EXIT_DONE;

    for (size_t i = 0; i < tally->n_results; i++) {
        const struct tally_file *result = &tally->results[i];

        if (result->binary && !option_text(context, "charset"))
            say_note(context, "%s looks like a binary file; its bytes are counted as if they were text",
                input_name(files[i]));
        if (!result->reason)
            continue;
        /* With json there is one document: the counts, or else the last failure. */
        if (tally->files == 0 && i == tally->n_results - 1)
            return say_failure(
                context, EXIT_REFUSED, FAILURE_INPUT, "%s: %s", input_name(files[i]), result->reason);
        say("%s: %s", input_name(files[i]), result->reason);
        status = EXIT_REFUSED;
    }
    return status;
}

static int tally_files(
    struct context *context, struct tally *tally, const struct words_options *options, char **files, size_t n)
{
    CLEANUP(meter_freep) struct meter *meter = NULL;
    int r = meter_new(context, files, n, &meter);

    return r < 0 ? r : tally_init(tally, options, files, n, meter);
}

int verb_count(struct context *context, int argc, char **argv)
{
    CLEANUP(tally_deinit) struct tally tally = {0};
    char *from_stdin[] = {(char[]){"-"}};
    char **files = argc > 0 ? argv : from_stdin;
    struct words_options options;
    uint64_t k = DEFAULT_TOP;
    int r, status;

    r = option_number(context, "top", INT64_MAX, &k);
    if (r == 0)
        r = local_options(context, &options);
    if (r == 0)
        r = local_init(context);
    if (r == 0)
        r = tally_files(context, &tally, &options, files, argc > 0 ? (size_t)argc : 1);
    if (r != 0)
        return r;
    status = say_results(context, &tally, files);
    if (tally.files == 0)
        return status;
    r = print_counts(context, &tally, k);
    return r < 0 ? r : status;
}
