#include "base/clock.h"
#include "fetch/robots.h"
#include "fetching.h"
#include "servers.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define N(array) (sizeof(array) / sizeof((array)[0]))

static struct server server;
static struct server names;
static char dns_servers[64];
static char folder[64];

static void init(struct fetching *fetching, const char *allow)
{
    fetching_init(fetching, allow);
    fetching->settings.dns_servers = dns_servers;
}

static void open_all(struct fetching *fetching)
{
    init(fetching, "127.0.0.0/8");
    fetching_open(fetching);
}

static void good_page_goes_into_the_sink_whole(void **state)
{
    struct fetching fetching;
    struct fetched fetched;

    open_all(&fetching);
    fetched_get(&fetched, &fetching, "http://127.0.0.1:%u/ok?n=3", server.port);

    assert_int_equal(fetched.result.outcome, OUTCOME_COUNTED);
    assert_int_equal(fetched.result.http_status, 200);
    assert_false(fetched.result.is_redirect);
    assert_int_equal(fetched.n_begun, 1);
    assert_int_equal(fetched.result.body_bytes, fetched.n_bytes);
    assert_true(fetched.result.wire_bytes > fetched.n_bytes);
    assert_memory_equal(fetched.start, "<!doctype html><title>Page 3</title>", 36);
    assert_string_equal(fetched.type, "text/html");
    assert_string_equal(fetched.charset, "utf-8");
    assert_string_equal(fetched.etag, "\"page-3\"");
    assert_string_equal(fetched.last_modified, "Sun, 01 Nov 2026 00:00:00 GMT");
    assert_true(fetched.result.connect_usec > 0);
    assert_true(fetched.result.first_byte_usec >= fetched.result.connect_usec);
    assert_true(fetched.result.total_usec >= fetched.result.first_byte_usec);
    fetching_deinit(&fetching);
}

static void connection_is_used_again_for_the_same_host(void **state)
{
    static const char *const paths[] = {"/ok", "/404", "/redirect", "/ok?n=2"};
    struct fetching fetching;

    open_all(&fetching);
    for (size_t i = 0; i < N(paths); i++) {
        struct fetched fetched;

        fetched_get(&fetched, &fetching, "http://good.example:%u%s", server.port, paths[i]);
        assert_int_equal(fetched.result.connect_usec > 0, i == 0);
    }
    fetching_deinit(&fetching);
}

static void connection_is_not_shared_between_names_of_one_address(void **state)
{
    struct fetching fetching;
    struct fetched fetched;

    open_all(&fetching);
    fetched_get(&fetched, &fetching, "http://good.example:%u/ok", server.port);
    fetched_get(&fetched, &fetching, "http://also.example:%u/ok", server.port);

    assert_true(fetched.result.connect_usec > 0);
    fetching_deinit(&fetching);
}

static void idle_connections_are_dropped_on_demand(void **state)
{
    struct fetching fetching;
    struct fetched running;
    struct fetched fetched;

    open_all(&fetching);
    fetched_get(&fetched, &fetching, "http://127.0.0.1:%u/ok", server.port);
    fetched_init(&running, &fetching, "http://127.0.0.2:%u/slow?seconds=0.2", server.port);
    fetched_start(&running);
    fetching_run(&fetching);
    fetcher_drop_idle(fetching.fetcher);
    fetched_get(&fetched, &fetching, "http://127.0.0.1:%u/ok", server.port);
    fetched_wait(&running);

    assert_true(fetched.result.connect_usec > 0);
    assert_int_equal(running.result.outcome, OUTCOME_COUNTED);
    fetching_deinit(&fetching);
}

static void redirects_are_reported_and_not_followed(void **state)
{
    static const int codes[] = {301, 302, 303, 307, 308};
    struct fetching fetching;

    open_all(&fetching);
    for (size_t i = 0; i < N(codes); i++) {
        struct fetched fetched;

        fetched_get(&fetched, &fetching, "http://127.0.0.1:%u/redirect?to=file:///etc/passwd&code=%d",
            server.port, codes[i]);
        assert_int_equal(fetched.result.outcome, OUTCOME_NONE);
        assert_true(fetched.result.is_redirect);
        assert_int_equal(fetched.result.http_status, codes[i]);
        assert_string_equal(fetched.location, "file:///etc/passwd");
        assert_int_equal(fetched.n_begun, 0);
    }
    fetching_deinit(&fetching);
}

static void statuses_tell_what_may_pass(void **state)
{
    static const struct {
        int status;
        bool may_pass;
    } cases[] = {{300, false}, {305, false}, {400, false}, {401, false}, {403, false}, {404, false},
        {408, true}, {410, false}, {429, false}, {500, true}, {501, false}, {502, true}, {503, false},
        {504, true}};
    struct fetching fetching;

    open_all(&fetching);
    for (size_t i = 0; i < N(cases); i++) {
        struct fetched fetched;

        fetched_get(&fetched, &fetching, "http://127.0.0.1:%u/%d", server.port, cases[i].status);
        assert_int_equal(fetched.result.outcome, OUTCOME_HTTP_ERROR);
        assert_int_equal(fetched.result.http_status, cases[i].status);
        assert_int_equal(fetched.result.may_pass, cases[i].may_pass);
        assert_int_equal(fetched.n_begun, 0);
        assert_int_equal(fetched.result.retry_after_usec, 0);
    }
    fetching_deinit(&fetching);
}

static void retry_after_is_told_of_429_and_503_alone(void **state)
{
    struct fetching fetching;
    struct fetched fetched;

    open_all(&fetching);
    fetched_get(&fetched, &fetching, "http://127.0.0.1:%u/503?retry=7", server.port);
    assert_int_equal(fetched.result.retry_after_usec, 7 * USEC_PER_SEC);
    fetched_get(&fetched, &fetching, "http://127.0.0.1:%u/429?retry=8", server.port);
    assert_int_equal(fetched.result.retry_after_usec, 8 * USEC_PER_SEC);
    fetched_get(&fetched, &fetching, "http://127.0.0.1:%u/500?retry=9", server.port);
    assert_int_equal(fetched.result.retry_after_usec, 0);
    fetching_deinit(&fetching);
}

static void validators_are_sent_and_304_is_no_page(void **state)
{
    struct fetching fetching;
    struct fetched fetched;

    open_all(&fetching);
    fetched_init(&fetched, &fetching, "http://127.0.0.1:%u/ok?n=4", server.port);
    fetched.request.if_none_match = "\"page-4\"";
    fetched_start(&fetched);
    fetched_wait(&fetched);
    assert_int_equal(fetched.result.outcome, OUTCOME_NONE);
    assert_int_equal(fetched.result.http_status, 304);
    assert_false(fetched.result.is_redirect);
    assert_int_equal(fetched.n_begun, 0);

    /* The next fetch with the same handle sends none. */
    fetched_get(&fetched, &fetching, "http://127.0.0.1:%u/ok?n=4", server.port);
    assert_int_equal(fetched.result.outcome, OUTCOME_COUNTED);

    fetched_get(&fetched, &fetching, "http://127.0.0.1:%u/304", server.port);
    assert_int_equal(fetched.result.outcome, OUTCOME_BAD_RESPONSE);
    fetching_deinit(&fetching);
}

static void requests_carry_no_cookies_and_ask_for_what_is_counted(void **state)
{
    struct fetching fetching;
    struct fetched fetched;

    open_all(&fetching);
    fetched_get(&fetched, &fetching, "http://127.0.0.1:%u/set-cookie", server.port);
    fetched_init(&fetched, &fetching, "http://127.0.0.1:%u/echo", server.port);
    fetched.request.if_modified_since = "Sun, 01 Nov 2026 00:00:00 GMT";
    fetched_start(&fetched);
    fetched_wait(&fetched);

    assert_int_equal(fetched.result.outcome, OUTCOME_COUNTED);
    /* "GET /echo HTTP/1.1", Host, User-Agent, Accept, Accept-Encoding, If-Modified-Since: no byte more. */
    assert_int_equal(fetched.n_bytes,
        strlen("GET /echo HTTP/1.1\r\nHost: 127.0.0.1:12345\r\nUser-Agent: urlstatd/test\r\n"
               "Accept-Encoding: gzip, deflate\r\n"
               "Accept: text/html,application/xhtml+xml,text/plain;q=0.9,*/*;q=0.1\r\n"
               "If-Modified-Since: Sun, 01 Nov 2026 00:00:00 GMT\r\n\r\n") -
            (server.port < 10000));
    fetching_deinit(&fetching);
}

static uint64_t echoed_bytes(struct fetching *fetching)
{
    struct fetched fetched;

    fetched_get(&fetched, fetching, "http://127.0.0.1:%u/echo", server.port);
    assert_int_equal(fetched.result.outcome, OUTCOME_COUNTED);
    return fetched.n_bytes;
}

/* With the handle that has sent another one. */
static void the_name_that_settings_give_is_sent(void **state)
{
    struct fetching fetching;
    uint64_t bytes;

    open_all(&fetching);
    bytes = echoed_bytes(&fetching);
    assert_int_equal(echoed_bytes(&fetching), bytes);
    fetching.settings.user_agent = "urlstatd/test-with-a-longer-name";
    assert_int_equal(echoed_bytes(&fetching), bytes + strlen("-with-a-longer-name"));
    fetching.settings.user_agent = "urlstatd/test";
    assert_int_equal(echoed_bytes(&fetching), bytes);
    fetching_deinit(&fetching);
}

static void proxies_of_the_environment_are_ignored(void **state)
{
    struct fetching fetching;
    struct fetched fetched;

    setenv("http_proxy", "http://127.0.0.1:1/", 1);
    setenv("all_proxy", "http://127.0.0.1:1/", 1);
    open_all(&fetching);
    fetched_get(&fetched, &fetching, "http://127.0.0.1:%u/ok", server.port);
    unsetenv("http_proxy");
    unsetenv("all_proxy");

    assert_int_equal(fetched.result.outcome, OUTCOME_COUNTED);
    fetching_deinit(&fetching);
}

static void configured_proxy_takes_the_guards_place(void **state)
{
    struct fetching fetching;
    struct fetched fetched;
    char proxy[64];

    init(&fetching, NULL);
    snprintf(proxy, sizeof(proxy), "http://127.0.0.1:%u", server.port);
    fetching.settings.proxy = proxy;
    fetching_open(&fetching);
    fetched_get(&fetched, &fetching, "http://anywhere.example/ok");

    /* The misbehaving server, as a proxy, does not know the whole URL as a path. */
    assert_int_equal(fetched.result.outcome, OUTCOME_HTTP_ERROR);
    assert_int_equal(fetched.result.http_status, 404);

    /* Nor does it make tunnels. */
    fetched_get(&fetched, &fetching, "https://anywhere.example/ok");
    assert_int_equal(fetched.result.outcome, OUTCOME_CONNECT_FAILED);
    assert_memory_equal(fetched.detail, "the proxy: ", 11);
    fetching_deinit(&fetching);
}

static void refused_addresses_are_blocked_with_a_reason(void **state)
{
    static const char *const hosts[] = {"127.0.0.1", "10.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "localhost",
        "private.example", "169.254.169.254"};
    struct fetching fetching;

    init(&fetching, NULL);
    fetching_open(&fetching);
    for (size_t i = 0; i < N(hosts); i++) {
        struct fetched fetched;

        fetched_get(&fetched, &fetching, "http://%s:%u/ok", hosts[i], server.port);
        if (fetched.result.outcome != OUTCOME_BLOCKED_ADDRESS)
            fail_msg("%s: %s", hosts[i], fetched.detail);
        assert_false(fetched.result.may_pass);
        assert_non_null(strstr(fetched.detail, "AllowNetworks="));
        assert_non_null(strstr(fetched.detail, "is not a public address"));
    }
    fetching_deinit(&fetching);
}

/* In a network namespace of our own, whose loopback device has an address that the tables take for public:
 * what stands between it and a connection is the open-socket callback alone. 0, 1, or 77 where that is not
 * permitted. */
static int fetch_from_own_address(void)
{
    struct ifreq request = {.ifr_name = "lo"};
    struct sockaddr_in address = {.sin_family = AF_INET};
    struct fetching fetching;
    struct fetched fetched;
    int fd;

    if (unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0 && unshare(CLONE_NEWNET) < 0)
        return 77;
    fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    inet_pton(AF_INET, "9.9.9.9", &address.sin_addr);
    memcpy(&request.ifr_addr, &address, sizeof(address));
    if (fd < 0 || ioctl(fd, SIOCSIFADDR, &request) < 0)
        return 77;
    request.ifr_flags = IFF_UP;
    if (ioctl(fd, SIOCSIFFLAGS, &request) < 0)
        return 77;
    close(fd);

    fetching_init(&fetching, NULL);
    fetching_open(&fetching);
    fetched_get(&fetched, &fetching, "http://9.9.9.9:1/");
    fetching_deinit(&fetching);
    return fetched.result.outcome == OUTCOME_BLOCKED_ADDRESS && !fetched.result.may_pass &&
            strncmp(fetched.detail, "9.9.9.9 is an address of this machine; AllowNetworks=", 53) == 0
        ? 0
        : 1;
}

static void own_address_is_refused_at_the_socket(void **state)
{
    pid_t child = fork();
    int status;

    assert_true(child >= 0);
    if (child == 0)
        _exit(fetch_from_own_address());
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == 77)
        skip();
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void allowed_addresses_of_a_name_are_used_beside_refused_ones(void **state)
{
    struct fetching fetching;
    struct fetched fetched;

    open_all(&fetching);
    fetched_get(&fetched, &fetching, "http://mixed.example:%u/ok", server.port);

    assert_int_equal(fetched.result.outcome, OUTCOME_COUNTED);
    fetching_deinit(&fetching);
}

static void name_that_turns_to_a_private_address_is_blocked(void **state)
{
    const uint64_t end = clock_boottime_usec() + 30 * USEC_PER_SEC;
    struct fetching fetching;
    struct fetched fetched;

    open_all(&fetching);
    fetched_get(&fetched, &fetching, "http://turning.example:%u/ok", server.port);
    assert_int_equal(fetched.result.outcome, OUTCOME_COUNTED);
    while (fetched.result.outcome == OUTCOME_COUNTED) {
        assert_true(clock_boottime_usec() < end);
        fetched_get(&fetched, &fetching, "http://turning.example:%u/slow?seconds=0.05", server.port);
    }

    assert_int_equal(fetched.result.outcome, OUTCOME_BLOCKED_ADDRESS);
    assert_memory_equal(fetched.detail, "10.9.9.9 ", 9);
    fetching_deinit(&fetching);
}

/* 127.77.0.1 refuses connections: its port is taken by a server that listens on 127.0.0.1 alone. */
static void next_address_is_tried_when_one_refuses(void **state)
{
    static const char *const only[] = {"--address", "127.0.0.1", NULL};
    struct server single;
    struct fetching fetching;
    struct fetched fetched;

    server_start_misbehaving(&single, only);
    open_all(&fetching);
    for (int i = 0; i < 3; i++) {
        fetched_get(&fetched, &fetching, "http://half-dead.example:%u/ok", single.port);
        assert_int_equal(fetched.result.outcome, OUTCOME_COUNTED);
    }
    /* What did not answer is tried last, so that the connection is found again. */
    assert_int_equal(fetched.result.connect_usec, 0);
    fetching_deinit(&fetching);
    server_stop(&single);
}

/* A listener whose queue is full drops whatever else comes: the address is silent. Returns its descriptor;
 * `fillers` are the connections in its queue. */
static int listen_silently(const char *text, uint16_t port, int fillers[static 8])
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(inet_pton(AF_INET, text, &address.sin_addr), 1);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(fd, 0), 0);
    for (size_t i = 0; i < 8; i++) {
        fillers[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        (void)connect(fillers[i], (struct sockaddr *)&address, sizeof(address));
    }
    return fd;
}

static void next_address_is_tried_when_one_is_silent(void **state)
{
    static const char *const only[] = {"--address", "127.0.0.1", NULL};
    struct server single;
    struct fetching fetching;
    struct fetched fetched;
    int fillers[8];
    int listener;

    server_start_misbehaving(&single, only);
    listener = listen_silently("127.77.0.2", single.port, fillers);
    init(&fetching, "127.0.0.0/8");
    fetching.settings.connect_timeout_usec = 2 * USEC_PER_SEC;
    fetching_open(&fetching);
    fetched_get(&fetched, &fetching, "http://silent.example:%u/ok", single.port);
    assert_int_equal(fetched.result.outcome, OUTCOME_TIMEOUT);
    assert_true(fetched.result.may_pass);
    assert_non_null(strstr(fetched.detail, "127.77.0.2"));

    fetching.settings.connect_timeout_usec = 6 * USEC_PER_SEC;
    fetched_get(&fetched, &fetching, "http://half-silent.example:%u/ok", single.port);
    assert_int_equal(fetched.result.outcome, OUTCOME_COUNTED);
    fetching_deinit(&fetching);
    for (size_t i = 0; i < 8; i++)
        close(fillers[i]);
    close(listener);
    server_stop(&single);
}

static bool has_ipv6(void)
{
    struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int r = fd < 0 ? -1 : bind(fd, (struct sockaddr *)&address, sizeof(address));

    if (fd >= 0)
        close(fd);
    return r == 0;
}

static void pages_come_over_ipv6_by_name_and_by_address(void **state)
{
    static const char *const hosts[] = {"[::1]", "six.example"};
    static const char *const arguments[] = {"--address", "::1", NULL};
    struct server six;
    struct fetching fetching;

    if (!has_ipv6())
        skip();
    server_start_misbehaving(&six, arguments);
    init(&fetching, "::1");
    fetching_open(&fetching);
    for (size_t i = 0; i < N(hosts); i++) {
        struct fetched fetched;

        fetched_get(&fetched, &fetching, "http://%s:%u/ok", hosts[i], six.port);
        assert_int_equal(fetched.result.outcome, OUTCOME_COUNTED);
    }
    fetching_deinit(&fetching);
    server_stop(&six);
}

static void closed_port_is_a_failure_that_names_the_address(void **state)
{
    struct fetching fetching;
    struct fetched fetched;

    open_all(&fetching);
    fetched_get(&fetched, &fetching, "http://127.0.0.1:1/");

    assert_int_equal(fetched.result.outcome, OUTCOME_CONNECT_FAILED);
    assert_true(fetched.result.may_pass);
    assert_string_equal(fetched.detail, "connection refused by 127.0.0.1");
    assert_int_equal(fetched.result.http_status, 0);
    fetching_deinit(&fetching);
}

static void dns_failures_tell_what_may_pass(void **state)
{
    struct fetching fetching;
    struct fetched fetched;

    open_all(&fetching);
    fetched_get(&fetched, &fetching, "http://nowhere.example/");
    assert_int_equal(fetched.result.outcome, OUTCOME_DNS_FAILED);
    assert_false(fetched.result.may_pass);
    fetched_get(&fetched, &fetching, "http://broken.example/");
    assert_int_equal(fetched.result.outcome, OUTCOME_DNS_FAILED);
    assert_true(fetched.result.may_pass);
    fetching.settings.connect_timeout_usec = 300 * USEC_PER_MSEC;
    fetched_get(&fetched, &fetching, "http://quiet.example/");
    assert_int_equal(fetched.result.outcome, OUTCOME_DNS_FAILED);
    assert_true(fetched.result.may_pass);
    fetching_deinit(&fetching);
}

static void fetch_robots(struct fetched *fetched, struct fetching *fetching, const char *path)
{
    fetched_init(fetched, fetching, "http://127.0.0.1:%u%s", server.port, path);
    fetched->request.kind = FETCH_ROBOTS;
    fetched_start(fetched);
    fetched_wait(fetched);
}

static void robots_files_come_whatever_their_type_and_are_cut(void **state)
{
    struct fetching fetching;
    struct fetched fetched;

    init(&fetching, "127.0.0.0/8");
    fetching.settings.max_body_bytes = 1000;
    fetching_open(&fetching);
    fetch_robots(&fetched, &fetching, "/pdf");
    assert_int_equal(fetched.result.outcome, OUTCOME_COUNTED);
    assert_int_equal(fetched.n_bytes, 100009);

    fetch_robots(&fetched, &fetching, "/endless");
    assert_int_equal(fetched.result.outcome, OUTCOME_COUNTED);
    assert_int_equal(fetched.n_bytes, ROBOTS_MAX_SIZE);
    assert_int_equal(fetched.result.body_bytes, ROBOTS_MAX_SIZE);

    fetch_robots(&fetched, &fetching, "/gzip-bomb?mb=2");
    assert_int_equal(fetched.result.outcome, OUTCOME_COUNTED);
    assert_int_equal(fetched.n_bytes, ROBOTS_MAX_SIZE);

    fetch_robots(&fetched, &fetching, "/404");
    assert_int_equal(fetched.result.outcome, OUTCOME_HTTP_ERROR);
    assert_int_equal(fetched.n_begun, 0);
    fetching_deinit(&fetching);
}

static void sink_that_refuses_ends_the_transfer(void **state)
{
    static const struct {
        int error;
        enum outcome outcome;
    } cases[] = {{-ENOMEM, OUTCOME_INTERNAL_ERROR}, {-EIO, OUTCOME_INTERNAL_ERROR},
        {-EMEDIUMTYPE, OUTCOME_UNSUPPORTED_TYPE}};
    struct fetching fetching;

    open_all(&fetching);
    for (size_t i = 0; i < N(cases); i++) {
        struct fetched fetched;

        fetched_init(&fetched, &fetching, "http://127.0.0.1:%u/ok", server.port);
        fetched.begin_returns = cases[i].error;
        fetched_start(&fetched);
        fetched_wait(&fetched);
        assert_int_equal(fetched.result.outcome, cases[i].outcome);
        assert_int_equal(fetched.n_bytes, 0);

        fetched_init(&fetched, &fetching, "http://127.0.0.1:%u/ok", server.port);
        fetched.data_returns = cases[i].error;
        fetched_start(&fetched);
        fetched_wait(&fetched);
        assert_int_equal(fetched.result.outcome, cases[i].outcome);
    }
    fetching_deinit(&fetching);
}

static void done_is_never_called_from_start_and_cancel_calls_it(void **state)
{
    struct fetching fetching;
    struct fetched fresh;
    struct fetched resolving;
    struct fetched running;

    open_all(&fetching);
    fetched_init(&running, &fetching, "http://127.0.0.1:%u/never", server.port);
    fetched_init(&resolving, &fetching, "http://quiet.example/");
    fetched_start(&running);
    fetched_start(&resolving);
    fetching_run(&fetching);
    fetched_init(&fresh, &fetching, "http://10.0.0.1/");
    fetched_start(&fresh);
    assert_int_equal(fetcher_running(fetching.fetcher), 3);
    assert_false(fresh.is_done || resolving.is_done || running.is_done);

    fetcher_cancel(fetching.fetcher, &fresh.request);
    fetcher_cancel(fetching.fetcher, &resolving.request);
    fetcher_cancel(fetching.fetcher, &running.request);

    assert_int_equal(fresh.result.outcome, OUTCOME_CANCELLED);
    assert_int_equal(resolving.result.outcome, OUTCOME_CANCELLED);
    assert_int_equal(running.result.outcome, OUTCOME_CANCELLED);
    assert_int_equal(fetcher_running(fetching.fetcher), 0);
    fetching_deinit(&fetching);
}

static void done_may_start_the_next_fetch(void **state)
{
    static struct fetched chain[50];
    struct fetching fetching;

    open_all(&fetching);
    for (size_t i = 0; i < N(chain); i++) {
        fetched_init(&chain[i], &fetching, "http://127.0.0.1:%u/ok?n=%zu", server.port, i);
        chain[i].next_url = i + 1 < N(chain) ? &chain[i + 1] : NULL;
    }
    fetched_start(&chain[0]);
    fetched_wait(&chain[N(chain) - 1]);

    for (size_t i = 0; i < N(chain); i++)
        assert_int_equal(chain[i].result.outcome, OUTCOME_COUNTED);
    fetching_deinit(&fetching);
}

static void many_at_once_all_end_once(void **state)
{
    static struct fetched many[400];
    struct fetching fetching;

    open_all(&fetching);
    for (size_t i = 0; i < N(many); i++) {
        fetched_init(&many[i], &fetching, "http://h%zu.many.example:%u/ok?n=%zu", i % 97, server.port, i);
        fetched_start(&many[i]);
    }
    for (size_t i = 0; i < N(many); i++) {
        fetched_wait(&many[i]);
        assert_int_equal(many[i].result.outcome, OUTCOME_COUNTED);
    }

    assert_int_equal(fetcher_running(fetching.fetcher), 0);
    fetching_deinit(&fetching);
}

static void *fetch_many(void *context)
{
    struct fetched fetched;
    struct fetching fetching;
    size_t n = 0;

    open_all(&fetching);
    for (size_t i = 0; i < 100; i++) {
        fetched_get(&fetched, &fetching, "http://h%zu.many.example:%u/ok?n=%zu", i % 9, server.port, i);
        n += fetched.result.outcome == OUTCOME_COUNTED;
    }
    fetching_deinit(&fetching);
    *(size_t *)context = n;
    return NULL;
}

static void fetchers_of_several_threads_do_not_meet(void **state)
{
    pthread_t threads[4];
    size_t counted[4] = {0};

    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, fetch_many, &counted[i]), 0);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(counted[i], 100);
    }
}

static void fetcher_without_work_never_wakes(void **state)
{
    struct fetching fetching;
    struct fetched fetched;

    open_all(&fetching);
    assert_int_equal(fetcher_timeout_ms(fetching.fetcher), -1);
    fetched_init(&fetched, &fetching, "http://127.0.0.1:%u/ok", server.port);
    fetched_start(&fetched);
    assert_int_equal(fetcher_timeout_ms(fetching.fetcher), 0);
    fetched_wait(&fetched);

    while (fetcher_timeout_ms(fetching.fetcher) == 0)
        assert_int_equal(fetcher_run(fetching.fetcher), 0);
    assert_int_equal(fetcher_timeout_ms(fetching.fetcher), -1);
    fetching_deinit(&fetching);
}

/* It stays in the epoll while it is idle, where its end must not be seen for ever. */
static void connection_that_its_server_closes_wakes_once(void **state)
{
    struct server nginx;
    struct fetching fetching;
    struct fetched fetched;
    struct pollfd ready = {.events = POLLIN};

    server_make_folder(folder);
    server_start_nginx(&nginx, folder, "", "");
    open_all(&fetching);
    fetched_get(&fetched, &fetching, "http://127.0.0.1:%u/page.html", nginx.port);
    ready.fd = fetcher_fd(fetching.fetcher);
    server_stop(&nginx);

    assert_int_equal(poll(&ready, 1, 60000), 1);
    assert_int_equal(fetcher_run(fetching.fetcher), 0);
    assert_int_equal(poll(&ready, 1, 0), 0);
    fetching_deinit(&fetching);
    server_remove_folder(folder);
}

static void pages_of_a_real_server_come_whole_over_few_connections(void **state)
{
    static struct fetched pages[500];
    struct server nginx;
    struct fetching fetching;
    unsigned n_connections = 0;

    server_make_folder(folder);
    server_start_nginx(&nginx, folder, "", "gzip on; gzip_min_length 1;");
    open_all(&fetching);
    for (size_t i = 0; i < N(pages); i++) {
        fetched_init(&pages[i], &fetching, "http://127.0.0.1:%u/page.html", nginx.port);
        pages[i].next_url = i + 10 < N(pages) ? &pages[i + 10] : NULL;
        if (i < 10)
            fetched_start(&pages[i]);
    }
    for (size_t i = 0; i < N(pages); i++) {
        fetched_wait(&pages[i]);
        assert_int_equal(pages[i].result.outcome, OUTCOME_COUNTED);
        assert_int_equal(pages[i].n_bytes, 28672);
        assert_true(pages[i].result.wire_bytes < 2000);
        n_connections += pages[i].result.connect_usec > 0;
    }
    assert_true(n_connections <= 10);
    fetching_deinit(&fetching);
    server_stop(&nginx);
    server_remove_folder(folder);
}

static void bytes_a_second_can_be_limited(void **state)
{
    struct rate rate = {.bytes_per_sec = 100 * 1024};
    struct fetching fetching;
    struct fetched fetched;

    init(&fetching, "127.0.0.0/8");
    fetching.settings.rate = &rate;
    fetching_open(&fetching);
    fetched_get(&fetched, &fetching, "http://127.0.0.1:%u/random?kb=200", server.port);

    assert_int_equal(fetched.result.outcome, OUTCOME_COUNTED);
    assert_true(fetched.result.total_usec > 400 * USEC_PER_MSEC);
    fetching_deinit(&fetching);
}

static void timeouts_under_a_limit_of_bytes_tell_who_was_slow(void **state)
{
    struct rate rate = {.bytes_per_sec = 20 * 1024};
    struct fetching fetching;
    struct fetched fetched;

    init(&fetching, "127.0.0.0/8");
    fetching.settings.rate = &rate;
    fetching.settings.transfer_timeout_usec = 500 * USEC_PER_MSEC;
    fetching_open(&fetching);

    fetched_get(&fetched, &fetching, "http://127.0.0.1:%u/random?kb=2000", server.port);
    assert_int_equal(fetched.result.outcome, OUTCOME_TIMEOUT);
    assert_true(fetched.result.is_held_back);
    assert_non_null(strstr(fetched.detail, "MaxBytesPerSec="));

    fetched_get(&fetched, &fetching, "http://127.0.0.1:%u/never", server.port);
    assert_int_equal(fetched.result.outcome, OUTCOME_TIMEOUT);
    assert_false(fetched.result.is_held_back);
    fetching_deinit(&fetching);
}

static int set_up(void **state)
{
    static const char *const everywhere[] = {"--address", "0.0.0.0", NULL};
    static const char *const lines[] = {"good.example=127.0.0.1/60", "also.example=127.0.0.1/60",
        "private.example=10.0.0.1,192.168.0.1", "mixed.example=10.0.0.1,127.0.0.5",
        "turning.example=127.0.0.1/0;10.9.9.9/0", "half-dead.example=127.77.0.1,127.0.0.1/60",
        "broken.example=servfail", "six.example=::1", "silent.example=127.77.0.2/60",
        "half-silent.example=127.77.0.2,127.0.0.1/60", "quiet.example=silent", "*.many.example=127.0.0.3/60",
        NULL};

    server_start_misbehaving(&server, everywhere);
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
        cmocka_unit_test(good_page_goes_into_the_sink_whole),
        cmocka_unit_test(connection_is_used_again_for_the_same_host),
        cmocka_unit_test(connection_is_not_shared_between_names_of_one_address),
        cmocka_unit_test(idle_connections_are_dropped_on_demand),
        cmocka_unit_test(redirects_are_reported_and_not_followed),
        cmocka_unit_test(statuses_tell_what_may_pass),
        cmocka_unit_test(retry_after_is_told_of_429_and_503_alone),
        cmocka_unit_test(validators_are_sent_and_304_is_no_page),
        cmocka_unit_test(requests_carry_no_cookies_and_ask_for_what_is_counted),
        cmocka_unit_test(the_name_that_settings_give_is_sent),
        cmocka_unit_test(proxies_of_the_environment_are_ignored),
        cmocka_unit_test(configured_proxy_takes_the_guards_place),
        cmocka_unit_test(refused_addresses_are_blocked_with_a_reason),
        cmocka_unit_test(own_address_is_refused_at_the_socket),
        cmocka_unit_test(allowed_addresses_of_a_name_are_used_beside_refused_ones),
        cmocka_unit_test(name_that_turns_to_a_private_address_is_blocked),
        cmocka_unit_test(next_address_is_tried_when_one_refuses),
        cmocka_unit_test(next_address_is_tried_when_one_is_silent),
        cmocka_unit_test(pages_come_over_ipv6_by_name_and_by_address),
        cmocka_unit_test(closed_port_is_a_failure_that_names_the_address),
        cmocka_unit_test(dns_failures_tell_what_may_pass),
        cmocka_unit_test(robots_files_come_whatever_their_type_and_are_cut),
        cmocka_unit_test(sink_that_refuses_ends_the_transfer),
        cmocka_unit_test(done_is_never_called_from_start_and_cancel_calls_it),
        cmocka_unit_test(done_may_start_the_next_fetch),
        cmocka_unit_test(many_at_once_all_end_once),
        cmocka_unit_test(fetchers_of_several_threads_do_not_meet),
        cmocka_unit_test(fetcher_without_work_never_wakes),
        cmocka_unit_test(connection_that_its_server_closes_wakes_once),
        cmocka_unit_test(pages_of_a_real_server_come_whole_over_few_connections),
        cmocka_unit_test(bytes_a_second_can_be_limited),
        cmocka_unit_test(timeouts_under_a_limit_of_bytes_tell_who_was_slow),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
