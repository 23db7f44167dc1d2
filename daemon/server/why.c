/* why: the pages that a word is on, those with most of it first. */
#include "base/cleanup.h"
#include "engine/query.h"
#include "server/work.h"
#include "wire/messages.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_PAGES 10
/* As many fit one reply, however long their URLs. */
#define MAX_PAGES 100

/* Of the pages so far, one of the `k` with most of it. */
struct found_page {
    uint64_t job, page, tokens, all_tokens;
    char *url;
};

struct why {
    struct work work;
    char key[WORDS_MAX_KEY + 1];
    const char *glob; /* that matches the key alone; in the work's arena */
    size_t k;
    struct query *query;
    struct found_page best[MAX_PAGES];
    size_t n_best;
    struct wire_why_out out;
};

static void release(void *work)
{
    struct why *why = work;

    query_free(why->query);
    for (size_t i = 0; i < why->n_best; i++)
        free(why->best[i].url);
}

static void reply(struct why *why)
{
    struct wire_why_page pages[MAX_PAGES];

    for (size_t i = 0; i < why->n_best; i++) {
        const struct found_page *page = &why->best[i];

        pages[i] = (struct wire_why_page){
            .job = (int64_t)page->job,
            .page = (int64_t)page->page,
            .url = page->url,
            .tokens = (int64_t)page->tokens,
            .all_tokens = (int64_t)page->all_tokens,
            .per_million = round((double)page->tokens * 1e10 / (double)page->all_tokens) / 1e4,
        };
    }
    why->out.word = why->key;
    why->out.pages_with = pages;
    why->out.n_pages_with = why->n_best;
    call_reply(why->work.call, &why->out);
    work_end(&why->work);
}

/* Pages come by their numbers: of equal ones the first stays above. */
static int take_page(struct why *why, const struct query_group *group, uint64_t tokens)
{
    size_t place = why->n_best;
    char *url;

    why->out.tokens += (int64_t)tokens;
    why->out.pages++;
    while (place > 0 && why->best[place - 1].tokens < tokens)
        place--;
    if (place == why->k)
        return 0;
    url = strdup(group->url ? group->url : "");
    if (!url)
        return -ENOMEM;
    if (why->n_best == why->k)
        free(why->best[--why->n_best].url);
    memmove(&why->best[place + 1], &why->best[place], (why->n_best - place) * sizeof(why->best[0]));
    why->best[place] = (struct found_page){
        .job = group->job, .page = group->page, .tokens = tokens, .all_tokens = group->tokens, .url = url};
    why->n_best++;
    return 0;
}

static void part(void *userdata, int r, const struct query_group *groups, size_t n_groups, bool end)
{
    struct why *why = userdata;

    why->out.all_pages += (int64_t)n_groups;
    for (size_t i = 0; i < n_groups && r == 0; i++)
        if (counts_ranking_size(groups[i].ranking) > 0)
            r = take_page(why, &groups[i], counts_ranking_get(groups[i].ranking, 0)->tokens);
    if (r < 0)
        work_fail(&why->work, r);
    else if (end)
        reply(why);
    else
        query_next(why->query);
}

static void found(void *work)
{
    struct why *why = work;
    const struct query_options options = {
        .jobs = &why->work.rows[0]->job,
        .n_jobs = 1,
        .per = QUERY_PER_PAGE,
        .k = 1,
        .filter = {.matches = &why->glob, .n_matches = 1},
    };
    int r = query_new(engine_store(why->work.service->settings.engine), &options, part, why, &why->query);

    if (r < 0)
        work_fail(&why->work, r);
}

/* In the work's arena; NULL: out of memory. */
static const char *make_glob(struct why *why)
{
    char *glob = arena_allocate(&why->work.arena, 3 * strlen(why->key) + 1), *at = glob;

    for (const char *byte = why->key; glob && *byte; byte++)
        if (strchr("*?[", *byte)) {
            *at++ = '[';
            *at++ = *byte;
            *at++ = ']';
        } else {
            *at++ = *byte;
        }
    if (glob)
        *at = '\0';
    return glob;
}

/* Whether a page's word could be what was typed, which has this key. */
static bool is_word(const char *typed, const char *key, size_t size)
{
    bool counts = words_key_has_letter(key, size);

    /* Numbers of other scripts and the like are behind ASCII. */
    for (size_t i = 0; i < size; i++)
        counts |= (key[i] >= '0' && key[i] <= '9') || (unsigned char)key[i] >= 0x80;
    return counts && !strpbrk(typed, " \t\r\n");
}

/* 0; -EINVAL with the call refused; -ENOMEM. */
static int take_word(struct why *why, const struct wire_why_in *in)
{
    size_t size;
    int r = words_key(in->word, strlen(in->word), why->key, &size);

    if (r < 0)
        return r;
    why->key[size] = '\0';
    if (!is_word(in->word, why->key, size) || in->k.value < 0 || in->k.value > MAX_PAGES) {
        call_refuse(why->work.call, WIRE_INVALID_INPUT,
            is_word(in->word, why->key, size) ? "k is from 0 to 100" : "\"%.100s\" is no word", in->word);
        return -EINVAL;
    }
    why->k = in->k.set ? (size_t)in->k.value : DEFAULT_PAGES;
    if (why->k == 0)
        why->k = MAX_PAGES;
    why->glob = make_glob(why);
    return why->glob ? 0 : -ENOMEM;
}

void serve_why(struct call *call)
{
    const struct wire_why_in *in = call_in(call);
    struct why *why = work_new(call, sizeof(*why));
    int r;

    if (!why)
        return;
    why->work.release = release;
    r = take_word(why, in);
    if (r == -EINVAL)
        work_end(&why->work);
    else if (r < 0)
        work_fail(&why->work, r);
    else
        work_find(&why->work, &in->job, in->job ? 1 : 0, WORK_TO_READ, found);
}
