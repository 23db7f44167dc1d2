/* Fingerprints of a list's URLs that do not fit into memory: sorted runs in a nameless file of the store's
 * directory, which nothing is left of after a crash. Requests to the reader, as they change no row; of one
 * `store_prints` at most one may be under way. See store.h. */
#pragma once

#include "store/store.h"

/* Of 128 bits, keyed: evenly spread, which is what places are guessed by. Both 0: none. */
struct store_print {
    uint64_t high, low;
};
struct store_prints;

/* In malloc'ed memory. */
struct store_print_set {
    struct store_print *prints;
    size_t n;
};

/* Puts prints aside. What a set has in its places that are none is skipped. It may be that prints were put
 * aside before: nobody looks. Where it fails some are lost: then all is. */
struct store_keep_prints {
    struct store_request request;
    struct store_prints *prints; /* in/out: NULL at first; the caller's, whatever comes back */
    struct store_print_set
        *sets; /* each print is below all of the next set; the store empties and frees them */
    size_t n_sets;
    uint64_t bytes; /* out: of the file by now */
};

struct store_sought {
    struct store_print print;
    uint32_t index; /* the caller's */
    bool known;     /* out */
};

/* Which of these were put aside? */
struct store_find_prints {
    struct store_request request;
    struct store_prints *prints;
    struct store_sought *sought; /* the store sorts them */
    size_t n_sought;
};

/* The file goes, on the reader's thread; `prints` are no more, whatever comes back. */
struct store_forget_prints {
    struct store_request request;
    struct store_prints *prints;
};

/* The same on this thread, where it may take a while: for when the store is not asked any more. NULL is fine.
 */
void store_prints_free(struct store_prints *prints);
