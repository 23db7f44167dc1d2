#include "life.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N_URLS 5
#define USER 1000

/* ---- lists that come with their outcomes, and keys ---- */

static void file_outcomes(struct harness *harness, uint64_t job)
{
    for (uint64_t seq = 1; seq <= N_URLS; seq++) {
        struct store_outcome end = must_outcome(
            job, seq, 0, harness_host(seq, MUST_N_HOSTS), seq == 4 ? OUTCOME_TIMEOUT : OUTCOME_COUNTED);

        end.into_open = true;
        end.engine_id = seq == 1 ? "engine" : "another engine";
        MUST(harness, end, STORE_OUTCOME);
        assert_true(end.accepted);
    }
}

static struct store_commit commit_of(uint64_t job)
{
    static const char *const sources[] = {"counts.jsonl", "more.jsonl"};
    struct store_commit commit = harness_commit(job, "imported", N_URLS);

    commit.imported = true;
    commit.key = "import";
    commit.sources = sources;
    commit.n_sources = 2;
    return commit;
}

static uint64_t import_list(struct harness *harness)
{
    uint64_t job = must_append(harness, N_URLS);
    struct store_commit commit = commit_of(job);
    struct store_read_totals totals = {.job = job};

    file_outcomes(harness, job);
    MUST(harness, commit, STORE_COMMIT);
    must_finish(harness, job);
    MUST(harness, totals, STORE_READ_TOTALS);
    assert_int_equal(totals.size, 6);
    assert_memory_equal(totals.bytes, "totals", 6);
    free(totals.bytes);
    return job;
}

/* The client did not hear of it, and brings it again. */
static void import_again(struct harness *harness, uint64_t job)
{
    struct store_commit commit = commit_of(must_append(harness, N_URLS));

    MUST(harness, commit, STORE_COMMIT);
    assert_true(commit.existed);
    assert_int_equal(commit.job, job);
}

static void find(struct harness *harness, uint64_t job)
{
    struct store_read_jobs reads[] = {
        {.select = SELECT_KEY, .uid = USER, .name = "import"},
        {.select = SELECT_NAME, .uid = USER, .name = "imported"},
        {.select = SELECT_NUMBER, .number = job},
        {.select = SELECT_LATEST, .uid = USER},
    };

    for (size_t i = 0; i < sizeof(reads) / sizeof(reads[0]); i++) {
        MUST(harness, reads[i], STORE_READ_JOBS);
        assert_int_equal(reads[i].n_rows, 1);
        assert_int_equal(reads[i].rows[0].job, job);
        store_rows_free(reads[i].rows);
    }
}

/* ---- retries ---- */

static void retry_all(struct harness *harness, uint64_t job, uint64_t n)
{
    struct store_retry again = {.job = job};
    unsigned n_counted = 0;

    MUST(harness, again, STORE_RETRY);
    assert_int_equal(again.retried, n);
    for (uint64_t i = 0; i < MUST_N_HOSTS; i++) {
        char host[64];

        snprintf(host, sizeof(host), "%s", harness_host(i, MUST_N_HOSTS));
        n_counted += must_count_waiting(harness, job, host);
    }
    assert_int_equal(n_counted, n);
    must_finish(harness, job);
}

static void retry_host_that_was_given_up(struct harness *harness)
{
    uint64_t job = must_submit(harness, "given up", N_URLS);

    for (uint64_t i = 0; i < MUST_N_HOSTS; i++) {
        struct store_give_up give_up = {
            .job = job, .host = harness_host(i, MUST_N_HOSTS), .outcome = OUTCOME_HOST_FAILED, .usec = 7};

        MUST(harness, give_up, STORE_GIVE_UP);
    }
    retry_all(harness, job, N_URLS);
}

static void retry_after_deadline(struct harness *harness)
{
    uint64_t job = must_submit(harness, "late", N_URLS);
    struct store_end_rest end_rest = {.job = job, .usec = 9, .detail = "late"};

    must_end(harness, job, 2, 0, "host2.example", OUTCOME_COUNTED);
    MUST(harness, end_rest, STORE_END_REST);
    retry_all(harness, job, N_URLS - 1);
}

/* Its URLs led elsewhere, each by a row of its own, and one page is another URL's. */
static void retry_after_cancel(struct harness *harness)
{
    uint64_t job = must_submit(harness, "cancelled and not", N_URLS);
    struct store_outcome end = must_outcome(job, 1, 0, "host1.example", OUTCOME_COUNTED);

    end.final_url = end.url = "http://host1.example/final";
    MUST(harness, end, STORE_OUTCOME);
    assert_true(end.accepted);
    for (uint64_t seq = 2; seq <= 3; seq++) {
        struct store_refile refile = {
            .job = job, .seq = seq, .host = "moved.example", .url = "http://moved.example/", .hops = 1};

        MUST(harness, refile, STORE_REFILE);
        assert_true(refile.accepted);
    }
    assert_int_equal(must_count_waiting(harness, job, "moved.example"), 2);
    must_set_state(harness, job, JOB_CANCELLED);
    retry_all(harness, job, 2);
}

/* ---- how long jobs are kept ---- */

static uint64_t submit_kept(struct harness *harness, int64_t keep_usec)
{
    struct store_commit commit = harness_commit(must_append(harness, 1), "kept", 1);
    struct store_finish end = {.finished_usec = 3};

    commit.keep_usec = keep_usec;
    MUST(harness, commit, STORE_COMMIT);
    must_end(harness, commit.job, 1, 0, "host1.example", OUTCOME_COUNTED);
    end.job = commit.job;
    MUST(harness, end, STORE_FINISH);
    return commit.job;
}

/* Nothing goes early while something is being deleted, which a fault may delay. */
static void expire_early(struct harness *harness, uint64_t job)
{
    struct store_expire early = {.n_jobs = 0};

    for (int i = 0; i < MUST_MAX_TRIES && early.n_jobs == 0; i++) {
        early = (struct store_expire){.now_usec = 5, .keep_usec = UINT64_MAX, .for_room = true};
        harness_wait_idle(harness);
        MUST(harness, early, STORE_EXPIRE);
    }
    assert_int_equal(early.n_jobs, 1);
    assert_int_equal(early.jobs[0], job);
}

static void expire(struct harness *harness)
{
    uint64_t configured = submit_kept(harness, STORE_KEEP_DEFAULT);
    uint64_t told = submit_kept(harness, 1000);
    struct store_expire over = {.now_usec = 5, .keep_usec = 1};

    (void)submit_kept(harness, STORE_KEEP_ALWAYS);
    MUST(harness, over, STORE_EXPIRE);
    assert_int_equal(over.n_jobs, 1);
    assert_int_equal(over.jobs[0], configured);
    expire_early(harness, told);
}

/* ---- pages ---- */

static int count_page(void *userdata, const struct store_page_row *row)
{
    ++*(unsigned *)userdata;
    return 0;
}

static void read_by_keys(struct harness *harness, uint64_t job)
{
    unsigned n = 0;
    const struct store_page_key keys[] = {
        {"host1.example", 1}, {"host2.example", 2}, {"elsewhere.example", 3}};
    struct store_scan_pages scan = {
        .job = job, .keys = keys, .n_keys = 3, .with_labels = true, .page = count_page, .userdata = &n};
    struct store_scan_pages behind = {
        .job = job, .after_host = "host1.example", .page = count_page, .userdata = &n};

    MUST(harness, scan, STORE_SCAN_PAGES);
    assert_true(n >= 2);
    n = 0;
    MUST(harness, behind, STORE_SCAN_PAGES);
    assert_true(n >= 2);
}

static void reuse_page(struct harness *harness, uint64_t from, uint64_t to, uint64_t seq, bool is_there)
{
    struct store_outcome end =
        must_outcome(to, seq, 0, harness_host(seq, MUST_N_HOSTS), OUTCOME_NOT_MODIFIED);

    end.reuse = (struct store_reuse){from, 1};
    end.engine_id = "engine";
    MUST(harness, end, STORE_OUTCOME);
    assert_int_equal(end.accepted, is_there);
    assert_int_equal(end.reuse_lost, !is_there);
}

/* Word by word the first time, then by what is known of the two jobs' words; and after all of that was
 * forgotten. */
static void reuse_pages(struct harness *harness, uint64_t from)
{
    uint64_t to = must_submit(harness, "again", N_URLS);

    reuse_page(harness, from, to, 1, true);
    reuse_page(harness, from, to, 2, true);
    store_drop_caches(harness->store);
    store_tune(harness->store, true, 1);
    reuse_page(harness, from, to, 3, true);
    reuse_page(harness, from + 100000, to, 4, false);
    must_end(harness, to, 4, 0, "host1.example", OUTCOME_COUNTED);
}

void life_of_others(struct harness *harness)
{
    uint64_t imported = import_list(harness);

    import_again(harness, imported);
    find(harness, imported);
    read_by_keys(harness, imported);
    reuse_pages(harness, imported);
    retry_host_that_was_given_up(harness);
    retry_after_deadline(harness);
    retry_after_cancel(harness);
    expire(harness);
}
