#include "describe.h"
#include "harness.h"

#include "base/clock.h"
#include "store/store_change.h"
#include "store/store_list.h"
#include "store/store_read.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define N_URLS 2000
#define N_HOSTS 13
#define N_TOGETHER 24
#define MAX_ROUNDS 1000
#define DEADLINE_MSEC 60000

/* What a process was told is durable; it outlives the process. */
struct promises {
    atomic_uint_fast64_t job; /* 0: not committed */
    atomic_uint_fast64_t accepted;
};

/* A page's words follow from its seq, so that every run counts the same. */
static void make_page(uint64_t seq, struct page *ret)
{
    static const char *const pool[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n",
        "o", "p", "q", "r", "a word that is longer than sixteen bytes", "s", "t", "u", "v"};
    size_t n_pool = sizeof(pool) / sizeof(pool[0]);

    ret->n = 3 + seq % 5;
    for (size_t i = 0; i < ret->n; i++) {
        ret->words[i] = pool[(seq * 3 + i) % n_pool];
        ret->tokens[i] = 1 + (seq + i) % 9;
    }
}

static void submit_list(struct harness *harness, struct promises *promises)
{
    struct store_begin begin = {0};
    struct store_commit commit;

    assert_int_equal(DO(harness, begin, STORE_BEGIN), 0);
    for (uint64_t seq = 1; seq <= N_URLS; seq += 500)
        assert_int_equal(harness_append(harness, begin.job, seq, 500, N_HOSTS), 0);
    commit = harness_commit(begin.job, "list", N_URLS);
    commit.key = "list";
    assert_int_equal(DO(harness, commit, STORE_COMMIT), 0);
    promises->job = commit.job;
}

/* A URL's fetch: every seventh is redirected to another host first, every eleventh fails. */
struct fetch {
    struct store_outcome outcome;
    struct store_refile refile;
    struct page page;
    bool moves;
    char host[64];
};

static void begin_fetch(struct harness *harness, struct fetch *fetch, uint64_t job, const char *host,
    const struct store_waiting_row *row)
{
    snprintf(fetch->host, sizeof(fetch->host), "%s", host);
    fetch->moves = row->seq % 7 == 0 && row->hops == 0;
    if (fetch->moves) {
        fetch->refile = (struct store_refile){.job = job,
            .seq = row->seq,
            .attempt = row->attempt,
            .host = "moved.example",
            .url = "http://moved.example/",
            .hops = 1};
        harness_post(harness, &fetch->refile.request, STORE_REFILE);
        return;
    }
    fetch->outcome =
        harness_outcome(job, row->seq, fetch->host, row->seq % 11 == 0 ? OUTCOME_TIMEOUT : OUTCOME_COUNTED);
    fetch->outcome.attempt = row->attempt;
    if (fetch->outcome.outcome == OUTCOME_COUNTED) {
        make_page(row->seq, &fetch->page);
        fetch->outcome.counts = &fetch->page;
        fetch->outcome.n_words = fetch->page.n;
        for (size_t i = 0; i < fetch->page.n; i++)
            fetch->outcome.tokens += fetch->page.tokens[i];
    }
    harness_post(harness, &fetch->outcome.request, STORE_OUTCOME);
}

static void fetch_window(struct harness *harness, struct promises *promises, uint64_t job, const char *host,
    const struct store_read_window *window)
{
    struct fetch fetches[N_TOGETHER];

    for (size_t at = 0; at < window->n_rows; at += N_TOGETHER) {
        size_t n = window->n_rows - at < N_TOGETHER ? window->n_rows - at : N_TOGETHER;

        memset(fetches, 0, sizeof(fetches));
        for (size_t i = 0; i < n; i++)
            begin_fetch(harness, &fetches[i], job, host, &window->rows[at + i]);
        harness_wait(harness);
        for (size_t i = 0; i < n; i++)
            if (!fetches[i].moves && fetches[i].outcome.accepted)
                promises->accepted++;
    }
}

static void fetch_host(struct harness *harness, struct promises *promises, uint64_t job, const char *host)
{
    struct store_read_window window = {.job = job, .host = host};
    struct store_trim trim = {.job = job, .host = host};

    while (!window.end) {
        assert_int_equal(DO(harness, window, STORE_READ_WINDOW), 0);
        fetch_window(harness, promises, job, host, &window);
        store_rows_free(window.rows);
        trim.batch = window.position.batch;
        assert_int_equal(DO(harness, trim, STORE_TRIM), 0);
    }
}

/* Goes on with the job wherever it is, to its end. */
static void work(struct harness *harness, struct promises *promises)
{
    struct store_read_jobs jobs = {.select = SELECT_ALL};
    struct store_finish finish = {.finished_usec = 1};
    struct store_job_row row;

    assert_int_equal(DO(harness, jobs, STORE_READ_JOBS), 0);
    if (jobs.n_rows == 0)
        submit_list(harness, promises);
    else
        promises->job = jobs.rows[0].job;
    store_rows_free(jobs.rows);
    finish.job = promises->job;
    do {
        struct store_read_hosts hosts = {.job = promises->job};

        assert_int_equal(DO(harness, hosts, STORE_READ_HOSTS), 0);
        for (size_t i = 0; i < hosts.n_rows; i++)
            fetch_host(harness, promises, promises->job, hosts.rows[i].host);
        store_rows_free(hosts.rows);
        row = harness_job(harness, promises->job);
    } while (row.counted + row.failed < N_URLS);
    assert_int_equal(DO(harness, finish, STORE_FINISH), 0);
}

/* 1 once the child has ended by itself, 0 if it was killed. */
static int run_and_kill(struct harness *harness, struct promises *promises, int msec)
{
    pid_t pid = fork();
    struct pollfd pollfd = {.events = POLLIN};
    int status;

    assert_true(pid >= 0);
    if (pid == 0) {
        harness_reopen(harness);
        work(harness, promises);
        /* Not closed: the last crash of all. */
        _exit(0);
    }
    pollfd.fd = pidfd_open(pid, 0);
    assert_true(pollfd.fd >= 0);
    (void)poll(&pollfd, 1, msec);
    close(pollfd.fd);
    (void)kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (WIFSIGNALED(status)) {
        assert_int_equal(WTERMSIG(status), SIGKILL);
        return 0;
    }
    assert_int_equal(WEXITSTATUS(status), 0);
    return 1;
}

static void check_promises(struct harness *harness, const struct promises *promises)
{
    struct store_job_row row;
    struct store_read_urls urls = {.job = promises->job, .state = -1, .after = N_URLS - 1};

    if (promises->job == 0)
        return;
    row = harness_job(harness, promises->job);
    assert_int_equal(DO(harness, urls, STORE_READ_URLS), 0);

    assert_int_equal(row.total, N_URLS);
    assert_true(row.counted + row.failed >= promises->accepted);
    assert_int_equal(urls.n_rows, 1);
    store_rows_free(urls.rows);
}

static void totals_are_the_same_after_any_number_of_kills(void **state)
{
    struct harness undisturbed = {0};
    struct harness harness = {0};
    struct promises *promises =
        mmap(NULL, sizeof(*promises), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    char *expected, *found;
    uint64_t start_usec = clock_boottime_usec();
    int usual_msec;
    int rounds = 0;
    int kills = 0;

    assert_ptr_not_equal(promises, MAP_FAILED);
    harness_open(&undisturbed);
    harness_close_store(&undisturbed);
    assert_int_equal(run_and_kill(&undisturbed, promises, DEADLINE_MSEC), 1);
    usual_msec = (int)((clock_boottime_usec() - start_usec) / USEC_PER_MSEC) + 1;
    harness_reopen(&undisturbed);
    expected = describe_job(&undisturbed, promises->job);
    harness_close(&undisturbed);
    promises->job = promises->accepted = 0;
    harness_open(&harness);
    harness_close_store(&harness);
    srand(20261122);
    for (;; rounds++) {
        /* Early at first, then later and later, so that it comes to an end on the slowest machine. */
        int limit_msec = usual_msec / 10 + usual_msec * rounds / 100;

        assert_true(rounds < MAX_ROUNDS);
        if (run_and_kill(&harness, promises, rand() % (limit_msec + 1)))
            break;
        kills++;
        /* Every other time the next one begins with what the crash left, which nobody else has looked at. */
        if (rounds % 2 == 0)
            continue;
        harness_reopen(&harness);
        check_promises(&harness, promises);
        harness_close_store(&harness);
    }
    harness_reopen(&harness);
    found = describe_job(&harness, promises->job);

    assert_true(kills > 0);
    assert_string_equal(found, expected);
    print_message("%d kills, undisturbed it takes %d ms\n", kills, usual_msec);
    free(expected);
    free(found);
    harness_close(&harness);
    munmap(promises, sizeof(*promises));
}

static void store_opens_after_kills_while_it_was_made(void **state)
{
    for (int round = 0; round < 40; round++) {
        struct harness harness = {0};
        struct pollfd pollfd = {.events = POLLIN};
        pid_t pid;

        harness_make_directory(&harness);
        pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) {
            (void)harness_try_open(&harness, &harness.store);
            _exit(0);
        }
        pollfd.fd = pidfd_open(pid, 0);
        assert_true(pollfd.fd >= 0);
        /* Creation takes some milliseconds, most of them in waiting for the disk. */
        (void)ppoll(&pollfd, 1, &(struct timespec){.tv_nsec = rand() % 10000000}, NULL);
        close(pollfd.fd);
        (void)kill(pid, SIGKILL);
        assert_int_equal(waitpid(pid, NULL, 0), pid);

        assert_int_equal(harness_try_open(&harness, &harness.store), 0);
        assert_true(harness_submit(&harness, NULL, 10, 2) > 0);
        harness_close(&harness);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(store_opens_after_kills_while_it_was_made),
        cmocka_unit_test(totals_are_the_same_after_any_number_of_kills),
    };

    return cmocka_run_group_tests_name("store crash", tests, NULL, NULL);
}
