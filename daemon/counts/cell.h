/* The words of one group of pages, packed: how many tokens, pages and hosts each has, at about two bytes a
 * word. Words of one token, which most are, stand apart behind the others, so that whoever looks for the most
 * used ones need not read them. Zeroed but for has_hosts, it is empty. Owner: whoever embeds it. Thread: one
 * at a time. */
#pragma once

#include "counts/mix.h"

struct counts_cell {
    uint8_t *packed; /* words of several tokens; cell.c says how */
    size_t ones;     /* from here on those of one token */
    size_t size;
    uint64_t distinct;
    uint32_t last_id;
    uint64_t pages, tokens; /* the owner's */
    bool has_hosts;         /* else each word has one */
};

void counts_cell_deinit(struct counts_cell *cell);

/* Takes what is in the mix, which is empty then, in place of its words. Returns 0 or -ENOMEM, and then both
 * are as they were. */
int counts_cell_store(struct counts_cell *cell, struct counts_mix *mix);

/* Adds the words to the mix. Returns 0 or -ENOMEM, and then nothing was added. */
int counts_cell_mix(const struct counts_cell *cell, struct counts_mix *mix);

/* Reads the words of several tokens, ids ascending, or those of one. */
struct counts_cell_reader {
    const uint8_t *at, *end;
    uint32_t id;
    bool of_ones, has_hosts;
};

void counts_cell_read(struct counts_cell_reader *reader, const struct counts_cell *cell, bool ones);
/* False at the end. */
bool counts_cell_next(struct counts_cell_reader *reader, struct counts_mixed *ret);
