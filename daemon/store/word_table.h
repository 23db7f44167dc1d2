/* Words with their ids in memory: an open hash table, with the words themselves in it or, if they are long,
 * beside it. Nothing is ever taken out. Owner: whoever embeds it. Thread: one. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Half a cache line; most words fit into it, which is then all that a search has to load. */
struct word_slot {
    union {
        char near[16];
        const char *far; /* if longer than that */
    } text;
    uint32_t hash;
    uint32_t length;
    uint32_t id;
    bool used;
};

/* Keyed: strangers choose the words. */
typedef uint32_t (*word_hash)(const char *text, uint32_t length);

struct word_table {
    word_hash hash;
    struct word_slot *slots;
    size_t n_slots; /* a power of two */
    size_t n;
    struct word_chunk *chunks;
    size_t bytes; /* of memory */
};

/* Returns 0 or -ENOMEM. */
int word_table_init(struct word_table *table, word_hash hash);
void word_table_deinit(struct word_table *table);

/* The slot for words of this hash is on its way into the cache from then on. */
void word_table_near(const struct word_table *table, uint32_t hash);

/* The slot that has the word, or the one that is not used, where it belongs; valid until the next fill. */
struct word_slot *word_table_find(struct word_table *table, uint32_t hash, const char *text, uint32_t length);

/* Puts the word, which is copied, into the slot that was found for it. Returns 0 or -ENOMEM; the word may be
 * in the table then nevertheless. */
int word_table_fill(struct word_table *table, struct word_slot *slot, uint32_t hash, const char *text,
    uint32_t length, uint32_t id);

const char *word_slot_text(const struct word_slot *slot); /* not terminated */
