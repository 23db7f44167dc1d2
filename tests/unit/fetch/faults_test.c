/* What the machine refuses: the n-th allocation of ours, for every n until nothing fails any more, and
 * descriptors. */
#include "base/cleanup.h"
#include "base/clock.h"
#include "failing.h"
#include "fetch/robots.h"
#include "fetch/url.h"
#include "fetching.h"
#include "servers.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

static struct server server;
static struct server names;
static char dns_servers[64];

static void urls_fail_with_enomem_or_not_at_all(void **state)
{
    static const char *const given[] = {
        "http://example.org/", "http://EXAMPLE.org:8080/%7e?x", "http://m\xc3\xbcnster.example/"};

    for (size_t i = 0; i < 3; i++) {
        bool failed = true;

        for (unsigned n = 1; failed; n++) {
            CLEANUP(freep) char *url = NULL;
            CLEANUP(freep) char *target = NULL;
            enum url_verdict verdict;
            int r;

            failing_nth(n);
            r = url_normalise(given[i], &url, &verdict);
            if (r == 0)
                r = url_resolve(url, "../y?z", &target, &verdict);
            failed = failing_stop();

            assert_int_equal(r, failed ? -ENOMEM : 0);
            assert_int_equal(target != NULL, !failed);
        }
    }
}

static void robots_fail_with_enomem_or_not_at_all(void **state)
{
    static const char text[] =
        "User-agent: urlstatd\nUser-agent: *\nDisallow: /a\nDisallow: /b\nAllow: /c\nCrawl-delay: 1\n";
    bool failed = true;

    for (unsigned n = 1; failed; n++) {
        struct robots *robots = NULL;
        int r;

        failing_nth(n);
        r = robots_parse(text, sizeof(text) - 1, ROBOTS_PRODUCT, &robots);
        failed = failing_stop();

        assert_int_equal(r, failed ? -ENOMEM : 0);
        if (failed) {
            assert_null(robots);
            continue;
        }
        failing_nth(1);
        assert_false(robots_check(robots, "/other").allowed);
        assert_true(failing_stop());
        robots_free(robots);
    }
}

/* Every fetch ends, and only such that did not fail ends well. */
static void fetches_fail_alone_when_memory_runs_out(void **state)
{
    bool failed = true;
    unsigned n;

    for (n = 1; failed; n++) {
        struct fetching fetching;
        struct fetched fetched;
        struct fetched after;
        int r;

        fetching_init(&fetching, "127.0.0.0/8");
        fetching.settings.dns_servers = dns_servers;
        failing_nth(n);
        r = fetcher_new(&fetching.settings, &fetching.fetcher);
        if (r < 0) {
            failed = failing_stop();
            assert_true(failed);
            assert_int_equal(r, -ENOMEM);
            fetching_deinit(&fetching);
            continue;
        }
        fetched_init(&fetched, &fetching, "http://good.example:%u/ok", server.port);
        fetched.request.if_none_match = "\"x\"";
        r = fetcher_start(fetching.fetcher, &fetched.request);
        if (r == 0)
            fetched_wait(&fetched);
        failed = failing_stop();

        if (r < 0)
            assert_int_equal(r, -ENOMEM);
        else
            assert_int_equal(fetched.result.outcome, failed ? OUTCOME_INTERNAL_ERROR : OUTCOME_COUNTED);
        fetched_get(&after, &fetching, "http://good.example:%u/ok", server.port);
        assert_int_equal(after.result.outcome, OUTCOME_COUNTED);
        fetching_deinit(&fetching);
    }
    /* All of the way was tried: the fetcher's parts, the transfer, the name and the response. */
    assert_true(n > 10);
}

/* A failure of this machine is not blamed on the server, nor on the guard. */
static void fetches_fail_alone_when_descriptors_run_out(void **state)
{
    struct rlimit before;
    struct rlimit none;
    struct fetching fetching;
    struct fetched fetched;
    int next;

    fetching_init(&fetching, "127.0.0.0/8");
    fetching_open(&fetching);
    next = open("/dev/null", O_RDONLY | O_CLOEXEC);
    assert_true(next >= 0);
    close(next);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = (struct rlimit){.rlim_cur = (rlim_t)next, .rlim_max = before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);

    fetched_get(&fetched, &fetching, "http://127.0.0.1:%u/ok", server.port);
    assert_int_equal(fetched.result.outcome, OUTCOME_INTERNAL_ERROR);
    assert_true(fetched.result.may_pass);
    fetched_get(&fetched, &fetching, "http://8.8.8.8/");
    assert_int_equal(fetched.result.outcome, OUTCOME_INTERNAL_ERROR);
    assert_true(fetched.result.may_pass);

    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    fetched_get(&fetched, &fetching, "http://127.0.0.1:%u/ok", server.port);
    assert_int_equal(fetched.result.outcome, OUTCOME_COUNTED);
    fetching_deinit(&fetching);
}

static int set_up(void **state)
{
    static const char *const none[] = {NULL};
    static const char *const lines[] = {"good.example=127.0.0.1/60", NULL};

    server_start_misbehaving(&server, none);
    server_start_dns(&names, lines);
    snprintf(dns_servers, sizeof(dns_servers), "127.0.0.1:%u", names.port);
    return fetch_init();
}

static int tear_down(void **state)
{
    server_stop(&server);
    server_stop(&names);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(urls_fail_with_enomem_or_not_at_all),
        cmocka_unit_test(robots_fail_with_enomem_or_not_at_all),
        cmocka_unit_test(fetches_fail_alone_when_memory_runs_out),
        cmocka_unit_test(fetches_fail_alone_when_descriptors_run_out),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
