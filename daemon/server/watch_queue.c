#include "server/watcher.h"

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

void watcher_release_queue(struct watcher *watcher)
{
    LIST_FOR_EACH (link, &watcher->queue) {
        told_free(watcher, CONTAINER_OF(link, struct told, link));
    }
}

/* ---- what was told already ---- */

static uint8_t *told_bits(const struct watched *watched, bool counted)
{
    return counted ? watched->told_counted : watched->told_otherwise;
}

bool watcher_was_told(const struct watched *watched, uint64_t seq, bool counted)
{
    size_t byte = (size_t)(seq / 8);

    return byte >= watched->told_size || told_bits(watched, counted)[byte] & (1U << (seq % 8));
}

void watcher_mark_told(struct watched *watched, uint64_t seq, bool counted)
{
    told_bits(watched, counted)[seq / 8] |= (uint8_t)(1U << (seq % 8));
}

/* ---- the queue ---- */

int watcher_queue(struct watcher *watcher, const struct wire_group *page, const struct wire_url *url)
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
static int fit_page(struct watcher *watcher, struct wire_group *page)
{
    int r = watcher_queue(watcher, page, NULL);

    while (r == -EMSGSIZE && page->n_words > 0) {
        page->n_words /= 2;
        r = watcher_queue(watcher, page, NULL);
    }
    return r;
}

bool watcher_queue_is_full(const struct watcher *watcher)
{
    return watcher->queue_bytes > WATCHER_MAX_QUEUE ||
        watcher->work.service->queued_bytes > WATCHER_MAX_ALL_QUEUES;
}

int watcher_send_queue(struct watcher *watcher)
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

int watcher_queue_page(struct watcher *watcher, struct wire_group *page, const struct counts_ranking *ranking)
{
    struct arena arena = {0};
    int r = -ENOMEM;

    page->words = view_words(ranking, &arena);
    page->n_words = counts_ranking_size(ranking);
    if (page->words)
        r = fit_page(watcher, page);
    arena_deinit(&arena);
    return r;
}
