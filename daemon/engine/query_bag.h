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
    struct query_count *slots; /* a hash table, or an array where that takes no more */
    size_t n_slots;            /* a power of two, unless it is an array */
    size_t n_numbers;          /* words' numbers are below it */
    bool is_array;
    size_t n; /* different words */
    uint64_t pages;
    uint64_t tokens;
};

/* Empty, for words of numbers below n. */
void query_bag_init(struct query_bag *bag, size_t n);
/* Makes room for so many different words. Returns 0 or -ENOMEM, and then the bag is as it was. */
int query_bag_reserve(struct query_bag *bag, size_t n_words);
void query_bag_deinit(struct query_bag *bag);

size_t query_bag_bytes(const struct query_bag *bag);

/* The word's place is on its way into the cache from then on. Room must have been reserved. */
void query_bag_near(const struct query_bag *bag, uint32_t word);
/* The word's count, all zero if it is new. Room for it must have been reserved. */
struct query_count *query_bag_at(struct query_bag *bag, uint32_t word);
