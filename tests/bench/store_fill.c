/* Fills a store with pages that nobody fetched, as fast as it takes them, for tests/bench/run:
 *
 *   store_fill DIRECTORY PAGES WAITING HOSTS TOKENS LABELS [unfindable]
 *
 * One job more: PAGES counted pages of about TOKENS words each, WAITING URLs that wait, over so many hosts,
 * and with so many labels. Words are drawn from a list of half a million so that the r-th comes about 1/r
 * times as often as the first. Prints a line for every tenth of the pages: for each page, how many
 * microseconds of processor time the writer spent, how many passed, and how many bytes were written to files.
 */
#include "base/clock.h"
#include "base/list.h"
#include "engine/engine.h"
#include "store/store.h"
#include "store/store_change.h"
#include "store/store_list.h"
#include "words/words.h"

#include <assert.h>
#include <errno.h>
#include <glob.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VOCABULARY 500000
#define BATCH 20000
#define MAX_OUTSTANDING 2000
#define TENTHS 10

struct options {
    const char *directory;
    size_t n_pages, n_waiting, n_hosts, n_tokens, n_labels;
    bool findable;
};

struct page {
    struct store_outcome outcome;
    struct words_counts *counts;
    char host[32];
    char url[96];
};

static struct mailbox replies;
static struct store *store;
static size_t n_outstanding;
static uint64_t random_state = 88172645463325252u;

/* Marsaglia's xorshift: the same pages every time. */
static uint64_t draw(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

static void check(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "store_fill: %s failed\n", what);
    exit(1);
}

static void wait_for(size_t n)
{
    struct pollfd pollfd = {.fd = replies.fd, .events = POLLIN};

    while (n_outstanding > n) {
        (void)poll(&pollfd, 1, -1);
        mailbox_deliver(&replies, NULL);
    }
}

static void came(struct store_request *request, void *receiver)
{
    check(request->r == 0, "a request");
    n_outstanding--;
}

static void run(struct store_request *request, enum store_kind kind)
{
    request->kind = kind;
    request->done = came;
    n_outstanding++;
    store_submit(store, request);
    wait_for(0);
}

static void name_host(const struct options *options, size_t seq, char *host, size_t size)
{
    size_t number = seq % options->n_hosts;

    (void)snprintf(host, size, "127.%zu.%zu.%zu:9", 1 + (number >> 16), number >> 8 & 255, number & 255);
}

static void name_url(const char *host, size_t seq, char *url, size_t size)
{
    (void)snprintf(url, size, "http://%s/documents/page-%zu.html", host, seq);
}

static uint64_t submit(const struct options *options)
{
    static struct store_new_url urls[BATCH];
    static char hosts[BATCH][32], texts[BATCH][96], labels[BATCH][32];
    struct store_begin begin = {0};
    struct store_commit commit = {.user = "root", .max_age_usec = STORE_NO_MAX_AGE, .name = "bench"};
    size_t total = options->n_pages + options->n_waiting;

    run(&begin.request, STORE_BEGIN);
    for (size_t first = 1; first <= total; first += BATCH) {
        struct store_append append = {.job = begin.job, .first_seq = first, .urls = urls};

        for (size_t seq = first; seq <= total && seq < first + BATCH; seq++) {
            size_t i = append.n_urls++;

            name_host(options, seq, hosts[i], sizeof(hosts[i]));
            name_url(hosts[i], seq, texts[i], sizeof(texts[i]));
            (void)snprintf(labels[i], sizeof(labels[i]), "label %zu", seq % (options->n_labels + 1));
            urls[i] = (struct store_new_url){
                .url = texts[i], .host = hosts[i], .label = options->n_labels > 0 ? labels[i] : NULL};
        }
        run(&append.request, STORE_APPEND);
    }
    commit.job = begin.job;
    commit.total = total;
    commit.submitted_usec = clock_realtime_usec();
    run(&commit.request, STORE_COMMIT);
    return begin.job;
}

static void ended(struct store_request *request, void *receiver)
{
    struct page *page = CONTAINER_OF(request, struct page, outcome.request);

    check(request->r == 0 && page->outcome.accepted, "an outcome");
    words_counts_free(page->counts);
    free(page);
    n_outstanding--;
}

static struct words_counts *count(struct words_page *words, size_t n_tokens)
{
    const struct words_options options = {.type = WORDS_TEXT};
    struct words_counts *counts = NULL;
    char text[16];

    check(words_page_begin(words, &options) == 0, "counting");
    for (size_t i = 0; i < n_tokens; i++) {
        double unit = (double)(draw() >> 11) / (double)(UINT64_C(1) << 53);
        uint64_t rank = (uint64_t)exp(unit * log(VOCABULARY));
        size_t size = 0;

        do
            text[size++] = (char)('a' + rank % 26);
        while (rank /= 26);
        text[size++] = ' ';
        check(words_page_feed(words, text, size) == 0, "counting");
    }
    check(words_page_finish(words, &counts) == 0, "counting");
    return counts;
}

static void end_page(const struct options *options, uint64_t job, size_t seq, struct words_page *words)
{
    struct page *page = calloc(1, sizeof(*page));

    check(page, "memory");
    page->counts = count(words, options->n_tokens);
    name_host(options, seq, page->host, sizeof(page->host));
    name_url(page->host, seq, page->url, sizeof(page->url));
    page->outcome = (struct store_outcome){
        .request = {.kind = STORE_OUTCOME, .done = ended},
        .job = job,
        .seq = seq,
        .outcome = OUTCOME_COUNTED,
        .host = page->host,
        .url = page->url,
        .content_type = "text/html",
        .charset = "utf-8",
        .charset_from = "header",
        .title = "A page of the bench",
        .engine_id = options->findable ? words_engine()->id : NULL,
        .http_status = 200,
        .tries = 1,
        .fetched_usec = clock_realtime_usec(),
        .tokens = words_counts_tokens(page->counts),
        .n_words = words_counts_distinct(page->counts),
        .counts = page->counts,
    };
    memcpy(page->outcome.content_hash, &seq, sizeof(seq));
    n_outstanding++;
    store_submit(store, &page->outcome.request);
    wait_for(MAX_OUTSTANDING);
}

/* Processor time of the store's writer so far. */
static uint64_t writer_usec(void)
{
    glob_t tasks;
    uint64_t usec = 0;

    check(glob("/proc/self/task/*", 0, NULL, &tasks) == 0, "looking at the threads");
    for (size_t i = 0; i < tasks.gl_pathc; i++) {
        char path[128], name[32] = "";
        unsigned long long nsec = 0;
        FILE *file;

        (void)snprintf(path, sizeof(path), "%s/comm", tasks.gl_pathv[i]);
        file = fopen(path, "r");
        check(file && fgets(name, sizeof(name), file), "looking at a thread");
        fclose(file);
        if (strcmp(name, "store-writer\n") != 0)
            continue;
        (void)snprintf(path, sizeof(path), "%s/schedstat", tasks.gl_pathv[i]);
        file = fopen(path, "r");
        check(file && fscanf(file, "%llu", &nsec) == 1, "looking at a thread");
        fclose(file);
        usec = nsec / 1000;
    }
    globfree(&tasks);
    return usec;
}

/* To files, by all of the process, so far. */
static uint64_t written_bytes(void)
{
    FILE *file = fopen("/proc/self/io", "r");
    unsigned long long bytes = 0;
    char line[64];

    check(file, "looking at what was written");
    while (fgets(line, sizeof(line), file))
        (void)sscanf(line, "wchar: %llu", &bytes);
    fclose(file);
    return bytes;
}

struct spent {
    uint64_t writer_usec, usec, bytes;
};

static struct spent spent_so_far(void)
{
    return (struct spent){writer_usec(), clock_boottime_usec(), written_bytes()};
}

static void print_spent(const struct spent *before, size_t n_pages)
{
    struct spent now = spent_so_far();

    printf("%.1f %.1f %.0f\n", (double)(now.writer_usec - before->writer_usec) / (double)n_pages,
        (double)(now.usec - before->usec) / (double)n_pages,
        (double)(now.bytes - before->bytes) / (double)n_pages);
    fflush(stdout);
}

static void fill(const struct options *options, uint64_t job)
{
    struct words_page *words = NULL;

    check(words_page_new(&words) == 0, "memory");
    for (size_t tenth = 0; tenth < TENTHS; tenth++) {
        size_t first = options->n_pages * tenth / TENTHS + 1;
        size_t last = options->n_pages * (tenth + 1) / TENTHS;
        struct spent before = spent_so_far();

        for (size_t seq = first; seq <= last; seq++)
            end_page(options, job, seq, words);
        wait_for(0);
        print_spent(&before, last - first + 1);
    }
    words_page_free(words);
}

int main(int argc, char **argv)
{
    struct options options;
    struct store_settings settings = {
        .cache_bytes = 256 << 20, .replies = &replies, .hooks = engine_store_hooks()};

    if (argc != 7 && argc != 8) {
        fprintf(stderr, "store_fill DIRECTORY PAGES WAITING HOSTS TOKENS LABELS [unfindable]\n");
        return 2;
    }
    options = (struct options){.directory = argv[1],
        .n_pages = strtoul(argv[2], NULL, 10),
        .n_waiting = strtoul(argv[3], NULL, 10),
        .n_hosts = strtoul(argv[4], NULL, 10),
        .n_tokens = strtoul(argv[5], NULL, 10),
        .n_labels = strtoul(argv[6], NULL, 10),
        .findable = argc == 7};
    check(options.n_pages >= TENTHS && options.n_hosts > 0, "reading the arguments");
    check(mailbox_init(&replies) == 0 && words_init() == 0, "starting");
    settings.directory = options.directory;
    check(store_open(&settings, &store) == 0, "opening the store");
    fill(&options, submit(&options));
    store_close(store);
    return 0;
}
