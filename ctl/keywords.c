#include "ctl/keywords.h"

#include "base/arena.h"
#include "counts/keyness.h"
#include "ctl/escape.h"
#include "ctl/join.h"
#include "ctl/reference.h"
#include "ctl/render.h"
#include "ctl/say.h"
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

struct key_word {
    int64_t rank;
    const char *word;
    int64_t tokens;
    double per_million;
    int64_t reference_tokens;
    double reference_per_million;
    double log_likelihood, log_ratio;
};

/* What the words are of; the fields of other kinds are null. */
struct key_group {
    struct wire_int job, page;
    const char *url, *host, *label;
    int64_t tokens, distinct;
    const struct key_word *words;
    size_t n_words;
};

struct key_words {
    const int64_t *jobs;
    size_t n_jobs;
    int64_t tokens, distinct, reference_tokens, reference_distinct;
    const struct key_word *words;
    size_t n_words;
    const struct key_group *groups;
    size_t n_groups;
};

static const struct wire_field word_fields[] = {
    WIRE_INT_FIELD(struct key_word, rank, "rank"),
    WIRE_STRING_FIELD(struct key_word, word, "word"),
    WIRE_INT_FIELD(struct key_word, tokens, "tokens"),
    WIRE_FLOAT_FIELD(struct key_word, per_million, "perMillion"),
    WIRE_INT_FIELD(struct key_word, reference_tokens, "referenceTokens"),
    WIRE_FLOAT_FIELD(struct key_word, reference_per_million, "referencePerMillion"),
    WIRE_FLOAT_FIELD(struct key_word, log_likelihood, "logLikelihood"),
    WIRE_FLOAT_FIELD(struct key_word, log_ratio, "logRatio"),
};
static WIRE_SHAPE(word_shape, "KeyWord", struct key_word, word_fields);

static const struct wire_field group_fields[] = {
    WIRE_MAYBE_INT(struct key_group, job, "job", WIRE_OPTIONAL),
    WIRE_MAYBE_INT(struct key_group, page, "page", WIRE_OPTIONAL),
    WIRE_MAYBE_STRING(struct key_group, url, "url", WIRE_OPTIONAL),
    WIRE_MAYBE_STRING(struct key_group, host, "host", WIRE_OPTIONAL),
    WIRE_MAYBE_STRING(struct key_group, label, "label", WIRE_OPTIONAL),
    WIRE_INT_FIELD(struct key_group, tokens, "tokens"),
    WIRE_INT_FIELD(struct key_group, distinct, "distinct"),
    WIRE_STRUCTS_FIELD(struct key_group, words, "words", WIRE_REQUIRED, struct key_word, &word_shape),
};
static WIRE_SHAPE(group_shape, "KeyGroup", struct key_group, group_fields);

static const struct wire_field words_fields[] = {
    WIRE_INTS_FIELD(struct key_words, jobs, "jobs", WIRE_REQUIRED),
    WIRE_INT_FIELD(struct key_words, tokens, "tokens"),
    WIRE_INT_FIELD(struct key_words, distinct, "distinct"),
    WIRE_INT_FIELD(struct key_words, reference_tokens, "referenceTokens"),
    WIRE_INT_FIELD(struct key_words, reference_distinct, "referenceDistinct"),
    WIRE_STRUCTS_FIELD(struct key_words, words, "words", WIRE_OPTIONAL, struct key_word, &word_shape),
    WIRE_STRUCTS_FIELD(struct key_words, groups, "groups", WIRE_OPTIONAL, struct key_group, &group_shape),
};
static WIRE_SHAPE(words_shape, "KeyWords", struct key_words, words_fields);

static const struct render_column columns[] = {
    {"rank", "RANK", STYLE_NUMBER},
    {"word", "WORD", STYLE_TEXT},
    {"tokens", "TOKENS", STYLE_NUMBER},
    {"perMillion", "PER MILLION", STYLE_DECIMAL},
    {"referencePerMillion", "REFERENCE", STYLE_DECIMAL},
    {"logLikelihood", "LL", STYLE_DECIMAL},
    {"logRatio", "LOG RATIO", STYLE_DECIMAL},
    {0},
};
static const struct render_column no_columns[] = {{0}};

#define GROUP_FIELDS                                                                                         \
    "words.rank", "words.word", "words.tokens", "words.referenceTokens", "words.logLikelihood",              \
        "words.logRatio"
static const char *const *const fields[] = {
    [TOP_WORDS] = NULL,
    [TOP_PER_PAGE] = (const char *const[]){"job", "page", GROUP_FIELDS, NULL},
    [TOP_PER_HOST] = (const char *const[]){"host", GROUP_FIELDS, NULL},
    [TOP_PER_LABEL] = (const char *const[]){"label", GROUP_FIELDS, NULL},
    [TOP_PER_JOB] = (const char *const[]){"job", GROUP_FIELDS, NULL},
};

struct keywords {
    struct context *context;
    enum top_kind kind;
    uint64_t k;
    struct reference reference;
    struct join join;
    struct buffer line;
    /* The list under way: of all, or of a group. */
    struct key_word *words;
    size_t n_words, capacity;
    struct arena texts;
};

static void keywords_deinit(struct keywords *keywords)
{
    reference_deinit(&keywords->reference);
    join_deinit(&keywords->join);
    buffer_deinit(&keywords->line);
    free(keywords->words);
    arena_deinit(&keywords->texts);
}

static double round_to(double value, double unit)
{
    return round(value / unit) * unit;
}

/* A word of a list of `n` words; one that is not used more often than in the reference is no keyword. */
static int add(struct keywords *keywords, const char *word, int64_t tokens, int64_t n)
{
    const struct counts_merge *reference = keywords->reference.words;
    uint64_t there = counts_merge_get(reference, word, (uint32_t)strlen(word)).tokens;
    uint64_t n_there = counts_merge_tokens(reference);
    double ratio = counts_log_ratio((uint64_t)tokens, there, (uint64_t)n, n_there);
    const char *copy;
    int r;

    if (!(ratio > 0))
        return 0;
    copy = arena_copy(&keywords->texts, word);
    r = array_reserve_one(&keywords->words, keywords->n_words, &keywords->capacity, sizeof(*keywords->words));
    if (!copy || r < 0)
        return -ENOMEM;
    keywords->words[keywords->n_words++] = (struct key_word){
        .word = copy,
        .tokens = tokens,
        .per_million = round_to((double)tokens * 1e6 / (double)n, 1e-4),
        .reference_tokens = (int64_t)there,
        .reference_per_million = round_to((double)there * 1e6 / (double)n_there, 1e-4),
        .log_likelihood =
            round_to(counts_log_likelihood((uint64_t)tokens, there, (uint64_t)n, n_there), 1e-4),
        .log_ratio = round_to(ratio, 1e-4),
    };
    return 0;
}

static int compare(const void *a, const void *b)
{
    const struct key_word *left = a, *right = b;

    if (left->log_likelihood != right->log_likelihood)
        return left->log_likelihood < right->log_likelihood ? 1 : -1;
    return strcmp(left->word, right->word);
}

/* Sorts the list and cuts it. */
static void rank(struct keywords *keywords)
{
    if (keywords->n_words > 0)
        qsort(keywords->words, keywords->n_words, sizeof(*keywords->words), compare);
    if (keywords->k > 0 && keywords->n_words > keywords->k)
        keywords->n_words = keywords->k;
    for (size_t i = 0; i < keywords->n_words; i++)
        keywords->words[i].rank = (int64_t)i + 1;
}

static struct key_words message(const struct keywords *keywords, const struct wire_top_out *out)
{
    return (struct key_words){
        .jobs = out->jobs,
        .n_jobs = out->n_jobs,
        .tokens = out->tokens,
        .distinct = out->distinct,
        .reference_tokens = (int64_t)counts_merge_tokens(keywords->reference.words),
        .reference_distinct = (int64_t)counts_merge_distinct(keywords->reference.words),
    };
}

static int take_words(struct keywords *keywords, const struct wire_top_out *out, bool last)
{
    struct key_words whole = message(keywords, out);
    int r = 0;

    for (size_t i = 0; i < out->n_words && r == 0; i++)
        r = add(keywords, out->words[i].word, out->words[i].tokens, out->tokens);
    if (r < 0 || !last)
        return r;
    rank(keywords);
    whole.words = keywords->words ? keywords->words : &(const struct key_word){0};
    whole.n_words = keywords->n_words;
    return render_part(keywords->context, &whole, true);
}

/* For people, two lines. */
static int print_group(struct keywords *keywords, const struct wire_group *group)
{
    struct buffer *line = &keywords->line;
    int r;

    line->size = 0;
    r = top_append_heading(keywords->context, line, keywords->kind, group);
    for (size_t i = 0; i < keywords->n_words && r == 0; i++) {
        const struct key_word *word = &keywords->words[i];

        r = buffer_append_text(line, i > 0 ? ", " : "");
        if (r == 0)
            r = escape_append(line, word->word, strlen(word->word));
        if (r == 0)
            r = buffer_printf(line, " %" PRId64 " (%.1f)", word->tokens, word->log_likelihood);
    }
    if (r == 0)
        r = buffer_append_text(line, "\n");
    if (r == 0)
        (void)fwrite(line->bytes, 1, line->size, stdout);
    return r;
}

static int take_group(
    struct keywords *keywords, const struct wire_top_out *out, const struct wire_group *group)
{
    struct key_words part = message(keywords, out);
    struct key_group of = {
        .job = group->job,
        .page = group->page,
        .url = group->url,
        .host = group->host,
        .label = group->label,
        .tokens = group->tokens,
        .distinct = group->distinct,
    };
    int r = 0;

    arena_deinit(&keywords->texts);
    keywords->n_words = 0;
    for (size_t i = 0; i < group->n_words && r == 0; i++)
        r = add(keywords, group->words[i].word, group->words[i].tokens, group->tokens);
    if (r < 0)
        return r;
    rank(keywords);
    if (keywords->context->format == FORMAT_TABLE)
        return print_group(keywords, group);
    of.words = keywords->words ? keywords->words : &(const struct key_word){0};
    of.n_words = keywords->n_words;
    part.groups = &of;
    part.n_groups = 1;
    return render_part(keywords->context, &part, false);
}

static int take_groups(struct keywords *keywords, const struct wire_top_out *out, bool last)
{
    static const struct key_group none[1];
    struct key_words end = message(keywords, out);
    const struct wire_group *groups;
    size_t n;
    int r = join_take(&keywords->join, out->groups, out->n_groups, last, &groups, &n);

    for (size_t i = 0; i < n && r == 0; i++)
        r = take_group(keywords, out, &groups[i]);
    end.groups = none;
    if (r < 0 || !last || keywords->context->format == FORMAT_TABLE)
        return r;
    return render_part(keywords->context, &end, true);
}

static int take(void *userdata, const void *reply, bool last)
{
    struct keywords *keywords = userdata;
    int r =
        keywords->kind == TOP_WORDS ? take_words(keywords, reply, last) : take_groups(keywords, reply, last);

    if (r < 0 || !last)
        return r;
    top_say_incomplete(keywords->context, reply);
    return top_say_engines(keywords->context, "the pages were", reply);
}

int keywords_print(struct context *context, const struct wire_top_in *in, enum top_kind kind, uint64_t k,
    const char *reference)
{
    CLEANUP(keywords_deinit) struct keywords keywords = {.context = context, .kind = kind, .k = k};
    const struct render_layout layout = {
        .shape = &words_shape,
        .list = kind == TOP_WORDS ? "words" : "groups",
        .columns = kind == TOP_WORDS ? columns : no_columns,
        .empty = "no keywords",
        .fields = fields[kind],
    };
    struct wire_top_in all = *in;
    int r = reference_read(context, reference, &keywords.reference);

    if (r == 0 && counts_merge_tokens(keywords.reference.words) == 0)
        r = say_failure(context, EXIT_REFUSED, FAILURE_INPUT, "--vs=%s has no words", reference);
    if (r != 0)
        return r;
    all.k = wire_some_int(0);
    r = render_begin(context, &layout);
    if (r == 0)
        r = call_stream(context, WIRE_TOP, &all, take, &keywords);
    /* The layout ends with this function. */
    render_free(context->render);
    context->render = NULL;
    return r;
}
