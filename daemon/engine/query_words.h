/* The words of the jobs that a query looks at together: one number for each spelling, whatever ids the jobs
 * give it; and which of them pass the query's filter. Owner: whoever embeds it. Thread: one at a time. */
#pragma once

#include "counts/pack.h"
#include "counts/rank.h"
#include "engine/query_strings.h"
#include "store/store_read.h"

struct query_words {
    struct query_list {
        struct store_words_row *rows;
        size_t n;
        bool is_whole;     /* every id below n has a text */
        uint32_t *numbers; /* by id; NULL while there is but one list: ids are the numbers */
    } * lists;
    size_t n_lists;
    size_t capacity;
    struct query_strings strings;
    uint8_t *passed;           /* by number: what the filter said; 0 if it was not asked yet */
    struct counts_pair *pairs; /* of the page that was read last */
    size_t n_pairs;
    size_t pairs_capacity;
};

void query_words_deinit(struct query_words *words);

/* Adds a job's list, which is `words`' from then on, also after an error. Returns 0 or -ENOMEM. */
int query_words_add(struct query_words *words, struct store_words_row *rows, size_t n);

/* Once, when all lists are there. Returns 0 or -ENOMEM. */
int query_words_join(struct query_words *words);

/* Reads a packed page of the job of list `list` into words->pairs, whose ids are numbers then. Returns 1; 0
 * if it has a word that is newer than the list; -ENOMEM; -EUCLEAN if it is damaged. */
int query_words_read(struct query_words *words, uint32_t list, const void *packed, size_t size);

struct query_string query_words_text(const struct query_words *words, uint32_t number);
size_t query_words_n(const struct query_words *words);
bool query_words_passes(struct query_words *words, const struct counts_filter *filter, uint32_t number);
