/* A store that fails once in each thing that a running job asks of it: the job ends all the same. */
#include "site.h"
#include "world.h"

#include "base/cleanup.h"
#include "base/list.h"
#include "fetch/fetcher.h"
#include "store/store.h"
#include "store/store_read.h"
#include <errno.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define N_KINDS N_STORE_KINDS

void __real_store_submit(struct store *store, struct store_request *request);
void __wrap_store_submit(struct store *store, struct store_request *request);

/* Where a request that fails is answered, and which kinds are to fail once more. */
static struct mailbox *replies;
static bool fails[N_KINDS];
static int n_failed;
/* A retry is kept until the job has begun to end. */
static bool keeps_retry;
static struct store_request *retry;
/* The first of each of these kinds is kept until the test hands it over. */
static bool keeps[N_KINDS];
static struct store_request *kept[N_KINDS];

static void deliver(struct mail *mail, void *receiver)
{
    struct store_request *request = CONTAINER_OF(mail, struct store_request, mail);

    request->done(request, receiver);
}

void __wrap_store_submit(struct store *store, struct store_request *request)
{
    assert_true(request->kind < N_KINDS);
    if (keeps_retry && request->kind == STORE_RETRY) {
        retry = request;
        return;
    }
    if (keeps[request->kind]) {
        keeps[request->kind] = false;
        kept[request->kind] = request;
        return;
    }
    if (retry && request->kind == STORE_SCAN_PAGES)
        __real_store_submit(store, TAKE(retry));
    if (!fails[request->kind]) {
        __real_store_submit(store, request);
        return;
    }
    fails[request->kind] = false;
    n_failed++;
    request->r = -EBUSY;
    request->mail.deliver = deliver;
    mailbox_post(replies, &request->mail);
}

static void job_ends_although_each_request_fails_once(void **state)
{
    static const enum store_kind kinds[] = {
        STORE_READ_HOSTS, STORE_READ_WINDOW, STORE_OUTCOME, STORE_SCAN_PAGES, STORE_FINISH, STORE_SET_STATE};
    struct site *site = site_start();
    struct world world;
    struct store_job_row *row;
    char pages[2][128];
    const char *const urls[] = {pages[0], pages[1], NULL};
    uint64_t job;

    snprintf(pages[0], sizeof(pages[0]), "http://127.0.0.1:%u/a", site_port(site));
    snprintf(pages[1], sizeof(pages[1]), "http://localhost:%u/b", site_port(site));
    world_init(&world);
    world_open(&world);
    replies = &world.inbox;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        fails[kinds[i]] = true;

    job = world_submit(&world, urls);
    world_wait_done(&world, job);

    assert_true(n_failed >= 5);
    memset(fails, 0, sizeof(fails));
    row = world_job(&world, job);
    assert_int_equal(row->counted, 2);
    assert_int_equal(row->tokens, 8);
    store_rows_free(row);
    world_close(&world);
    world_deinit(&world);
    site_stop(site);
}

static void retry_came(void *userdata, int r, uint64_t n)
{
    assert_int_equal(r, 0);
    *(uint64_t *)userdata = n;
}

static void job_that_is_retried_while_it_ends_goes_on(void **state)
{
    struct site *site = site_start();
    struct world world;
    struct store_job_row *row;
    char page[128];
    const char *const urls[] = {page, NULL};
    uint64_t job, retried = 0;

    snprintf(page, sizeof(page), "http://127.0.0.1:%u/flaky", site_port(site));
    world_init(&world);
    world.max_attempts = 1;
    world_open(&world);
    keeps_retry = true;

    job = world_submit(&world, urls);
    assert_int_equal(engine_retry(world.engine, job, NULL, 0, retry_came, &retried), 0);
    assert_non_null(retry);
    world_wait_done(&world, job);

    keeps_retry = false;
    assert_int_equal(retried, 1);
    row = world_job(&world, job);
    assert_int_equal(row->counted, 1);
    store_rows_free(row);
    world_close(&world);
    world_deinit(&world);
    site_stop(site);
}

static bool are_kept(void *userdata)
{
    return kept[STORE_OUTCOME] && kept[STORE_REFILE];
}

static bool has_asked_for_b(void *userdata)
{
    return site_requests(userdata, "/b") > 0;
}

/* Another URL brings its host's lane back, which would read what the store still has among those that wait.
 */
static void url_whose_outcome_is_on_its_way_is_not_fetched_again(void **state)
{
    struct site *site = site_start();
    struct world world;
    struct store_job_row *row;
    char pages[2][128];
    const char *const urls[] = {pages[0], pages[1], NULL};
    uint64_t job;

    snprintf(pages[0], sizeof(pages[0]), "http://127.0.0.1:%u/a", site_port(site));
    snprintf(pages[1], sizeof(pages[1]), "http://localhost:%u/redirect?http://127.0.0.1:%u/b",
        site_port(site), site_port(site));
    world_init(&world);
    world_open(&world);
    keeps[STORE_OUTCOME] = keeps[STORE_REFILE] = true;

    job = world_submit(&world, urls);
    world_wait(&world, are_kept, NULL);
    __real_store_submit(world.store, TAKE(kept[STORE_REFILE]));
    world_wait(&world, has_asked_for_b, site);
    __real_store_submit(world.store, TAKE(kept[STORE_OUTCOME]));
    world_wait_done(&world, job);

    assert_int_equal(site_requests(site, "/a"), 1);
    row = world_job(&world, job);
    assert_int_equal(row->counted, 2);
    store_rows_free(row);
    world_close(&world);
    world_deinit(&world);
    site_stop(site);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(job_ends_although_each_request_fails_once),
        cmocka_unit_test(job_that_is_retried_while_it_ends_goes_on),
        cmocka_unit_test(url_whose_outcome_is_on_its_way_is_not_fetched_again),
    };

    setlocale(LC_CTYPE, "C.UTF-8");
    return words_init() < 0 || fetch_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
