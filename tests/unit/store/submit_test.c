#include "fixture.h"
#include "store/store_change.h"
#include "store/store_list.h"
#include "store/store_read.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static size_t count_jobs(struct harness *harness)
{
    struct store_read_jobs jobs = {.select = SELECT_ALL};
    size_t n;

    assert_int_equal(DO(harness, jobs, STORE_READ_JOBS), 0);
    n = jobs.n_rows;
    store_rows_free(jobs.rows);
    return n;
}

static void committed_job_is_visible_with_all_its_urls(void **state)
{
    struct harness *harness = *state;
    struct store_read_urls urls = {.state = -1};
    struct store_job_row row;
    uint64_t job;

    job = harness_submit(harness, "docs", 25, 3);
    row = harness_job(harness, job);
    urls.job = job;
    assert_int_equal(DO(harness, urls, STORE_READ_URLS), 0);

    assert_int_equal(row.total, 25);
    assert_int_equal(row.state, JOB_QUEUED);
    assert_int_equal(row.uid, 1000);
    assert_int_equal(urls.n_rows, 25);
    assert_true(urls.end);
    assert_string_equal(urls.rows[4].url, "http://host2.example/5");
    assert_string_equal(urls.rows[4].submitted, "http://host2.example/5");
    assert_string_equal(urls.rows[4].host, "host2.example");
    assert_string_equal(urls.rows[4].source, "urls.txt");
    assert_null(urls.rows[4].label);
    assert_int_equal(urls.rows[4].line, 5);
    assert_int_equal(urls.rows[4].state, URL_QUEUED);
    store_rows_free(urls.rows);
}

static void typed_form_and_label_come_back(void **state)
{
    struct harness *harness = *state;
    struct store_new_url url = {.url = "http://a.example/",
        .submitted = "HTTP://A.example",
        .host = "a.example",
        .label = "front page",
        .source = 1};
    const char *sources[] = {"one", "two"};
    struct store_begin begin = {0};
    struct store_append append = {.first_seq = 1, .urls = &url, .n_urls = 1};
    struct store_commit commit;
    struct store_read_urls urls = {.state = -1};

    assert_int_equal(DO(harness, begin, STORE_BEGIN), 0);
    append.job = urls.job = begin.job;
    assert_int_equal(DO(harness, append, STORE_APPEND), 0);
    commit = harness_commit(begin.job, NULL, 1);
    commit.sources = sources;
    commit.n_sources = 2;
    assert_int_equal(DO(harness, commit, STORE_COMMIT), 0);
    assert_int_equal(DO(harness, urls, STORE_READ_URLS), 0);

    assert_int_equal(urls.n_rows, 1);
    assert_string_equal(urls.rows[0].submitted, "HTTP://A.example");
    assert_string_equal(urls.rows[0].label, "front page");
    assert_string_equal(urls.rows[0].source, "two");
    store_rows_free(urls.rows);
}

static void appended_urls_are_invisible_until_commit(void **state)
{
    struct harness *harness = *state;
    struct store_begin begin = {0};
    struct store_read_urls urls = {.state = -1};
    struct store_read_hosts hosts = {0};
    struct store_job_row row;

    assert_int_equal(DO(harness, begin, STORE_BEGIN), 0);
    assert_int_equal(harness_append(harness, begin.job, 1, 10, 1), 0);
    urls.job = hosts.job = begin.job;

    assert_int_equal(count_jobs(harness), 0);
    assert_int_equal(harness_find_job(harness, begin.job, &row), -ENOENT);
    assert_int_equal(DO(harness, urls, STORE_READ_URLS), -ENOENT);
    assert_int_equal(DO(harness, hosts, STORE_READ_HOSTS), -ENOENT);
}

static void uncommitted_urls_are_swept_at_open_and_number_is_not_used_again(void **state)
{
    struct harness *harness = *state;
    struct store_begin begin = {0};
    struct store_begin again = {0};
    struct store_commit commit;

    assert_int_equal(DO(harness, begin, STORE_BEGIN), 0);
    assert_int_equal(harness_append(harness, begin.job, 1, 2500, 7), 0);
    harness_reopen(harness);
    commit = harness_commit(begin.job, NULL, 2500);

    assert_int_equal(DO(harness, commit, STORE_COMMIT), -ENOENT);
    assert_int_equal(DO(harness, again, STORE_BEGIN), 0);
    assert_true(again.job > begin.job);
}

static void aborted_submission_is_gone(void **state)
{
    struct harness *harness = *state;
    struct store_begin begin = {0};
    struct store_abort abort_ = {0};

    assert_int_equal(DO(harness, begin, STORE_BEGIN), 0);
    assert_int_equal(harness_append(harness, begin.job, 1, 10, 1), 0);
    abort_.job = begin.job;
    assert_int_equal(DO(harness, abort_, STORE_ABORT), 0);

    assert_int_equal(DO(harness, abort_, STORE_ABORT), -ENOENT);
    assert_int_equal(harness_append(harness, begin.job, 11, 1, 1), -ENOENT);
}

static void append_behind_a_gap_is_refused(void **state)
{
    struct harness *harness = *state;
    struct store_begin begin = {0};
    struct store_commit commit;

    assert_int_equal(DO(harness, begin, STORE_BEGIN), 0);
    assert_int_equal(harness_append(harness, begin.job, 1, 10, 1), 0);
    commit = harness_commit(begin.job, NULL, 12);

    assert_int_equal(harness_append(harness, begin.job, 12, 1, 1), -EINVAL);
    assert_int_equal(DO(harness, commit, STORE_COMMIT), -EINVAL);
    assert_int_equal(harness_append(harness, begin.job, 11, 2, 1), 0);
    assert_int_equal(DO(harness, commit, STORE_COMMIT), 0);
}

static void same_key_of_same_user_brings_the_first_job_back(void **state)
{
    struct harness *harness = *state;
    uint64_t first;
    struct store_begin begins[2];
    struct store_commit commits[2];

    first = harness_submit(harness, NULL, 1, 1);
    for (int i = 0; i < 2; i++) {
        begins[i] = (struct store_begin){0};
        assert_int_equal(DO(harness, begins[i], STORE_BEGIN), 0);
        assert_int_equal(harness_append(harness, begins[i].job, 1, 3, 1), 0);
        commits[i] = harness_commit(begins[i].job, NULL, 3);
        commits[i].key = "nightly";
    }
    /* Both in one transaction, if the writer is quick. */
    harness_post(harness, &commits[0].request, STORE_COMMIT);
    harness_post(harness, &commits[1].request, STORE_COMMIT);
    harness_wait(harness);

    assert_int_equal(commits[0].request.r, 0);
    assert_int_equal(commits[1].request.r, 0);
    assert_false(commits[0].existed);
    assert_true(commits[1].existed);
    assert_int_equal(commits[1].job, commits[0].job);
    assert_int_not_equal(commits[0].job, first);
    assert_int_equal(count_jobs(harness), 2);
}

static void same_key_of_another_user_or_of_a_removed_job_is_new(void **state)
{
    struct harness *harness = *state;
    struct store_remove remove_ = {0};
    uint64_t jobs[3];

    for (int i = 0; i < 3; i++) {
        struct store_begin begin = {0};
        struct store_commit commit;

        assert_int_equal(DO(harness, begin, STORE_BEGIN), 0);
        assert_int_equal(harness_append(harness, begin.job, 1, 3, 1), 0);
        commit = harness_commit(begin.job, NULL, 3);
        commit.key = "nightly";
        commit.uid = i == 1 ? 1001 : 1000;
        assert_int_equal(DO(harness, commit, STORE_COMMIT), 0);
        assert_false(commit.existed);
        jobs[i] = commit.job;
        remove_.job = commit.job;
        if (i == 0)
            assert_int_equal(DO(harness, remove_, STORE_REMOVE), 0);
    }

    assert_true(jobs[0] < jobs[1] && jobs[1] < jobs[2]);
}

static void hosts_and_windows_give_every_url_once_in_order(void **state)
{
    struct harness *harness = *state;
    struct store_read_hosts hosts = {0};
    uint64_t job;
    size_t n = 0;

    /* Many rows for each host, and one more filing than fits a batch. */
    job = harness_submit(harness, NULL, 120000, 17);
    hosts.job = job;
    assert_int_equal(DO(harness, hosts, STORE_READ_HOSTS), 0);
    assert_int_equal(hosts.n_rows, 17);
    for (size_t i = 0; i < hosts.n_rows; i++) {
        struct store_read_window window = {.job = job, .host = hosts.rows[i].host};
        uint64_t last = 0;
        size_t of_host = 0;

        assert_true(i == 0 || strcmp(hosts.rows[i - 1].host, hosts.rows[i].host) < 0);
        while (!window.end) {
            assert_int_equal(DO(harness, window, STORE_READ_WINDOW), 0);
            assert_true(window.n_rows <= STORE_WINDOW_ROWS);
            for (size_t j = 0; j < window.n_rows; j++) {
                assert_true(window.rows[j].seq > last);
                last = window.rows[j].seq;
                assert_string_equal(harness_host(last, 17), window.host);
                assert_int_equal(window.rows[j].attempt, 0);
            }
            of_host += window.n_rows;
            store_rows_free(window.rows);
        }
        assert_int_equal(of_host, hosts.rows[i].n_urls);
        n += of_host;
    }
    store_rows_free(hosts.rows);

    assert_int_equal(n, 120000);
}

static void hosts_are_paged(void **state)
{
    struct harness *harness = *state;
    struct store_read_hosts hosts = {0};
    char last[64] = "";
    size_t n_urls = 0;
    size_t n = 0;

    hosts.job = harness_submit(harness, NULL, 7000, 3500);
    do {
        assert_int_equal(DO(harness, hosts, STORE_READ_HOSTS), 0);
        for (size_t i = 0; i < hosts.n_rows; i++) {
            assert_true(strcmp(last, hosts.rows[i].host) < 0);
            snprintf(last, sizeof(last), "%s", hosts.rows[i].host);
            n_urls += hosts.rows[i].n_urls;
        }
        n += hosts.n_rows;
        hosts.after = last;
        store_rows_free(hosts.rows);
    } while (hosts.n_rows == STORE_STEP_ROWS);

    assert_int_equal(n, 3500);
    assert_int_equal(n_urls, 7000);
}

static void jobs_are_found_by_number_name_and_latest(void **state)
{
    struct harness *harness = *state;
    uint64_t a = harness_submit(harness, "docs", 1, 1);
    uint64_t b = harness_submit(harness, "news", 1, 1);
    uint64_t c = harness_submit(harness, "docs", 1, 1);
    const struct {
        struct store_read_jobs request;
        uint64_t job; /* 0: none */
    } cases[] = {
        {{.select = SELECT_NUMBER, .number = b}, b},
        {{.select = SELECT_NUMBER, .number = 99}, 0},
        {{.select = SELECT_NUMBER, .number = UINT64_MAX}, 0},
        {{.select = SELECT_NAME, .name = "docs", .uid = 1000}, c},
        {{.select = SELECT_NAME, .name = "docs", .uid = 1000, .back = 1}, a},
        {{.select = SELECT_NAME, .name = "docs", .uid = 1000, .back = 2}, 0},
        {{.select = SELECT_NAME, .name = "docs", .uid = 1001}, 0},
        {{.select = SELECT_LATEST, .uid = 1000}, c},
        {{.select = SELECT_LATEST, .uid = 1001}, 0},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct store_read_jobs request = cases[i].request;

        assert_int_equal(DO(harness, request, STORE_READ_JOBS), cases[i].job ? 0 : -ENOENT);
        if (cases[i].job) {
            assert_int_equal(request.n_rows, 1);
            assert_int_equal(request.rows[0].job, cases[i].job);
            store_rows_free(request.rows);
        }
    }
}

static void second_opener_is_refused(void **state)
{
    struct harness *harness = *state;
    struct store *second = NULL;

    assert_int_equal(harness_try_open(harness, &second), -EBUSY);
    assert_null(second);
}

static void files_are_for_the_owner_alone(void **state)
{
    static const char *const names[] = {"urlstat.db", "urlstat.db-wal", "urlstat.db-shm", "urlstat.lock"};
    struct harness *harness = *state;

    (void)harness_submit(harness, NULL, 1, 1);

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct stat status;

        assert_int_equal(stat(harness_path(harness, names[i]), &status), 0);
        assert_int_equal(status.st_mode & 0777, 0600);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(committed_job_is_visible_with_all_its_urls),
        TEST(typed_form_and_label_come_back),
        TEST(appended_urls_are_invisible_until_commit),
        TEST(uncommitted_urls_are_swept_at_open_and_number_is_not_used_again),
        TEST(aborted_submission_is_gone),
        TEST(append_behind_a_gap_is_refused),
        TEST(same_key_of_same_user_brings_the_first_job_back),
        TEST(same_key_of_another_user_or_of_a_removed_job_is_new),
        TEST(hosts_and_windows_give_every_url_once_in_order),
        TEST(hosts_are_paged),
        TEST(jobs_are_found_by_number_name_and_latest),
        TEST(second_opener_is_refused),
        TEST(files_are_for_the_owner_alone),
    };

    return cmocka_run_group_tests_name("store submit", tests, NULL, NULL);
}
