#include "fixture.h"
#include "store/store.h"
#include "store/store_change.h"
#include "store/store_list.h"
#include "store/store_read.h"

#include <errno.h>

/* A job of one URL that ended at that time. */
static uint64_t ended_job(struct harness *harness, const char *name, int64_t keep_usec, uint64_t ended_usec)
{
    struct store_begin begin = {.uid = 1000};
    struct store_commit commit;
    struct store_set_state cancel;

    assert_int_equal(DO(harness, begin, STORE_BEGIN), 0);
    assert_int_equal(harness_append(harness, begin.job, 1, 1, 1), 0);
    commit = harness_commit(begin.job, name, 1);
    commit.keep_usec = keep_usec;
    assert_int_equal(DO(harness, commit, STORE_COMMIT), 0);
    cancel = (struct store_set_state){.job = begin.job, .state = JOB_CANCELLED, .finished_usec = ended_usec};
    assert_int_equal(DO(harness, cancel, STORE_SET_STATE), 0);
    return begin.job;
}

static bool exists(struct harness *harness, uint64_t job)
{
    struct store_job_row row;

    return harness_find_job(harness, job, &row) == 0;
}

static void job_goes_when_its_time_is_over(void **state)
{
    struct harness *harness = *state;
    uint64_t configured = ended_job(harness, "a", STORE_KEEP_DEFAULT, 1000);
    uint64_t sooner = ended_job(harness, "b", 50, 1000);
    uint64_t kept = ended_job(harness, "c", STORE_KEEP_ALWAYS, 1);
    uint64_t running = harness_submit(harness, "d", 1, 1);
    struct store_expire expire = {.now_usec = 1049, .keep_usec = 100};

    assert_int_equal(DO(harness, expire, STORE_EXPIRE), 0);
    assert_int_equal(expire.n_jobs, 0);
    assert_int_equal(expire.next_usec, 1050);

    expire = (struct store_expire){.now_usec = 1050, .keep_usec = 100};
    assert_int_equal(DO(harness, expire, STORE_EXPIRE), 0);
    assert_int_equal(expire.n_jobs, 1);
    assert_int_equal(expire.jobs[0], sooner);
    assert_int_equal(expire.next_usec, 1100);
    assert_false(exists(harness, sooner));

    expire = (struct store_expire){.now_usec = INT64_MAX, .keep_usec = UINT64_MAX};
    assert_int_equal(DO(harness, expire, STORE_EXPIRE), 0);
    assert_int_equal(expire.n_jobs, 0);
    assert_int_equal(expire.next_usec, 0);

    expire = (struct store_expire){.now_usec = INT64_MAX, .keep_usec = 100};
    assert_int_equal(DO(harness, expire, STORE_EXPIRE), 0);
    assert_int_equal(expire.n_jobs, 1);
    assert_false(exists(harness, configured));
    assert_true(exists(harness, kept));
    assert_true(exists(harness, running));
}

static void job_that_was_retried_in_the_same_transaction_stays(void **state)
{
    struct harness *harness = *state;
    uint64_t job = ended_job(harness, "a", 1, 1000);
    struct store_retry retry = {.job = job};
    struct store_expire expire = {.now_usec = 5000, .keep_usec = UINT64_MAX};

    harness_post(harness, &retry.request, STORE_RETRY);
    harness_post(harness, &expire.request, STORE_EXPIRE);
    harness_wait(harness);

    assert_int_equal(retry.retried, 1);
    assert_int_equal(expire.n_jobs, 0);
    assert_true(exists(harness, job));
}

static void for_room_those_that_go_first_go_before_their_time(void **state)
{
    struct harness *harness = *state;
    uint64_t later = ended_job(harness, "a", 500, 1000);
    uint64_t kept = ended_job(harness, "b", STORE_KEEP_ALWAYS, 1000);
    uint64_t not_told = ended_job(harness, "c", STORE_KEEP_DEFAULT, 1);
    struct store_expire expire = {.now_usec = 1001, .keep_usec = UINT64_MAX, .for_room = true};

    harness_wait_idle(harness);
    assert_int_equal(DO(harness, expire, STORE_EXPIRE), 0);

    assert_int_equal(expire.n_jobs, 1);
    assert_int_equal(expire.jobs[0], later);
    assert_true(exists(harness, kept));
    assert_true(exists(harness, not_told));
}

static void old_jobs_of_a_name_are_removed_and_kept_ones_stay(void **state)
{
    struct harness *harness = *state;
    uint64_t old = ended_job(harness, "a", STORE_KEEP_DEFAULT, 1000);
    uint64_t other = ended_job(harness, "b", STORE_KEEP_DEFAULT, 1000);
    uint64_t kept = ended_job(harness, "a", STORE_KEEP_ALWAYS, 1000);
    uint64_t young = ended_job(harness, "a", STORE_KEEP_DEFAULT, 3000);
    struct store_remove_ended remove = {.uid = 1000, .name = "a", .ended_usec = 2000};
    struct store_remove_ended nobodys = {.uid = 1001, .ended_usec = 9000};

    assert_int_equal(DO(harness, remove, STORE_REMOVE_ENDED), 0);
    assert_int_equal(remove.n_jobs, 1);
    assert_int_equal(remove.jobs[0], old);
    assert_int_equal(remove.next_after, 0);
    assert_int_equal(DO(harness, nobodys, STORE_REMOVE_ENDED), 0);
    assert_int_equal(nobodys.n_jobs, 0);
    assert_false(exists(harness, old));
    assert_true(exists(harness, other));
    assert_true(exists(harness, kept));
    assert_true(exists(harness, young));
}

static void use_grows_with_a_list_and_goes_with_the_job(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, "a", 100, 2);
    struct store_begin begin = {.uid = 1000, .with_use = true};
    struct store_read_use use = {.uid = 1000};
    struct store_remove remove = {.job = job};

    assert_int_equal(DO(harness, begin, STORE_BEGIN), 0);
    assert_int_equal(DO(harness, use, STORE_READ_USE), 0);
    assert_in_range(begin.user_bytes, 100 * 40, 100 * 200);
    assert_int_equal(use.bytes, begin.user_bytes);
    assert_int_equal(use.jobs, 1);

    assert_int_equal(DO(harness, remove, STORE_REMOVE), 0);
    assert_int_equal(DO(harness, use, STORE_READ_USE), 0);
    assert_int_equal(use.bytes, 0);
}

static void priority_changes_whatever_the_state(void **state)
{
    struct harness *harness = *state;
    uint64_t job = ended_job(harness, "a", STORE_KEEP_DEFAULT, 1000);
    struct store_set_priority set = {.job = job, .priority = -7};
    struct store_set_priority missing = {.job = 99, .priority = 1};

    assert_int_equal(DO(harness, set, STORE_SET_PRIORITY), 0);
    harness_reopen(harness);
    assert_int_equal(harness_job(harness, job).priority, -7);
    assert_int_equal(DO(harness, missing, STORE_SET_PRIORITY), -ENOENT);
}

static void file_shrinks_after_a_removal_while_it_is_open(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, "a", 60000, 100);
    struct store_remove remove = {.job = job};
    struct store_stats before;
    struct store_stats after;

    /* Folds the log into the file. */
    harness_reopen(harness);
    store_get_stats(harness->store, &before);
    assert_int_equal(DO(harness, remove, STORE_REMOVE), 0);
    harness_wait_idle(harness);
    store_get_stats(harness->store, &after);

    assert_true(before.database_bytes > 4000000);
    assert_true(after.database_bytes < before.database_bytes / 4);
    assert_true(after.used_bytes < before.used_bytes / 4);
}

/* What stays in use of the store once what leaves has gone. */
static uint64_t staying_bytes(const struct harness *harness)
{
    uint64_t used;
    uint64_t leaving;

    do {
        used = store_used_bytes(harness->store);
        leaving = store_leaving_bytes(harness->store);
    } while (used != store_used_bytes(harness->store));
    return leaving < used ? used - leaving : 0;
}

static void list_that_is_given_up_is_leaving_from_that_moment_on(void **state)
{
    struct harness *harness = *state;
    struct store_begin begin = {0};
    struct store_abort abort = {0};
    uint64_t full;

    assert_int_equal(DO(harness, begin, STORE_BEGIN), 0);
    assert_int_equal(harness_append(harness, begin.job, 1, 50000, 10), 0);
    full = store_used_bytes(harness->store);
    abort.job = begin.job;

    assert_int_equal(DO(harness, abort, STORE_ABORT), 0);
    assert_in_range(staying_bytes(harness), 0, full * 2 / 3);
    harness_wait_idle(harness);
    assert_int_equal(store_leaving_bytes(harness->store), 0);
    assert_in_range(store_used_bytes(harness->store), 0, full / 4);
}

static void what_a_stop_left_to_be_swept_is_leaving_from_the_start_on(void **state)
{
    struct harness *harness = *state;
    struct store_begin begin = {0};
    uint64_t full;

    assert_int_equal(DO(harness, begin, STORE_BEGIN), 0);
    assert_int_equal(harness_append(harness, begin.job, 1, 50000, 10), 0);
    full = store_used_bytes(harness->store);

    harness_reopen(harness);
    assert_in_range(staying_bytes(harness), 0, full * 2 / 3);
    harness_wait_idle(harness);
    assert_int_equal(store_leaving_bytes(harness->store), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(list_that_is_given_up_is_leaving_from_that_moment_on),
        TEST(what_a_stop_left_to_be_swept_is_leaving_from_the_start_on),
        TEST(job_goes_when_its_time_is_over),
        TEST(job_that_was_retried_in_the_same_transaction_stays),
        TEST(for_room_those_that_go_first_go_before_their_time),
        TEST(old_jobs_of_a_name_are_removed_and_kept_ones_stay),
        TEST(use_grows_with_a_list_and_goes_with_the_job),
        TEST(priority_changes_whatever_the_state),
        TEST(file_shrinks_after_a_removal_while_it_is_open),
    };

    return cmocka_run_group_tests_name("store/retention", tests, NULL, NULL);
}
