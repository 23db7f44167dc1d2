#include "engine/query_groups.h"

#include "base/array.h"
#include "engine/group_key.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The places of words so many ahead are on their way into the cache. */
#define AHEAD 16

void query_groups_init(struct query_groups *groups, enum query_per per, bool may_share)
{
    *groups = (struct query_groups){
        .per = per, .may_share = may_share, .max = QUERY_MAX_GROUPS, .max_bytes = QUERY_PART_BYTES};
    query_shared_init(&groups->shared);
}

static void group_free(struct query_group_bag *group)
{
    if (!group)
        return;
    query_bag_deinit(&group->bag);
    free(group->key);
    free(group);
}

static void forget_groups(struct query_groups *groups)
{
    for (size_t i = 0; i < groups->n; i++)
        group_free(groups->items[i]);
    groups->n = 0;
    groups->n_arrived = 0;
    groups->n_words = groups->bytes = 0;
    groups->last = 0;
}

void query_groups_deinit(struct query_groups *groups)
{
    forget_groups(groups);
    free(groups->items);
    free(groups->after);
    free(groups->host);
    query_shared_deinit(&groups->shared);
    *groups = (struct query_groups){0};
}

void query_groups_next_job(struct query_groups *groups)
{
    free(groups->host);
    groups->host = NULL;
}

/* Where the key is, or belongs. */
static bool find(const struct query_groups *groups, const char *key, size_t *ret_index)
{
    size_t low = 0;
    size_t high = groups->n;

    if (groups->last < groups->n && group_key_compare(groups->items[groups->last]->key, key) == 0) {
        *ret_index = groups->last;
        return true;
    }
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = group_key_compare(groups->items[middle]->key, key);

        if (order == 0) {
            *ret_index = middle;
            return true;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *ret_index = low;
    return false;
}

static void drop_last_group(struct query_groups *groups)
{
    struct query_group_bag *last = groups->items[--groups->n];

    groups->n_words -= last->bag.n;
    groups->bytes -= query_bag_bytes(&last->bag);
    group_free(last);
    groups->overflow = true;
}

static int insert(struct query_groups *groups, const char *key, size_t index)
{
    struct query_group_bag *group;
    int r = array_reserve_one(&groups->items, groups->n, &groups->capacity, sizeof(struct query_group_bag *));

    if (r < 0)
        return r;
    group = calloc(1, sizeof(*group));
    if (!group)
        return -ENOMEM;
    group->key = key ? strdup(key) : NULL;
    r = key && !group->key ? -ENOMEM : 0;
    if (r < 0) {
        group_free(group);
        return r;
    }
    query_bag_init(&group->bag, groups->n_numbers);
    group->number = groups->n_arrived++;
    memmove(&groups->items[index + 1], &groups->items[index], (groups->n - index) * sizeof(*groups->items));
    groups->items[index] = group;
    groups->n++;
    return 0;
}

static bool is_full(const struct query_groups *groups)
{
    return groups->per == QUERY_PER_HOST &&
        (groups->n >= groups->max || (groups->n > 0 && groups->n_words >= QUERY_PART_WORDS));
}

/* Labels are held as they come; how much they take shows later. */
static int count_label(struct query_groups *groups, const char *key)
{
    if (groups->per != QUERY_PER_LABEL || !key)
        return 0;
    if (groups->n_labels == QUERY_MAX_LABELS)
        return -E2BIG;
    groups->n_labels++;
    return 0;
}

/* 1: it is there, at *ret_index. */
static int group_of(struct query_groups *groups, const char *key, size_t *ret_index)
{
    int r;

    if (find(groups, key, ret_index))
        return 1;
    if (is_full(groups)) {
        groups->overflow = true;
        if (*ret_index == groups->n)
            return 0;
        drop_last_group(groups);
    }
    /* Once one was left for later, all behind the last one are. */
    if (groups->overflow && *ret_index == groups->n)
        return 0;
    r = count_label(groups, key);
    if (r == 0)
        r = insert(groups, key, *ret_index);
    return r < 0 ? r : 1;
}

bool query_groups_is_behind(const struct query_groups *groups, const char *host)
{
    return groups->per == QUERY_PER_HOST && groups->overflow && groups->n > 0 &&
        strcmp(host, groups->items[groups->n - 1]->key) > 0;
}

static int note_host(struct query_groups *groups, const char *host)
{
    char *copy;
    int r;

    if (groups->host && strcmp(groups->host, host) == 0)
        return 0;
    if (groups->may_share) {
        r = query_shared_host(&groups->shared, host, &groups->shared_host);
        if (r < 0)
            return r;
    }
    copy = strdup(host);
    if (!copy)
        return -ENOMEM;
    free(groups->host);
    groups->host = copy;
    groups->run++;
    return 0;
}

static int add_words(struct query_groups *groups, struct query_group_bag *group,
    const struct counts_pair *pairs, size_t n_pairs)
{
    struct query_bag *bag = &group->bag;
    bool may_share = groups->may_share && groups->per != QUERY_PER_HOST;
    size_t n_before = bag->n;
    size_t bytes_before = query_bag_bytes(bag);
    int r = query_bag_reserve(bag, bag->n + n_pairs);

    if (r < 0)
        return r;
    groups->bytes += query_bag_bytes(bag) - bytes_before;
    for (size_t i = 0; i < n_pairs; i++) {
        struct query_count *count;

        if (i + AHEAD < n_pairs)
            query_bag_near(bag, pairs[i + AHEAD].id);
        count = query_bag_at(bag, pairs[i].id);
        count->tokens += pairs[i].tokens;
        count->pages++;
        bag->tokens += pairs[i].tokens;
        if (count->run == groups->run)
            continue;
        count->run = groups->run;
        if (groups->per == QUERY_PER_HOST) {
            count->hosts = 1;
            continue;
        }
        r = may_share ? query_shared_add(&groups->shared, group->number, groups->shared_host, pairs[i].id)
                      : 1;
        if (r < 0)
            return r;
        count->hosts += (uint32_t)r;
    }
    bag->pages++;
    groups->n_words += bag->n - n_before;
    return 0;
}

int query_groups_add(struct query_groups *groups, const char *host, const char *label,
    const struct counts_pair *pairs, size_t n_pairs)
{
    const char *key = groups->per == QUERY_PER_HOST ? host : groups->per == QUERY_PER_LABEL ? label : NULL;
    size_t index = 0;
    int r;

    if (groups->is_later && group_key_compare(key, groups->after) <= 0)
        return 0;
    r = group_of(groups, key, &index);
    if (r <= 0)
        return r;
    groups->last = index;
    r = note_host(groups, host);
    if (r < 0)
        return r;
    r = add_words(groups, groups->items[index], pairs, n_pairs);
    if (r < 0)
        return r;
    while (groups->per == QUERY_PER_LABEL && groups->bytes > groups->max_bytes && groups->n > 1)
        drop_last_group(groups);
    return 1;
}

/* What another part met says nothing of this one's groups. */
static void forget_shared(struct query_shared *shared)
{
    bool is_last = shared->is_last;

    query_shared_deinit(shared);
    query_shared_init(shared);
    shared->is_last = is_last;
}

int query_groups_skip(struct query_groups *groups, const char *key, size_t n)
{
    char *after = key ? strdup(key) : NULL;

    assert(groups->n == 0);
    if (key && !after)
        return -ENOMEM;
    free(groups->after);
    groups->after = after;
    groups->is_later = true;
    if (groups->per == QUERY_PER_LABEL) {
        groups->n_given += n;
        groups->n_labels = groups->n_given;
    }
    return 0;
}

int query_groups_next_part(struct query_groups *groups)
{
    const char *last;
    char *after;

    assert(groups->n > 0);
    last = groups->items[groups->n - 1]->key;
    after = last ? strdup(last) : NULL;
    if (last && !after)
        return -ENOMEM;
    free(groups->after);
    groups->after = after;
    groups->is_later = true;
    if (groups->per == QUERY_PER_LABEL) {
        groups->n_given += groups->n - (groups->items[0]->key == NULL);
        groups->n_labels = groups->n_given;
    }
    forget_groups(groups);
    forget_shared(&groups->shared);
    query_groups_next_job(groups);
    groups->overflow = false;
    return 0;
}
