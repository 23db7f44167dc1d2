#include "server/watcher.h"

#include "base/clock.h"
#include "fetch/url.h"
#include "server/view.h"
#include "wire/encode.h"
#include "wire/frame.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* One reply that waits for room. */
struct told {
    struct list link;
    struct buffer message;
};

static void told_free(struct watcher *watcher, struct told *told)
{
    watcher->queue_bytes -= told->message.size;
    watcher->work.service->queued_bytes -= told->message.size;
    list_remove(&told->link);
    buffer_deinit(&told->message);
    free(told);
}

void watcher_release_pages(struct watcher *watcher)
{
    LIST_FOR_EACH(link, &watcher->queue)
    {
        told_free(watcher, CONTAINER_OF(link, struct told, link));
    }
    query_free(watcher->query);
    store_rows_free(watcher->read.rows);
}

/* ---- what was told already ---- */

static uint8_t *told_bits(const struct watched *watched, bool counted)
{
    return counted ? watched->told_counted : watched->told_otherwise;
}

/* Whether this end of the URL was told. */
static bool was_told(const struct watched *watched, uint64_t seq, bool counted)
{
    size_t byte = (size_t)(seq / 8);

    return byte >= watched->told_size || told_bits(watched, counted)[byte] & (1U << (seq % 8));
}

static void mark_told(struct watched *watched, uint64_t seq, bool counted)
{
    told_bits(watched, counted)[seq / 8] |= (uint8_t)(1U << (seq % 8));
}

/* ---- the queue ---- */

static int enqueue(struct watcher *watcher, const struct wire_group *page, const struct wire_url *url)
{
    struct service *service = watcher->work.service;
    const struct wire_watch_out out = {.urls_per_second = watcher->urls_per_second,
        .bytes_per_second = watcher->bytes_per_second,
        .page = page,
        .url = url};
    struct told *told = calloc(1, sizeof(*told));
    int r;

    if (!told)
        return -ENOMEM;
    r = wire_encode_reply(&told->message, &wire_watch_out_shape, &out, true);
    if (r < 0) {
        free(told);
        return r;
    }
    list_append(&watcher->queue, &told->link);
    watcher->queue_bytes += told->message.size;
    service->queued_bytes += told->message.size;
    return 0;
}

/* With as many words as fit a message: keys can be long. */
static int enqueue_page(struct watcher *watcher, struct wire_group *page)
{
    int r = enqueue(watcher, page, NULL);

    while (r == -EMSGSIZE && page->n_words > 0) {
        page->n_words /= 2;
        r = enqueue(watcher, page, NULL);
    }
    return r;
}

static bool is_too_much(const struct watcher *watcher)
{
    return watcher->queue_bytes > WATCHER_MAX_QUEUE ||
        watcher->work.service->queued_bytes > WATCHER_MAX_ALL_QUEUES;
}

static int send_queue(struct watcher *watcher)
{
    struct call *call = watcher->work.call;
    int r = 0;

    while (r == 0 && !list_is_empty(&watcher->queue) && call_has_room(call)) {
        struct told *told = CONTAINER_OF(watcher->queue.next, struct told, link);

        r = call_continue_encoded(call, &told->message);
        if (r == 0)
            told_free(watcher, told);
    }
    return r;
}

/* ---- pages as words ---- */

static const struct wire_group_word *view_words(const struct counts_ranking *ranking, struct arena *arena)
{
    size_t n = counts_ranking_size(ranking);
    struct wire_group_word *words = arena_allocate(arena, (n + 1) * sizeof(*words));

    for (size_t i = 0; words && i < n; i++) {
        const struct counts_entry *entry = counts_ranking_get(ranking, i);
        char *text = arena_allocate(arena, (size_t)entry->length + 1);

        if (!text)
            return NULL;
        memcpy(text, entry->word, entry->length);
        text[entry->length] = '\0';
        words[i] =
            (struct wire_group_word){.rank = (int64_t)i + 1, .word = text, .tokens = (int64_t)entry->tokens};
    }
    return words;
}

static int tell_page(struct watcher *watcher, struct wire_group *page, const struct counts_ranking *ranking)
{
    struct arena arena = {0};
    int r = -ENOMEM;

    page->words = view_words(ranking, &arena);
    page->n_words = counts_ranking_size(ranking);
    if (page->words)
        r = enqueue_page(watcher, page);
    arena_deinit(&arena);
    return r;
}

static int rank(const struct words_counts *counts, uint64_t k, struct counts_ranking **ret)
{
    struct counts_ranking *ranking;
    int r = counts_ranking_new(k, COUNTS_BY_TOKENS, &ranking);

    for (size_t i = 0; r == 0 && i < words_counts_distinct(counts); i++) {
        struct words_word word = words_counts_get(counts, i);

        r = counts_ranking_add(ranking,
            &(struct counts_entry){
                .word = word.text, .length = word.length, .tokens = word.tokens, .pages = 1, .hosts = 1});
        if (r < 0)
            counts_ranking_free(ranking);
    }
    if (r < 0)
        return r;
    counts_ranking_finish(ranking);
    *ret = ranking;
    return 0;
}

static int tell_counted(struct watcher *watcher, const struct engine_ended *ended)
{
    struct wire_group page = {.job = wire_some_int((int64_t)ended->job),
        .page = wire_some_int((int64_t)ended->seq),
        .url = ended->url,
        .tokens = (int64_t)words_counts_tokens(ended->counts),
        .distinct = (int64_t)words_counts_distinct(ended->counts)};
    struct counts_ranking *ranking;
    int r = rank(ended->counts, watcher->per_page, &ranking);

    if (r < 0)
        return r;
    r = tell_page(watcher, &page, ranking);
    counts_ranking_free(ranking);
    return r;
}

static int tell_otherwise(struct watcher *watcher, const struct engine_ended *ended)
{
    const struct store_url_row row = {.job = ended->job,
        .seq = ended->seq,
        .state = outcome_state(ended->outcome),
        .outcome = ended->outcome,
        .url = ended->url,
        .submitted = ended->url,
        .host = "",
        .final_url = ended->final_url,
        .detail = ended->detail,
        .http_status = ended->http_status,
        .tries = ended->tries,
        .duration_usec = ended->duration_usec,
        .body_bytes = ended->body_bytes};
    struct arena arena = {0};
    struct wire_url url;
    char *host = url_host_key(ended->url);
    int r = host ? view_url(watcher->work.service, &row, &arena, &url) : -ENOMEM;

    if (r == 0) {
        url.host = host;
        r = enqueue(watcher, NULL, &url);
    }
    arena_deinit(&arena);
    free(host);
    return r;
}

void watcher_url_ended(void *userdata, const struct engine_ended *ended)
{
    struct watched *watched = userdata;
    struct watcher *watcher = watched->watcher;
    bool counted = outcome_state(ended->outcome) == URL_COUNTED;
    int r = -ENOBUFS;

    if (was_told(watched, ended->seq, counted))
        return;
    if (!is_too_much(watcher) && counted && ended->counts)
        r = tell_counted(watcher, ended);
    else if (!is_too_much(watcher) && !counted)
        r = tell_otherwise(watcher, ended);
    if (r == 0)
        mark_told(watched, ended->seq, counted);
    else
        watcher->missed = true;
    call_set_drain(watcher->work.call, watcher_go_on);
}

/* ---- what had ended before ---- */

static void go_on_or_fail(struct watcher *watcher, int r)
{
    if (r < 0)
        work_fail(&watcher->work, r);
    else
        watcher_go_on(watcher->work.call);
}

static int tell_group(struct watcher *watcher, const struct query_group *group)
{
    struct watched *watched = &watcher->jobs[watcher->behind];
    struct wire_group page = {.job = wire_some_int((int64_t)group->job),
        .page = wire_some_int((int64_t)group->page),
        .url = group->url,
        .tokens = (int64_t)group->tokens,
        .distinct = (int64_t)group->distinct};

    int r;

    if (was_told(watched, group->page, true))
        return 0;
    r = tell_page(watcher, &page, group->ranking);
    if (r == 0)
        mark_told(watched, group->page, true);
    return r;
}

static void groups_came(void *userdata, int r, const struct query_group *groups, size_t n_groups, bool end)
{
    struct watcher *watcher = userdata;

    /* A job that was removed meanwhile has nothing more to tell. */
    if (r == -ENOENT) {
        n_groups = 0;
        end = true;
        r = 0;
    }
    watcher->asked = false;
    watcher->groups = groups;
    watcher->n_groups = n_groups;
    watcher->groups_end = end;
    watcher->group = 0;
    go_on_or_fail(watcher, r);
}

static int start_query(struct watcher *watcher)
{
    const struct query_options options = {.jobs = &watcher->jobs[watcher->behind].job,
        .n_jobs = 1,
        .per = QUERY_PER_PAGE,
        .by = COUNTS_BY_TOKENS,
        .k = watcher->per_page};

    watcher->asked = true;
    return query_new(engine_store(watcher->work.service->settings.engine), &options, groups_came, watcher,
        &watcher->query);
}

static int tell_row(struct watcher *watcher, const struct store_url_row *row)
{
    struct watched *watched = &watcher->jobs[watcher->behind];
    struct arena arena = {0};
    struct wire_url url;
    int r;

    if (row->outcome == OUTCOME_NONE || outcome_state(row->outcome) == URL_COUNTED)
        return 0;
    if (was_told(watched, row->seq, false))
        return 0;
    r = view_url(watcher->work.service, row, &arena, &url);
    if (r == 0)
        r = enqueue(watcher, NULL, &url);
    if (r == 0)
        mark_told(watched, row->seq, false);
    arena_deinit(&arena);
    return r;
}

static void rows_came(struct store_request *request, void *receiver)
{
    struct watcher *watcher = CONTAINER_OF(request, struct watcher, read.request);
    int r = request->r;

    if (!work_came_back(&watcher->work))
        return;
    if (r == -ENOENT) {
        watcher->read.n_rows = 0;
        watcher->read.end = true;
        r = 0;
    }
    watcher->asked = false;
    watcher->row = 0;
    go_on_or_fail(watcher, r);
}

static void start_rows(struct watcher *watcher)
{
    store_rows_free(TAKE(watcher->read.rows));
    watcher->read = (struct store_read_urls){.request = {.kind = STORE_READ_URLS, .done = rows_came},
        .job = watcher->jobs[watcher->behind].job,
        .after = watcher->read.next_after,
        .state = -1};
    watcher->asked = true;
    work_submit(&watcher->work, &watcher->read.request);
}

int watcher_start_pages(struct watcher *watcher)
{
    watcher->catching_up = true;
    watcher->missed = false;
    watcher->behind = 0;
    return start_query(watcher);
}

/* The pages at hand; then the next ones are asked for, which come back to watcher_go_on(). */
static int tell_groups(struct watcher *watcher)
{
    int r = 0;

    while (r == 0 && watcher->group < watcher->n_groups && list_is_empty(&watcher->queue)) {
        r = tell_group(watcher, &watcher->groups[watcher->group++]);
        if (r == 0)
            r = send_queue(watcher);
    }
    if (r < 0 || watcher->group < watcher->n_groups)
        return r;
    if (!watcher->groups_end) {
        watcher->asked = true;
        query_next(watcher->query);
        return 0;
    }
    query_free(TAKE(watcher->query));
    watcher->read.next_after = 0;
    start_rows(watcher);
    return 0;
}

static int next_job(struct watcher *watcher)
{
    watcher->behind++;
    if (watcher->behind < watcher->n_jobs)
        return start_query(watcher);
    watcher->catching_up = false;
    watcher->rests_until_usec = clock_add(clock_boottime_usec(), WATCHER_REST_USEC);
    return 0;
}

static int tell_rows(struct watcher *watcher)
{
    int r = 0;

    while (r == 0 && watcher->row < watcher->read.n_rows && list_is_empty(&watcher->queue)) {
        r = tell_row(watcher, &watcher->read.rows[watcher->row++]);
        if (r == 0)
            r = send_queue(watcher);
    }
    if (r < 0 || watcher->row < watcher->read.n_rows)
        return r;
    if (watcher->read.end)
        return next_job(watcher);
    start_rows(watcher);
    return 0;
}

/* While the jobs run there may be more to come, which one round can bring together. */
static bool is_time_for_a_round(const struct watcher *watcher)
{
    return watcher->missed && (watcher->n_running == 0 || clock_boottime_usec() >= watcher->rests_until_usec);
}

int watcher_tell_pages(struct watcher *watcher)
{
    int r = send_queue(watcher);

    if (r < 0 || !list_is_empty(&watcher->queue) || watcher->asked)
        return r;
    if (!watcher->catching_up)
        return is_time_for_a_round(watcher) ? watcher_start_pages(watcher) : 0;
    return watcher->query ? tell_groups(watcher) : tell_rows(watcher);
}
