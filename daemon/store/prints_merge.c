#include "store/prints_file.h"

#include "base/cleanup.h"
#include "store/reader.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#define MERGE_PRINTS 1024
/* Merged in one turn. */
#define TURN_PRINTS ((uint64_t)64 * 1024)

/* A run while it is merged into another. */
struct prints_source {
    struct prints_run run;
    uint64_t next; /* of the run: to be read */
    size_t at, n;  /* in the buffer */
    struct store_print buffer[MERGE_PRINTS];
};

/* Runs are merged from the newest one back, as long as those merged are as many as the one before. */
int prints_merge_begin(struct store_prints *prints)
{
    size_t first = prints->n_runs - 1;
    uint64_t n = prints->runs[first].n;

    while (first > 0 && prints->runs[first - 1].n <= n)
        n += prints->runs[--first].n;
    prints->n_sources = prints->n_runs - first;
    if (prints->n_sources < 2)
        return 0;
    prints->sources = calloc(prints->n_sources, sizeof(*prints->sources));
    if (!prints->sources)
        return -ENOMEM;
    for (size_t i = 0; i < prints->n_sources; i++)
        prints->sources[i].run = prints->runs[first + i];
    prints->runs[first] = (struct prints_run){.first = prints->end};
    prints->n_runs = first;
    return READ_MORE;
}

/* What the source has next; NULL: nothing more. */
static int source_look(
    const struct store_prints *prints, struct prints_source *source, struct store_print **ret)
{
    *ret = NULL;
    if (source->at == source->n) {
        uint64_t left = source->run.n - source->next;
        size_t n = left < MERGE_PRINTS ? (size_t)left : MERGE_PRINTS;
        int r;

        if (n == 0)
            return 0;
        r = prints_read(prints, source->run.first + source->next, source->buffer, n);
        if (r < 0)
            return r;
        source->next += n;
        source->at = 0;
        source->n = n;
    }
    *ret = &source->buffer[source->at];
    return 0;
}

/* The least of all that is left goes to *ret, and is taken from its source. 1; 0: nothing is left. */
static int merge_one(struct store_prints *prints, struct store_print *ret)
{
    struct prints_source *least = NULL;
    struct store_print *best = NULL;

    for (size_t i = 0; i < prints->n_sources; i++) {
        struct store_print *print;
        int r = source_look(prints, &prints->sources[i], &print);

        if (r < 0)
            return r;
        if (!print || (best && prints_compare(best, print) <= 0))
            continue;
        best = print;
        least = &prints->sources[i];
    }
    if (!best)
        return 0;
    *ret = *best;
    least->at++;
    return 1;
}

static void merge_end(struct store_prints *prints)
{
    /* Where holes are unknown, the file stays larger until it goes. */
    for (size_t i = 0; i < prints->n_sources; i++)
        (void)fallocate(prints->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
            (off_t)(prints->sources[i].run.first * sizeof(struct store_print)),
            (off_t)(prints->sources[i].run.n * sizeof(struct store_print)));
    free(TAKE(prints->sources));
    prints->n_sources = 0;
    prints->n_runs++;
}

int prints_merge_some(struct store_prints *prints)
{
    struct store_print buffer[MERGE_PRINTS];
    size_t n = MERGE_PRINTS;

    for (uint64_t done = 0; done < TURN_PRINTS && n == MERGE_PRINTS; done += n) {
        int r = 1;

        for (n = 0; n < MERGE_PRINTS && r > 0; n += (size_t)r) {
            r = merge_one(prints, &buffer[n]);
            if (r < 0)
                return r;
        }
        r = prints_append(prints, buffer, n);
        if (r < 0)
            return r;
    }
    if (n == MERGE_PRINTS)
        return READ_MORE;
    merge_end(prints);
    return 0;
}
