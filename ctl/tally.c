#include "ctl/tally.h"

#include "ctl/input.h"
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* What all threads see. */
struct crew {
    const struct words_options *options;
    char *const *files;
    struct tally_file *results; /* each file's is written by the thread that counts it */
    size_t n;
    struct meter *meter;
    _Atomic size_t next;    /* file that nobody has begun */
    atomic_bool has_failed; /* memory has run out: the others may stop */
};

struct counter {
    struct crew *crew;
    bool draws;                 /* is the main thread's */
    struct words_page *page;    /* all files that came whole: one table for many small ones saves most of the
                                   work that a page costs beside its words */
    struct words_page *large;   /* a file that may be refused in its middle */
    struct words_page *current; /* one of them */
    struct counts_merge *merge;
    struct input *input;
    int64_t files, bytes;
    int64_t file_bytes; /* of the file that is being read */
    int r;
};

static void counter_free(struct counter *counter)
{
    if (!counter)
        return;
    words_page_free(counter->page);
    words_page_free(counter->large);
    counts_merge_free(counter->merge);
    input_free(counter->input);
    free(counter);
}
DEFINE_CLEANUP(struct counter *, counter_free)

static int counter_new(struct crew *crew, bool draws, struct counter **ret)
{
    CLEANUP(counter_freep) struct counter *counter = calloc(1, sizeof(*counter));
    int r;

    if (!counter)
        return -ENOMEM;
    counter->crew = crew;
    counter->draws = draws;
    r = words_page_new(&counter->page);
    if (r == 0)
        r = words_page_begin(counter->page, crew->options);
    if (r == 0)
        r = words_page_new(&counter->large);
    if (r == 0)
        r = counts_merge_new(&counter->merge);
    if (r == 0)
        r = input_new(&counter->input);
    if (r < 0)
        return r;
    *ret = TAKE(counter);
    return 0;
}

static int feed(void *userdata, const void *bytes, size_t size)
{
    struct counter *counter = userdata;

    /* Here, as little that is read may be much that is unpacked. */
    if (counter->draws)
        meter_show(counter->crew->meter);
    counter->file_bytes += (int64_t)size;
    return words_page_feed(counter->current, bytes, size);
}

static void advance(void *userdata, size_t size)
{
    struct counter *counter = userdata;

    meter_advance(counter->crew->meter, size);
}

static int begin(void *userdata, bool whole)
{
    struct counter *counter = userdata;

    counter->current = whole ? counter->page : counter->large;
    return whole ? words_page_next(counter->page, counter->crew->options)
                 : words_page_begin(counter->large, counter->crew->options);
}

/* Adds up what the page has. */
static int finish(struct counter *counter, struct words_page *page)
{
    struct words_counts *counts;
    int r = words_page_finish(page, &counts);

    if (r < 0)
        return r;
    r = counts_merge_add_page(counter->merge, counts);
    words_counts_free(counts);
    return r;
}

static int count_file(struct counter *counter, const char *file, struct tally_file *result)
{
    const struct input_sink sink = {.begin = begin, .bytes = feed, .progress = advance, .userdata = counter};
    int r;

    counter->file_bytes = 0;
    r = input_read(counter->input, file, &sink);
    if (r == INPUT_REFUSED) {
        result->reason = strdup(input_reason(counter->input));
        return result->reason ? 0 : -ENOMEM;
    }
    if (r == 0 && counter->current == counter->large)
        r = finish(counter, counter->large);
    if (r < 0)
        return r;
    result->binary = input_looks_binary(counter->input);
    counter->files++;
    counter->bytes += counter->file_bytes;
    return 0;
}

static void *counter_run(void *userdata)
{
    struct counter *counter = userdata;
    struct crew *crew = counter->crew;

    while (counter->r == 0 && !atomic_load_explicit(&crew->has_failed, memory_order_relaxed)) {
        size_t i = atomic_fetch_add_explicit(&crew->next, 1, memory_order_relaxed);

        if (i >= crew->n)
            break;
        counter->r = count_file(counter, crew->files[i], &crew->results[i]);
    }
    if (counter->r == 0)
        counter->r = finish(counter, counter->page);
    if (counter->r < 0)
        atomic_store_explicit(&crew->has_failed, true, memory_order_relaxed);
    return NULL;
}

/* Stdin that is named twice is read by one thread, so that what comes is not torn apart. */
static size_t count_threads(char *const *files, size_t n)
{
    cpu_set_t processors;
    size_t n_stdin = 0, max = 1;

    for (size_t i = 0; i < n; i++)
        n_stdin += input_is_stdin(files[i]);
    if (n_stdin > 1)
        return 1;
    if (sched_getaffinity(0, sizeof(processors), &processors) == 0)
        max = (size_t)CPU_COUNT(&processors);
    max = max < TALLY_MAX_THREADS ? max : TALLY_MAX_THREADS;
    return max < n ? max : n;
}

/* Until the thread has ended. Nothing is to be drawn but on this thread. */
static void wait_for(pthread_t thread, struct meter *meter)
{
    struct timespec until;

    if (!meter) {
        (void)pthread_join(thread, NULL);
        return;
    }
    do {
        meter_show(meter);
        (void)clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += BAR_INTERVAL_USEC * 1000L;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
    } while (pthread_timedjoin_np(thread, NULL, &until) == ETIMEDOUT);
}

static int add_up(struct tally *tally, struct counter *counter)
{
    if (counter->r < 0)
        return counter->r;
    tally->files += counter->files;
    tally->bytes += counter->bytes;
    if (tally->merge)
        return counts_merge_add_merge(tally->merge, counter->merge);
    tally->merge = TAKE(counter->merge);
    return 0;
}

/* This thread counts, too. One that does not start leaves its share to the others. */
static int run(struct tally *tally, struct crew *crew, size_t n_threads)
{
    struct counter *counters[TALLY_MAX_THREADS] = {0};
    pthread_t threads[TALLY_MAX_THREADS];
    size_t n = 1;
    int r = counter_new(crew, true, &counters[0]);

    for (; r == 0 && n < n_threads; n++)
        if (counter_new(crew, false, &counters[n]) < 0 ||
            pthread_create(&threads[n], NULL, counter_run, counters[n]) != 0)
            break;
    if (r == 0)
        counter_run(counters[0]);
    for (size_t i = 1; i < n; i++)
        wait_for(threads[i], crew->meter);
    for (size_t i = 0; i < n && r == 0; i++)
        r = add_up(tally, counters[i]);
    for (size_t i = 0; i < TALLY_MAX_THREADS; i++)
        counter_free(counters[i]);
    return r;
}

int tally_init(
    struct tally *ret, const struct words_options *options, char *const *files, size_t n, struct meter *meter)
{
    struct crew crew = {.options = options, .files = files, .n = n, .meter = meter};

    *ret = (struct tally){.n_results = n, .results = calloc(n, sizeof(*ret->results))};
    crew.results = ret->results;
    return ret->results ? run(ret, &crew, count_threads(files, n)) : -ENOMEM;
}

void tally_deinit(struct tally *tally)
{
    for (size_t i = 0; tally->results && i < tally->n_results; i++)
        free(tally->results[i].reason);
    free(tally->results);
    counts_merge_free(tally->merge);
}
