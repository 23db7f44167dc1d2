#include "engine/running_groups.h"

#include "base/array.h"
#include "base/cleanup.h"
#include "engine/group_key.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* At once. */
#define FREED_GROUPS 1000

static void free_group(struct running_group *group)
{
    if (!group)
        return;
    counts_cell_deinit(&group->words);
    counts_runs_deinit(&group->runs);
    counts_totals_free(group->totals);
    free(group->key);
    free(group);
}

DEFINE_CLEANUP(struct running_group *, free_group)

/* A label may be empty, which is another one than none. */
static size_t size_of(const char *key)
{
    return key ? strlen(key) + 1 : 0;
}

static int add(struct running_groups *groups, const char *key, struct running_group **ret)
{
    CLEANUP(free_groupp) struct running_group *group = NULL;
    int r = array_reserve_one(&groups->items, groups->n, &groups->capacity, sizeof(struct running_group *));

    if (r < 0)
        return r;
    group = calloc(1, sizeof(*group));
    if (!group)
        return -ENOMEM;
    group->words.has_hosts = groups->has_hosts;
    group->key = key ? strdup(key) : NULL;
    if (key && !group->key)
        return -ENOMEM;
    HASH_ADD_KEYPTR(hh, groups->by_key, key ? group->key : "", size_of(key), group);
    if (!group->hh.tbl)
        return -ENOMEM;
    groups->bytes += sizeof(*group) + size_of(key) + 4 * sizeof(void *);
    groups->is_sorted = false;
    groups->items[groups->n++] = group;
    *ret = TAKE(group);
    return 0;
}

int running_groups_get(struct running_groups *groups, const char *key, struct running_group **ret)
{
    struct running_group *group;

    HASH_FIND(hh, groups->by_key, key ? key : "", size_of(key), group);
    if (!group)
        return add(groups, key, ret);
    *ret = group;
    return 0;
}

static int compare(const void *a, const void *b)
{
    struct running_group *const *left = a, *const *right = b;

    return group_key_compare((*left)->key, (*right)->key);
}

void running_groups_sort(struct running_groups *groups)
{
    if (!groups->is_sorted && groups->n > 1)
        qsort(groups->items, groups->n, sizeof(struct running_group *), compare);
    groups->is_sorted = true;
}

size_t running_groups_up_to(const struct running_groups *groups, const char *key)
{
    size_t low = 0, high = groups->n;

    assert(groups->is_sorted);
    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (group_key_compare(groups->items[middle]->key, key) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

int running_groups_store(struct running_groups *groups, struct running_group *group, struct counts_mix *mix)
{
    size_t before = group->words.size;
    int r = counts_cell_store(&group->words, mix);

    if (r == 0)
        groups->bytes += group->words.size - before;
    return r;
}

bool running_groups_free_some(struct running_groups *groups)
{
    for (size_t n = 0; groups->n > 0; n++) {
        struct running_group *group = groups->items[groups->n - 1];

        if (n == FREED_GROUPS)
            return true;
        groups->n--;
        HASH_DEL(groups->by_key, group);
        free_group(group);
    }
    free(groups->items);
    groups->items = NULL;
    groups->capacity = groups->bytes = 0;
    return false;
}
