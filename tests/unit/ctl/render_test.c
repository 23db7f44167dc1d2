/* Every format, from replies of one part and of several. */
#include "ctl/render.h"

#include "base/cleanup.h"
#include "wire/messages.h"
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static const struct render_column word_columns[] = {
    {"rank", "RANK", STYLE_NUMBER},
    {"word", "WORD", STYLE_TEXT},
    {"tokens", "TOKENS", STYLE_NUMBER},
    {"perMillion", "PER MILLION", STYLE_DECIMAL},
    {0},
};
static const struct render_layout words_layout = {
    .shape = &wire_top_out_shape, .list = "words", .columns = word_columns, .empty = "no words"};

static const char *const group_fields[] = {"page", "words.rank", "words.word", "url", NULL};
static const struct render_column group_columns[] = {
    {"page", "PAGE", STYLE_PLAIN}, {"words.word", "WORD", STYLE_TEXT}, {0}};
static const struct render_layout groups_layout = {
    .shape = &wire_top_out_shape, .list = "groups", .columns = group_columns, .fields = group_fields};

static const struct render_layout jobs_layout = {.shape = &wire_jobs_out_shape,
    .list = "jobs",
    .columns = (const struct render_column[]){{"job", "JOB", STYLE_PLAIN}, {"state", "STATE", STYLE_STATE},
        {"bytes", "BYTES", STYLE_SIZE}, {"submitted", "SUBMITTED", STYLE_TIME},
        {"remaining", "LEFT", STYLE_SPAN}, {0}}};

static const char *const status_fields[] = {"version", "jobs.running", "store.bytes", NULL};
static const struct render_layout status_layout = {
    .shape = &wire_status_out_shape, .columns = (const struct render_column[]){{0}}, .fields = status_fields};

static const struct wire_word words[] = {
    {.rank = 1, .word = "the", .tokens = 126057, .per_million = 50123.44, .pages = 2003, .hosts = 2},
    {.rank = 2, .word = "漢字", .tokens = 9, .per_million = 3.5, .pages = 1, .hosts = 1},
    {.rank = 3, .word = "a\tb\\\"c,\n\x1b", .tokens = 1, .per_million = 0, .pages = 1, .hosts = 1},
};

static struct wire_top_out part(size_t first, size_t n)
{
    static const int64_t jobs[] = {7};
    static const char *const engines[] = {"e"};

    return (struct wire_top_out){.jobs = jobs,
        .n_jobs = 1,
        .complete = true,
        .total = 3,
        .pages = 3,
        .tokens = 126067,
        .distinct = 3,
        .engine = {"e", "1", "72.1", "15.0", "d"},
        .engines = engines,
        .n_engines = 1,
        .words = words + first,
        .n_words = n};
}

/* What the parts become. The caller frees it. */
static char *rendered(
    struct context *context, const struct render_layout *layout, const void *const *parts, size_t n)
{
    FILE *saved = stdout;
    char *text = NULL;
    size_t size;

    stdout = open_memstream(&text, &size);
    assert_int_equal(render_begin(context, layout), 0);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(render_part(context, parts[i], i + 1 == n), 0);
    render_free(context->render);
    context->render = NULL;
    fclose(stdout);
    stdout = saved;
    return text;
}

static void assert_words(struct context context, const char *expected)
{
    struct wire_top_out whole = part(0, 3), first = part(0, 1), second = part(1, 2), none = part(3, 0);
    const void *one[] = {&whole}, *several[] = {&first, &second, &none};
    CLEANUP(freep) char *from_one = rendered(&context, &words_layout, one, 1);
    CLEANUP(freep) char *from_several = rendered(&context, &words_layout, several, 3);

    assert_string_equal(from_one, expected);
    assert_string_equal(from_several, expected);
}

static void table_is_aligned_and_escaped(void **state)
{
    assert_words((struct context){.legend = true},
        "RANK  WORD               TOKENS  PER MILLION\n"
        "   1  the               126,057     50,123.4\n"
        "   2  漢字                    9          3.5\n"
        "   3  a\\tb\\\"c,\\n\\u001b        1          0.0\n");
}

static void table_without_legend_is_rows_alone(void **state)
{
    assert_words((struct context){0},
        "1  the               126,057  50,123.4\n"
        "2  漢字                    9       3.5\n"
        "3  a\\tb\\\"c,\\n\\u001b        1       0.0\n");
}

static void json_is_one_document_however_many_parts_there_were(void **state)
{
    assert_words((struct context){.format = FORMAT_JSON},
        "{\n"
        "  \"jobs\": [7],\n"
        "  \"complete\": true,\n"
        "  \"total\": 3,\n"
        "  \"queued\": 0,\n"
        "  \"failed\": 0,\n"
        "  \"skipped\": 0,\n"
        "  \"pages\": 3,\n"
        "  \"tokens\": 126067,\n"
        "  \"distinct\": 3,\n"
        "  \"engine\": "
        "{\"id\":\"e\",\"rules\":\"1\",\"icu\":\"72.1\",\"unicode\":\"15.0\",\"dictionaries\":\"d\"},\n"
        "  \"engines\": [\"e\"],\n"
        "  \"words\": [\n"
        "    "
        "{\"rank\":1,\"word\":\"the\",\"tokens\":126057,\"perMillion\":50123.44,\"pages\":2003,\"hosts\":2},"
        "\n"
        "    {\"rank\":2,\"word\":\"漢字\",\"tokens\":9,\"perMillion\":3.5,\"pages\":1,\"hosts\":1},\n"
        "    "
        "{\"rank\":3,\"word\":\"a\\tb\\\\\\\"c,\\n\\u001b\",\"tokens\":1,\"perMillion\":0,\"pages\":1,"
        "\"hosts\":1}\n"
        "  ]\n"
        "}\n");
}

static void jsonl_is_an_item_a_line(void **state)
{
    assert_words((struct context){.format = FORMAT_JSONL},
        "{\"rank\":1,\"word\":\"the\",\"tokens\":126057,\"perMillion\":50123.44,\"pages\":2003,\"hosts\":2}\n"
        "{\"rank\":2,\"word\":\"漢字\",\"tokens\":9,\"perMillion\":3.5,\"pages\":1,\"hosts\":1}\n"
        "{\"rank\":3,\"word\":\"a\\tb\\\\\\\"c,\\n\\u001b\",\"tokens\":1,\"perMillion\":0,\"pages\":1,"
        "\"hosts\":1}\n");
}

static void csv_is_quoted_by_rfc_4180(void **state)
{
    assert_words((struct context){.format = FORMAT_CSV, .legend = true},
        "rank,word,tokens,perMillion,pages,hosts\n"
        "1,the,126057,50123.44,2003,2\n"
        "2,漢字,9,3.5,1,1\n"
        "3,\"a\tb\\\"\"c,\n\x1b\",1,0,1,1\n");
}

static void tsv_escapes_what_would_break_a_line(void **state)
{
    assert_words((struct context){.format = FORMAT_TSV, .legend = true},
        "rank\tword\ttokens\tperMillion\tpages\thosts\n"
        "1\tthe\t126057\t50123.44\t2003\t2\n"
        "2\t漢字\t9\t3.5\t1\t1\n"
        "3\ta\\tb\\\\\"c,\\n\x1b\t1\t0\t1\t1\n");
}

static void byte_order_mark_comes_first_and_once(void **state)
{
    struct wire_top_out first = part(0, 1), second = part(1, 1);
    const void *parts[] = {&first, &second};
    struct context context = {.format = FORMAT_CSV, .bom = true};
    CLEANUP(freep) char *text = rendered(&context, &words_layout, parts, 2);

    assert_string_equal(text,
        "\xef\xbb\xbf"
        "1,the,126057,50123.44,2003,2\n2,漢字,9,3.5,1,1\n");
}

static struct wire_top_out grouped(void)
{
    static const struct wire_group_word first[] = {{1, "the", 42}, {2, "of", 30}};
    static const struct wire_group groups[] = {
        {.page = {true, 12}, .url = "http://a/", .tokens = 99, .distinct = 2, .words = first, .n_words = 2},
        {.page = {true, 13}, .url = "http://b/", .tokens = 0, .distinct = 0, .words = first, .n_words = 0},
    };
    struct wire_top_out out = part(0, 0);

    out.words = NULL;
    out.groups = groups;
    out.n_groups = 2;
    return out;
}

static void an_array_within_items_makes_a_row_for_each_element(void **state)
{
    struct wire_top_out out = grouped();
    const void *parts[] = {&out};
    struct context csv = {.format = FORMAT_CSV, .legend = true}, table = {.legend = true};
    CLEANUP(freep) char *as_csv = rendered(&csv, &groups_layout, parts, 1);
    CLEANUP(freep) char *as_table = rendered(&table, &groups_layout, parts, 1);

    assert_string_equal(as_csv, "page,rank,word,url\n12,1,the,http://a/\n12,2,of,http://a/\n");
    assert_string_equal(as_table, "PAGE  WORD\n  12  the\n  12  of\n");
}

static void arrays_within_items_are_arrays_in_json(void **state)
{
    struct wire_top_out out = grouped();
    const void *parts[] = {&out};
    struct context context = {.format = FORMAT_JSONL};
    CLEANUP(freep) char *text = rendered(&context, &groups_layout, parts, 1);

    assert_string_equal(text,
        "{\"page\":12,\"url\":\"http://a/\",\"tokens\":99,\"distinct\":2,"
        "\"words\":[{\"rank\":1,\"word\":\"the\",\"tokens\":42},{\"rank\":2,\"word\":\"of\",\"tokens\":30}]}"
        "\n"
        "{\"page\":13,\"url\":\"http://b/\",\"tokens\":0,\"distinct\":0,\"words\":[]}\n");
}

static struct wire_jobs_out two_jobs(void)
{
    static const struct wire_job jobs[] = {
        {.job = 7,
            .state = "running",
            .bytes = 13600000,
            .submitted = "2026-11-22T10:00:00Z",
            .remaining = {true, 6000}},
        {.job = 8, .state = "done", .submitted = "2026-11-22T10:00:00Z", .finished = "2026-11-22T10:00:09Z"},
    };

    return (struct wire_jobs_out){.jobs = jobs, .n_jobs = 2};
}

static void tables_are_for_people(void **state)
{
    struct wire_jobs_out out = two_jobs();
    const void *parts[] = {&out};
    struct context context = {.legend = true};
    CLEANUP(freep) char *text = rendered(&context, &jobs_layout, parts, 1);

    assert_string_equal(text,
        "JOB  STATE      BYTES  SUBMITTED                  LEFT\n"
        "  7  running  13.6 MB  2026-11-22 10:00:00  1 h 40 min\n"
        "  8  done         0 B  2026-11-22 10:00:00  \n");
}

static void colors_are_there_only_if_wanted(void **state)
{
    struct wire_jobs_out out = two_jobs();
    const void *parts[] = {&out};
    struct context with = {.color = true}, without = {0};
    CLEANUP(freep) char *colored = rendered(&with, &jobs_layout, parts, 1);
    CLEANUP(freep) char *plain = rendered(&without, &jobs_layout, parts, 1);

    assert_non_null(strstr(colored, "\033[32mrunning"));
    assert_null(strchr(plain, '\033'));
}

static void bars_are_as_long_as_the_first_allows_and_only_there_with_colors(void **state)
{
    static const struct render_column columns[] = {
        {"word", "WORD", STYLE_TEXT}, {"tokens", "", STYLE_BAR}, {0}};
    static const struct render_layout layout = {
        .shape = &wire_top_out_shape, .list = "words", .columns = columns};
    static const struct wire_word bars[] = {
        {.word = "a", .tokens = 160}, {.word = "b", .tokens = 80}, {.word = "c", .tokens = 1}, {.word = "d"}};
    struct wire_top_out out = {.words = bars, .n_words = 4};
    const void *parts[] = {&out};
    struct context with = {.color = true}, without = {0};
    CLEANUP(freep) char *drawn = rendered(&with, &layout, parts, 1);
    CLEANUP(freep) char *plain = rendered(&without, &layout, parts, 1);

    assert_non_null(strstr(drawn, "a  \033[34m████████████████████\033[0m\n"));
    assert_non_null(strstr(drawn, "b  \033[34m██████████\033[0m\n"));
    assert_non_null(strstr(drawn, "c  \033[34m▏\033[0m\n"));
    assert_null(strstr(strstr(drawn, "\nd"), "█"));
    assert_string_equal(plain, "a\nb\nc\nd\n");
}

static void null_is_nothing_in_csv(void **state)
{
    struct wire_jobs_out out = two_jobs();
    const void *parts[] = {&out};
    struct context context = {.format = FORMAT_CSV};
    CLEANUP(freep) char *text = rendered(&context, &jobs_layout, parts, 1);

    assert_string_equal(text,
        "7,,running,,0,0,0,0,0,0,0,0,0,0,0,13600000,2026-11-22T10:00:00Z,,6000,,,\n"
        "8,,done,,0,0,0,0,0,0,0,0,0,0,0,0,2026-11-22T10:00:00Z,2026-11-22T10:00:09Z,,,,\n");
}

static void a_reply_without_a_list_is_one_item(void **state)
{
    static const char *const warnings[] = {"Contact= is unset", "low \"space\""};
    struct wire_status_out status = {.version = "0.1.0",
        .engine = {"e", "1", "72.1", "15.0", "d"},
        .jobs = {.running = 2},
        .store = {.bytes = 99},
        .warnings = warnings,
        .n_warnings = 2};
    const void *parts[] = {&status};
    struct context tsv = {.format = FORMAT_TSV, .legend = true}, json = {.format = FORMAT_JSON};
    CLEANUP(freep) char *as_tsv = rendered(&tsv, &status_layout, parts, 1);
    CLEANUP(freep) char *as_json = rendered(&json, &status_layout, parts, 1);

    assert_string_equal(as_tsv, "version\tjobs.running\tstore.bytes\n0.1.0\t2\t99\n");
    assert_non_null(strstr(as_json,
        "  \"warnings\": [\"Contact= is unset\",\"low \\\"space\\\"\"],\n"
        "  \"logLevel\": null,\n  \"caller\": null\n}\n"));
    assert_non_null(strstr(as_json, "{\n  \"version\": \"0.1.0\",\n"));
}

static void an_empty_list_is_a_document_all_the_same(void **state)
{
    struct wire_jobs_out out = {0};
    const void *parts[] = {&out};
    struct context json = {.format = FORMAT_JSON}, csv = {.format = FORMAT_CSV, .legend = true};
    CLEANUP(freep) char *as_json = rendered(&json, &jobs_layout, parts, 1);
    CLEANUP(freep) char *as_csv = rendered(&csv, &jobs_layout, parts, 1);

    assert_string_equal(as_json, "{\n  \"jobs\": []\n}\n");
    assert_int_equal(strncmp(as_csv, "job,name,", 9), 0);
}

static void a_list_of_many_blocks_keeps_its_columns(void **state)
{
    struct wire_word many[2500];
    struct wire_top_out out = part(0, 0);
    const void *parts[] = {&out};
    struct context context = {0};
    CLEANUP(freep) char *text = NULL;
    size_t lines = 0;

    for (size_t i = 0; i < 2500; i++)
        many[i] = (struct wire_word){.rank = (int64_t)i + 1, .word = i == 0 ? "wide word" : "w", .tokens = 1};
    out.words = many;
    out.n_words = 2500;
    text = rendered(&context, &words_layout, parts, 1);
    for (const char *line = text; *line; line = strchr(line, '\n') + 1, lines++)
        if (lines > 1000)
            assert_int_equal(strchr(line, '\n') - line, strlen("2,500  wide word  1  0.0"));
    assert_int_equal(lines, 2500);
}

static void a_failure_within_a_document_ends_it(void **state)
{
    struct wire_top_out first = part(0, 1);
    struct context context = {.format = FORMAT_JSON};
    FILE *saved = stdout;
    char *text = NULL;
    size_t size;

    stdout = open_memstream(&text, &size);
    assert_int_equal(render_begin(&context, &words_layout), 0);
    assert_int_equal(render_part(&context, &first, false), 0);
    assert_true(render_failure(&context, "io.urlstat.StoreFailed", "disk \"broken\""));
    fclose(stdout);
    stdout = saved;
    render_free(context.render);

    assert_non_null(strstr(text,
        "\"hosts\":2}\n  ],\n  \"error\": \"io.urlstat.StoreFailed\",\n  \"message\": \"disk "
        "\\\"broken\\\"\"\n}\n"));
    free(text);
}

static int prepare(void **state)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    setenv("TZ", "UTC", 1);
    tzset();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table_is_aligned_and_escaped),
        cmocka_unit_test(table_without_legend_is_rows_alone),
        cmocka_unit_test(json_is_one_document_however_many_parts_there_were),
        cmocka_unit_test(jsonl_is_an_item_a_line),
        cmocka_unit_test(csv_is_quoted_by_rfc_4180),
        cmocka_unit_test(tsv_escapes_what_would_break_a_line),
        cmocka_unit_test(byte_order_mark_comes_first_and_once),
        cmocka_unit_test(an_array_within_items_makes_a_row_for_each_element),
        cmocka_unit_test(arrays_within_items_are_arrays_in_json),
        cmocka_unit_test(tables_are_for_people),
        cmocka_unit_test(colors_are_there_only_if_wanted),
        cmocka_unit_test(bars_are_as_long_as_the_first_allows_and_only_there_with_colors),
        cmocka_unit_test(null_is_nothing_in_csv),
        cmocka_unit_test(a_reply_without_a_list_is_one_item),
        cmocka_unit_test(an_empty_list_is_a_document_all_the_same),
        cmocka_unit_test(a_list_of_many_blocks_keeps_its_columns),
        cmocka_unit_test(a_failure_within_a_document_ends_it),
    };

    return cmocka_run_group_tests(tests, prepare, NULL);
}
