#include "cmocka_counts.h"
#include "counts/file.h"

static const struct counts_file_page counted = {
    .url = "http://a.example/",
    .submitted = "http://A.example",
    .label = "one\ttwo\\\n\x1b",
    .outcome = OUTCOME_COUNTED,
    .http_status = 200,
    .host = "a.example",
    .content_type = "text/html",
    .body_bytes = 99,
    .wire_bytes = 50,
    .charset = "utf-8",
    .charset_from = "meta",
    .title = "\xc3\xbc",
    .content_hash = "0123456789abcdef0123456789abcdef",
    .tokens = 5,
    .distinct = 2,
    .fetched = "2026-11-22T10:00:01Z",
    .counted_from = "2026-11-22T10:00:01Z",
    .msec = 12345,
    .attempts = 1,
};
static const struct counts_file_page failed = {
    .url = "http://b.example/",
    .outcome = OUTCOME_TIMEOUT,
    .host = "b.example",
    .fetched = "2026-11-22T10:00:00Z",
    .attempts = 3,
    .detail = "no answer",
};
static const char *const settings[] = {"MaxAttempts=3", "Robots=yes"};
static const char *const names[] = {"news"};
static const struct counts_file_head head = {.engine = "2-icu72.1-7419be0b",
    .has_times = true,
    .settings = settings,
    .n_settings = 2,
    .names = names,
    .n_names = 1};

static void add(struct counts_file_writer *writer, const struct counts_file_page *page, struct buffer *file)
{
    size_t before = file->size;

    assert_int_equal(counts_format_page(file, page, true), 0);
    if (page->distinct > 0) {
        assert_int_equal(counts_format_word(file, "and", 3, 2), 0);
        assert_int_equal(counts_format_word(file, "\xc3\xbc", 2, 3), 0);
    }
    counts_file_add(writer, page, file->bytes + before, file->size - before);
}

static struct buffer make(void)
{
    struct buffer file = {0};
    struct counts_file_writer *writer;

    assert_int_equal(counts_file_writer_new(&writer), 0);
    assert_int_equal(counts_file_begin(writer, &head, &file), 0);
    add(writer, &counted, &file);
    add(writer, &failed, &file);
    assert_int_equal(counts_file_end(writer, &file), 0);
    assert_int_equal(counts_file_written(writer)->urls, 2);
    assert_int_equal(counts_file_written(writer)->tokens, 5);
    counts_file_writer_free(writer);
    return file;
}

/* What the last line said; `seen` is called with each. */
static enum counts_file_line read_all(struct counts_file_reader *reader, const char *bytes, size_t size,
    void (*seen)(struct counts_file_reader *reader, enum counts_file_line line))
{
    enum counts_file_line line = COUNTS_FILE_HEAD;

    /* As whoever reads lines does, this refuses a last one that has no end. */
    while (size > 0 && line != COUNTS_FILE_BAD) {
        const char *end = memchr(bytes, '\n', size);
        char *copy;

        if (!end)
            return COUNTS_FILE_BAD;
        copy = strndup(bytes, (size_t)(end - bytes));
        assert_int_equal(counts_file_line(reader, copy, (size_t)(end - bytes), &line), 0);
        if (seen)
            seen(reader, line);
        free(copy);
        size -= (size_t)(end + 1 - bytes);
        bytes = end + 1;
    }
    return line == COUNTS_FILE_BAD ? line : counts_file_ends(reader);
}

static enum counts_file_line judge(const char *bytes, size_t size)
{
    struct counts_file_reader *reader;
    enum counts_file_line line;

    assert_int_equal(counts_file_reader_new(&reader), 0);
    line = read_all(reader, bytes, size, NULL);
    counts_file_reader_free(reader);
    return line;
}

static void check_text(const char *read, const char *written)
{
    if (written)
        assert_string_equal(read, written);
    else
        assert_null(read);
}

static void check_line(struct counts_file_reader *reader, enum counts_file_line line)
{
    const struct counts_file_page *page = counts_file_page(reader);
    const struct counts_file_page *written;

    if (line != COUNTS_FILE_PAGE)
        return;
    written = page->outcome == OUTCOME_COUNTED ? &counted : &failed;
    check_text(page->url, written->url);
    check_text(page->submitted, written->submitted);
    check_text(page->label, written->label);
    check_text(page->title, written->title);
    check_text(page->content_hash, written->content_hash);
    check_text(page->fetched, written->fetched);
    check_text(page->counted_from, written->counted_from);
    check_text(page->detail, written->detail);
    assert_int_equal(page->http_status, written->http_status);
    assert_int_equal(page->body_bytes, written->body_bytes);
    assert_int_equal(page->tokens, written->tokens);
    assert_int_equal(page->distinct, written->distinct);
    assert_int_equal(page->msec, written->msec);
    assert_int_equal(page->attempts, written->attempts);
}

static void what_is_written_is_read_again(void **state)
{
    struct buffer file = make();
    struct counts_file_reader *reader;

    assert_int_equal(counts_file_reader_new(&reader), 0);
    assert_int_equal(read_all(reader, (char *)file.bytes, file.size, check_line), COUNTS_FILE_SUM);
    assert_string_equal(counts_file_head(reader)->engine, head.engine);
    assert_true(counts_file_head(reader)->has_times);
    assert_int_equal(counts_file_head(reader)->n_settings, 2);
    assert_string_equal(counts_file_head(reader)->settings[1], "Robots=yes");
    assert_int_equal(counts_file_head(reader)->n_names, 1);
    assert_string_equal(counts_file_head(reader)->names[0], "news");

    counts_file_reader_free(reader);
    buffer_deinit(&file);
}

static void file_that_was_cut_anywhere_is_refused(void **state)
{
    struct buffer file = make();

    for (size_t size = 0; size < file.size; size++)
        assert_int_equal(judge((char *)file.bytes, size), COUNTS_FILE_BAD);
    assert_int_equal(judge((char *)file.bytes, file.size), COUNTS_FILE_SUM);
    buffer_deinit(&file);
}

static void file_with_any_other_byte_is_refused(void **state)
{
    static const char others[] = {'\0', '\t', '\n', '0', 'a', '\\', (char)0xff};
    struct buffer file = make();

    for (size_t i = 0; i < file.size; i++)
        for (size_t k = 0; k < sizeof(others); k++) {
            char was = (char)file.bytes[i];

            if (was == others[k])
                continue;
            file.bytes[i] = (uint8_t)others[k];
            assert_int_equal(judge((char *)file.bytes, file.size), COUNTS_FILE_BAD);
            file.bytes[i] = (uint8_t)was;
        }
    buffer_deinit(&file);
}

/* The file of the lines, whatever is wrong with them, with the sum that is theirs. */
static void refuses(const char *from, const char *to, const char *reason)
{
    struct buffer file = make();
    struct counts_file_reader *reader;
    char *text = strndup((char *)file.bytes, file.size);
    char *at = strstr(text, from);
    char *changed;

    assert_non_null(at);
    assert_true(asprintf(&changed, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from)) > 0);
    assert_int_equal(counts_file_reader_new(&reader), 0);
    assert_int_equal(read_all(reader, changed, strlen(changed), NULL), COUNTS_FILE_BAD);
    if (!strstr(counts_file_reason(reader), reason))
        fail_msg("\"%s\" for \"%s\"", counts_file_reason(reader), to);
    counts_file_reader_free(reader);
    free(changed);
    free(text);
    buffer_deinit(&file);
}

static void what_is_wrong_is_said(void **state)
{
    refuses("urlstat-counts\t1", "urlstat-counts\t2", "version 2");
    refuses("urlstat-counts\t1", "http://a.example/", "no file of urlstatctl export");
    refuses("engine\t", "engine\t ", "engine");
    refuses("times\tyes", "times\tno", "there is a time");
    refuses("setting\tRobots", "setting\tA", "order of their code points");
    refuses("urlstat-counts\t1", "urlstat-counts\t1\r", "carriage return");
    refuses("2026-11-22T10:00:00Z", "", "empty where fetched is");
    refuses("columns\turl", "columns\tURL", "columns");
    refuses("timeout", "time-out", "no such outcome");
    refuses("\\x5c", "\\x41", "22 fields");
    refuses("2026-11-22T10:00:01Z", "2026-11-31T10:00:01Z", "a time is written");
    refuses("12.345", "12.34", "seconds");
    refuses("\tand\t2\n", "\tand\t02\n", "number above 0");
    refuses("\tand\t2\n", "\tand\t1\n", "do not add up");
    refuses("\tand\t2\n", "\tzoo\t2\n\tand\t0\n", "number above 0");
    refuses("\tand\t2\n", "\t\xc3\xbd\t2\n", "order of their code points");
    refuses("\tand\t2\n", "", "more words, or fewer");
    refuses("\tand\t2\n", "\tand\t9\n", "more words than");
    refuses("http://b.example/", "http://a.example/", "order of their URLs");
    refuses("end\t2", "end\t3", "totals");
    refuses("no answer", "an answer", "checksum");
}

static void pages_that_were_fetched_otherwise_are_equal_without_times(void **state)
{
    struct counts_file_page again = counted;
    struct buffer first = {0}, then = {0};

    again.outcome = OUTCOME_NOT_MODIFIED;
    again.http_status = 304;
    again.wire_bytes = 7;
    again.fetched = "2026-11-23T10:00:01Z";
    assert_int_equal(counts_format_page(&first, &counted, false), 0);
    assert_int_equal(counts_format_page(&then, &again, false), 0);
    assert_int_equal(first.size, then.size);
    assert_memory_equal(first.bytes, then.bytes, first.size);
    buffer_deinit(&first);
    buffer_deinit(&then);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read_again),
        cmocka_unit_test(file_that_was_cut_anywhere_is_refused),
        cmocka_unit_test(file_with_any_other_byte_is_refused),
        cmocka_unit_test(what_is_wrong_is_said),
        cmocka_unit_test(pages_that_were_fetched_otherwise_are_equal_without_times),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
