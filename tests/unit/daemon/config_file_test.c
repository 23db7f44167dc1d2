#include "daemon/config_file.h"

#include "base/array.h"
#include "base/cleanup.h"
#include "daemon/config_value.h"
#include "scratch.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

/* What was found, one line each. */
static struct buffer found;

static const char *line_of(const char *where)
{
    return strrchr(where, ':') + 1;
}

static int note_section(void *userdata, const char *where, const char *name)
{
    return buffer_printf(&found, "%s [%s]\n", line_of(where), name);
}

static int note_assignment(void *userdata, const char *where, const char *key, const char *value)
{
    return buffer_printf(&found, "%s %s=%s\n", line_of(where), key, value);
}

static int note_odd(void *userdata, const char *where, const char *reason)
{
    return buffer_printf(&found, "%s odd\n", line_of(where));
}

static const struct config_file_callbacks callbacks = {note_section, note_assignment, note_odd};

static void expect_found(const char *text, const char *expected)
{
    const char *path = scratch_file("file.conf", text);

    found.size = 0;
    assert_int_equal(config_file_read(path, &callbacks, NULL), 0);
    assert_int_equal(buffer_append(&found, "", 1), 0);
    assert_string_equal((const char *)found.bytes, expected);
}

static void sections_and_assignments_come_in_order_with_their_lines(void **state)
{
    expect_found("# comment\n"
                 "\n"
                 "[Daemon]\n"
                 "Workers=4\n"
                 "; comment\n"
                 "[Fetch]\n"
                 "Robots = no\n",
        "3 [Daemon]\n4 Workers=4\n6 [Fetch]\n7 Robots=no\n");
}

static void white_space_byte_order_mark_and_carriage_returns_do_not_matter(void **state)
{
    expect_found("\xef\xbb\xbf[Daemon]\r\n  Workers = 4  \r\n\tTopWords=5\r\n[ Fetch]\r\n",
        "1 [Daemon]\n2 Workers=4\n3 TopWords=5\n4 [ Fetch]\n");
}

static void last_line_needs_no_line_feed(void **state)
{
    expect_found("[Daemon]\nWorkers=4", "1 [Daemon]\n2 Workers=4\n");
}

static void empty_file_has_nothing(void **state)
{
    expect_found("", "");
}

static void comment_may_stand_behind_a_value_and_a_section(void **state)
{
    expect_found("[Daemon] ; here\nWorkers=4 ; four\nA=b;c\n", "1 [Daemon]\n2 Workers=4\n3 A=b;c\n");
}

static void indented_line_is_no_continuation(void **state)
{
    expect_found("[Daemon]\nWorkers=4\n TopWords=3\n", "1 [Daemon]\n2 Workers=4\n3 TopWords=3\n");
}

static void every_odd_line_is_reported(void **state)
{
    expect_found(
        "junk\n[Daemon]\nWorkers\nWorkers=4\nmore junk\n", "1 odd\n2 [Daemon]\n3 odd\n4 Workers=4\n5 odd\n");
}

static void what_follows_an_odd_section_line_is_left_out(void **state)
{
    expect_found("[Daemon]\n[Fetch\nWorkers=4\n[]\nWorkers=5\n[Daemon] x\nWorkers=6\n[Fetch]\nRobots=no\n",
        "1 [Daemon]\n2 odd\n4 odd\n6 odd\n8 [Fetch]\n9 Robots=no\n");
}

static void long_section_is_given_whole(void **state)
{
    char text[600];
    char expected[600];
    char host[401] = {0};

    memset(host, 'a', 400);
    snprintf(text, sizeof(text), "[Host %s]\nRobots=no\n", host);
    snprintf(expected, sizeof(expected), "1 [Host %s]\n2 Robots=no\n", host);

    expect_found(text, expected);
}

static void line_that_is_too_long_is_odd_and_not_cut(void **state)
{
    static char text[10000];
    size_t n = (size_t)snprintf(text, sizeof(text), "[Fetch]\nContact=");

    memset(text + n, 'c', 9000);
    strcpy(text + n + 9000, "\nRobots=no\n");

    expect_found(text, "1 [Fetch]\n2 odd\n3 Robots=no\n");
}

static void line_with_a_nul_byte_is_odd(void **state)
{
    const char *path = scratch_path("nul.conf");
    FILE *file = fopen(path, "we");

    assert_non_null(file);
    fwrite("[Fetch]\nRob\0ots=no\nRobots=no\n", 1, 29, file);
    fclose(file);
    found.size = 0;

    assert_int_equal(config_file_read(path, &callbacks, NULL), 0);
    assert_int_equal(buffer_append(&found, "", 1), 0);
    assert_string_equal((const char *)found.bytes, "1 [Fetch]\n2 odd\n3 Robots=no\n");
}

static void what_cannot_be_read_is_said(void **state)
{
    const char *path = scratch_path("huge.conf");
    FILE *file = fopen(path, "we");

    assert_non_null(file);
    assert_int_equal(fseek(file, CONFIG_MAX_FILE, SEEK_SET), 0);
    assert_int_equal(fputc('\n', file), '\n');
    fclose(file);

    assert_int_equal(config_file_read(path, &callbacks, NULL), -EFBIG);
    assert_int_equal(config_file_read(scratch_path("none.conf"), &callbacks, NULL), -ENOENT);
    assert_int_equal(config_file_read(scratch_path("."), &callbacks, NULL), -EISDIR);
}

static int give_up(void *userdata, const char *where, const char *name)
{
    return -ENOMEM;
}

static void failing_callback_ends_the_reading(void **state)
{
    static const struct config_file_callbacks failing = {give_up, note_assignment, note_odd};
    const char *path = scratch_file("file.conf", "[Daemon]\nWorkers=4\n");

    found.size = 0;

    assert_int_equal(config_file_read(path, &failing, NULL), -ENOMEM);
    assert_int_equal(found.size, 0);
}

static void main_file_is_the_first_one_and_drop_ins_come_by_name(void **state)
{
    const char *etc = scratch_directory("etc");
    const char *usr = scratch_directory("usr");
    const char *directories[] = {etc, usr, NULL};
    char **files CLEANUP(config_free_listp) = NULL;

    scratch_file("usr/urlstatd.conf", "");
    scratch_directory("etc/urlstatd.conf.d");
    scratch_directory("usr/urlstatd.conf.d");
    scratch_file("etc/urlstatd.conf.d/50-b.conf", "");
    scratch_file("usr/urlstatd.conf.d/50-b.conf", "");
    scratch_file("usr/urlstatd.conf.d/10-a.conf", "");
    scratch_file("usr/urlstatd.conf.d/90-c.conf", "");
    scratch_file("usr/urlstatd.conf.d/README", "");
    scratch_file("usr/urlstatd.conf.d/.hidden.conf", "");

    assert_int_equal(config_find_files(directories, &files), 0);

    assert_string_equal(files[0], scratch_path("usr/urlstatd.conf"));
    assert_string_equal(files[1], scratch_path("usr/urlstatd.conf.d/10-a.conf"));
    assert_string_equal(files[2], scratch_path("etc/urlstatd.conf.d/50-b.conf"));
    assert_string_equal(files[3], scratch_path("usr/urlstatd.conf.d/90-c.conf"));
    assert_null(files[4]);
}

static void no_files_are_found_where_there_are_none(void **state)
{
    const char *directories[] = {scratch_path("none"), NULL};
    char **files CLEANUP(config_free_listp) = NULL;

    assert_int_equal(config_find_files(directories, &files), 0);

    assert_null(files[0]);
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_SCRATCH(sections_and_assignments_come_in_order_with_their_lines),
        IN_SCRATCH(white_space_byte_order_mark_and_carriage_returns_do_not_matter),
        IN_SCRATCH(last_line_needs_no_line_feed),
        IN_SCRATCH(empty_file_has_nothing),
        IN_SCRATCH(comment_may_stand_behind_a_value_and_a_section),
        IN_SCRATCH(indented_line_is_no_continuation),
        IN_SCRATCH(every_odd_line_is_reported),
        IN_SCRATCH(what_follows_an_odd_section_line_is_left_out),
        IN_SCRATCH(long_section_is_given_whole),
        IN_SCRATCH(line_that_is_too_long_is_odd_and_not_cut),
        IN_SCRATCH(line_with_a_nul_byte_is_odd),
        IN_SCRATCH(what_cannot_be_read_is_said),
        IN_SCRATCH(failing_callback_ends_the_reading),
        IN_SCRATCH(main_file_is_the_first_one_and_drop_ins_come_by_name),
        IN_SCRATCH(no_files_are_found_where_there_are_none),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    buffer_deinit(&found);
    return failed;
}
