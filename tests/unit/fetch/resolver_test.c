#include "base/cleanup.h"
#include "base/clock.h"
#include "fetch/fetcher.h"
#include "fetch/resolver.h"
#include "servers.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <cmocka.h>

DEFINE_CLEANUP(struct resolver *, resolver_free)

#define N(array) (sizeof(array) / sizeof((array)[0]))

static struct server names;
static char log_folder[64];
static char log_path[128];

struct asked {
    struct resolver *resolver;
    int epoll_fd;
};

static void open_resolver(struct asked *asked)
{
    char servers[64];

    snprintf(servers, sizeof(servers), "127.0.0.1:%u", names.port);
    asked->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    assert_int_equal(resolver_new(asked->epoll_fd, servers, NULL, &asked->resolver), 0);
}

static void close_resolver(struct asked *asked)
{
    resolver_free(asked->resolver);
    close(asked->epoll_fd);
}

/* The next answer, whoever's it is. */
static struct resolver_wait *next_answer(struct asked *asked, struct resolver_answer *ret)
{
    const uint64_t end = clock_boottime_usec() + 60 * USEC_PER_SEC;

    for (;;) {
        struct resolver_wait *wait = resolver_next(asked->resolver, ret);
        struct epoll_event event;
        uint64_t now_usec = clock_boottime_usec();
        uint64_t due_usec = resolver_next_usec(asked->resolver);

        if (wait)
            return wait;
        assert_true(now_usec < end);
        assert_true(due_usec != USEC_NEVER);
        if (epoll_wait(asked->epoll_fd, &event, 1,
                due_usec > now_usec ? (int)((due_usec - now_usec) / 1000 + 1) : 0) > 0)
            resolver_ready(asked->resolver, (int)event.data.u64, event.events);
        else
            resolver_run_timeouts(asked->resolver);
    }
}

static void ask(struct asked *asked, const char *name, struct resolver_answer *ret)
{
    struct resolver_wait wait;

    resolver_wait_init(&wait);
    assert_int_equal(resolver_ask(asked->resolver, name, strlen(name), &wait), 0);
    assert_ptr_equal(next_answer(asked, ret), &wait);
}

static bool has(const struct resolver_answer *answer, const char *text)
{
    union address address;

    assert_true(address_parse(text, strlen(text), &address));
    for (size_t i = 0; i < answer->n_addresses; i++)
        if (address_equal(&answer->addresses[i], &address))
            return true;
    return false;
}

static unsigned times_asked(const char *question)
{
    CLEANUP(fclosep) FILE *file = fopen(log_path, "re");
    char line[256];
    unsigned n = 0;

    assert_non_null(file);
    while (fgets(line, sizeof(line), file)) {
        line[strcspn(line, "\n")] = '\0';
        n += strcmp(line, question) == 0;
    }
    return n;
}

static void names_get_their_ipv4_and_ipv6_addresses(void **state)
{
    struct resolver_answer answer;
    struct asked asked;

    open_resolver(&asked);
    ask(&asked, "good.example", &answer);

    assert_int_equal(answer.status, RESOLVER_OK);
    assert_int_equal(answer.n_addresses, 3);
    assert_true(has(&answer, "192.0.2.1") && has(&answer, "192.0.2.2") && has(&answer, "2001:db8::1"));
    close_resolver(&asked);
}

static void aliases_lead_to_addresses(void **state)
{
    struct resolver_answer answer;
    struct asked asked;

    open_resolver(&asked);
    ask(&asked, "alias.example", &answer);

    assert_int_equal(answer.status, RESOLVER_OK);
    assert_true(has(&answer, "192.0.2.1"));
    close_resolver(&asked);
}

static void answers_too_long_for_a_packet_come_by_a_connection(void **state)
{
    struct resolver_answer answer;
    struct asked asked;

    open_resolver(&asked);
    ask(&asked, "long.example", &answer);

    assert_int_equal(answer.status, RESOLVER_OK);
    assert_true(has(&answer, "192.0.2.1") && has(&answer, "2001:db8::1"));
    close_resolver(&asked);
}

static void failures_tell_what_is_final_from_what_may_pass(void **state)
{
    struct resolver_answer answer;
    struct asked asked;

    open_resolver(&asked);
    ask(&asked, "away.example", &answer);
    assert_int_equal(answer.status, RESOLVER_NO_NAME);
    ask(&asked, "nobody-wrote-this.example", &answer);
    assert_int_equal(answer.status, RESOLVER_NO_NAME);
    ask(&asked, "empty.example", &answer);
    assert_int_equal(answer.status, RESOLVER_NO_NAME);
    ask(&asked, "broken.example", &answer);
    assert_int_equal(answer.status, RESOLVER_FAILED);
    assert_string_not_equal(answer.message, "");
    ask(&asked, "refused.example", &answer);
    assert_int_equal(answer.status, RESOLVER_FAILED);
    close_resolver(&asked);
}

static void localhost_needs_no_name_server(void **state)
{
    struct resolver_answer answer;
    struct asked asked;

    open_resolver(&asked);
    ask(&asked, "localhost", &answer);

    assert_int_equal(answer.status, RESOLVER_OK);
    assert_true(has(&answer, "127.0.0.1") || has(&answer, "::1"));
    assert_int_equal(times_asked("A localhost"), 0);
    close_resolver(&asked);
}

static void name_that_many_wait_for_is_asked_once(void **state)
{
    struct resolver_wait waits[50];
    struct resolver_answer answer;
    struct asked asked;

    open_resolver(&asked);
    for (size_t i = 0; i < N(waits); i++) {
        resolver_wait_init(&waits[i]);
        assert_int_equal(resolver_ask(asked.resolver, "crowd.example", 13, &waits[i]), 0);
    }
    for (size_t i = 0; i < N(waits); i++) {
        assert_ptr_equal(next_answer(&asked, &answer), &waits[i]);
        assert_int_equal(answer.status, RESOLVER_OK);
    }

    assert_int_equal(times_asked("A crowd.example"), 1);
    close_resolver(&asked);
}

static void answers_are_kept_for_their_ttl(void **state)
{
    struct resolver_answer answer;
    struct asked asked;
    const uint64_t end = clock_boottime_usec() + 30 * USEC_PER_SEC;

    open_resolver(&asked);
    for (int i = 0; i < 5; i++)
        ask(&asked, "kept.example", &answer);
    assert_int_equal(times_asked("A kept.example"), 1);

    /* With a TTL of 0 the second answer comes once the shortest time that any is kept has passed. */
    ask(&asked, "turning.example", &answer);
    assert_true(has(&answer, "192.0.2.7"));
    while (!has(&answer, "192.0.2.8")) {
        assert_true(clock_boottime_usec() < end);
        (void)poll(NULL, 0, 20);
        ask(&asked, "turning.example", &answer);
    }
    close_resolver(&asked);
}

static void those_who_stopped_waiting_get_no_answer(void **state)
{
    struct resolver_wait gone;
    struct resolver_wait stays;
    struct resolver_answer answer;
    struct asked asked;

    open_resolver(&asked);
    resolver_wait_init(&gone);
    resolver_wait_init(&stays);
    assert_int_equal(resolver_ask(asked.resolver, "both.example", 12, &gone), 0);
    assert_int_equal(resolver_ask(asked.resolver, "both.example", 12, &stays), 0);
    resolver_forget(asked.resolver, &gone);

    assert_ptr_equal(next_answer(&asked, &answer), &stays);
    assert_null(resolver_next(asked.resolver, &answer));
    close_resolver(&asked);
}

static void demoted_address_comes_last(void **state)
{
    struct resolver_answer answer;
    union address first;
    struct asked asked;

    open_resolver(&asked);
    ask(&asked, "good.example", &answer);
    first = answer.addresses[0];
    resolver_demote(asked.resolver, "good.example", 12, &first);
    ask(&asked, "good.example", &answer);

    assert_int_equal(answer.n_addresses, 3);
    assert_true(address_equal(&answer.addresses[2], &first));
    close_resolver(&asked);
}

static void more_names_than_are_asked_at_once_all_get_their_answers(void **state)
{
    enum {
        N_NAMES = 10 * RESOLVER_MAX_YOUNG
    };
    CLEANUP(freep) struct resolver_wait *waits = calloc(N_NAMES, sizeof(*waits));
    struct resolver_answer answer;
    struct asked asked;

    open_resolver(&asked);
    for (size_t i = 0; i < N_NAMES; i++) {
        char name[64];

        snprintf(name, sizeof(name), "host%zu.many.example", i);
        resolver_wait_init(&waits[i]);
        assert_int_equal(resolver_ask(asked.resolver, name, strlen(name), &waits[i]), 0);
    }
    for (size_t i = 0; i < N_NAMES; i++) {
        (void)next_answer(&asked, &answer);
        assert_int_equal(answer.status, RESOLVER_OK);
    }
    close_resolver(&asked);
}

/* Their name servers are dead, which takes until the last attempt to find out. */
static void names_without_an_answer_hold_up_no_other(void **state)
{
    enum {
        N_SILENT = 8 * RESOLVER_MAX_YOUNG
    };
    CLEANUP(freep) struct resolver_wait *silent = calloc(N_SILENT, sizeof(*silent));
    struct resolver_answer answer;
    struct asked asked;

    open_resolver(&asked);
    for (size_t i = 0; i < N_SILENT; i++) {
        char name[64];

        snprintf(name, sizeof(name), "host%zu.silent.example", i);
        resolver_wait_init(&silent[i]);
        assert_int_equal(resolver_ask(asked.resolver, name, strlen(name), &silent[i]), 0);
    }
    ask(&asked, "good.example", &answer);

    assert_int_equal(answer.status, RESOLVER_OK);
    for (size_t i = 0; i < N_SILENT; i++)
        resolver_forget(asked.resolver, &silent[i]);
    close_resolver(&asked);
}

static void long_lists_of_addresses_are_cut(void **state)
{
    struct resolver_answer answer;
    struct asked asked;

    open_resolver(&asked);
    ask(&asked, "wide.example", &answer);

    assert_int_equal(answer.n_addresses, RESOLVER_MAX_ADDRESSES);
    close_resolver(&asked);
}

/* A configuration has no ports, so that these two stand on the usual one, which not everybody may use. */
static bool may_use_port_53(const char *text)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(53)};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int r;

    assert_int_equal(inet_pton(AF_INET, text, &address.sin_addr), 1);
    r = bind(fd, (struct sockaddr *)&address, sizeof(address));
    close(fd);
    return r == 0;
}

/* As when a machine moves to another network, where the old name servers do not answer. */
static void changed_configuration_is_followed_by_names_being_asked(void **state)
{
    const char *arguments[] = {"--address", NULL, "--port", "53", NULL, NULL, NULL};
    static const char *const lines[2][2] = {
        {"*.example=192.0.2.98/60", "silent.example=silent"}, {"*.example=192.0.2.99/60"}};
    const uint64_t end = clock_boottime_usec() + 60 * USEC_PER_SEC;
    struct resolver_wait silent;
    struct resolver_wait later;
    struct resolver_wait *answered;
    struct resolver_answer answer;
    struct server servers[2];
    struct asked asked;
    char addresses[2][32];
    char text[2][64];
    char path[128];
    unsigned n = 0;

    /* Other runs of this test have addresses of their own. */
    for (int i = 0; i < 2; i++) {
        snprintf(addresses[i], sizeof(addresses[i]), "127.%d.%d.%d", 1 + getpid() / 250 % 250, getpid() % 250,
            1 + i);
        snprintf(text[i], sizeof(text[i]), "nameserver %s\n", addresses[i]);
    }
    if (!may_use_port_53(addresses[0]))
        skip();
    for (int i = 0; i < 2; i++) {
        arguments[1] = addresses[i];
        memcpy(arguments + 4, lines[i], sizeof(lines[i]));
        server_start_dns(&servers[i], arguments);
    }
    server_write_file(log_folder, "resolv.conf", text[0]);
    snprintf(path, sizeof(path), "%s/resolv.conf", log_folder);
    asked.epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    assert_int_equal(resolver_new(asked.epoll_fd, NULL, path, &asked.resolver), 0);
    ask(&asked, "first.example", &answer);
    assert_true(has(&answer, "192.0.2.98"));

    resolver_wait_init(&silent);
    resolver_wait_init(&later);
    assert_int_equal(resolver_ask(asked.resolver, "silent.example", 14, &silent), 0);
    server_write_file(log_folder, "resolv.conf", text[1]);
    do {
        char name[64];

        assert_true(clock_boottime_usec() < end);
        (void)poll(NULL, 0, 50);
        snprintf(name, sizeof(name), "later%u.example", n++);
        resolver_forget(asked.resolver, &later);
        assert_int_equal(resolver_ask(asked.resolver, name, strlen(name), &later), 0);
        answered = next_answer(&asked, &answer);
    } while (answered != &silent);

    assert_int_equal(answer.status, RESOLVER_OK);
    assert_true(has(&answer, "192.0.2.99"));
    resolver_forget(asked.resolver, &later);
    close_resolver(&asked);
    server_stop(&servers[0]);
    server_stop(&servers[1]);
}

static void bad_servers_are_refused(void **state)
{
    struct resolver *resolver = NULL;
    int epoll_fd = epoll_create1(EPOLL_CLOEXEC);

    assert_int_equal(resolver_new(epoll_fd, "not an address", NULL, &resolver), -EINVAL);
    assert_null(resolver);
    close(epoll_fd);
}

static int set_up(void **state)
{
    static const char *arguments[] = {"--access-log", log_path,
        "good.example=192.0.2.1,192.0.2.2,2001:db8::1/60", "alias.example=@good.example/60",
        "long.example=tcp,192.0.2.1,2001:db8::1", "away.example=nxdomain", "broken.example=servfail",
        "refused.example=refused", "empty.example=@nothing.example", "crowd.example=192.0.2.3/60",
        "kept.example=192.0.2.4/60", "turning.example=192.0.2.7/0;192.0.2.8/0", "both.example=192.0.2.5/60",
        "*.many.example=192.0.2.6/60", "*.silent.example=silent",
        "wide.example=192.0.2.1,192.0.2.2,192.0.2.3,192.0.2.4,192.0.2.5,192.0.2.6,192.0.2.7,192.0.2.8,192.0."
        "2.9/60",
        NULL};

    server_make_folder(log_folder);
    snprintf(log_path, sizeof(log_path), "%s/questions", log_folder);
    server_start_dns(&names, arguments);
    return fetch_init();
}

static int tear_down(void **state)
{
    server_stop(&names);
    server_remove_folder(log_folder);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_get_their_ipv4_and_ipv6_addresses),
        cmocka_unit_test(aliases_lead_to_addresses),
        cmocka_unit_test(answers_too_long_for_a_packet_come_by_a_connection),
        cmocka_unit_test(failures_tell_what_is_final_from_what_may_pass),
        cmocka_unit_test(localhost_needs_no_name_server),
        cmocka_unit_test(name_that_many_wait_for_is_asked_once),
        cmocka_unit_test(answers_are_kept_for_their_ttl),
        cmocka_unit_test(those_who_stopped_waiting_get_no_answer),
        cmocka_unit_test(demoted_address_comes_last),
        cmocka_unit_test(more_names_than_are_asked_at_once_all_get_their_answers),
        cmocka_unit_test(names_without_an_answer_hold_up_no_other),
        cmocka_unit_test(long_lists_of_addresses_are_cut),
        cmocka_unit_test(changed_configuration_is_followed_by_names_being_asked),
        cmocka_unit_test(bad_servers_are_refused),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
