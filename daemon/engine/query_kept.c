#include "engine/query_kept.h"

#include "base/array.h"
#include "base/cleanup.h"
#include "engine/query_rank.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void forget(struct query_kept *kept)
{
    for (size_t i = 0; i < kept->n; i++) {
        if (i >= kept->n_given)
            counts_ranking_free(kept->items[i].ranking);
        free((char *)kept->items[i].host);
        free((char *)kept->items[i].label);
    }
    kept->n = kept->n_given = kept->bytes = 0;
}

void query_kept_deinit(struct query_kept *kept)
{
    forget(kept);
    free(kept->items);
    free(kept->after);
    *kept = (struct query_kept){0};
}

bool query_kept_is_full(const struct query_kept *kept)
{
    return kept->end || kept->bytes >= QUERY_KEPT_BYTES;
}

static int note_last(struct query_kept *kept, const char *key)
{
    char *copy = key ? strdup(key) : NULL;

    if (key && !copy)
        return -ENOMEM;
    free(kept->after);
    kept->after = copy;
    kept->is_later = true;
    return 0;
}

static int rank_group(struct query_kept *kept, struct query_words *words, const struct query_options *options,
    const struct running_group *source)
{
    struct query_group *group;
    const char *copy;
    int r = array_reserve_one(&kept->items, kept->n, &kept->capacity, sizeof(*kept->items));

    if (r < 0)
        return r;
    group = &kept->items[kept->n];
    *group = (struct query_group){
        .pages = source->words.pages, .tokens = source->words.tokens, .distinct = source->words.distinct};
    r = query_rank_cell(words, options, &source->words, &group->ranking);
    if (r < 0)
        return r;
    kept->n++;
    kept->bytes += sizeof(*group) + counts_ranking_bytes(group->ranking);
    copy = source->key ? strdup(source->key) : NULL;
    if (source->key && !copy)
        return -ENOMEM;
    *(options->per == QUERY_PER_HOST ? &group->host : &group->label) = copy;
    return 0;
}

int query_kept_rank(struct query_kept *kept, struct query_words *words, const struct query_options *options,
    struct running_kept *lent)
{
    const struct running_groups *groups = running_kept_groups(lent);
    size_t first = kept->is_later ? running_groups_up_to(groups, kept->after) : 0;
    size_t end = groups->n - first > QUERY_MAX_GROUPS ? first + QUERY_MAX_GROUPS : groups->n;
    int r = 0;

    for (size_t i = first; r == 0 && i < end; i++)
        r = rank_group(kept, words, options, groups->items[i]);
    kept->end = end == groups->n;
    return r < 0 || end == first ? r : note_last(kept, groups->items[end - 1]->key);
}

size_t query_kept_give(struct query_kept *kept, struct query_group groups[static QUERY_MAX_GROUPS])
{
    size_t n = kept->n - kept->n_given;

    if (n > QUERY_MAX_GROUPS)
        n = QUERY_MAX_GROUPS;
    for (size_t i = 0; i < n; i++)
        groups[i] = kept->items[kept->n_given + i];
    kept->n_given += n;
    return n;
}

void query_kept_next(struct query_kept *kept)
{
    forget(kept);
    kept->active = false;
}
