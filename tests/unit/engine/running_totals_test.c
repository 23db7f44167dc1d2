#include "engine/running_totals.h"

#include "base/array.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "engine/job.h"
#include "engine/query.h"
#include "engine/running_rows.h"
#include "engine/state.h"
#include "fetch/fetcher.h"
#include "store/store_change.h"
#include "words/words.h"
#include "world.h"
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HOSTS 7
#define PAGES 300
#define PAGE_WORDS 40

/* A job whose hosts are paused: pages come from the test, as results do. */
struct fixture {
    struct world world;
    uint64_t job;
    uint32_t attempt;
    unsigned seed;
    uint64_t order[PAGES]; /* seqs */
    size_t n_written;      /* of these, handed over */
    size_t n_under_way;
    bool loses_notes;
};

struct page {
    struct store_outcome outcome;
    struct words_counts *counts;
    char host[32];
    struct fixture *fixture;
};

struct answer {
    struct fixture *fixture;
    struct query *query;
    struct buffer text;
    uint64_t pages;
    size_t n_before; /* pages that were durable when it was asked */
    int r;
    bool came;
};

static bool is_set(void *userdata)
{
    return *(bool *)userdata;
}

static void note_change(void *userdata, int r, uint64_t n)
{
    assert_int_equal(r, 0);
    *(bool *)userdata = true;
}

/* ---- pages ---- */

static void page_came(struct store_request *request, void *receiver)
{
    struct page *page = CONTAINER_OF(request, struct page, outcome.request);
    struct fixture *fixture = page->fixture;
    struct job *job = job_find(fixture->world.engine, fixture->job);

    assert_int_equal(request->r, 0);
    assert_true(page->outcome.accepted);
    if (job && !fixture->loses_notes)
        running_note(job, page->host, page->outcome.seq);
    words_counts_free(page->counts);
    free(page);
    fixture->n_under_way--;
}

/* Words of which some are of many hosts and some of few. */
static void random_text(unsigned *seed, struct buffer *text)
{
    for (size_t i = 0; i < PAGE_WORDS; i++) {
        unsigned range = i % 2 ? 50 : 20000;

        assert_int_equal(buffer_printf(text, "w%ux ", (unsigned)rand_r(seed) % range), 0);
    }
}

static struct words_counts *count(const struct buffer *text)
{
    const struct words_options options = {.type = WORDS_TEXT};
    struct words_counts *counts;
    struct words_page *page;

    assert_int_equal(words_page_new(&page), 0);
    assert_int_equal(words_page_begin(page, &options), 0);
    assert_int_equal(words_page_feed(page, text->bytes, text->size), 0);
    assert_int_equal(words_page_finish(page, &counts), 0);
    words_page_free(page);
    return counts;
}

static void write_page(struct fixture *fixture)
{
    CLEANUP(buffer_deinit) struct buffer text = {0};
    struct page *page = calloc(1, sizeof(*page));
    uint64_t seq = fixture->order[fixture->n_written++];

    assert_non_null(page);
    random_text(&fixture->seed, &text);
    page->fixture = fixture;
    page->counts = count(&text);
    (void)snprintf(page->host, sizeof(page->host), "h%u.running.test", (unsigned)(seq % HOSTS));
    page->outcome = (struct store_outcome){
        .request = {.kind = STORE_OUTCOME, .done = page_came},
        .job = fixture->job,
        .seq = seq,
        .attempt = fixture->attempt,
        .outcome = OUTCOME_COUNTED,
        .host = page->host,
        .content_hash = {(uint8_t)seq},
        .http_status = 200,
        .tries = 1,
        .engine_id = "test",
        .tokens = words_counts_tokens(page->counts),
        .n_words = words_counts_distinct(page->counts),
        .counts = page->counts,
    };
    fixture->n_under_way++;
    store_submit(fixture->world.store, &page->outcome.request);
}

static bool is_written(void *userdata)
{
    return ((struct fixture *)userdata)->n_under_way == 0;
}

static void write_pages(struct fixture *fixture, size_t n)
{
    for (size_t i = 0; i < n && fixture->n_written < PAGES; i++)
        write_page(fixture);
}

static void write_pages_and_wait(struct fixture *fixture, size_t n)
{
    write_pages(fixture, n);
    world_wait(&fixture->world, is_written, fixture);
}

/* ---- questions ---- */

/* What is asked of what is kept, each kind of it, and what filters and orders leave. */
static const char *const matches[] = {"w1*"};
static const char *const excluded[] = {"w1", "w2"};
static const struct query_options questions[] = {
    {.per = QUERY_PER_NONE},
    {.per = QUERY_PER_HOST},
    {.per = QUERY_PER_HOST, .k = 3},
    {.per = QUERY_PER_HOST, .k = 5, .by = COUNTS_BY_PAGES, .filter = {.min_length = 4}},
    {.per = QUERY_PER_HOST, .k = 4, .by = COUNTS_BY_HOSTS, .filter = {.matches = matches, .n_matches = 1}},
    {.per = QUERY_PER_HOST, .k = 10, .max_pages = 0.2},
    {.per = QUERY_PER_LABEL},
    {.per = QUERY_PER_LABEL, .k = 3},
    {.per = QUERY_PER_LABEL,
        .k = 7,
        .by = COUNTS_BY_HOSTS,
        .filter = {.excluded = excluded, .n_excluded = 2}},
    {.per = QUERY_PER_LABEL, .k = 7, .by = COUNTS_BY_PAGES, .max_pages = 0.5},
};
#define QUESTIONS (sizeof(questions) / sizeof(questions[0]))

static void part_came(void *userdata, int r, const struct query_group *groups, size_t n_groups, bool end)
{
    struct answer *answer = userdata;

    answer->r = r;
    for (size_t i = 0; i < n_groups; i++) {
        answer->pages += groups[i].pages;
        assert_int_equal(
            buffer_printf(&answer->text, "\n%s %s %ju/%ju/%ju", groups[i].host ? groups[i].host : "-",
                groups[i].label ? groups[i].label : "-", (uintmax_t)groups[i].pages,
                (uintmax_t)groups[i].tokens, (uintmax_t)groups[i].distinct),
            0);
        for (size_t j = 0; j < counts_ranking_size(groups[i].ranking); j++) {
            const struct counts_entry *entry = counts_ranking_get(groups[i].ranking, j);

            assert_int_equal(
                buffer_printf(&answer->text, " %.*s:%ju/%ju/%ju", (int)entry->length, entry->word,
                    (uintmax_t)entry->tokens, (uintmax_t)entry->pages, (uintmax_t)entry->hosts),
                0);
        }
    }
    if (!end && r == 0) {
        query_next(answer->query);
        return;
    }
    assert_int_equal(buffer_append(&answer->text, "", 1), 0);
    answer->came = true;
}

static void ask(struct fixture *fixture, size_t question, bool running, struct answer *ret)
{
    struct query_options options = questions[question];

    options.engine = running ? fixture->world.engine : NULL;
    options.jobs = &fixture->job;
    options.n_jobs = 1;

    *ret = (struct answer){.fixture = fixture, .n_before = fixture->n_written - fixture->n_under_way};
    assert_int_equal(query_new(fixture->world.store, &options, part_came, ret, &ret->query), 0);
}

static void answer_wait(struct answer *answer)
{
    world_wait(&answer->fixture->world, is_set, &answer->came);
    query_free(TAKE(answer->query));
    assert_int_equal(answer->r, 0);
}

static void answer_deinit(struct answer *answer)
{
    query_free(answer->query);
    buffer_deinit(&answer->text);
}

/* While nothing is written: what is in memory is what the pages give. */
static void assert_exact(struct fixture *fixture)
{
    for (size_t question = 0; question < QUESTIONS; question++) {
        struct answer memory, pages;

        ask(fixture, question, true, &memory);
        answer_wait(&memory);
        ask(fixture, question, false, &pages);
        answer_wait(&pages);
        assert_string_equal(memory.text.bytes, pages.text.bytes);
        assert_int_equal(memory.pages, fixture->n_written);
        answer_deinit(&memory);
        answer_deinit(&pages);
    }
}

/* Whether a kind is at hand at once: everything is in it. */
static bool is_kind_warm(struct fixture *fixture, enum running_kind kind)
{
    struct running_loan loan = {0};
    int r = running_borrow(fixture->world.engine, fixture->job, kind, &loan);

    running_give_back(&loan);
    return r == 1;
}

static bool are_groups_warm(struct fixture *fixture)
{
    return is_kind_warm(fixture, RUNNING_HOSTS) && is_kind_warm(fixture, RUNNING_LABELS);
}

static bool is_warm(struct fixture *fixture)
{
    return is_kind_warm(fixture, RUNNING_TOTALS);
}

/* ---- the job ---- */

static void pause_hosts(struct fixture *fixture)
{
    bool done = false;

    assert_int_equal(engine_pause_host(fixture->world.engine, "*.running.test", true, note_change, &done), 0);
    world_wait(&fixture->world, is_set, &done);
}

static void submit(struct fixture *fixture)
{
    /* One is empty, and some have none. */
    static const char *const names[] = {"red", NULL, "", "blue", "green"};
    static char texts[PAGES][64];
    const char *urls[PAGES + 1] = {0}, *labels[PAGES];

    for (size_t i = 0; i < PAGES; i++) {
        (void)snprintf(
            texts[i], sizeof(texts[i]), "http://h%u.running.test/%zu", (unsigned)((i + 1) % HOSTS), i);
        urls[i] = texts[i];
        labels[i] = names[(size_t)rand_r(&fixture->seed) % (sizeof(names) / sizeof(names[0]))];
        fixture->order[i] = i + 1;
    }
    for (size_t i = PAGES - 1; i > 0; i--) {
        size_t other = (size_t)rand_r(&fixture->seed) % (i + 1);
        uint64_t seq = fixture->order[i];

        fixture->order[i] = fixture->order[other];
        fixture->order[other] = seq;
    }
    fixture->world.labels = labels;
    fixture->job = world_submit(&fixture->world, urls);
    fixture->world.labels = NULL;
}

struct window_read {
    struct store_read_window read;
    bool came;
};

static void window_came(struct store_request *request, void *receiver)
{
    CONTAINER_OF(request, struct window_read, read.request)->came = true;
}

/* All are of one attempt. */
static uint32_t attempt_of(struct fixture *fixture)
{
    struct window_read window = {
        .read = {.request = {.kind = STORE_READ_WINDOW, .done = window_came},
            .job = fixture->job,
            .host = "h1.running.test"},
    };
    uint32_t attempt;

    store_submit(fixture->world.store, &window.read.request);
    world_wait(&fixture->world, is_set, &window.came);
    assert_int_equal(window.read.request.r, 0);
    assert_true(window.read.n_rows > 0);
    attempt = window.read.rows[0].attempt;
    store_rows_free(window.read.rows);
    return attempt;
}

static void open_job(struct fixture *fixture, size_t totals_bytes)
{
    fixture->world.totals_bytes = totals_bytes;
    world_open(&fixture->world);
    pause_hosts(fixture);
    submit(fixture);
    fixture->attempt = attempt_of(fixture);
}

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));

    assert_non_null(fixture);
    fixture->seed = 11;
    world_init(&fixture->world);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    world_close(&fixture->world);
    world_deinit(&fixture->world);
    free(fixture);
    return 0;
}

/* ---- tests ---- */

static void totals_follow_the_pages(void **state)
{
    struct fixture *fixture = *state;

    open_job(fixture, 16 << 20);
    assert_exact(fixture);
    while (fixture->n_written < PAGES) {
        write_pages_and_wait(fixture, 1 + (size_t)rand_r(&fixture->seed) % 40);
        assert_exact(fixture);
        assert_true(is_warm(fixture) && are_groups_warm(fixture));
    }
}

static void pages_that_come_while_totals_are_made_count_once(void **state)
{
    struct fixture *fixture = *state;

    open_job(fixture, 16 << 20);
    while (fixture->n_written < PAGES) {
        struct answer answers[3];

        for (size_t i = 0; i < 3; i++) {
            write_pages(fixture, (size_t)rand_r(&fixture->seed) % 8);
            ask(fixture, (size_t)rand_r(&fixture->seed) % QUESTIONS, true, &answers[i]);
        }
        write_pages(fixture, (size_t)rand_r(&fixture->seed) % 8);
        for (size_t i = 0; i < 3; i++) {
            answer_wait(&answers[i]);
            assert_true(answers[i].pages >= answers[i].n_before);
            assert_true(answers[i].pages <= fixture->n_written);
            answer_deinit(&answers[i]);
        }
        if (rand_r(&fixture->seed) % 4 == 0)
            running_trim(fixture->world.engine, 0);
        if (rand_r(&fixture->seed) % 2 == 0)
            write_pages_and_wait(fixture, 0);
        if (fixture->n_under_way == 0)
            assert_exact(fixture);
    }
    write_pages_and_wait(fixture, 0);
    assert_exact(fixture);
}

static void totals_that_are_too_large_are_read_from_pages(void **state)
{
    struct fixture *fixture = *state;

    open_job(fixture, 4096);
    write_pages_and_wait(fixture, PAGES);
    assert_exact(fixture);
    assert_false(is_warm(fixture) || are_groups_warm(fixture));
}

static void too_many_notes_make_totals_start_over(void **state)
{
    struct fixture *fixture = *state;
    struct job *job;

    open_job(fixture, 16 << 20);
    write_pages_and_wait(fixture, PAGES / 2);
    assert_exact(fixture);
    job = job_find(fixture->world.engine, fixture->job);
    /* One batch is being read meanwhile. */
    for (size_t i = 0; i <= RUNNING_TOTALS_MAX_NOTES + RUNNING_TOTALS_BATCH; i++)
        running_note(job, "h1.running.test", 1000000 + i);
    write_pages_and_wait(fixture, PAGES / 4);
    assert_exact(fixture);
    assert_true(is_warm(fixture));
    write_pages_and_wait(fixture, PAGES / 4);
    assert_exact(fixture);
}

static void job_that_goes_takes_no_loan_along(void **state)
{
    struct fixture *fixture = *state;
    struct running_loan loan = {0};
    struct answer answer;
    bool done = false;

    open_job(fixture, 16 << 20);
    write_pages_and_wait(fixture, PAGES / 2);
    assert_exact(fixture);
    assert_int_equal(running_borrow(fixture->world.engine, fixture->job, RUNNING_TOTALS, &loan), 1);
    ask(fixture, 0, true, &answer);
    assert_int_equal(engine_cancel(fixture->world.engine, fixture->job, note_change, &done), 0);
    world_wait(&fixture->world, is_set, &done);
    assert_int_equal(counts_totals_pages(loan.lent->sum.totals), PAGES / 2);
    running_give_back(&loan);
    answer_wait(&answer);
    assert_int_equal(answer.pages, PAGES / 2);
    answer_deinit(&answer);
    assert_exact(fixture);
}

static uint64_t pages_read(struct fixture *fixture)
{
    struct store_stats stats;

    store_get_stats(fixture->world.store, &stats);
    return stats.pages_read;
}

static bool job_is_gone(void *userdata)
{
    struct fixture *fixture = userdata;

    return !job_find(fixture->world.engine, fixture->job);
}

static void what_was_asked_of_an_ended_job_stays_until_the_job_goes(void **state)
{
    struct fixture *fixture = *state;
    bool done = false;

    open_job(fixture, 16 << 20);
    write_pages_and_wait(fixture, PAGES);
    /* The engine did not see its URLs end; the next one does. */
    world_close(&fixture->world);
    world_open(&fixture->world);
    world_wait(&fixture->world, job_is_gone, fixture);
    assert_exact(fixture);
    /* Its totals are in its row. */
    assert_true(are_groups_warm(fixture));
    assert_false(list_is_empty(&fixture->world.engine->running.items));
    assert_int_equal(engine_remove(fixture->world.engine, fixture->job, note_change, &done), 0);
    world_wait(&fixture->world, is_set, &done);
    assert_true(list_is_empty(&fixture->world.engine->running.items));
}

static void ended_job_that_was_too_large_is_read_once_a_question(void **state)
{
    struct fixture *fixture = *state;
    uint64_t before = 0;

    open_job(fixture, 4096);
    write_pages_and_wait(fixture, PAGES);
    world_close(&fixture->world);
    world_open(&fixture->world);
    world_wait(&fixture->world, job_is_gone, fixture);
    for (size_t i = 0; i < 3; i++) {
        struct answer answer;

        before = pages_read(fixture);
        ask(fixture, 2, true, &answer);
        answer_wait(&answer);
        answer_deinit(&answer);
    }
    assert_int_equal(pages_read(fixture) - before, PAGES);
}

static void question_that_is_given_up_leaves_the_others_their_turn(void **state)
{
    struct fixture *fixture = *state;
    struct answer first, second;

    open_job(fixture, 16 << 20);
    write_pages_and_wait(fixture, PAGES / 2);
    ask(fixture, 0, true, &first);
    ask(fixture, 0, true, &second);
    query_free(TAKE(first.query));
    answer_wait(&second);
    assert_int_equal(second.pages, PAGES / 2);
    answer_deinit(&first);
    answer_deinit(&second);
    assert_exact(fixture);
}

/* ---- rows ---- */

static void ignore(void *userdata)
{
}

static bool is_idle(void *userdata)
{
    return engine_is_idle(((struct fixture *)userdata)->world.engine);
}

static void wait_idle(struct fixture *fixture)
{
    world_wait(&fixture->world, is_idle, fixture);
}

/* As with a signal that ends the daemon, or, if not `clean`, as after a kill. */
static void start_anew(struct fixture *fixture, bool clean)
{
    write_pages_and_wait(fixture, 0);
    if (clean) {
        engine_drain(fixture->world.engine);
        wait_idle(fixture);
    }
    world_close(&fixture->world);
    world_open(&fixture->world);
}

/* Until the job's totals are in the store. Returns how many pages were read for it. */
static uint64_t wait_for_row(struct fixture *fixture, uint64_t before, enum store_job_state state)
{
    struct store_job_row *row;

    world_wait(&fixture->world, job_is_gone, fixture);
    wait_idle(fixture);
    row = world_job(&fixture->world, fixture->job);
    assert_int_equal(row->state, state);
    assert_int_equal(row->counted, fixture->n_written);
    assert_true(row->has_totals);
    store_rows_free(row);
    return pages_read(fixture) - before;
}

/* As if its deadline were over. */
static uint64_t expire_and_count(struct fixture *fixture)
{
    struct engine *engine = fixture->world.engine;
    struct job *job = job_find(engine, fixture->job);
    uint64_t before = pages_read(fixture);

    heap_set(&engine->deadlines, &job->deadline, 0);
    return wait_for_row(fixture, before, JOB_DONE);
}

static uint64_t cancel_and_count(struct fixture *fixture)
{
    uint64_t before = pages_read(fixture);
    bool done = false;

    assert_int_equal(engine_cancel(fixture->world.engine, fixture->job, note_change, &done), 0);
    world_wait(&fixture->world, is_set, &done);
    return wait_for_row(fixture, before, JOB_CANCELLED);
}

/* Asks, and returns how many pages were read for it. */
static uint64_t ask_and_count(struct fixture *fixture)
{
    uint64_t before = pages_read(fixture);
    struct answer answer;

    ask(fixture, 0, true, &answer);
    answer_wait(&answer);
    assert_int_equal(answer.pages, fixture->n_written);
    answer_deinit(&answer);
    return pages_read(fixture) - before;
}

static void expired_job_keeps_the_totals_that_were_asked_for(void **state)
{
    struct fixture *fixture = *state;

    fixture->world.deadline_usec = 3600 * USEC_PER_SEC;
    open_job(fixture, 16 << 20);
    write_pages_and_wait(fixture, PAGES / 2);
    assert_exact(fixture);
    /* These alone are read. */
    write_pages_and_wait(fixture, 7);
    assert_int_equal(expire_and_count(fixture), 7);
    assert_int_equal(ask_and_count(fixture), 0);
}

static void cancelled_job_keeps_the_totals_that_were_asked_for(void **state)
{
    struct fixture *fixture = *state;

    open_job(fixture, 16 << 20);
    write_pages_and_wait(fixture, PAGES / 2);
    assert_exact(fixture);
    write_pages_and_wait(fixture, 7);
    assert_int_equal(cancel_and_count(fixture), 7);
    assert_int_equal(ask_and_count(fixture), 0);
}

static void totals_that_lack_a_page_do_not_become_the_row(void **state)
{
    struct fixture *fixture = *state;

    fixture->world.deadline_usec = 3600 * USEC_PER_SEC;
    open_job(fixture, 16 << 20);
    write_pages_and_wait(fixture, PAGES / 2);
    assert_exact(fixture);
    fixture->loses_notes = true;
    write_pages_and_wait(fixture, 1);
    assert_int_equal(expire_and_count(fixture), PAGES / 2 + 1);
    assert_int_equal(ask_and_count(fixture), 0);
}

static void totals_outlive_a_clean_stop(void **state)
{
    struct fixture *fixture = *state;

    open_job(fixture, 16 << 20);
    write_pages_and_wait(fixture, 150);
    assert_int_equal(ask_and_count(fixture), 150);
    start_anew(fixture, true);
    assert_int_equal(ask_and_count(fixture), 0);
    assert_exact(fixture);
    write_pages_and_wait(fixture, 20);
    assert_int_equal(ask_and_count(fixture), 20);
    /* Too little is new for another row. */
    start_anew(fixture, true);
    write_pages_and_wait(fixture, 5);
    assert_int_equal(ask_and_count(fixture), 25);
    assert_exact(fixture);
    write_pages_and_wait(fixture, 120);
    assert_exact(fixture);
    start_anew(fixture, true);
    assert_int_equal(ask_and_count(fixture), 0);
    assert_exact(fixture);
}

static void after_a_kill_an_older_row_is_as_good(void **state)
{
    struct fixture *fixture = *state;

    open_job(fixture, 16 << 20);
    write_pages_and_wait(fixture, 150);
    assert_int_equal(ask_and_count(fixture), 150);
    start_anew(fixture, false);
    assert_int_equal(ask_and_count(fixture), 150);
    start_anew(fixture, true);
    for (size_t i = 0; i < 3; i++) {
        write_pages_and_wait(fixture, 10);
        if (i > 0)
            assert_exact(fixture);
        start_anew(fixture, false);
    }
    assert_int_equal(ask_and_count(fixture), 30);
    assert_exact(fixture);
}

static void totals_that_leave_memory_come_back_from_their_row(void **state)
{
    struct fixture *fixture = *state;

    open_job(fixture, 16 << 20);
    write_pages_and_wait(fixture, 150);
    assert_int_equal(ask_and_count(fixture), 150);
    running_trim(fixture->world.engine, 0);
    assert_false(is_warm(fixture));
    /* At once: the row is waited for. */
    assert_int_equal(ask_and_count(fixture), 0);
    assert_true(is_warm(fixture));
    write_pages_and_wait(fixture, 120);
    assert_int_equal(ask_and_count(fixture), 120);
    running_trim(fixture->world.engine, 0);
    wait_idle(fixture);
    write_pages_and_wait(fixture, 7);
    assert_int_equal(ask_and_count(fixture), 7);
    assert_exact(fixture);
}

static void memory_that_is_short_is_not_spent_on_a_row(void **state)
{
    struct fixture *fixture = *state;

    open_job(fixture, 16 << 20);
    write_pages_and_wait(fixture, 150);
    assert_int_equal(ask_and_count(fixture), 150);
    engine_drop_caches(fixture->world.engine);
    wait_idle(fixture);
    assert_int_equal(ask_and_count(fixture), 150);
    assert_exact(fixture);
}

static void few_pages_are_read_again(void **state)
{
    struct fixture *fixture = *state;

    open_job(fixture, 16 << 20);
    write_pages_and_wait(fixture, RUNNING_ROWS_MIN_PAGES - 1);
    assert_int_equal(ask_and_count(fixture), RUNNING_ROWS_MIN_PAGES - 1);
    start_anew(fixture, true);
    assert_int_equal(ask_and_count(fixture), RUNNING_ROWS_MIN_PAGES - 1);
    assert_exact(fixture);
}

struct put_wait {
    struct store_put_partial put;
    bool came;
};

static void was_put(struct store_request *request, void *receiver)
{
    CONTAINER_OF(request, struct put_wait, put.request)->came = true;
}

static void row_that_does_not_fit_is_dropped(void **state)
{
    struct fixture *fixture = *state;
    struct put_wait wait = {.put = {.request = {.kind = STORE_PUT_PARTIAL, .done = was_put},
                                .bytes = "no totals",
                                .size = 9,
                                .n_pages = 150}};

    open_job(fixture, 16 << 20);
    write_pages_and_wait(fixture, 150);
    wait.put.job = fixture->job;
    store_submit(fixture->world.store, &wait.put.request);
    world_wait(&fixture->world, is_set, &wait.came);
    assert_true(wait.put.written);
    assert_int_equal(ask_and_count(fixture), 150);
    assert_exact(fixture);
    start_anew(fixture, true);
    assert_int_equal(ask_and_count(fixture), 0);
    assert_exact(fixture);
}

/* Whatever becomes of rows and totals in between. */
static void totals_are_exact_after_any_ends(void **state)
{
    struct fixture *fixture = *state;

    open_job(fixture, 16 << 20);
    while (fixture->n_written < PAGES) {
        struct answer answer;

        write_pages(fixture, (size_t)rand_r(&fixture->seed) % 20);
        ask(fixture, 0, true, &answer);
        write_pages(fixture, (size_t)rand_r(&fixture->seed) % 20);
        if (rand_r(&fixture->seed) % 3 == 0)
            running_trim(fixture->world.engine, 0);
        answer_wait(&answer);
        assert_true(answer.pages >= answer.n_before);
        assert_true(answer.pages <= fixture->n_written);
        answer_deinit(&answer);
        if (rand_r(&fixture->seed) % 3 == 0)
            running_trim(fixture->world.engine, 0);
        if (rand_r(&fixture->seed) % 2 == 0) {
            start_anew(fixture, rand_r(&fixture->seed) % 2 == 0);
            assert_exact(fixture);
        }
    }
    write_pages_and_wait(fixture, 0);
    assert_exact(fixture);
}

static void without_room_no_row_is_written(void **state)
{
    struct fixture *fixture = *state;

    open_job(fixture, 16 << 20);
    write_pages_and_wait(fixture, 150);
    assert_int_equal(ask_and_count(fixture), 150);
    fixture->world.min_free_bytes = UINT64_MAX;
    assert_int_equal(engine_reload(fixture->world.engine, world_settings(&fixture->world), ignore, NULL), 0);
    running_trim(fixture->world.engine, 0);
    assert_int_equal(ask_and_count(fixture), 150);
    start_anew(fixture, true);
    assert_int_equal(ask_and_count(fixture), 150);
    assert_exact(fixture);
}

static void job_that_goes_takes_its_row_along(void **state)
{
    struct fixture *fixture = *state;

    open_job(fixture, 16 << 20);
    write_pages_and_wait(fixture, 150);
    assert_int_equal(ask_and_count(fixture), 150);
    running_trim(fixture->world.engine, 0);
    assert_int_equal(cancel_and_count(fixture), 150);
    assert_int_equal(ask_and_count(fixture), 0);
    assert_exact(fixture);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(totals_follow_the_pages),
        TEST(pages_that_come_while_totals_are_made_count_once),
        TEST(totals_that_are_too_large_are_read_from_pages),
        TEST(too_many_notes_make_totals_start_over),
        TEST(job_that_goes_takes_no_loan_along),
        TEST(what_was_asked_of_an_ended_job_stays_until_the_job_goes),
        TEST(ended_job_that_was_too_large_is_read_once_a_question),
        TEST(question_that_is_given_up_leaves_the_others_their_turn),
        TEST(expired_job_keeps_the_totals_that_were_asked_for),
        TEST(cancelled_job_keeps_the_totals_that_were_asked_for),
        TEST(totals_that_lack_a_page_do_not_become_the_row),
        TEST(totals_outlive_a_clean_stop),
        TEST(after_a_kill_an_older_row_is_as_good),
        TEST(totals_that_leave_memory_come_back_from_their_row),
        TEST(memory_that_is_short_is_not_spent_on_a_row),
        TEST(few_pages_are_read_again),
        TEST(row_that_does_not_fit_is_dropped),
        TEST(totals_are_exact_after_any_ends),
        TEST(without_room_no_row_is_written),
        TEST(job_that_goes_takes_its_row_along),
    };

    setlocale(LC_CTYPE, "C.UTF-8");
    if (words_init() < 0 || fetch_init() < 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
