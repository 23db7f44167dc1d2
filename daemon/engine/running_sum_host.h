/* The hosts of a running_sum. Private to engine/running_sum*.c. */
#pragma once

#include "counts/id_set.h"
#include "engine/table.h"

struct running_sum;

struct running_host {
    char *key;
    uint32_t number;            /* from 1, as they came */
    struct counts_id_set words; /* of its pages */
    UT_hash_handle hh;
};

/* One more, as sum->last. 0 or -ENOMEM. */
int running_sum_add_host(struct running_sum *sum, const char *key, size_t length);
/* Puts together the words of the host whose pages came one after another. 0 or -ENOMEM. */
int running_sum_end_filled(struct running_sum *sum);
