#include "base/write.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define SIZE ((size_t)1 << 20)

static char sent[SIZE], received[SIZE];

/* Takes little at a time. */
static void *receive(void *userdata)
{
    int fd = *(int *)userdata;
    size_t size = 0;
    ssize_t n;

    while ((n = read(fd, received + size, size + 1000 > SIZE ? SIZE - size : 1000)) > 0)
        size += (size_t)n;
    return NULL;
}

static void all_is_written_to_a_pipe_that_does_not_block(void **state)
{
    pthread_t thread;
    int fds[2];

    for (size_t i = 0; i < SIZE; i++)
        sent[i] = (char)(i * 7 + i / 251);
    assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
    assert_int_equal(fcntl(fds[1], F_SETFL, O_NONBLOCK), 0);
    assert_int_equal(pthread_create(&thread, NULL, receive, &fds[0]), 0);

    assert_int_equal(write_whole(fds[1], sent, SIZE), 0);

    close(fds[1]);
    assert_int_equal(pthread_join(thread, NULL), 0);
    close(fds[0]);
    assert_memory_equal(sent, received, SIZE);
}

static void error_is_handed_up(void **state)
{
    int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

    assert_true(fd >= 0);

    assert_int_equal(write_whole(fd, "a", 1), -ENOSPC);
    assert_int_equal(write_whole(-1, "a", 1), -EBADF);
    assert_int_equal(write_whole(-1, "", 0), 0);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_is_written_to_a_pipe_that_does_not_block),
        cmocka_unit_test(error_is_handed_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
