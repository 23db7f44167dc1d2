#include "counts/compare.h"

#include "base/cleanup.h"
#include "counts/keyness.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Beyond k, so many are gathered at least before the last ones are dropped. */
#define GATHER 1000

/* The changes so far; now and then sorted, and cut to the first k. */
struct changes {
    struct counts_change *items;
    size_t n, capacity;
    const struct counts_compare_options *options;
};

static int compare_words(const char *a, uint32_t a_length, const char *b, uint32_t b_length)
{
    int order = memcmp(a, b, a_length < b_length ? a_length : b_length);

    if (order != 0)
        return order;
    return (a_length > b_length) - (a_length < b_length);
}

static double number_of(const struct counts_change *change, enum counts_change_by by)
{
    return by == COUNTS_BY_RATIO ? fabs(change->log_ratio) : change->log_likelihood;
}

static int compare_changes(const void *left, const void *right, void *userdata)
{
    const enum counts_change_by *by = userdata;
    const struct counts_change *a = left, *b = right;
    double x = number_of(a, *by), y = number_of(b, *by);

    if (x != y)
        return x > y ? -1 : 1;
    return compare_words(a->word, a->length, b->word, b->length);
}

static void sort_and_cut(struct changes *changes)
{
    const struct counts_compare_options *options = changes->options;
    enum counts_change_by by = options->by;

    if (changes->n > 1)
        qsort_r(changes->items, changes->n, sizeof(*changes->items), compare_changes, &by);
    if (options->k > 0 && changes->n > options->k)
        changes->n = options->k;
}

static double to_four_decimals(double value)
{
    return round(value * 1e4) / 1e4;
}

/* False: its share is the same. Exact, which a quotient would not be. */
static bool find_kind(const struct counts_change *change, const struct counts_compare_options *options,
    enum counts_change_kind *ret)
{
    unsigned __int128 before = (unsigned __int128)change->base_tokens * options->new_tokens;
    unsigned __int128 after = (unsigned __int128)change->new_tokens * options->base_tokens;

    if (before == after)
        return false;
    *ret = before == 0 ? COUNTS_CAME : after == 0 ? COUNTS_WENT : after > before ? COUNTS_ROSE : COUNTS_FELL;
    return true;
}

/* A word that may be missing on one side, which is NULL then. */
static int add(struct changes *changes, const struct counts_entry *base, const struct counts_entry *newer)
{
    static const struct counts_entry none;
    const struct counts_compare_options *options = changes->options;
    const struct counts_entry *either = base ? base : newer;
    struct counts_change change = {.word = either->word, .length = either->length};
    int r;

    base = base ? base : &none;
    newer = newer ? newer : &none;
    change.base_tokens = base->tokens;
    change.new_tokens = newer->tokens;
    change.base_pages = base->pages;
    change.new_pages = newer->pages;
    if (base->tokens + newer->tokens < options->min_tokens || !find_kind(&change, options, &change.kind))
        return 0;
    change.log_likelihood = to_four_decimals(
        counts_log_likelihood(newer->tokens, base->tokens, options->new_tokens, options->base_tokens));
    change.log_ratio = to_four_decimals(
        counts_log_ratio(newer->tokens, base->tokens, options->new_tokens, options->base_tokens));
    if (options->k > 0 && changes->n > options->k && changes->n - options->k > options->k &&
        changes->n - options->k >= GATHER)
        sort_and_cut(changes);
    r = array_reserve_one(&changes->items, changes->n, &changes->capacity, sizeof(*changes->items));
    if (r < 0)
        return r;
    changes->items[changes->n++] = change;
    return 0;
}

static const struct counts_entry *entry_at(const struct counts_ranking *ranking, size_t index)
{
    return index < counts_ranking_size(ranking) ? counts_ranking_get(ranking, index) : NULL;
}

int counts_compare(const struct counts_ranking *base, const struct counts_ranking *newer,
    const struct counts_compare_options *options, struct counts_change **ret, size_t *ret_n)
{
    CLEANUP(freep) struct counts_change *items = NULL;
    struct changes changes = {.options = options};
    const struct counts_entry *a, *b;
    bool has_shares = options->base_tokens > 0 && options->new_tokens > 0;

    for (size_t i = 0, j = 0; (a = entry_at(base, i), b = entry_at(newer, j), has_shares && (a || b));) {
        int order = !a ? 1 : !b ? -1 : compare_words(a->word, a->length, b->word, b->length);
        int r = add(&changes, order <= 0 ? a : NULL, order >= 0 ? b : NULL);

        items = changes.items;
        if (r < 0)
            return r;
        i += order <= 0;
        j += order >= 0;
    }
    sort_and_cut(&changes);
    *ret = TAKE(items);
    *ret_n = changes.n;
    return 0;
}
