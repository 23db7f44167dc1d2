/* Who has the directory of a store: daemons of today, and of earlier versions. */
#include "harness.h"

#include "store/place.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOBODY 65534

static int set_up(void **state)
{
    static struct harness harness;

    harness = (struct harness){.in_memory = true};
    harness_make_directory(&harness);
    *state = &harness;
    return 0;
}

static int tear_down(void **state)
{
    harness_close(*state);
    return 0;
}

#define PLACE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static int open_file(const struct harness *harness)
{
    int fd = open(harness_path(harness, "urlstat.lock"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    assert_true(fd >= 0);
    return fd;
}

/* As the first versions had it, and as some did after them. */
static int lock_range(int fd)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

    return fcntl(fd, F_OFD_SETLK, &lock);
}

static int lock_whole(int fd)
{
    return flock(fd, LOCK_EX | LOCK_NB);
}

static int (*const earlier[])(int fd) = {lock_range, lock_whole};
#define N_EARLIER (sizeof(earlier) / sizeof(earlier[0]))

/* Nothing can be made there, and what is there can only be read. */
static void make_unwritable(const struct harness *harness)
{
    if (chmod(harness_path(harness, "urlstat.lock"), 0444) < 0)
        assert_int_equal(errno, ENOENT);
    assert_int_equal(chmod(harness->directory, 0555), 0);
    if (geteuid() == 0 && seteuid(NOBODY) < 0)
        skip();
}

static void make_writable(const struct harness *harness)
{
    assert_int_equal(seteuid(getuid()), 0);
    assert_int_equal(chmod(harness->directory, 0700), 0);
}

static void daemon_of_an_earlier_version_is_seen(void **state)
{
    const struct harness *harness = *state;

    for (size_t i = 0; i < N_EARLIER; i++) {
        struct place_hold hold = PLACE_FREE;
        int fd = open_file(harness);

        assert_int_equal(earlier[i](fd), 0);
        assert_int_equal(place_lock(harness->directory, &hold), -EBUSY);
        (void)close(fd);

        assert_int_equal(place_lock(harness->directory, &hold), 0);
        place_unlock(&hold);
    }
}

static void daemon_of_an_earlier_version_that_comes_later_sees_ours(void **state)
{
    const struct harness *harness = *state;
    struct place_hold hold = PLACE_FREE;
    int fd;

    assert_int_equal(place_lock(harness->directory, &hold), 0);
    fd = open_file(harness);
    for (size_t i = 0; i < N_EARLIER; i++)
        assert_int_equal(earlier[i](fd), -1);

    place_unlock(&hold);
    for (size_t i = 0; i < N_EARLIER; i++)
        assert_int_equal(earlier[i](fd), 0);
    (void)close(fd);
}

static void daemons_see_each_other_where_the_file_can_only_be_read(void **state)
{
    const struct harness *harness = *state;
    struct place_hold hold = PLACE_FREE;
    struct place_hold second = PLACE_FREE;
    int fd = open_file(harness);

    make_unwritable(harness);
    assert_int_equal(place_lock(harness->directory, &hold), 0);
    assert_int_equal(place_lock(harness->directory, &second), -EBUSY);
    for (size_t i = 0; i < N_EARLIER; i++)
        assert_int_equal(earlier[i](fd), -1);

    place_unlock(&hold);
    for (size_t i = 0; i < N_EARLIER; i++)
        assert_int_equal(earlier[i](fd), 0);
    assert_int_equal(place_lock(harness->directory, &second), -EBUSY);
    make_writable(harness);
    (void)close(fd);
}

static void directory_is_locked_where_the_file_cannot_be_made(void **state)
{
    const struct harness *harness = *state;
    struct place_hold hold = PLACE_FREE;
    struct place_hold second = PLACE_FREE;

    make_unwritable(harness);
    assert_int_equal(place_lock(harness->directory, &hold), 0);
    assert_int_equal(hold.file_fd, -1);
    assert_int_equal(place_lock(harness->directory, &second), -EBUSY);

    place_unlock(&hold);
    assert_int_equal(place_lock(harness->directory, &second), 0);
    place_unlock(&second);
    make_writable(harness);
}

static void number_that_an_earlier_version_noted_is_read(void **state)
{
    static const char noted[] = "0000000000000000041\n";
    const struct harness *harness = *state;
    int fd = open_file(harness);

    assert_int_equal(write(fd, noted, strlen(noted)), strlen(noted));
    (void)close(fd);
    assert_int_equal(place_last_job(harness->directory), 41);

    place_note_job(harness->directory, 1042);
    assert_int_equal(place_last_job(harness->directory), 1042);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PLACE_TEST(daemon_of_an_earlier_version_is_seen),
        PLACE_TEST(daemon_of_an_earlier_version_that_comes_later_sees_ours),
        PLACE_TEST(daemons_see_each_other_where_the_file_can_only_be_read),
        PLACE_TEST(directory_is_locked_where_the_file_cannot_be_made),
        PLACE_TEST(number_that_an_earlier_version_noted_is_read),
    };

    return cmocka_run_group_tests_name("store place", tests, NULL, NULL);
}
