#include "engine/running_kept.h"

#include "engine/query_groups.h"
#include <assert.h>
#include <errno.h>

int running_kept_begin(struct running_kept *kept)
{
    switch (kept->kind) {
    case RUNNING_TOTALS:
        return counts_totals_new(&kept->sum.totals);
    case RUNNING_HOSTS:
    case RUNNING_LABELS:
        break;
    }
    return 0;
}

static int add(struct running_kept *kept, const struct store_page_row *row)
{
    switch (kept->kind) {
    case RUNNING_TOTALS:
        kept->sum.max_bytes = kept->max_bytes;
        return running_sum_add(&kept->sum, row);
    case RUNNING_HOSTS:
        return running_hosts_add(&kept->hosts, row);
    case RUNNING_LABELS:
        if (kept->max_bytes < QUERY_PART_BYTES)
            kept->labels.max_totals_bytes = kept->max_bytes;
        return running_labels_add(&kept->labels, row);
    }
    return 0;
}

int running_kept_add(void *userdata, const struct store_page_row *row)
{
    struct running_kept *kept = userdata;
    int r = add(kept, row);

    return r == 0 && running_kept_bytes(kept) > kept->max_bytes ? -E2BIG : r;
}

int running_kept_settle(void *userdata)
{
    struct running_kept *kept = userdata;

    switch (kept->kind) {
    case RUNNING_TOTALS:
        break;
    case RUNNING_HOSTS:
        return running_hosts_settle(&kept->hosts);
    case RUNNING_LABELS:
        return running_labels_settle(&kept->labels);
    }
    return 0;
}

bool running_kept_wants_labels(const struct running_kept *kept)
{
    return kept->kind == RUNNING_LABELS;
}

const struct running_groups *running_kept_groups(const struct running_kept *kept)
{
    assert(kept->kind != RUNNING_TOTALS);
    return kept->kind == RUNNING_HOSTS ? &kept->hosts.groups : &kept->labels.groups;
}

size_t running_kept_bytes(const struct running_kept *kept)
{
    switch (kept->kind) {
    case RUNNING_TOTALS:
        return running_sum_bytes(&kept->sum);
    case RUNNING_HOSTS:
        return running_hosts_bytes(&kept->hosts);
    case RUNNING_LABELS:
        return running_labels_bytes(&kept->labels);
    }
    return 0;
}

bool running_kept_free_some(struct running_kept *kept)
{
    switch (kept->kind) {
    case RUNNING_TOTALS:
        return running_sum_free_some(&kept->sum);
    case RUNNING_HOSTS:
        return running_hosts_free_some(&kept->hosts);
    case RUNNING_LABELS:
        return running_labels_free_some(&kept->labels);
    }
    return false;
}

void running_kept_deinit(struct running_kept *kept)
{
    while (running_kept_free_some(kept))
        ;
}
