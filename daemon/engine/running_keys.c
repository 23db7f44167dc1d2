#include "engine/running_keys.h"

#include "base/array.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

void running_keys_deinit(struct running_keys *keys)
{
    for (size_t i = 0; i < keys->n; i++)
        free((char *)keys->items[i].host);
    free(keys->items);
    *keys = (struct running_keys){0};
}

int running_keys_add(struct running_keys *keys, const char *host, uint64_t seq)
{
    char *copy = NULL;
    int r = array_reserve_one(&keys->items, keys->n, &keys->capacity, sizeof(*keys->items));

    if (r < 0)
        return r;
    if (host) {
        copy = strdup(host);
        if (!copy)
            return -ENOMEM;
    }
    keys->items[keys->n++] = (struct store_page_key){.host = copy, .seq = seq};
    return 0;
}

static int compare(const void *a, const void *b)
{
    const struct store_page_key *left = a, *right = b;
    int order = left->host && right->host ? strcmp(left->host, right->host) : !!left->host - !!right->host;

    return order != 0 ? order : (left->seq > right->seq) - (left->seq < right->seq);
}

void running_keys_sort(struct running_keys *keys)
{
    if (keys->n > 1)
        qsort(keys->items, keys->n, sizeof(*keys->items), compare);
}
