/* The totals of one group: tokens, pages and hosts of each of its words, by the query's word numbers. Costs
 * what the group's different words cost, so that many small groups fit beside each other. Owner: whoever
 * embeds it. Thread: one at a time. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct query_count {
    uint32_t word_plus_one; /* 0: free */
    uint32_t pages;
    uint32_t hosts;
    uint32_t run; /* of pages of one host, in which the word was met last */
    uint64_t tokens;
};

struct query_bag {
    struct query_count *slots;
    size_t n_slots; /* a power of two, unless it is an array */
    bool is_array;
    size_t n; /* different words */
    uint64_t pages;
    uint64_t tokens;
};

/* An array for words of numbers below n. Returns 0 or -ENOMEM. */
int query_bag_init_array(struct query_bag *bag, size_t n);
/* Makes room for so many different words. Returns 0 or -ENOMEM, and then the bag is as it was. */
int query_bag_reserve(struct query_bag *bag, size_t n_words);
void query_bag_deinit(struct query_bag *bag);

/* The word's count, all zero if it is new. Room for it must have been reserved. */
struct query_count *query_bag_at(struct query_bag *bag, uint32_t word);
