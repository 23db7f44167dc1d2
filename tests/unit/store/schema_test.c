#include "harness.h"

#include "store/schema.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const one[] = {"CREATE TABLE a (x)"};
static const char *const two[] = {"CREATE TABLE a (x)", "ALTER TABLE a ADD COLUMN y DEFAULT 5"};
static const char *const bad[] = {"CREATE TABLE a (x)", "CREATE TABLE b (x); CREATE TABLE a (x)"};
static const struct schema schema_one = {one, 1};
static const struct schema schema_two = {two, 2};
static const struct schema schema_bad = {bad, 2};

static char directory[64];
static char path[96];
static char kept[128];

static int set_up(void **state)
{
    snprintf(directory, sizeof(directory), "/tmp/urlstat-schema-XXXXXX");
    assert_non_null(mkdtemp(directory));
    snprintf(path, sizeof(path), "%.60s/urlstat.db", directory);
    snprintf(kept, sizeof(kept), "%.90s%s", path, SCHEMA_KEPT_SUFFIX);
    return 0;
}

static int tear_down(void **state)
{
    static const char *const suffixes[] = {"", "-wal", "-shm", SCHEMA_KEPT_SUFFIX};

    for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
        char name[160];

        snprintf(name, sizeof(name), "%s%s", path, suffixes[i]);
        (void)unlink(name);
    }
    assert_int_equal(rmdir(directory), 0);
    return 0;
}

static int open_schema(const struct schema *schema, struct sql **ret)
{
    return schema_open(path, schema, NULL, ret);
}

static int64_t number(struct sql *sql, const char *text)
{
    int64_t n = -1;

    assert_int_equal(sql_number(sql, text, &n), 0);
    return n;
}

static void make_file_of_version_1(void)
{
    struct sql *sql = NULL;

    assert_int_equal(open_schema(&schema_one, &sql), 0);
    assert_int_equal(sql_execute(sql, "INSERT INTO a VALUES (1), (2)"), 0);
    sql_free(sql);
}

/* The whole file, for comparison. */
static char *read_file(size_t *ret_size)
{
    struct stat status;
    FILE *file = fopen(path, "r");
    char *bytes;

    assert_non_null(file);
    assert_int_equal(fstat(fileno(file), &status), 0);
    bytes = malloc((size_t)status.st_size + 1);
    assert_non_null(bytes);
    *ret_size = fread(bytes, 1, (size_t)status.st_size, file);
    assert_int_equal(*ret_size, status.st_size);
    fclose(file);
    return bytes;
}

static void new_file_has_its_version_and_gives_pages_back_in_steps(void **state)
{
    struct sql *sql = NULL;

    assert_int_equal(open_schema(&schema_current, &sql), 0);

    assert_int_equal(number(sql, "PRAGMA user_version"), schema_current.n_versions);
    assert_int_equal(number(sql, "PRAGMA auto_vacuum"), 2);
    sql_free(sql);
}

static void every_statement_fits_the_schema(void **state)
{
    struct sql *sql = NULL;

    assert_int_equal(open_schema(&schema_current, &sql), 0);
    for (int i = 0; i < N_STATEMENTS; i++) {
        struct call call;

        assert_non_null(statement_text((enum statement)i));
        call = call_begin(sql, (enum statement)i);
        if (call.r < 0)
            fail_msg("%s: %s", statement_text((enum statement)i), sqlite3_errmsg(sql->db));
    }
    sql_free(sql);
}

static void older_file_is_migrated_and_kept_until_the_next_good_start(void **state)
{
    struct sql *sql = NULL;

    make_file_of_version_1();
    assert_int_equal(open_schema(&schema_two, &sql), 0);
    assert_int_equal(number(sql, "SELECT sum(x + y) FROM a"), 13);
    assert_int_equal(number(sql, "PRAGMA user_version"), 2);
    sql_free(sql);
    assert_int_equal(access(kept, F_OK), 0);
    assert_int_equal(open_schema(&schema_two, &sql), 0);

    assert_int_equal(access(kept, F_OK), -1);
    sql_free(sql);
}

static void kept_file_is_whole_and_of_the_old_version(void **state)
{
    struct sql *sql = NULL;

    make_file_of_version_1();
    assert_int_equal(open_schema(&schema_two, &sql), 0);
    sql_free(sql);
    assert_int_equal(sql_open(kept, SQLITE_OPEN_READONLY, &sql), 0);

    assert_int_equal(number(sql, "PRAGMA user_version"), 1);
    assert_int_equal(number(sql, "SELECT count(*) FROM a"), 2);
    sql_free(sql);
}

static void migration_that_fails_changes_nothing(void **state)
{
    struct sql *sql = NULL;

    make_file_of_version_1();
    assert_true(open_schema(&schema_bad, &sql) < 0);
    assert_null(sql);
    assert_int_equal(open_schema(&schema_one, &sql), 0);

    assert_int_equal(number(sql, "PRAGMA user_version"), 1);
    assert_int_equal(number(sql, "SELECT count(*) FROM sqlite_schema"), 1);
    sql_free(sql);
}

static void newer_file_is_refused_untouched(void **state)
{
    struct sql *sql = NULL;
    size_t before_size, after_size;
    char *before, *after;

    assert_int_equal(open_schema(&schema_two, &sql), 0);
    sql_free(sql);
    sql = NULL;
    before = read_file(&before_size);
    assert_int_equal(open_schema(&schema_one, &sql), -EPROTONOSUPPORT);
    after = read_file(&after_size);

    assert_null(sql);
    assert_int_equal(before_size, after_size);
    assert_memory_equal(before, after, before_size);
    free(before);
    free(after);
}

static void file_that_is_no_database_is_called_damaged(void **state)
{
    struct sql *sql = NULL;
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    for (int i = 0; i < 1000; i++)
        fprintf(file, "This is a text, and not a database, line %d.\n", i);
    fclose(file);

    assert_int_equal(open_schema(&schema_one, &sql), -EUCLEAN);
}

static void database_of_somebody_else_is_refused(void **state)
{
    struct sql *sql = NULL;

    assert_int_equal(sql_open(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &sql), 0);
    assert_int_equal(sql_execute(sql, "CREATE TABLE theirs (x)"), 0);
    sql_free(sql);
    sql = NULL;

    assert_int_equal(open_schema(&schema_one, &sql), -EMEDIUMTYPE);
}

static void empty_file_is_made_ours(void **state)
{
    struct sql *sql = NULL;
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fclose(file);
    assert_int_equal(open_schema(&schema_one, &sql), 0);

    assert_int_equal(number(sql, "PRAGMA auto_vacuum"), 2);
    sql_free(sql);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(new_file_has_its_version_and_gives_pages_back_in_steps),
        TEST(every_statement_fits_the_schema),
        TEST(older_file_is_migrated_and_kept_until_the_next_good_start),
        TEST(kept_file_is_whole_and_of_the_old_version),
        TEST(migration_that_fails_changes_nothing),
        TEST(newer_file_is_refused_untouched),
        TEST(file_that_is_no_database_is_called_damaged),
        TEST(database_of_somebody_else_is_refused),
        TEST(empty_file_is_made_ours),
    };

    return cmocka_run_group_tests_name("store schema", tests, NULL, NULL);
}
