/* From the word ids of one job to those of another, for pages that are counted in a job without being fetched
 * for it. A map keeps the words of the job it leads from, and the ids found so far; few are held at a time.
 * Thread: the writer. */
#pragma once

#include "store/sql.h"
#include "store/word_ids.h"

struct word_map;

/* The most recently used first. */
struct word_maps {
    struct word_map *first;
};

/* Maps led to ids that a rollback took back, too. */
void word_maps_forget(struct word_maps *maps);
/* Between transactions: forgets the least recently used ones, so that few are held and, but for the first,
 * they fit in `max_bytes`. */
void word_maps_trim(struct word_maps *maps, size_t max_bytes);

/* The map from one job's words to another's; made if there is none. Valid until the next trim or forget.
 * Returns 0 or -ENOMEM. */
int word_maps_get(struct word_maps *maps, uint64_t from, uint64_t to, struct word_map **ret);

/* The id that `to` has for the word with this id; a new word gets the next one. -EUCLEAN if no word has the
 * id. */
int word_map_get(struct word_map *map, struct sql *sql, struct word_ids *to, uint32_t id, uint32_t *ret);
