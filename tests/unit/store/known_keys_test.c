#include "fixture.h"

#include "store/known_keys.h"
#include "store/schema.h"
#include "store/store_change.h"
#include "store/store_read.h"
#include <stdio.h>
#include <string.h>

#define ENGINE "engine-1"
#define URL "http://host0.example/1"
#define HOST "host0.example"
#define N_KEYS 3001

static const struct page front = {2, {"the", "cat"}, {5, 2}};

/* The harness's store, closed, as the writer would have it. */
static struct sql *open_file(struct harness *harness)
{
    struct sql *sql = NULL;

    harness_close_store(harness);
    assert_int_equal(schema_open(harness_path(harness, "urlstat.db"), &schema_current, NULL, &sql), 0);
    return sql;
}

static int64_t number(struct sql *sql, const char *text)
{
    int64_t n = -1;

    assert_int_equal(sql_number(sql, text, &n), 0);
    return n;
}

static void execute(struct sql *sql, const char *text)
{
    assert_int_equal(sql_execute(sql, text), 0);
}

/* In no order, and every tenth one as the one before it. */
static struct known_key key_of(uint64_t i)
{
    uint64_t key = (i - (i % 10 == 9)) * UINT64_C(0x9E3779B97F4A7C15);

    return (struct known_key){
        .key = (key ^ key >> 32) & INT64_MAX, .asked = i % 7 == 0, .job = 1 + i % 3, .seq = i};
}

static struct known_keys small_trees(void)
{
    struct known_keys keys;

    known_keys_init(&keys);
    keys.max_new = 10;
    keys.max_mid = 100;
    keys.stretch = 7;
    return keys;
}

static void add(struct known_keys *keys, struct sql *sql, uint64_t from, uint64_t to)
{
    for (uint64_t i = from; i < to; i++) {
        struct known_key key = key_of(i);

        assert_int_equal(known_keys_add(keys, sql, &key), 0);
    }
}

static void transact(struct known_keys *keys, struct sql *sql, uint64_t from, uint64_t to)
{
    execute(sql, "BEGIN");
    add(keys, sql, from, to);
    assert_int_equal(known_keys_settle(keys, sql), 0);
    execute(sql, "COMMIT");
}

/* Exactly those from 1 up to that one are there, each once. */
static void check_keys(struct sql *sql, uint64_t end)
{
    assert_int_equal(number(sql,
                         "SELECT (SELECT count(*) FROM known_new) + (SELECT count(*) FROM known_mid)"
                         " + (SELECT count(*) FROM known)"),
        end - 1);
    for (uint64_t i = 1; i < end; i++) {
        struct known_key key = key_of(i);
        char text[512];

        snprintf(text, sizeof(text),
            "SELECT count(*) FROM (SELECT * FROM known_new UNION ALL SELECT * FROM known_mid UNION ALL"
            " SELECT * FROM known) WHERE key = %llu AND asked = %d AND job = %llu AND seq = %llu",
            (unsigned long long)key.key, key.asked, (unsigned long long)key.job, (unsigned long long)key.seq);
        assert_int_equal(number(sql, text), 1);
    }
}

static void each_key_is_in_one_tree_and_small_ones_stay_small(void **state)
{
    struct sql *sql = open_file(*state);
    struct known_keys keys = small_trees();

    for (uint64_t i = 1; i < N_KEYS; i += 4) {
        transact(&keys, sql, i, i + 4);
        assert_true(number(sql, "SELECT count(*) FROM known_new") < 10 + 4);
        assert_true(number(sql, "SELECT count(*) FROM known_mid") <= 100);
    }

    check_keys(sql, N_KEYS);
    assert_true(number(sql, "SELECT count(*) FROM known") > N_KEYS - 120);
    sql_free(sql);
}

static void rolled_back_moves_leave_each_key_where_it_was(void **state)
{
    struct sql *sql = open_file(*state);
    struct known_keys keys = small_trees();

    transact(&keys, sql, 1, 106);
    execute(sql, "BEGIN");
    add(&keys, sql, 106, 206);
    assert_int_equal(known_keys_settle(&keys, sql), 0);
    execute(sql, "ROLLBACK");
    known_keys_forget(&keys);

    check_keys(sql, 106);
    transact(&keys, sql, 106, 306);
    check_keys(sql, 306);
    assert_true(number(sql, "SELECT count(*) FROM known_mid") <= 100);
    sql_free(sql);
}

/* The outcome that has the key. */
static void add_outcome(struct sql *sql, const struct known_key *key)
{
    char text[512];

    snprintf(text, sizeof(text),
        "INSERT INTO outcome (job, seq, partition, outcome, host, http_status, tries, fetched, duration,"
        " body_bytes, wire_bytes, replaced, tokens, n_words, %s) VALUES (%llu, %llu, 0, 1, 'host.example', "
        "200,"
        " 1, 1, 1, 1, 1, 0, 1, 1, %llu)",
        key->asked ? "asked_key" : "url_key", (unsigned long long)key->job, (unsigned long long)key->seq,
        (unsigned long long)key->key);
    execute(sql, text);
}

static void removal_makes_room_in_the_trees_that_it_takes_from(void **state)
{
    struct sql *sql = open_file(*state);
    struct known_keys keys = small_trees();

    transact(&keys, sql, 1, 96);
    for (uint64_t i = 1; i < 96; i++) {
        struct known_key key = key_of(i);

        add_outcome(sql, &key);
    }
    assert_int_equal(keys.n_new + keys.n_mid, 95);
    assert_true(keys.n_mid > 0);
    for (uint64_t job = 1; job <= 3; job++)
        assert_int_equal(known_keys_sweep(&keys, sql, job), 0);

    assert_int_equal(number(sql, "SELECT count(*) FROM known_new"), keys.n_new);
    assert_int_equal(number(sql, "SELECT count(*) FROM known_mid"), keys.n_mid);
    assert_int_equal(keys.n_new + keys.n_mid, 0);
    sql_free(sql);
}

static void trees_that_lost_entries_still_settle(void **state)
{
    struct sql *sql = open_file(*state);
    struct known_keys keys = small_trees();

    transact(&keys, sql, 1, 91);
    execute(sql, "DELETE FROM known_mid; DELETE FROM known_new");
    transact(&keys, sql, 91, 121);

    assert_int_equal(
        number(sql, "SELECT count(*) FROM known_mid") + number(sql, "SELECT count(*) FROM known"), 30);
    sql_free(sql);
}

/* A job of one page of the URL, fetched at that time. */
static uint64_t count_page(struct harness *harness, uint64_t fetched_usec)
{
    uint64_t job = harness_submit(harness, NULL, 1, 1);
    struct store_outcome outcome = harness_outcome(job, 1, HOST, OUTCOME_COUNTED);

    outcome.counts = &front;
    outcome.n_words = front.n;
    outcome.tokens = 7;
    outcome.engine_id = ENGINE;
    outcome.url = URL;
    outcome.fetched_usec = fetched_usec;
    assert_int_equal(DO(harness, outcome, STORE_OUTCOME), 0);
    assert_true(outcome.accepted);
    return job;
}

/* 0: none. */
static uint64_t find_job(struct harness *harness)
{
    struct store_read_known read = {.url = URL, .rule = {.engine_id = ENGINE, .uid = 1000}};
    uint64_t job;

    assert_int_equal(DO(harness, read, STORE_READ_KNOWN), 0);
    assert_int_equal(read.n_rows, 1);
    job = read.rows[0].page.job;
    store_rows_free(read.rows);
    return job;
}

static void remove_job(struct harness *harness, uint64_t job)
{
    struct store_set_state cancel = {.job = job, .state = JOB_CANCELLED};
    struct store_remove remove = {.job = job};

    (void)DO(harness, cancel, STORE_SET_STATE);
    assert_int_equal(DO(harness, remove, STORE_REMOVE), 0);
    harness_wait_idle(harness);
}

/* All that is in `from`, and in the new ones. */
static void move_all(struct harness *harness, const char *to)
{
    struct sql *sql = open_file(harness);
    char text[160];

    snprintf(text, sizeof(text), "INSERT INTO %s SELECT * FROM known_new; DELETE FROM known_new", to);
    execute(sql, text);
    sql_free(sql);
    assert_int_equal(harness_try_open(harness, &harness->store), 0);
}

static void page_is_found_in_whatever_tree_its_key_is_and_goes_with_its_job(void **state)
{
    struct harness *harness = *state;
    uint64_t jobs[3];
    struct sql *sql;

    jobs[0] = count_page(harness, 1000);
    move_all(harness, "known");
    jobs[1] = count_page(harness, 2000);
    move_all(harness, "known_mid");
    jobs[2] = count_page(harness, 3000);

    for (size_t i = 3; i > 0; i--) {
        assert_int_equal(find_job(harness), jobs[i - 1]);
        remove_job(harness, jobs[i - 1]);
    }
    assert_int_equal(find_job(harness), 0);
    sql = open_file(harness);
    check_keys(sql, 1);
    sql_free(sql);
    assert_int_equal(harness_try_open(harness, &harness->store), 0);
}

/* What many lists have in common would else be read, and sorted, for each look. */
static void pages_of_a_url_are_read_no_further_than_they_are_wanted(void **state)
{
    static const enum statement searches[] = {SQL_READ_KNOWN, SQL_READ_KNOWN_ASKED};
    struct sql *sql = open_file(*state);

    for (size_t i = 0; i < 2; i++) {
        sqlite3_stmt *plan = NULL;
        char text[4096];
        int n = 0;

        snprintf(text, sizeof(text), "EXPLAIN QUERY PLAN %s", statement_text(searches[i]));
        assert_int_equal(sqlite3_prepare_v2(sql->db, text, -1, &plan, NULL), SQLITE_OK);
        for (; sqlite3_step(plan) == SQLITE_ROW; n++) {
            const char *step = (const char *)sqlite3_column_text(plan, 3);

            assert_null(strstr(step, "SCAN"));
            assert_null(strstr(step, "TEMP B-TREE"));
        }
        assert_true(n > 0);
        (void)sqlite3_finalize(plan);
    }
    sql_free(sql);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_key_is_in_one_tree_and_small_ones_stay_small),
        TEST(rolled_back_moves_leave_each_key_where_it_was),
        TEST(removal_makes_room_in_the_trees_that_it_takes_from),
        TEST(trees_that_lost_entries_still_settle),
        TEST(page_is_found_in_whatever_tree_its_key_is_and_goes_with_its_job),
        TEST(pages_of_a_url_are_read_no_further_than_they_are_wanted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
