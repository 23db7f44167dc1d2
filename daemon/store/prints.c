#include "store/store_prints.h"

#include "base/cleanup.h"
#include "store/prints.h"
#include "store/prints_file.h"
#include "store/reader.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>

/* What is read at once to find a print: where it must lie is guessed to some dozens. */
#define LOOK_PRINTS 256

/* Where in the run the next one that is sought can lie, and what of it was read last. */
struct look {
    const struct store_prints *prints;
    struct prints_run run;
    uint64_t low;
    uint64_t low_key; /* all before `low` are below it */
    uint64_t at;
    size_t n;
    struct store_print buffer[LOOK_PRINTS];
};

static int compare_sought(const void *left, const void *right)
{
    return prints_compare(
        &((const struct store_sought *)left)->print, &((const struct store_sought *)right)->print);
}

/* ---- keeping ---- */

/* The next set joins the run that is being written. */
static int write_set(struct store_prints *prints, struct store_print_set *set)
{
    CLEANUP(freep) struct store_print *owned = TAKE(set->prints);
    size_t n_places = owned ? set->n : 0;
    size_t n = 0;

    for (size_t i = 0; i < n_places; i++)
        if (owned[i].high || owned[i].low)
            owned[n++] = owned[i];
    if (n == 0)
        return 0;
    qsort(owned, n, sizeof(*owned), prints_compare_any);
    return prints_append(prints, owned, n);
}

static uint64_t file_bytes(const struct store_prints *prints)
{
    uint64_t n = 0;

    for (size_t i = 0; i < prints->n_runs; i++)
        n += prints->runs[i].n;
    return n * sizeof(struct store_print);
}

int read_keep_prints(struct read_turn *turn)
{
    struct store_keep_prints *keep = (struct store_keep_prints *)turn->request;
    int r = 0;

    if (!keep->prints)
        r = prints_file_new(turn->directory, &keep->prints);
    if (r < 0)
        return r;
    if (!turn->state.begun) {
        assert(keep->prints->n_runs < PRINTS_MAX_RUNS);
        keep->prints->runs[keep->prints->n_runs] = (struct prints_run){.first = keep->prints->end};
        turn->state.begun = true;
    }
    if (turn->state.phase < keep->n_sets) {
        r = write_set(keep->prints, &keep->sets[turn->state.phase++]);
        if (r == 0 && turn->state.phase < keep->n_sets)
            return READ_MORE;
        if (r == 0 && keep->prints->runs[keep->prints->n_runs].n > 0) {
            keep->prints->n_runs++;
            r = prints_merge_begin(keep->prints);
        }
    } else {
        r = prints_merge_some(keep->prints);
    }
    keep->bytes = file_bytes(keep->prints);
    return r;
}

/* ---- finding ---- */

/* Evenly spread as they are, from here to the end of the run, so far on is it about. */
static uint64_t guess(const struct look *look, uint64_t high, uint64_t high_key, uint64_t key)
{
    double part = (double)(key - look->low_key) / ((double)(high_key - look->low_key) + 1);
    uint64_t at = look->low + (uint64_t)(part * (double)(high - look->low));

    at = at > look->low + LOOK_PRINTS / 2 ? at - LOOK_PRINTS / 2 : look->low;
    return at < high ? at : high - 1;
}

/* Reads until the print lies between what was read, or there is nothing left where it could: 0 then, else 1.
 */
static int look_at(struct look *look, const struct store_print *print)
{
    uint64_t high = look->run.n;
    uint64_t high_key = UINT64_MAX;

    for (;;) {
        uint64_t left;
        int r;

        if (look->n > 0 && prints_compare(print, &look->buffer[0]) < 0) {
            if (look->at < high) {
                high = look->at;
                high_key = look->buffer[0].high;
            }
        } else if (look->n > 0 && prints_compare(print, &look->buffer[look->n - 1]) > 0) {
            look->low = look->at + look->n;
            look->low_key = look->buffer[look->n - 1].high;
        } else if (look->n > 0) {
            return 1;
        }
        if (look->low >= high)
            return 0;
        look->at = guess(look, high, high_key, print->high);
        left = high - look->at;
        look->n = left < LOOK_PRINTS ? (size_t)left : LOOK_PRINTS;
        r = prints_read(look->prints, look->run.first + look->at, look->buffer, look->n);
        if (r < 0)
            return r;
    }
}

static int find_in_run(
    const struct store_prints *prints, const struct prints_run *run, struct store_sought *sought, size_t n)
{
    struct look look = {.prints = prints, .run = *run};

    for (size_t i = 0; i < n; i++) {
        int r = look_at(&look, &sought[i].print);

        if (r < 0)
            return r;
        if (r > 0 &&
            bsearch(&sought[i].print, look.buffer, look.n, sizeof(look.buffer[0]), prints_compare_any))
            sought[i].known = true;
    }
    return 0;
}

int read_find_prints(struct read_turn *turn)
{
    struct store_find_prints *find = (struct store_find_prints *)turn->request;
    const struct store_prints *prints = find->prints;
    int r;

    if (!turn->state.begun) {
        qsort(find->sought, find->n_sought, sizeof(*find->sought), compare_sought);
        for (size_t i = 0; i < find->n_sought; i++)
            find->sought[i].known = false;
        turn->state.begun = true;
    }
    if (!prints || turn->state.phase == prints->n_runs)
        return 0;
    r = find_in_run(prints, &prints->runs[turn->state.phase++], find->sought, find->n_sought);
    if (r < 0)
        return r;
    return turn->state.phase < prints->n_runs ? READ_MORE : 0;
}

int read_forget_prints(struct read_turn *turn)
{
    struct store_forget_prints *forget = (struct store_forget_prints *)turn->request;

    store_prints_free(TAKE(forget->prints));
    return 0;
}
