#include "engine/running_sum.h"

#include "base/cleanup.h"
#include "engine/running_sum_host.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* At once: each may have hundreds of blocks of memory. */
#define FREED_HOSTS 64

static void free_host(struct running_host *host)
{
    if (!host)
        return;
    counts_id_set_deinit(&host->words);
    free(host->key);
    free(host);
}

DEFINE_CLEANUP(struct running_host *, free_host)

bool running_sum_free_some(struct running_sum *sum)
{
    struct running_host *host;
    struct running_host *next;
    size_t n = 0;

    HASH_ITER (hh, sum->hosts, host, next) {
        if (n++ == FREED_HOSTS)
            return true;
        HASH_DEL(sum->hosts, host);
        free_host(host);
    }
    counts_id_set_deinit(&sum->seqs);
    counts_totals_free(sum->totals);
    *sum = (struct running_sum){0};
    return false;
}

int running_sum_add_host(struct running_sum *sum, const char *key, size_t length)
{
    CLEANUP(free_hostp) struct running_host *host = calloc(1, sizeof(*host));

    if (!host)
        return -ENOMEM;
    host->key = strndup(key, length);
    if (!host->key)
        return -ENOMEM;
    host->number = HASH_COUNT(sum->hosts) + 1;
    HASH_ADD_KEYPTR(hh, sum->hosts, host->key, length, host);
    if (!host->hh.tbl)
        return -ENOMEM;
    sum->hosts_bytes += sizeof(*host) + length + 2 * sizeof(void *);
    sum->last = TAKE(host);
    return 0;
}

static int find_host(struct running_sum *sum, const char *key)
{
    size_t length = strlen(key);

    if (sum->last && strcmp(sum->last->key, key) == 0)
        return 0;
    HASH_FIND(hh, sum->hosts, key, length, sum->last);
    return sum->last ? 0 : running_sum_add_host(sum, key, length);
}

int running_sum_end_filled(struct running_sum *sum)
{
    struct running_host *host = sum->filled;
    int r;

    if (!host)
        return 0;
    sum->filled = NULL;
    r = counts_totals_end_host(sum->totals, &host->words);
    sum->hosts_bytes += host->words.bytes;
    return r;
}

/* To the host of `last`. */
static int add_counts(struct running_sum *sum, const struct store_page_row *row)
{
    size_t before = sum->last->words.bytes;
    int r;

    if (sum->last == sum->filled)
        return counts_totals_add(sum->totals, row->counts, row->counts_size);
    r = counts_totals_add_of_host(
        sum->totals, sum->last->number, &sum->last->words, row->counts, row->counts_size);
    sum->hosts_bytes += sum->last->words.bytes - before;
    return r;
}

static int add_page(struct running_sum *sum, const struct store_page_row *row)
{
    unsigned n_before = HASH_COUNT(sum->hosts);
    int r = find_host(sum, row->host);

    if (r == 0 && sum->last != sum->filled)
        r = running_sum_end_filled(sum);
    if (r < 0)
        return r;
    if (HASH_COUNT(sum->hosts) > n_before) {
        counts_totals_begin_host(sum->totals, sum->last->number);
        sum->filled = sum->last;
    }
    r = add_counts(sum, row);
    if (r < 0)
        return r == -EBADMSG ? -EUCLEAN : r;
    return running_sum_bytes(sum) > sum->max_bytes ? -E2BIG : 0;
}

int running_sum_add(void *userdata, const struct store_page_row *row)
{
    struct running_sum *sum = userdata;
    uint32_t seq = (uint32_t)row->seq;
    uint8_t is_new = 0;
    int r = row->seq > UINT32_MAX ? -E2BIG : counts_id_set_add(&sum->seqs, &seq, 1, &is_new);

    if (r < 0 || !is_new)
        return r;
    return add_page(sum, row);
}

size_t running_sum_bytes(const struct running_sum *sum)
{
    return sum->hosts_bytes + sum->seqs.bytes + (sum->totals ? counts_totals_bytes(sum->totals) : 0);
}
