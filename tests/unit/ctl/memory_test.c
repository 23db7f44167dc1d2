/* Out of memory, at each allocation in turn: an error, no crash, no leak. */
#include "ctl/batch.h"
#include "ctl/escape.h"
#include "ctl/estimate.h"
#include "ctl/facts.h"
#include "ctl/pages.h"
#include "ctl/progress.h"
#include "ctl/rejects.h"
#include "ctl/render.h"
#include "ctl/seen.h"
#include "ctl/source.h"
#include "failing.h"
#include "wire/messages.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static enum format format;

static const struct wire_group_word words[] = {{1, "the", 42}, {2, "a\tb", 30}};
static const struct wire_group groups[] = {
    {.job = {true, 7},
        .page = {true, 1},
        .url = "http://a/",
        .tokens = 72,
        .distinct = 2,
        .words = words,
        .n_words = 2},
    {.job = {true, 7},
        .page = {true, 2},
        .url = "http://b/",
        .tokens = 42,
        .distinct = 1,
        .words = words,
        .n_words = 1},
};

static const char *const fields[] = {"page", "words.rank", "words.word", "url", NULL};
static const struct render_column columns[] = {
    {"page", "PAGE", STYLE_PLAIN},
    {"tokens", "TOKENS", STYLE_NUMBER},
    {"words.word", "WORD", STYLE_TEXT},
    {0},
};
static const struct render_layout layout = {
    .shape = &wire_top_out_shape, .list = "groups", .columns = columns, .fields = fields};

static int run_render(void)
{
    static const int64_t jobs[] = {7};
    struct wire_top_out out = {.jobs = jobs,
        .n_jobs = 1,
        .engine = {"e", "1", "72.1", "15.0", "d"},
        .groups = groups,
        .n_groups = 2};
    struct context context = {.format = format, .legend = true, .bom = true, .color = true};
    int r = render_begin(&context, &layout);

    if (r == 0)
        r = render_part(&context, &out, false);
    if (r == 0)
        r = render_part(&context, &out, true);
    render_free(context.render);
    return r;
}

static int run_pages(void)
{
    static const struct wire_url failed = {
        .url = "http://c/", .state = "failed", .outcome = "timeout", .detail = "slow"};
    CLEANUP(pages_freep) struct pages *pages = NULL;
    struct context context = {.format = format, .color = true, .quiet = true};
    int r = pages_new(&context, &pages);

    for (size_t i = 0; i < 2 && r == 0; i++)
        r = pages_take(pages, &groups[i], NULL, 3);
    if (r == 0)
        r = pages_take(pages, NULL, &failed, 3);
    if (r == 0)
        r = pages_finish(pages);
    render_free(context.render);
    return r;
}

static int run_source(void)
{
    CLEANUP(source_freep) struct source *source = NULL;
    CLEANUP(batch_deinit) struct batch batch = {0};
    struct source_item item;
    int r = source_new("http://example.org/", &source);

    if (r == 0)
        r = source_next(source, &item);
    for (int i = 0; i < 500 && r == 0; i++)
        r = batch_add(&batch, &item, 0);
    return r;
}

static int run_rejects(void)
{
    struct rejects *rejects = calloc(1, sizeof(*rejects));
    struct wire_rejected line = {
        .source = "urls.txt", .line = {true, 3}, .text = "nonsense", .reason = "no URL"};
    int r = rejects ? 0 : -ENOMEM;

    if (r == 0)
        rejects->n = REJECTS_MAX_SAID; /* nothing is printed */
    for (int i = 0; i < 100 && r == 0; i++)
        r = rejects_add(rejects, &line);
    if (rejects)
        rejects_deinit(rejects);
    free(rejects);
    return r;
}

static int run_lines(void)
{
    CLEANUP(buffer_deinit) struct buffer buffer = {0};
    struct wire_slowest_host slowest = {.host = "example.org", .urls = 9, .delay = 1, .seconds = 6000};
    struct wire_job job = {.job = 7, .state = "running", .total = 10, .counted = 5, .failed = 1};
    struct bar_style style = {"#", "-", "", ""};
    struct progress_sum sum;
    int r = estimate_format(&buffer, &slowest);

    progress_sum(&job, 1, &sum);
    if (r == 0)
        r = progress_format(&buffer, &sum, 10, 1e6, 200, &style);
    return r < 0 ? r : escape_append(&buffer, "a\x1b\xff", 3);
}

static int run_facts(void)
{
    CLEANUP(table_freep) struct table *table = NULL;
    struct context context = {.color = true};
    struct wire_job job = {.job = 7, .state = "running", .bytes = 12};
    int r = facts_new(&context, &table);

    if (r == 0)
        r = facts_printf(table, "Job", "%d", 7);
    if (r == 0)
        r = facts_field(table, "State", &wire_job_shape, &job, "state", STYLE_STATE);
    if (r == 0)
        r = facts_field(table, "Bytes", &wire_job_shape, &job, "bytes", STYLE_SIZE);
    return r < 0 ? r : table_finish(table);
}

static int run_seen(void)
{
    CLEANUP(seen_deinit) struct seen seen = {0};
    int r = seen_add(&seen, 1);

    if (r == 1)
        r = seen_add(&seen, 100000);
    return r == 1 ? 0 : r;
}

/* What is printed meanwhile goes nowhere. */
static void run_each(int (*run)(void))
{
    FILE *saved = stdout;

    stdout = fopen("/dev/null", "w");
    assert_non_null(stdout);
    failing_each(run);
    fclose(stdout);
    stdout = saved;
}

static void every_format_reports_that_memory_ran_out(void **state)
{
    for (format = FORMAT_TABLE; format <= FORMAT_TSV; format++) {
        run_each(run_render);
        run_each(run_pages);
    }
}

static void lists_report_that_memory_ran_out(void **state)
{
    run_each(run_source);
    run_each(run_rejects);
    run_each(run_seen);
}

static void lines_for_people_report_that_memory_ran_out(void **state)
{
    run_each(run_lines);
    run_each(run_facts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_format_reports_that_memory_ran_out),
        cmocka_unit_test(lists_report_that_memory_ran_out),
        cmocka_unit_test(lines_for_people_report_that_memory_ran_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
