#include "counted.h"

#include "base/cleanup.h"
#include "counts/pack.h"
#include "store/store_change.h"
#include "store/store_list.h"
#include "store/store_read.h"
#include <assert.h>
#include <ftw.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

/* Words are given as "the:3 cat:1". */
struct page {
    struct store_word words[64];
    size_t n;
    uint64_t tokens;
};

/* However bad a hash is, it must do. */
static uint32_t hash_word(const char *text, uint32_t length)
{
    return length;
}

static struct store_word page_word(const void *counts, size_t index)
{
    struct store_word word = ((const struct page *)counts)->words[index];

    word.hash = hash_word(word.text, word.length);
    return word;
}

static int page_pack(struct store_pair *pairs, size_t n, void **ret_bytes, size_t *ret_size)
{
    struct counts_pair packed[64];
    struct buffer buffer = {0};
    int r;

    assert(n <= 64);
    for (size_t i = 0; i < n; i++)
        packed[i] = (struct counts_pair){.id = pairs[i].id, .tokens = pairs[i].tokens};
    r = counts_pack(packed, n, &buffer);
    if (r < 0)
        return r;
    *ret_bytes = buffer.bytes;
    *ret_size = buffer.size;
    return 0;
}

static void page_parse(const char *text, struct page *ret)
{
    *ret = (struct page){0};
    while (*text) {
        struct store_word *word = &ret->words[ret->n++];
        size_t length = strcspn(text, ":");
        char *end;

        word->text = text;
        word->length = (uint32_t)length;
        word->tokens = strtoull(text + length + 1, &end, 10);
        ret->tokens += word->tokens;
        text = *end ? end + 1 : end;
    }
}

static void note_done(struct store_request *request, void *receiver)
{
    *(bool *)receiver = true;
}

void counted_wait(struct counted *counted)
{
    struct pollfd pollfd = {.fd = counted->inbox.fd, .events = POLLIN};

    assert_int_equal(poll(&pollfd, 1, 30000), 1);
}

static int ask(struct counted *counted, struct store_request *request, enum store_kind kind)
{
    bool done = false;

    request->kind = kind;
    request->done = note_done;
    store_submit(counted->store, request);
    while (!done) {
        counted_wait(counted);
        mailbox_deliver(&counted->inbox, &done);
    }
    return request->r;
}

/* A job of these URLs; its number. */
uint64_t counted_submit(struct counted *counted, const struct counted_line *lines, size_t n)
{
    CLEANUP(freep) struct store_new_url *urls = calloc(n, sizeof(*urls));
    const char *source = "urls.txt";
    struct store_begin begin = {0};
    struct store_append append;
    struct store_commit commit;

    assert_non_null(urls);
    for (size_t i = 0; i < n; i++)
        urls[i] = (struct store_new_url){
            .url = lines[i].url, .host = lines[i].host, .label = lines[i].label, .line = (uint32_t)i + 1};
    assert_int_equal(ask(counted, &begin.request, STORE_BEGIN), 0);
    append = (struct store_append){.job = begin.job, .first_seq = 1, .urls = urls, .n_urls = n};
    assert_int_equal(ask(counted, &append.request, STORE_APPEND), 0);
    commit = (struct store_commit){.job = begin.job,
        .user = "anna",
        .sources = &source,
        .n_sources = 1,
        .total = n,
        .submitted_usec = 1};
    assert_int_equal(ask(counted, &commit.request, STORE_COMMIT), 0);
    return commit.job;
}

/* The attempt that is current for a URL that waits. */
static uint32_t attempt_of(struct counted *counted, uint64_t job, const char *host, uint64_t seq)
{
    struct store_read_window window = {.job = job, .host = host};
    uint32_t attempt = 0;

    assert_int_equal(ask(counted, &window.request, STORE_READ_WINDOW), 0);
    for (size_t i = 0; i < window.n_rows; i++)
        if (window.rows[i].seq == seq)
            attempt = window.rows[i].attempt;
    store_rows_free(window.rows);
    return attempt;
}

/* `content`: pages of the same one have equal hashes. */
void counted_page(struct counted *counted, uint64_t job, const struct counted_line *line, uint64_t seq,
    uint8_t content, const char *words)
{
    struct page page;
    struct store_outcome outcome;

    page_parse(words, &page);
    outcome = (struct store_outcome){
        .job = job,
        .seq = seq,
        .attempt = attempt_of(counted, job, line->host, seq),
        .outcome = OUTCOME_COUNTED,
        .host = line->host,
        .content_hash = {content, 1},
        .http_status = 200,
        .tries = 1,
        .engine_id = "test",
        .tokens = page.tokens,
        .n_words = page.n,
        .counts = &page,
    };
    assert_int_equal(ask(counted, &outcome.request, STORE_OUTCOME), 0);
    assert_true(outcome.accepted);
}

/* Ends the job, with totals made from what a query would see of words ids in their order. */
void counted_finish(struct counted *counted, uint64_t job, const struct counts_totals *totals)
{
    CLEANUP(buffer_deinit) struct buffer packed = {0};
    struct store_finish request = {.job = job, .finished_usec = 2};

    if (totals) {
        assert_int_equal(counts_totals_pack(totals, &packed), 0);
        request.totals = packed.bytes;
        request.totals_size = packed.size;
        request.n_pages = counts_totals_pages(totals);
    }
    assert_int_equal(ask(counted, &request.request, STORE_FINISH), 0);
}

static void open_store(struct counted *counted)
{
    struct store_settings settings = {
        .directory = counted->directory,
        .cache_bytes = 1 << 20,
        .hooks = {.word = page_word, .hash = hash_word, .pack = page_pack},
        .replies = &counted->inbox,
    };

    assert_int_equal(store_open(&settings, &counted->store), 0);
}

void counted_open(struct counted *counted)
{
    strcpy(counted->directory, "/tmp/counted_test-XXXXXX");
    assert_non_null(mkdtemp(counted->directory));
    assert_int_equal(mailbox_init(&counted->inbox), 0);
    open_store(counted);
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *ftw)
{
    return remove(path);
}

void counted_close(struct counted *counted)
{
    store_close(counted->store);
    mailbox_deliver(&counted->inbox, NULL);
    mailbox_deinit(&counted->inbox);
    (void)nftw(counted->directory, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}
