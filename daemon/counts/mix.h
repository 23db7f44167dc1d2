/* Words of some pages, added up by id: an array as long as the word list, used for one group after another.
 * Thread: one at a time. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct counts_mixed {
    uint32_t id;
    uint32_t pages;
    uint32_t hosts;
    uint64_t tokens;
};

struct counts_mix;

int counts_mix_new(struct counts_mix **ret);
void counts_mix_free(struct counts_mix *mix);
size_t counts_mix_bytes(const struct counts_mix *mix);

/* Room for ids up to this one, and so many different words more. Returns 0 or -ENOMEM. */
int counts_mix_reserve(struct counts_mix *mix, uint32_t id, size_t n);
/* Room must have been reserved. */
void counts_mix_add(struct counts_mix *mix, const struct counts_mixed *word);

/* Adds a packed page; its words' hosts stay as they are. Returns 0, -ENOMEM or -EBADMSG; nothing was added
 * after an error. *ret_tokens: of the page. */
int counts_mix_add_page(struct counts_mix *mix, const void *packed, size_t size, uint64_t *ret_tokens);

/* The ids that were added, ascending; until something is added or forgotten. */
void counts_mix_ids(struct counts_mix *mix, const uint32_t **ret, size_t *ret_n);
struct counts_mixed counts_mix_get(const struct counts_mix *mix, uint32_t id);
/* Empty again. */
void counts_mix_forget(struct counts_mix *mix);
