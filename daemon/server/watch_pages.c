#include "server/watcher.h"

#include "fetch/url.h"
#include "server/view.h"
#include "store/store_read.h"
#include <errno.h>
#include <stdlib.h>

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
    r = watcher_queue_page(watcher, &page, ranking);
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
        r = watcher_queue(watcher, NULL, &url);
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

    if (watcher_was_told(watched, ended->seq, counted))
        return;
    if (!watcher_queue_is_full(watcher) && counted && ended->counts)
        r = tell_counted(watcher, ended);
    else if (!watcher_queue_is_full(watcher) && !counted)
        r = tell_otherwise(watcher, ended);
    if (r == 0)
        watcher_mark_told(watched, ended->seq, counted);
    else
        watcher->missed = true;
    call_set_drain(watcher->work.call, watcher_go_on);
}
