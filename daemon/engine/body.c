#include "engine/body.h"

#include "base/array.h"
#include "base/cleanup.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>
/* The same hash, by the instructions that the processor has. */
#if defined(__x86_64__) && __has_include(<xxh_x86dispatch.h>)
#include <xxh_x86dispatch.h>
#endif

struct body {
    struct body *next;
    enum fetch_kind kind;
    struct words_page *page;
    XXH3_state_t *hash;
    struct buffer robots;
};

DEFINE_CLEANUP(struct body *, body_free)

struct body *body_new(void)
{
    CLEANUP(body_freep) struct body *body = calloc(1, sizeof(*body));

    if (!body || words_page_new(&body->page) < 0)
        return NULL;
    body->hash = XXH3_createState();
    if (!body->hash)
        return NULL;
    return TAKE(body);
}

void body_free(struct body *body)
{
    if (!body)
        return;
    words_page_free(body->page);
    XXH3_freeState(body->hash);
    buffer_deinit(&body->robots);
    free(body);
}

struct body **body_next(struct body *body)
{
    return &body->next;
}

int body_begin(struct body *body, enum fetch_kind kind, const char *content_type, const char *charset)
{
    struct words_options options = {.charset = charset, .refuse_binary = true};
    int r;

    body->kind = kind;
    buffer_deinit(&body->robots);
    if (kind == FETCH_ROBOTS)
        return 0;
    r = words_type_from_mime(content_type, &options.type);
    if (r < 0)
        return r;
    XXH3_128bits_reset(body->hash);
    return words_page_begin(body->page, &options);
}

int body_feed(struct body *body, const void *bytes, size_t size)
{
    if (body->kind == FETCH_ROBOTS) {
        size_t room = ROBOTS_MAX_SIZE - body->robots.size;

        return buffer_append(&body->robots, bytes, size < room ? size : room);
    }
    XXH3_128bits_update(body->hash, bytes, size);
    return words_page_feed(body->page, bytes, size);
}

int body_finish_page(struct body *body, struct body_page *ret)
{
    struct body_page page = {0};
    XXH128_canonical_t canonical;
    int r = words_page_finish(body->page, &page.counts);

    if (r < 0)
        return r;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(body->hash));
    memcpy(page.content_hash, canonical.digest, STORE_HASH_SIZE);
    page.charset = words_page_charset(body->page);
    page.charset_from = words_charset_from_to_string(words_page_charset_from(body->page));
    page.title = words_page_title(body->page);
    page.type = words_page_type(body->page) == WORDS_HTML ? "text/html" : "text/plain";
    page.replaced = words_page_replaced(body->page);
    *ret = page;
    return 0;
}

int body_finish_robots(struct body *body, struct robots **ret)
{
    int r = robots_parse(body->robots.bytes, body->robots.size, ROBOTS_PRODUCT, ret);

    /* Bodies are used again, and most of them for pages. */
    buffer_deinit(&body->robots);
    return r;
}
