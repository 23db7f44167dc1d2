/* compare: what changed from one job's words to another's. */
#include "engine/compare.h"
#include "base/cleanup.h"
#include "server/ask.h"
#include "server/filter.h"
#include "server/list_reply.h"
#include "server/view.h"
#include "server/work.h"
#include "wire/messages.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct comparison {
    struct work work;
    const char *jobs[COMPARE_SIDES]; /* as given, without the host; in the work's arena */
    struct compare_options options;
    struct compare *compare;
    const struct compare_result *result; /* the compare's */
    size_t next;                         /* of its changes */
    struct list_reply list;
    struct wire_compare_out out; /* without words */
};

static void release(void *work)
{
    struct comparison *comparison = work;

    compare_free(comparison->compare);
    list_reply_deinit(&comparison->list);
}

/* ---- the reply ---- */

static const char *const changes[] = {
    [COUNTS_CAME] = "came", [COUNTS_WENT] = "went", [COUNTS_ROSE] = "rose", [COUNTS_FELL] = "fell"};

static int add_word(struct comparison *comparison, const struct counts_change *change)
{
    const struct compare_sums *sums = comparison->result->sides;
    CLEANUP(freep) char *word = strndup(change->word, change->length);
    struct wire_changed_word item;

    if (!word)
        return -ENOMEM;
    item = (struct wire_changed_word){.rank = (int64_t)comparison->next + 1,
        .word = word,
        .change = changes[change->kind],
        .base_tokens = (int64_t)change->base_tokens,
        .new_tokens = (int64_t)change->new_tokens,
        .base_per_million = view_per_million(change->base_tokens, sums[COMPARE_BASE].tokens),
        .new_per_million = view_per_million(change->new_tokens, sums[COMPARE_NEW].tokens),
        .base_pages = (int64_t)change->base_pages,
        .new_pages = (int64_t)change->new_pages,
        .log_likelihood = change->log_likelihood,
        .log_ratio = change->log_ratio};
    return list_reply_add(&comparison->list, &item);
}

static void go_on(struct comparison *comparison);

static void drained(struct call *call)
{
    go_on(call_data(call));
}

static struct wire_compare_out message(const struct comparison *comparison)
{
    static const struct wire_changed_word none[1];
    struct wire_compare_out out = comparison->out;

    out.words = comparison->list.items ? (const struct wire_changed_word *)comparison->list.items : none;
    out.n_words = comparison->list.n;
    return out;
}

static void send_part(struct comparison *comparison)
{
    const struct wire_compare_out out = message(comparison);
    struct call *call = comparison->work.call;
    int r;

    if (!call_more(call)) {
        list_reply_refuse(call);
        work_end(&comparison->work);
        return;
    }
    r = call_continue(call, &out);
    list_reply_clear(&comparison->list);
    if (r < 0)
        work_fail(&comparison->work, r);
    else
        call_set_drain(call, drained);
}

static void finish(struct comparison *comparison)
{
    const struct wire_compare_out out = message(comparison);

    call_reply(comparison->work.call, &out);
    work_end(&comparison->work);
}

static void go_on(struct comparison *comparison)
{
    const struct compare_result *result = comparison->result;
    int r = 0;

    while (r == 0 && comparison->next < result->n_changes &&
        !list_reply_is_full(&comparison->list, comparison->work.call)) {
        r = add_word(comparison, &result->changes[comparison->next]);
        comparison->next++;
    }
    if (r < 0)
        work_fail(&comparison->work, r);
    else if (comparison->next < result->n_changes)
        send_part(comparison);
    else
        finish(comparison);
}

static void fill_side(const struct compare_sums *sums, struct wire_compared_side *side)
{
    side->counted = (int64_t)sums->counted;
    side->pages = (int64_t)sums->pages;
    side->tokens = (int64_t)sums->tokens;
    side->distinct = (int64_t)sums->distinct;
    side->engines = (const char *const *)sums->engines;
    side->n_engines = sums->n_engines;
}

/* `limit` is what -E2BIG means. */
static void fail(struct comparison *comparison, int r, const char *limit, const char *message)
{
    if (r != -E2BIG) {
        work_fail(&comparison->work, r);
        return;
    }
    call_error(comparison->work.call, WIRE_LIMIT_REACHED,
        &(struct wire_error_parameters){.limit = limit, .message = message});
    work_end(&comparison->work);
}

static void done(void *userdata, int r, const struct compare_result *result)
{
    struct comparison *comparison = userdata;

    if (r < 0) {
        fail(comparison, r, "COMPARE_MAX_WORDS",
            "too many different words for one comparison: choose fewer (minLength, match), or one host");
        return;
    }
    comparison->result = result;
    comparison->out.pages = result->all ? "all" : "both";
    if (!comparison->options.all)
        comparison->out.overlap = wire_some_bool(!result->all);
    fill_side(&result->sides[COMPARE_BASE], &comparison->out.base);
    fill_side(&result->sides[COMPARE_NEW], &comparison->out.newer);
    go_on(comparison);
}

/* ---- of which jobs ---- */

static void take_row(struct comparison *comparison, size_t side, const struct store_job_row *row,
    struct wire_compared_side *out)
{
    uint64_t ended = row->counted + row->failed + row->skipped + row->cancelled;

    comparison->options.sides[side].job = row->job;
    comparison->options.sides[side].total = row->total;
    out->job = (int64_t)row->job;
    out->host = comparison->options.sides[side].host;
    out->complete = row->state == JOB_DONE || row->state == JOB_CANCELLED;
    out->total = (int64_t)row->total;
    out->queued = (int64_t)(row->total > ended ? row->total - ended : 0);
}

static void found(void *work)
{
    struct comparison *comparison = work;
    struct wire_compare_out *out = &comparison->out;
    struct store_job_row *const *rows = comparison->work.rows;
    int r;

    /* A job that is both sides has one row. */
    take_row(comparison, COMPARE_BASE, rows[0], &out->base);
    take_row(comparison, COMPARE_NEW, rows[comparison->work.n_rows - 1], &out->newer);
    out->complete = out->base.complete && out->newer.complete;
    comparison->options.engine = comparison->work.service->settings.engine;
    r = compare_new(engine_store(comparison->options.engine), &comparison->options, done, comparison,
        &comparison->compare);
    if (r < 0)
        fail(comparison, r, "COMPARE_MAX_URLS",
            "too many URLs to find those that are in both lists: compare all pages");
}

/* ---- what is asked ---- */

/* JOB or JOB/HOST. A host has no slash: what stands before the last one is the job. */
static int take_side(struct comparison *comparison, size_t side, const char *text)
{
    struct work *work = &comparison->work;
    const char *host = NULL;
    char *job = arena_copy(&work->arena, text), *slash;

    if (!job)
        return -ENOMEM;
    slash = strrchr(job, '/');
    if (slash) {
        *slash = '\0';
        host = slash[1] ? slash + 1 : NULL;
    }
    comparison->jobs[side] = job;
    return ask_host(work, host, &comparison->options.sides[side].host);
}

static int take_choices(struct comparison *comparison, const struct wire_compare_in *in)
{
    static const char *const pages[] = {"both", "all"};
    static const char *const bys[] = {
        [COUNTS_BY_LIKELIHOOD] = "logLikelihood", [COUNTS_BY_RATIO] = "logRatio"};
    struct work *work = &comparison->work;
    int all = 0, by = COUNTS_BY_LIKELIHOOD;
    int r = ask_choice(work, "pages", in->pages, pages, sizeof(pages) / sizeof(pages[0]), &all);

    if (r == 0)
        r = ask_choice(work, "by", in->by, bys, sizeof(bys) / sizeof(bys[0]), &by);
    if (r < 0)
        return r;
    comparison->options.all = all;
    comparison->options.by = (enum counts_change_by)by;
    return 0;
}

static int take_min_tokens(struct comparison *comparison, const struct wire_compare_in *in)
{
    if (in->min_tokens.value < 0) {
        call_refuse(comparison->work.call, WIRE_INVALID_INPUT, "minTokens is from 0");
        return -EINVAL;
    }
    comparison->options.min_tokens = (uint64_t)in->min_tokens.value;
    return 0;
}

/* 0; -EINVAL with the call refused; -ENOMEM. */
static int take_options(struct comparison *comparison, const struct wire_compare_in *in)
{
    int r = take_choices(comparison, in);

    if (r == 0)
        r = ask_top_words(&comparison->work, &in->k, &comparison->options.k);
    if (r == 0)
        r = take_min_tokens(comparison, in);
    if (r == 0)
        r = take_side(comparison, COMPARE_BASE, in->base);
    if (r == 0)
        r = take_side(comparison, COMPARE_NEW, in->newer);
    return r < 0 ? r : filter_take(&comparison->work, &in->filter, &comparison->options.filter);
}

void serve_compare(struct call *call)
{
    const struct wire_compare_in *in = call_in(call);
    struct comparison *comparison = work_new(call, sizeof(*comparison));
    int r;

    if (!comparison)
        return;
    comparison->work.release = release;
    list_reply_init(&comparison->list, &wire_changed_word_shape);
    r = take_options(comparison, in);
    if (r == -EINVAL)
        work_end(&comparison->work);
    else if (r < 0)
        work_fail(&comparison->work, r);
    else
        work_find(&comparison->work, comparison->jobs, COMPARE_SIDES, WORK_TO_READ, found);
}
