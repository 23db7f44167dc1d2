#include "engine/digest.h"

#include "base/array.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct digest_page {
    uint8_t content_hash[STORE_HASH_SIZE];
    uint64_t seq;
};

int digest_init(struct digest *digest)
{
    *digest = (struct digest){.sha256 = EVP_MD_CTX_new()};
    if (digest->sha256 && EVP_DigestInit_ex(digest->sha256, EVP_sha256(), NULL) == 1)
        return 0;
    digest_deinit(digest);
    return -ENOMEM;
}

void digest_deinit(struct digest *digest)
{
    EVP_MD_CTX_free(digest->sha256);
    free(digest->pages);
    *digest = (struct digest){0};
}

static void note_engine(struct digest *digest, const char *id)
{
    char *place;
    size_t length = strnlen(id, DIGEST_ENGINE_SIZE - 1);

    for (size_t i = 0; i < digest->n_engines; i++)
        if (strncmp(digest->engines[i], id, DIGEST_ENGINE_SIZE - 1) == 0)
            return;
    if (digest->n_engines == DIGEST_ENGINES)
        return;
    place = digest->engines[digest->n_engines++];
    memcpy(place, id, length);
    place[length] = '\0';
}

static void note_time(struct digest *digest, uint64_t usec)
{
    if (usec == 0)
        return;
    if (digest->first_usec == 0 || usec < digest->first_usec)
        digest->first_usec = usec;
    if (usec > digest->last_usec)
        digest->last_usec = usec;
}

static int add_page(struct digest *digest, const struct store_list_row *row)
{
    struct digest_page *page;
    int r;

    if (digest->too_many_pages)
        return 0;
    if (digest->n_pages == DIGEST_MAX_PAGES) {
        free(TAKE(digest->pages));
        digest->n_pages = digest->pages_capacity = 0;
        digest->too_many_pages = true;
        return 0;
    }
    r = array_reserve_one(&digest->pages, digest->n_pages, &digest->pages_capacity, sizeof(*digest->pages));
    if (r < 0)
        return r;
    page = &digest->pages[digest->n_pages++];
    memcpy(page->content_hash, row->content_hash, STORE_HASH_SIZE);
    page->seq = row->seq;
    return 0;
}

int digest_add(struct digest *digest, const struct store_list_row *row)
{
    if (EVP_DigestUpdate(digest->sha256, row->url, strlen(row->url)) != 1 ||
        EVP_DigestUpdate(digest->sha256, "\n", 1) != 1)
        return -ENOMEM;
    if (!row->counted)
        return 0;
    if (row->engine_id)
        note_engine(digest, row->engine_id);
    note_time(digest, row->counted_from_usec);
    return add_page(digest, row);
}

static int compare_pages(const void *a, const void *b)
{
    const struct digest_page *left = a;
    const struct digest_page *right = b;
    int order = memcmp(left->content_hash, right->content_hash, STORE_HASH_SIZE);

    return order ? order : (left->seq > right->seq) - (left->seq < right->seq);
}

static bool is_before(const struct digest_group *a, const struct digest_group *b)
{
    return a->pages != b->pages ? a->pages > b->pages : a->seq < b->seq;
}

static void add_group(struct digest *digest, const struct digest_group *group)
{
    size_t place = digest->n_groups;

    while (place > 0 && is_before(group, &digest->groups[place - 1]))
        place--;
    if (place == DIGEST_GROUPS)
        return;
    if (digest->n_groups == DIGEST_GROUPS)
        digest->n_groups--;
    memmove(&digest->groups[place + 1], &digest->groups[place], (digest->n_groups - place) * sizeof(*group));
    digest->groups[place] = *group;
    digest->n_groups++;
}

static void find_groups(struct digest *digest)
{
    const struct digest_page *pages = digest->pages;
    size_t end;

    if (digest->n_pages > 0)
        qsort(digest->pages, digest->n_pages, sizeof(*pages), compare_pages);
    for (size_t i = 0; i < digest->n_pages; i = end) {
        struct digest_group group = {.seq = pages[i].seq};

        for (end = i + 1; end < digest->n_pages &&
             memcmp(pages[end].content_hash, pages[i].content_hash, STORE_HASH_SIZE) == 0;)
            end++;
        memcpy(group.content_hash, pages[i].content_hash, STORE_HASH_SIZE);
        group.pages = end - i;
        if (group.pages > 1)
            add_group(digest, &group);
    }
}

int digest_finish(struct digest *digest)
{
    if (EVP_DigestFinal_ex(digest->sha256, digest->list_hash, NULL) != 1)
        return -ENOMEM;
    find_groups(digest);
    return 0;
}
