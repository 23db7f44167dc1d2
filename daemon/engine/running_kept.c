#include "engine/running_kept.h"

int running_kept_begin(struct running_kept *kept)
{
    switch (kept->kind) {
    case RUNNING_TOTALS:
        return counts_totals_new(&kept->sum.totals);
    }
    return 0;
}

int running_kept_add(void *userdata, const struct store_page_row *row)
{
    struct running_kept *kept = userdata;

    switch (kept->kind) {
    case RUNNING_TOTALS:
        kept->sum.max_bytes = kept->max_bytes;
        return running_sum_add(&kept->sum, row);
    }
    return 0;
}

int running_kept_settle(void *userdata)
{
    struct running_kept *kept = userdata;

    switch (kept->kind) {
    case RUNNING_TOTALS:
        break;
    }
    return 0;
}

bool running_kept_wants_labels(const struct running_kept *kept)
{
    switch (kept->kind) {
    case RUNNING_TOTALS:
        break;
    }
    return false;
}

size_t running_kept_bytes(const struct running_kept *kept)
{
    switch (kept->kind) {
    case RUNNING_TOTALS:
        return running_sum_bytes(&kept->sum);
    }
    return 0;
}

bool running_kept_free_some(struct running_kept *kept)
{
    switch (kept->kind) {
    case RUNNING_TOTALS:
        return running_sum_free_some(&kept->sum);
    }
    return false;
}

void running_kept_deinit(struct running_kept *kept)
{
    while (running_kept_free_some(kept))
        ;
}
