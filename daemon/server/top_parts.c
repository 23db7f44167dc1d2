#include "server/top.h"

#include "base/list.h"
#include "server/list_reply.h"
#include "server/view.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A word's line in JSON beside the word. */
#define WORD_BYTES 64
#define GROUP_BYTES 128
/* Without `more`: beyond this one reply would hardly fit a frame. */
#define WHOLE_BYTES (1U << 20)

static void go_on(struct top *top);

void top_release_parts(struct top *top)
{
    query_free(top->query);
    store_rows_free(top->engines.rows);
    free(top->words);
    free(top->built);
    free(top->group_words);
    arena_deinit(&top->arena);
}

static void clear(struct top *top)
{
    arena_deinit(&top->arena);
    top->n_words = top->n_built = 0;
    top->bytes = 0;
}

static const char *copy_word(struct top *top, const struct counts_entry *entry)
{
    char *copy = arena_allocate(&top->arena, (size_t)entry->length + 1);

    if (!copy)
        return NULL;
    memcpy(copy, entry->word, entry->length);
    copy[entry->length] = '\0';
    top->bytes += entry->length + WORD_BYTES;
    return copy;
}

static int add_word(struct top *top, const struct query_group *group, const struct counts_entry *entry)
{
    const char *word = copy_word(top, entry);
    int r = array_reserve_one(&top->words, top->n_words, &top->words_capacity, sizeof(*top->words));

    if (!word || r < 0)
        return -ENOMEM;
    top->words[top->n_words++] = (struct wire_word){.rank = (int64_t)top->word + 1,
        .word = word,
        .tokens = (int64_t)entry->tokens,
        .per_million = view_per_million(entry->tokens, group->tokens),
        .pages = (int64_t)entry->pages,
        .hosts = (int64_t)entry->hosts};
    return 0;
}

static int add_group_word(struct top *top, const struct counts_entry *entry)
{
    const char *word = copy_word(top, entry);
    int r = array_reserve_one(
        &top->group_words, top->n_group_words, &top->group_words_capacity, sizeof(*top->group_words));

    if (!word || r < 0)
        return -ENOMEM;
    top->group_words[top->n_group_words++] = (struct wire_group_word){
        .rank = (int64_t)top->word + 1, .word = word, .tokens = (int64_t)entry->tokens};
    return 0;
}

static int copy_text(struct top *top, const char *text, const char **ret)
{
    *ret = text ? arena_copy(&top->arena, text) : NULL;
    if (text && !*ret)
        return -ENOMEM;
    top->bytes += text ? strlen(text) : 0;
    return 0;
}

static struct wire_int number(uint64_t value)
{
    return value > 0 ? wire_some_int((int64_t)value) : (struct wire_int){0};
}

static int open_group(struct top *top, const struct query_group *group)
{
    struct wire_group *built;
    int r = array_reserve_one(&top->built, top->n_built, &top->built_capacity, sizeof(*top->built));

    if (r < 0)
        return r;
    built = &top->built[top->n_built];
    *built = (struct wire_group){.job = number(group->job),
        .page = number(group->page),
        .tokens = (int64_t)group->tokens,
        .distinct = (int64_t)group->distinct};
    if (top->options.per != QUERY_PER_PAGE)
        built->pages = wire_some_int((int64_t)group->pages);
    if (copy_text(top, group->url, &built->url) < 0 || copy_text(top, group->host, &built->host) < 0 ||
        copy_text(top, group->label, &built->label) < 0)
        return -ENOMEM;
    top->bytes += GROUP_BYTES;
    top->n_built++;
    top->n_group_words = 0;
    return 0;
}

/* The group's words go where they can stay while others are built. */
static int close_group(struct top *top)
{
    struct wire_group *built = &top->built[top->n_built - 1];
    struct wire_group_word *words = arena_allocate(&top->arena, (top->n_group_words + 1) * sizeof(*words));

    if (!words)
        return -ENOMEM;
    if (top->n_group_words > 0)
        memcpy(words, top->group_words, top->n_group_words * sizeof(*words));
    built->words = words;
    built->n_words = top->n_group_words;
    return 0;
}

static bool is_full(const struct top *top)
{
    return top->bytes >= (call_more(top->work.call) ? LIST_PART_BYTES : WHOLE_BYTES);
}

/* Of the group under way what fits; with it the next one is begun. */
static int take_group(struct top *top)
{
    const struct query_group *group = &top->groups[top->group];
    size_t n = counts_ranking_size(group->ranking);
    int r = top->grouped ? open_group(top, group) : 0;

    for (; r == 0 && top->word < n && !is_full(top); top->word++) {
        const struct counts_entry *entry = counts_ranking_get(group->ranking, top->word);

        r = top->grouped ? add_group_word(top, entry) : add_word(top, group, entry);
    }
    if (r == 0 && top->grouped)
        r = close_group(top);
    if (top->word == n) {
        top->group++;
        top->word = 0;
    }
    return r;
}

static struct wire_top_out message(const struct top *top)
{
    static const struct wire_word no_words[1];
    static const struct wire_group no_groups[1];
    struct wire_top_out out = top->totals;

    if (top->grouped) {
        out.groups = top->built ? top->built : no_groups;
        out.n_groups = top->n_built;
    } else {
        out.words = top->words ? top->words : no_words;
        out.n_words = top->n_words;
    }
    return out;
}

static void drained(struct call *call)
{
    go_on(call_data(call));
}

static void send_part(struct top *top)
{
    const struct wire_top_out out = message(top);
    struct call *call = top->work.call;
    int r;

    if (!call_more(call)) {
        list_reply_refuse(call);
        work_end(&top->work);
        return;
    }
    r = call_continue(call, &out);
    clear(top);
    if (r < 0)
        work_fail(&top->work, r);
    else
        call_set_drain(call, drained);
}

static void finish(struct top *top)
{
    const struct wire_top_out out = message(top);

    call_reply(top->work.call, &out);
    work_end(&top->work);
}

static void go_on(struct top *top)
{
    int r = 0;

    while (r == 0 && top->group < top->n_groups && !is_full(top))
        r = take_group(top);
    if (r < 0)
        work_fail(&top->work, r);
    else if (is_full(top))
        send_part(top);
    else if (top->end)
        finish(top);
    else
        query_next(top->query);
}

static void take_totals(struct top *top)
{
    const struct query_group *group = top->n_groups > 0 ? &top->groups[0] : NULL;

    top->totals_known = true;
    top->totals.pages = group ? (int64_t)group->pages : 0;
    top->totals.tokens = group ? (int64_t)group->tokens : 0;
    top->totals.distinct = group ? (int64_t)group->distinct : 0;
}

static void fail(struct top *top, int r)
{
    if (r != -E2BIG) {
        work_fail(&top->work, r);
        return;
    }
    call_error(top->work.call, WIRE_LIMIT_REACHED,
        &(struct wire_error_parameters){.limit = "QUERY_MAX_LABELS",
            .message = "too many labels, hosts or words for one query: ask for fewer jobs, or for one host"});
    work_end(&top->work);
}

static void engines_came(struct store_request *request, void *receiver)
{
    struct top *top = CONTAINER_OF(request, struct top, engines.request);

    if (!work_came_back(&top->work))
        return;
    if (request->r < 0) {
        work_fail(&top->work, request->r);
        return;
    }
    top->engines_known = true;
    top->totals.engines = top->engines.rows;
    top->totals.n_engines = top->engines.n_rows;
    go_on(top);
}

static void find_engines(struct top *top)
{
    top->engines = (struct store_read_engines){.request = {.kind = STORE_READ_ENGINES, .done = engines_came},
        .jobs = top->jobs,
        .n_jobs = top->n_jobs};
    work_submit(&top->work, &top->engines.request);
}

static void start(struct top *top);

static void part(void *userdata, int r, const struct query_group *groups, size_t n_groups, bool end)
{
    struct top *top = userdata;

    if (r < 0) {
        fail(top, r);
        return;
    }
    top->groups = groups;
    top->n_groups = n_groups;
    top->end = end;
    top->group = top->word = 0;
    if (!top->totals_known) {
        take_totals(top);
        if (top->grouped) {
            query_free(TAKE(top->query));
            start(top);
            return;
        }
    }
    if (top->engines_known)
        go_on(top);
    else
        find_engines(top);
}

/* What is asked; or, for groups, their totals first. */
static void start(struct top *top)
{
    struct query_options options = top->options;
    int r;

    options.jobs = top->jobs;
    options.n_jobs = top->n_jobs;
    options.engine = top->work.service->settings.engine;
    if (top->grouped && !top->totals_known) {
        options.per = QUERY_PER_NONE;
        options.k = 1;
    }
    r = query_new(engine_store(top->work.service->settings.engine), &options, part, top, &top->query);
    if (r < 0)
        work_fail(&top->work, r);
}

/* Of all pages of one job its row tells the totals; words of several jobs may be the same ones. */
static bool row_tells(const struct top *top)
{
    const struct query_options *options = &top->options;

    return top->n_jobs == 1 && !options->host && !options->url && !options->unique;
}

void top_run(struct top *top)
{
    top->grouped = top->options.per != QUERY_PER_NONE;
    top->totals_known = top->grouped && row_tells(top);
    top->end = true;
    if (top->n_jobs > 0)
        start(top);
    else
        finish(top);
}
