/* Sockets that curl closes without a word: those that never got connected. */
#include "fetch/poller_socket.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define HOST 7

struct fixture {
    struct poller *poller;
    int epoll_fd;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));

    if (!fixture)
        return -1;
    fixture->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    *state = fixture;
    return poller_new(fixture->epoll_fd, 1, 8, &fixture->poller);
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    poller_free(fixture->poller);
    close(fixture->epoll_fd);
    free(fixture);
    return 0;
}

static int open_one(struct poller *poller)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0);
    assert_int_equal(poller_opened(poller, fd, HOST), 0);
    return fd;
}

static void number_of_a_closed_one_may_be_opened_again(void **state)
{
    const struct fixture *fixture = *state;
    int fd = open_one(fixture->poller);

    close(fd);
    assert_int_equal(open_one(fixture->poller), fd);
    poller_make_room(fixture->poller, HOST, 1);
    poller_closed(fixture->poller, fd);
    poller_make_room(fixture->poller, HOST, 1);
    close(fd);
}

static void closed_one_whose_number_is_a_strangers_leaves_that_alone(void **state)
{
    const struct fixture *fixture = *state;
    struct poller_user user = {.fd = -1};
    int fd = open_one(fixture->poller);
    int pair[2];

    poller_take_user(poller_socket_at(fixture->poller, fd), &user, fd);
    close(fd);
    poller_forget_user(fixture->poller, &user);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    assert_int_equal(pair[0], fd);

    poller_make_room(fixture->poller, HOST, 1);
    poller_retire(fixture->poller);
    assert_int_equal(send(pair[0], "a", 1, MSG_NOSIGNAL), 1);
    close(pair[0]);
    close(pair[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(number_of_a_closed_one_may_be_opened_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            closed_one_whose_number_is_a_strangers_leaves_that_alone, set_up, tear_down),
    };

    return cmocka_run_group_tests_name("fetch poller socket", tests, NULL, NULL);
}
