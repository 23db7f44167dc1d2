#include "store/store_prints.h"

#include "base/cleanup.h"
#include "store/place.h"
#include "store/prints.h"
#include "store/reader.h"
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A run is longer than all that come after it together: so there are few. */
#define MAX_RUNS 64
/* What is read at once to find a print: where it must lie is guessed to some dozens. */
#define LOOK_PRINTS 256
#define MERGE_PRINTS 1024
/* Merged in one turn. */
#define TURN_PRINTS ((uint64_t)64 * 1024)

struct run {
    uint64_t first; /* place in the file, in prints */
    uint64_t n;
};

/* A run while it is merged into another. */
struct source {
    struct run run;
    uint64_t next; /* of the run: to be read */
    size_t at, n;  /* in the buffer */
    struct store_print buffer[MERGE_PRINTS];
};

struct store_prints {
    int fd;
    size_t n_runs;
    struct run runs[MAX_RUNS];
    uint64_t end; /* of the file, in prints */
    struct source *sources;
    size_t n_sources;
};

/* Where in the run the next one that is sought can lie, and what of it was read last. */
struct look {
    const struct store_prints *prints;
    struct run run;
    uint64_t low;
    uint64_t low_key; /* all before `low` are below it */
    uint64_t at;
    size_t n;
    struct store_print buffer[LOOK_PRINTS];
};

void store_prints_free(struct store_prints *prints)
{
    if (!prints)
        return;
    closep(&prints->fd);
    free(prints->sources);
    free(prints);
}

static int compare(const struct store_print *left, const struct store_print *right)
{
    if (left->high != right->high)
        return left->high < right->high ? -1 : 1;
    return left->low < right->low ? -1 : left->low > right->low;
}

static int compare_prints(const void *left, const void *right)
{
    return compare(left, right);
}

static int compare_sought(const void *left, const void *right)
{
    return compare(&((const struct store_sought *)left)->print, &((const struct store_sought *)right)->print);
}

static int write_prints(int fd, uint64_t at, const struct store_print *prints, size_t n)
{
    const char *bytes = (const char *)prints;
    size_t size = n * sizeof(*prints);
    off_t offset = (off_t)(at * sizeof(*prints));

    while (size > 0) {
        ssize_t written = pwrite(fd, bytes, size, offset);

        if (written < 0 && errno != EINTR)
            return -errno;
        if (written > 0) {
            bytes += written;
            offset += written;
            size -= (size_t)written;
        }
    }
    return 0;
}

static int read_prints(int fd, uint64_t at, struct store_print *prints, size_t n)
{
    char *bytes = (char *)prints;
    size_t size = n * sizeof(*prints);
    off_t offset = (off_t)(at * sizeof(*prints));

    while (size > 0) {
        ssize_t got = pread(fd, bytes, size, offset);

        if (got == 0)
            return -EIO;
        if (got < 0 && errno != EINTR)
            return -errno;
        if (got > 0) {
            bytes += got;
            offset += got;
            size -= (size_t)got;
        }
    }
    return 0;
}

/* ---- keeping ---- */

/* Where the file system knows no nameless files it loses its name at once. */
static int open_nameless(const char *directory)
{
    CLEANUP(freep) char *path = NULL;
    int fd = open(directory, O_TMPFILE | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
    int r;

    if (fd >= 0)
        return fd;
    if (errno != EOPNOTSUPP && errno != EISDIR)
        return -errno;
    r = place_path(directory, STORE_FILE STORE_PRINTS_SUFFIX, &path);
    if (r < 0)
        return r;
    fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return -errno;
    (void)unlink(path);
    return fd;
}

static int prints_new(const char *directory, struct store_prints **ret)
{
    struct store_prints *prints = calloc(1, sizeof(*prints));

    if (!prints)
        return -ENOMEM;
    prints->fd = open_nameless(directory);
    if (prints->fd < 0) {
        int r = prints->fd;

        store_prints_free(prints);
        return r;
    }
    *ret = prints;
    return 0;
}

/* The next set joins the run that is being written. */
static int write_set(struct store_prints *prints, struct store_print_set *set)
{
    CLEANUP(freep) struct store_print *owned = TAKE(set->prints);
    struct run *run = &prints->runs[prints->n_runs];
    size_t n_places = owned ? set->n : 0;
    size_t n = 0;
    int r;

    for (size_t i = 0; i < n_places; i++)
        if (owned[i].high || owned[i].low)
            owned[n++] = owned[i];
    if (n == 0)
        return 0;
    qsort(owned, n, sizeof(*owned), compare_prints);
    r = write_prints(prints->fd, prints->end, owned, n);
    if (r < 0)
        return r;
    run->n += n;
    prints->end += n;
    return 0;
}

/* Runs are merged from the newest one back, as long as those merged are as many as the one before. */
static int merge_begin(struct store_prints *prints)
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
    prints->runs[first] = (struct run){.first = prints->end};
    prints->n_runs = first;
    return READ_MORE;
}

/* What the source has next; NULL: nothing more. */
static int source_look(const struct store_prints *prints, struct source *source, struct store_print **ret)
{
    *ret = NULL;
    if (source->at == source->n) {
        uint64_t left = source->run.n - source->next;
        size_t n = left < MERGE_PRINTS ? (size_t)left : MERGE_PRINTS;
        int r;

        if (n == 0)
            return 0;
        r = read_prints(prints->fd, source->run.first + source->next, source->buffer, n);
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
    struct source *least = NULL;
    struct store_print *best = NULL;

    for (size_t i = 0; i < prints->n_sources; i++) {
        struct store_print *print;
        int r = source_look(prints, &prints->sources[i], &print);

        if (r < 0)
            return r;
        if (!print || (best && compare(best, print) <= 0))
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

static int merge_some(struct store_prints *prints)
{
    struct store_print buffer[MERGE_PRINTS];
    struct run *run = &prints->runs[prints->n_runs];
    size_t n = MERGE_PRINTS;

    for (uint64_t done = 0; done < TURN_PRINTS && n == MERGE_PRINTS; done += n) {
        int r = 1;

        for (n = 0; n < MERGE_PRINTS && r > 0; n += (size_t)r) {
            r = merge_one(prints, &buffer[n]);
            if (r < 0)
                return r;
        }
        r = write_prints(prints->fd, prints->end, buffer, n);
        if (r < 0)
            return r;
        run->n += n;
        prints->end += n;
    }
    if (n == MERGE_PRINTS)
        return READ_MORE;
    merge_end(prints);
    return 0;
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
        r = prints_new(turn->directory, &keep->prints);
    if (r < 0)
        return r;
    if (!turn->state.begun) {
        assert(keep->prints->n_runs < MAX_RUNS);
        keep->prints->runs[keep->prints->n_runs] = (struct run){.first = keep->prints->end};
        turn->state.begun = true;
    }
    if (turn->state.phase < keep->n_sets) {
        r = write_set(keep->prints, &keep->sets[turn->state.phase++]);
        if (r == 0 && turn->state.phase < keep->n_sets)
            return READ_MORE;
        if (r == 0 && keep->prints->runs[keep->prints->n_runs].n > 0) {
            keep->prints->n_runs++;
            r = merge_begin(keep->prints);
        }
    } else {
        r = merge_some(keep->prints);
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

        if (look->n > 0 && compare(print, &look->buffer[0]) < 0) {
            if (look->at < high) {
                high = look->at;
                high_key = look->buffer[0].high;
            }
        } else if (look->n > 0 && compare(print, &look->buffer[look->n - 1]) > 0) {
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
        r = read_prints(look->prints->fd, look->run.first + look->at, look->buffer, look->n);
        if (r < 0)
            return r;
    }
}

static int find_in_run(
    const struct store_prints *prints, const struct run *run, struct store_sought *sought, size_t n)
{
    struct look look = {.prints = prints, .run = *run};

    for (size_t i = 0; i < n; i++) {
        int r = look_at(&look, &sought[i].print);

        if (r < 0)
            return r;
        if (r > 0 && bsearch(&sought[i].print, look.buffer, look.n, sizeof(look.buffer[0]), compare_prints))
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
