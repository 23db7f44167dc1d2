#include "harness.h"

#include "base/clock.h"
#include "store/store.h"
#include "store/store_change.h"
#include "store/store_list.h"
#include "store/store_read.h"
#include <errno.h>
#include <ftw.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEADLINE_MSEC 60000

static unsigned outstanding;
static const struct store_request *last_reply;

/* FNV-1a. */
static uint32_t hash_word(const char *text, uint32_t length)
{
    uint32_t hash = 2166136261;

    for (uint32_t i = 0; i < length; i++)
        hash = (hash ^ (uint8_t)text[i]) * 16777619;
    return hash;
}

static struct store_word word_of(const void *counts, size_t index)
{
    const struct page *page = counts;
    const char *text = page->words[index];
    uint32_t length = (uint32_t)strlen(text);

    return (struct store_word){text, length, hash_word(text, length), page->tokens[index]};
}

static int compare_pairs(const void *a, const void *b)
{
    const struct store_pair *x = a;
    const struct store_pair *y = b;

    return (x->id > y->id) - (x->id < y->id);
}

static int pack(struct store_pair *pairs, size_t n, void **ret_bytes, size_t *ret_size)
{
    char *bytes = malloc(12 * n + 1);

    if (!bytes)
        return -ENOMEM;
    if (n > 0)
        qsort(pairs, n, sizeof(*pairs), compare_pairs);
    for (size_t i = 0; i < n; i++) {
        memcpy(bytes + 12 * i, &pairs[i].id, 4);
        memcpy(bytes + 12 * i + 4, &pairs[i].tokens, 8);
    }
    *ret_bytes = bytes;
    *ret_size = 12 * n;
    return 0;
}

static int unpack(const void *bytes, size_t size, struct store_pair *pairs, size_t n)
{
    if (size != 12 * n)
        return -EUCLEAN;
    for (size_t i = 0; i < n; i++)
        packed_get(bytes, i, &pairs[i].id, &pairs[i].tokens);
    return 0;
}

size_t packed_size(const void *counts, size_t size)
{
    assert_int_equal(size % 12, 0);
    return size / 12;
}

void packed_get(const void *counts, size_t i, uint32_t *ret_id, uint64_t *ret_tokens)
{
    memcpy(ret_id, (const char *)counts + 12 * i, 4);
    memcpy(ret_tokens, (const char *)counts + 12 * i + 4, 8);
}

uint64_t packed_tokens(const void *counts, size_t size)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < packed_size(counts, size); i++) {
        uint32_t id;
        uint64_t tokens;

        packed_get(counts, i, &id, &tokens);
        sum += tokens;
    }
    return sum;
}

int harness_try_open(struct harness *harness, struct store **ret)
{
    struct store_settings settings = {
        .directory = harness->directory,
        .sync_full = harness->sync_full,
        .cache_bytes = harness->cache_bytes ? harness->cache_bytes : 16 << 20,
        .hooks = {.word = word_of, .hash = hash_word, .pack = pack, .unpack = unpack},
        .replies = &harness->replies,
        .reserve_bytes = harness->reserve_bytes,
    };

    return store_open(&settings, ret);
}

void harness_make_directory(struct harness *harness)
{
    bool in_memory = harness->in_memory && access("/dev/shm", W_OK) == 0;

    snprintf(harness->directory, sizeof(harness->directory), "%s/urlstat-store-XXXXXX",
        in_memory ? "/dev/shm" : "/tmp");
    assert_non_null(mkdtemp(harness->directory));
    assert_int_equal(mailbox_init(&harness->replies), 0);
}

void harness_open(struct harness *harness)
{
    harness_make_directory(harness);
    assert_int_equal(harness_try_open(harness, &harness->store), 0);
}

void harness_close_store(struct harness *harness)
{
    if (harness->store)
        store_close(harness->store);
    harness->store = NULL;
}

void harness_reopen(struct harness *harness)
{
    harness_close_store(harness);
    assert_int_equal(harness_try_open(harness, &harness->store), 0);
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
    return remove(path);
}

void harness_close(struct harness *harness)
{
    harness_close_store(harness);
    mailbox_deinit(&harness->replies);
    assert_int_equal(nftw(harness->directory, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

void harness_wait_idle(struct harness *harness)
{
    uint64_t deadline_usec = clock_boottime_usec() + DEADLINE_MSEC * USEC_PER_MSEC;
    struct store_pulse pulse;

    do {
        assert_true(clock_boottime_usec() < deadline_usec);
        sched_yield();
        store_get_pulse(harness->store, &pulse);
    } while (pulse.writer_busy_since_usec != 0);
}

const char *harness_path(const struct harness *harness, const char *name)
{
    static char path[256];

    snprintf(path, sizeof(path), "%s/%s", harness->directory, name);
    return path;
}

static void done(struct store_request *request, void *receiver)
{
    assert_true(outstanding > 0);
    outstanding--;
    request->done = NULL;
    last_reply = request;
}

const struct store_request *harness_last_reply(void)
{
    return last_reply;
}

void harness_post(struct harness *harness, struct store_request *request, enum store_kind kind)
{
    request->kind = kind;
    request->done = done;
    request->r = 12345; /* of no meaning */
    outstanding++;
    store_submit(harness->store, request);
}

static void take_replies(struct harness *harness)
{
    struct pollfd pollfd = {.fd = harness->replies.fd, .events = POLLIN};

    assert_int_equal(poll(&pollfd, 1, DEADLINE_MSEC), 1);
    mailbox_deliver(&harness->replies, NULL);
}

void harness_wait(struct harness *harness)
{
    while (outstanding > 0)
        take_replies(harness);
}

void harness_wait_for(struct harness *harness, const struct store_request *request)
{
    while (request->done)
        take_replies(harness);
}

int harness_do(struct harness *harness, struct store_request *request, enum store_kind kind)
{
    harness_post(harness, request, kind);
    harness_wait(harness);
    return request->r;
}

const char *harness_host(uint64_t seq, size_t n_hosts)
{
    static char host[64];

    snprintf(host, sizeof(host), "host%llu.example", (unsigned long long)(seq % n_hosts));
    return host;
}

int harness_append(struct harness *harness, uint64_t job, uint64_t first_seq, size_t n, size_t n_hosts)
{
    struct store_append append = {.job = job, .first_seq = first_seq, .n_urls = n};
    char(*texts)[2][128] = calloc(n, sizeof(*texts));
    int r;

    append.urls = calloc(n, sizeof(*append.urls));
    assert_non_null(texts);
    assert_non_null(append.urls);
    for (size_t i = 0; i < n; i++) {
        uint64_t seq = first_seq + i;

        snprintf(texts[i][0], sizeof(texts[i][0]), "%s", harness_host(seq, n_hosts));
        snprintf(texts[i][1], sizeof(texts[i][1]), "http://%.63s/%llu", texts[i][0], (unsigned long long)seq);
        append.urls[i] =
            (struct store_new_url){.url = texts[i][1], .host = texts[i][0], .line = (uint32_t)seq};
    }
    r = DO(harness, append, STORE_APPEND);
    free(append.urls);
    free(texts);
    return r;
}

struct store_commit harness_commit(uint64_t job, const char *name, uint64_t total)
{
    static const char *const sources[] = {"urls.txt"};

    return (struct store_commit){
        .job = job,
        .name = name,
        .user = "anna",
        .uid = 1000,
        .sources = sources,
        .n_sources = 1,
        .max_age_usec = STORE_NO_MAX_AGE,
        .keep_usec = STORE_KEEP_DEFAULT,
        .total = total,
        .submitted_usec = 1700000000000000,
    };
}

uint64_t harness_submit(struct harness *harness, const char *name, size_t n, size_t n_hosts)
{
    struct store_begin begin = {0};
    struct store_commit commit;

    assert_int_equal(DO(harness, begin, STORE_BEGIN), 0);
    assert_int_equal(harness_append(harness, begin.job, 1, n, n_hosts), 0);
    commit = harness_commit(begin.job, name, n);
    assert_int_equal(DO(harness, commit, STORE_COMMIT), 0);
    return commit.job;
}

struct store_outcome harness_outcome(uint64_t job, uint64_t seq, const char *host, enum outcome outcome)
{
    return (struct store_outcome){
        .job = job,
        .seq = seq,
        .host = host,
        .outcome = outcome,
        .http_status = 200,
        .tries = 1,
        .fetched_usec = 1700000000000001,
        .body_bytes = 100,
        .wire_bytes = 50,
    };
}

bool harness_end(struct harness *harness, uint64_t job, uint64_t seq, const char *host, enum outcome outcome,
    const struct page *page)
{
    struct store_outcome request = harness_outcome(job, seq, host, outcome);

    if (page) {
        request.counts = page;
        request.n_words = page->n;
        for (size_t i = 0; i < page->n; i++)
            request.tokens += page->tokens[i];
        memset(request.content_hash, (int)seq, sizeof(request.content_hash));
    }
    assert_int_equal(DO(harness, request, STORE_OUTCOME), 0);
    return request.accepted;
}

int harness_find_job(struct harness *harness, uint64_t job, struct store_job_row *ret)
{
    struct store_read_jobs jobs = {.select = SELECT_NUMBER, .number = job};
    int r = DO(harness, jobs, STORE_READ_JOBS);

    if (r < 0)
        return r;
    assert_int_equal(jobs.n_rows, 1);
    *ret = jobs.rows[0];
    ret->name = ret->user = NULL;
    store_rows_free(jobs.rows);
    return 0;
}

struct store_job_row harness_job(struct harness *harness, uint64_t job)
{
    struct store_job_row row;

    assert_int_equal(harness_find_job(harness, job, &row), 0);
    return row;
}
