#include "engine/query.h"

#include "base/cleanup.h"
#include "counted.h"
#include "counts/pack.h"
#include "counts/totals.h"
#include "engine/query_run.h"
#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct fixture {
    struct counted counted;
    struct query *query;
    /* What the query gave, as text: a line for each group. */
    struct buffer given;
    size_t n_parts;
    int r;
    bool ended;
    bool next_at_once; /* query_next() from within the part */
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));

    assert_non_null(fixture);
    counted_open(&fixture->counted);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    query_free(fixture->query);
    counted_close(&fixture->counted);
    buffer_deinit(&fixture->given);
    free(fixture);
    return 0;
}

/* ---- queries ---- */

static void write_group(struct buffer *buffer, const struct query_group *group)
{
    assert_int_equal(buffer_printf(buffer, "%s%s%s", group->host ? group->host : "",
                         group->label ? group->label : "", group->url ? group->url : ""),
        0);
    assert_int_equal(
        buffer_printf(buffer, "[%ju %ju %ju/%ju/%ju]", (uintmax_t)group->job, (uintmax_t)group->page,
            (uintmax_t)group->pages, (uintmax_t)group->tokens, (uintmax_t)group->distinct),
        0);
    for (size_t i = 0; i < counts_ranking_size(group->ranking); i++) {
        const struct counts_entry *entry = counts_ranking_get(group->ranking, i);

        assert_int_equal(buffer_printf(buffer, " %.*s:%ju/%ju/%ju", (int)entry->length, entry->word,
                             (uintmax_t)entry->tokens, (uintmax_t)entry->pages, (uintmax_t)entry->hosts),
            0);
    }
    assert_int_equal(buffer_append_text(buffer, "\n"), 0);
}

static void take_part(void *userdata, int r, const struct query_group *groups, size_t n_groups, bool end)
{
    struct fixture *fixture = userdata;

    assert_false(fixture->ended);
    assert_true(n_groups <= QUERY_MAX_GROUPS);
    fixture->n_parts++;
    fixture->r = r;
    fixture->ended = end;
    for (size_t i = 0; i < n_groups; i++)
        write_group(&fixture->given, &groups[i]);
    if (!end && fixture->next_at_once)
        query_next(fixture->query);
}

static void start(struct fixture *fixture, const struct query_options *options)
{
    fixture->n_parts = 0;
    fixture->ended = false;
    fixture->given.size = 0;
    assert_int_equal(query_new(fixture->counted.store, options, take_part, fixture, &fixture->query), 0);
    assert_int_equal(fixture->n_parts, 0);
}

static void wait_for_part(struct fixture *fixture)
{
    size_t before = fixture->n_parts;

    while (fixture->n_parts == before) {
        counted_wait(&fixture->counted);
        mailbox_deliver(&fixture->counted.inbox, NULL);
    }
}

/* What the query gives, whole. */
static const char *run(struct fixture *fixture, const struct query_options *options)
{
    start(fixture, options);
    while (!fixture->ended) {
        wait_for_part(fixture);
        if (!fixture->ended && !fixture->next_at_once)
            query_next(fixture->query);
    }
    query_free(fixture->query);
    fixture->query = NULL;
    assert_int_equal(buffer_append(&fixture->given, "", 1), 0);
    return (const char *)fixture->given.bytes;
}

static const struct counted_line three[] = {
    {"http://a.test/1", "a.test", "red"},
    {"http://b.test/2", "b.test", "blue"},
    {"http://a.test/3", "a.test", NULL},
};

/* 1 on a.test, 2 on b.test with the content of 1, 3 on a.test. */
static uint64_t submit_three(struct fixture *fixture)
{
    uint64_t job = counted_submit(&fixture->counted, three, 3);

    counted_page(&fixture->counted, job, &three[0], 1, 7, "cat:2 dog:1");
    counted_page(&fixture->counted, job, &three[1], 2, 7, "cat:2 dog:1");
    counted_page(&fixture->counted, job, &three[2], 3, 8, "12:5 cat:1");
    return job;
}

static void words_of_a_job_have_tokens_pages_and_hosts(void **state)
{
    struct fixture *fixture = *state;
    uint64_t job = submit_three(fixture);
    struct query_options options = {.jobs = &job, .n_jobs = 1};

    assert_string_equal(run(fixture, &options), "[0 0 3/12/3] 12:5/1/1 cat:5/3/2 dog:2/2/2\n");
}

static void only_k_words_are_given_by_the_number_asked_for(void **state)
{
    struct fixture *fixture = *state;
    uint64_t job = submit_three(fixture);
    struct query_options options = {.jobs = &job, .n_jobs = 1, .k = 1, .by = COUNTS_BY_PAGES};

    assert_string_equal(run(fixture, &options), "[0 0 3/12/3] cat:5/3/2\n");
}

static void filtered_words_are_left_out_of_the_ranking_but_not_of_the_sums(void **state)
{
    static const char *const matches[] = {"d*", "1?"};
    struct fixture *fixture = *state;
    uint64_t job = submit_three(fixture);
    struct query_options options = {
        .jobs = &job, .n_jobs = 1, .filter = {.no_numbers = true, .matches = matches, .n_matches = 2}};

    assert_string_equal(run(fixture, &options), "[0 0 3/12/3] dog:2/2/2\n");
}

static void equal_content_counts_once_for_the_lowest_page(void **state)
{
    struct fixture *fixture = *state;
    uint64_t job = submit_three(fixture);
    struct query_options options = {.jobs = &job, .n_jobs = 1, .unique = true};

    assert_string_equal(run(fixture, &options), "[0 0 2/9/3] 12:5/1/1 cat:3/2/1 dog:1/1/1\n");
    options.per = QUERY_PER_PAGE;
    assert_string_equal(run(fixture, &options),
        "http://a.test/1[1 1 1/3/2] cat:2/1/1 dog:1/1/1\nhttp://a.test/3[1 3 1/6/2] 12:5/1/1 cat:1/1/1\n");
}

static void one_host_or_one_url_can_be_chosen(void **state)
{
    struct fixture *fixture = *state;
    uint64_t job = submit_three(fixture);
    struct query_options options = {.jobs = &job, .n_jobs = 1, .host = "a.test"};

    assert_string_equal(run(fixture, &options), "[0 0 2/9/3] 12:5/1/1 cat:3/2/1 dog:1/1/1\n");
    options.host = NULL;
    options.url = "http://b.test/2";
    assert_string_equal(run(fixture, &options), "[0 0 1/3/2] cat:2/1/1 dog:1/1/1\n");
    options.per = QUERY_PER_PAGE;
    assert_string_equal(run(fixture, &options), "http://b.test/2[1 2 1/3/2] cat:2/1/1 dog:1/1/1\n");
    options.url = "http://b.test/none";
    assert_string_equal(run(fixture, &options), "");
    options.per = QUERY_PER_NONE;
    assert_string_equal(run(fixture, &options), "[0 0 0/0/0]\n");
}

static void pages_can_be_chosen_one_by_one(void **state)
{
    struct fixture *fixture = *state;
    uint64_t job = submit_three(fixture);
    uint8_t chosen[] = {1 << 2 | 1 << 3};
    struct query_options options = {.jobs = &job, .n_jobs = 1, .pages = chosen, .pages_size = sizeof(chosen)};

    assert_string_equal(run(fixture, &options), "[0 0 2/9/3] 12:5/1/1 cat:3/2/2 dog:1/1/1\n");
    options.host = "a.test";
    assert_string_equal(run(fixture, &options), "[0 0 1/6/2] 12:5/1/1 cat:1/1/1\n");
    options.unique = true;
    assert_string_equal(run(fixture, &options), "[0 0 1/6/2] 12:5/1/1 cat:1/1/1\n");
    options.per = QUERY_PER_PAGE;
    assert_string_equal(run(fixture, &options), "http://a.test/3[1 3 1/6/2] 12:5/1/1 cat:1/1/1\n");
    options = (struct query_options){.jobs = &job, .n_jobs = 1, .pages = chosen};
    assert_string_equal(run(fixture, &options), "[0 0 0/0/0]\n");
}

static void pages_come_in_the_order_of_the_list(void **state)
{
    struct fixture *fixture = *state;
    uint64_t job = submit_three(fixture);
    struct query_options options = {.jobs = &job, .n_jobs = 1, .per = QUERY_PER_PAGE, .k = 1};

    assert_string_equal(run(fixture, &options),
        "http://a.test/1[1 1 1/3/2] cat:2/1/1\n"
        "http://b.test/2[1 2 1/3/2] cat:2/1/1\n"
        "http://a.test/3[1 3 1/6/2] 12:5/1/1\n");
}

static void hosts_and_labels_come_in_the_order_of_their_bytes(void **state)
{
    struct fixture *fixture = *state;
    uint64_t job = submit_three(fixture);
    struct query_options options = {.jobs = &job, .n_jobs = 1, .per = QUERY_PER_HOST, .k = 2};

    assert_string_equal(run(fixture, &options),
        "a.test[0 0 2/9/3] 12:5/1/1 cat:3/2/1\n"
        "b.test[0 0 1/3/2] cat:2/1/1 dog:1/1/1\n");
    options.per = QUERY_PER_LABEL;
    assert_string_equal(run(fixture, &options),
        "[0 0 1/6/2] 12:5/1/1 cat:1/1/1\n"
        "blue[0 0 1/3/2] cat:2/1/1 dog:1/1/1\n"
        "red[0 0 1/3/2] cat:2/1/1 dog:1/1/1\n");
}

static void words_of_several_jobs_meet_by_their_spelling_and_hosts_count_once(void **state)
{
    static const struct counted_line other[] = {
        {"http://a.test/9", "a.test", "red"}, {"http://c.test/", "c.test", NULL}};
    struct fixture *fixture = *state;
    uint64_t jobs[2] = {submit_three(fixture), counted_submit(&fixture->counted, other, 2)};
    struct query_options options = {.jobs = jobs, .n_jobs = 2};

    counted_page(&fixture->counted, jobs[1], &other[0], 1, 1, "eel:1 dog:4");
    counted_page(&fixture->counted, jobs[1], &other[1], 2, 2, "dog:1");
    assert_string_equal(run(fixture, &options), "[0 0 5/18/4] dog:7/4/3 12:5/1/1 cat:5/3/2 eel:1/1/1\n");
    options.per = QUERY_PER_HOST;
    options.k = 1;
    assert_string_equal(run(fixture, &options),
        "a.test[0 0 3/14/4] 12:5/1/1\n"
        "b.test[0 0 1/3/2] cat:2/1/1\n"
        "c.test[0 0 1/1/1] dog:1/1/1\n");
    options.per = QUERY_PER_JOB;
    assert_string_equal(run(fixture, &options), "[1 0 3/12/3] 12:5/1/1\n[2 0 2/6/2] dog:5/2/2\n");
    options.per = QUERY_PER_LABEL;
    assert_string_equal(run(fixture, &options),
        "[0 0 2/7/3] 12:5/1/1\n"
        "blue[0 0 1/3/2] cat:2/1/1\n"
        "red[0 0 2/8/3] dog:5/2/1\n");
    options.per = QUERY_PER_PAGE;
    assert_string_equal(run(fixture, &options),
        "http://a.test/1[1 1 1/3/2] cat:2/1/1\n"
        "http://b.test/2[1 2 1/3/2] cat:2/1/1\n"
        "http://a.test/3[1 3 1/6/2] 12:5/1/1\n"
        "http://a.test/9[2 1 1/5/2] dog:4/1/1\n"
        "http://c.test/[2 2 1/1/1] dog:1/1/1\n");
}

static void labels_that_do_not_fit_together_come_in_parts_that_join(void **state)
{
    static const struct counted_line other[] = {
        {"http://a.test/9", "a.test", "red"}, {"http://b.test/", "b.test", "amber"}};
    struct fixture *fixture = *state;
    uint64_t jobs[2] = {submit_three(fixture), counted_submit(&fixture->counted, other, 2)};
    struct query_options options = {.jobs = jobs, .n_jobs = 2, .per = QUERY_PER_LABEL};

    counted_page(&fixture->counted, jobs[1], &other[0], 1, 1, "eel:1 dog:4");
    counted_page(&fixture->counted, jobs[1], &other[1], 2, 2, "dog:1");
    start(fixture, &options);
    fixture->query->groups.max_bytes = 1;
    fixture->next_at_once = true;
    while (!fixture->ended)
        wait_for_part(fixture);
    assert_int_equal(buffer_append(&fixture->given, "", 1), 0);

    assert_string_equal((const char *)fixture->given.bytes,
        "[0 0 1/6/2] 12:5/1/1 cat:1/1/1\n"
        "amber[0 0 1/1/1] dog:1/1/1\n"
        "blue[0 0 1/3/2] cat:2/1/1 dog:1/1/1\n"
        "red[0 0 2/8/3] dog:5/2/1 cat:2/1/1 eel:1/1/1\n");
    assert_int_equal(fixture->n_parts, 4);
    query_free(fixture->query);
    fixture->query = NULL;
}

static void totals_of_a_finished_job_are_taken_where_they_are(void **state)
{
    struct fixture *fixture = *state;
    uint64_t job = submit_three(fixture);
    struct query_options options = {.jobs = &job, .n_jobs = 1};
    CLEANUP(buffer_deinit) struct buffer packed = {0};
    struct counts_totals *totals;

    /* As many pages, but of other numbers, so that it shows where they came from. */
    assert_int_equal(counts_totals_new(&totals), 0);
    assert_int_equal(counts_pack(&(struct counts_pair){.id = 1, .tokens = 77}, 1, &packed), 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(counts_totals_add(totals, packed.bytes, packed.size), 0);
    counted_finish(&fixture->counted, job, totals);
    counts_totals_free(totals);

    assert_string_equal(run(fixture, &options), "[0 0 3/231/1] dog:231/3/1\n");
    options.per = QUERY_PER_JOB;
    assert_string_equal(run(fixture, &options), "[1 0 3/231/1] dog:231/3/1\n");
    options.unique = true;
    assert_string_equal(run(fixture, &options), "[1 0 2/9/3] 12:5/1/1 cat:3/2/1 dog:1/1/1\n");
}

/* ---- the k-th place ---- */

/* Ids come in the order of the words in the list, which is not that of their code points. */
static const struct counted_line tied[] = {
    {"http://a.test/1", "a.test", "red"},
    {"http://a.test/2", "a.test", "blue"},
    {"http://b.test/3", "b.test", "red"},
};

static uint64_t submit_tied(struct fixture *fixture)
{
    uint64_t job = counted_submit(&fixture->counted, tied, 3);

    counted_page(&fixture->counted, job, &tied[0], 1, 1,
        "rare:1 yak:2 the:2 44:2 top:3 zebra:2 ox:2 bee:2 ant:2 low:1");
    counted_page(
        &fixture->counted, job, &tied[1], 2, 2, "yak:1 9:1 \u00E9l\u00E9:1 the:1 cow:1 ant:1 ape:1 top:1");
    counted_page(&fixture->counted, job, &tied[2], 3, 3, "zebra:2 ewe:2 the:9 ant:2 low:1 bee:2 44:3 dog:2");
    return job;
}

/* The groups of `text` with the first k words of each, which follow "] ". */
static char *cut(const char *text, size_t k)
{
    struct buffer result = {0};
    bool in_words = false;
    size_t n = 0;

    for (; *text; text++) {
        in_words = *text != '\n' && (in_words || *text == ']');
        n = in_words ? n + (*text == ' ') : 0;
        if (n <= k)
            assert_int_equal(buffer_append(&result, text, 1), 0);
    }
    assert_int_equal(buffer_append(&result, "", 1), 0);
    return (char *)result.bytes;
}

/* Whether every k gives the head of all words. */
static void check_heads(struct fixture *fixture, struct query_options *options)
{
    char *all, *head;

    options->k = 0;
    all = strdup(run(fixture, options));
    assert_non_null(all);
    for (size_t k = 1; k <= 12; k++) {
        options->k = k;
        head = cut(all, k);
        assert_string_equal(run(fixture, options), head);
        free(head);
    }
    free(all);
}

static void check_filters(struct fixture *fixture, struct query_options *options)
{
    static const char *const matches[] = {"*e*", "?", "[a-d]*"};
    static const char *const excluded[] = {"ant", "the", "top"};
    const struct counts_filter filters[] = {
        {0},
        {.min_length = 3},
        {.no_numbers = true},
        {.matches = matches, .n_matches = 3},
        {.excluded = excluded, .n_excluded = 3},
        {.min_length = 2,
            .no_numbers = true,
            .matches = matches,
            .n_matches = 3,
            .excluded = excluded,
            .n_excluded = 3},
    };

    for (size_t i = 0; i < sizeof(filters) / sizeof(*filters); i++) {
        options->filter = filters[i];
        check_heads(fixture, options);
    }
}

static void ties_at_the_last_place_go_by_code_points_under_any_filter(void **state)
{
    struct fixture *fixture = *state;
    uint64_t job = submit_tied(fixture);
    struct query_options options = {.jobs = &job, .n_jobs = 1, .per = QUERY_PER_PAGE, .k = 3};

    assert_string_equal(run(fixture, &options),
        "http://a.test/1[1 1 1/19/10] top:3/1/1 44:2/1/1 ant:2/1/1\n"
        "http://a.test/2[1 2 1/8/8] 9:1/1/1 ant:1/1/1 ape:1/1/1\n"
        "http://b.test/3[1 3 1/23/8] the:9/1/1 44:3/1/1 ant:2/1/1\n");
    options.filter = (struct counts_filter){.min_length = 3, .no_numbers = true};
    assert_string_equal(run(fixture, &options),
        "http://a.test/1[1 1 1/19/10] top:3/1/1 ant:2/1/1 bee:2/1/1\n"
        "http://a.test/2[1 2 1/8/8] ant:1/1/1 ape:1/1/1 cow:1/1/1\n"
        "http://b.test/3[1 3 1/23/8] the:9/1/1 ant:2/1/1 bee:2/1/1\n");
    for (int per = QUERY_PER_NONE; per <= QUERY_PER_JOB; per++)
        for (int by = COUNTS_BY_TOKENS; by <= COUNTS_BY_WORD; by++) {
            options.per = (enum query_per)per;
            options.by = (enum counts_by)by;
            options.max_pages = per != QUERY_PER_PAGE && by == COUNTS_BY_TOKENS ? 0.7 : 0;
            check_filters(fixture, &options);
        }
}

/* ---- many groups ---- */

#define N_MANY 2300

/* Page i of host h(i / 2) has word w(i) and a common one. */
static uint64_t submit_many(struct fixture *fixture, size_t first)
{
    static char urls[N_MANY][64];
    static char hosts[N_MANY][32];
    static struct counted_line lines[N_MANY];
    uint64_t job;

    for (size_t i = 0; i < N_MANY; i++) {
        snprintf(urls[i], sizeof(urls[i]), "http://h%04zu/%zu", (first + i) / 2, i);
        snprintf(hosts[i], sizeof(hosts[i]), "h%04zu", (first + i) / 2);
        lines[i] = (struct counted_line){urls[i], hosts[i], NULL};
    }
    job = counted_submit(&fixture->counted, lines, N_MANY);
    for (size_t i = 0; i < N_MANY; i++) {
        char words[32];

        snprintf(words, sizeof(words), "all:1 w%zu:2", first + i);
        counted_page(&fixture->counted, job, &lines[i], i + 1, (uint8_t)i, words);
    }
    return job;
}

static void many_hosts_come_in_parts_that_join(void **state)
{
    struct fixture *fixture = *state;
    uint64_t jobs[2] = {submit_many(fixture, 0), submit_many(fixture, 1000)};
    struct query_options options = {.jobs = jobs, .n_jobs = 1, .per = QUERY_PER_HOST, .k = 1};
    CLEANUP(buffer_deinit) struct buffer expected = {0};

    for (size_t host = 0; host < N_MANY / 2; host++)
        buffer_printf(&expected, "h%04zu[0 0 2/6/3] all:2/2/1\n", host);
    buffer_append(&expected, "", 1);
    assert_string_equal(run(fixture, &options), (const char *)expected.bytes);
    assert_true(fixture->n_parts >= N_MANY / 2 / QUERY_MAX_GROUPS);

    expected.size = 0;
    for (size_t host = 0; host < (N_MANY + 1000) / 2; host++)
        if (host >= 500 && host < N_MANY / 2)
            buffer_printf(&expected, "h%04zu[0 0 4/12/3] all:4/4/1\n", host);
        else
            buffer_printf(&expected, "h%04zu[0 0 2/6/3] all:2/2/1\n", host);
    buffer_append(&expected, "", 1);
    options.n_jobs = 2;
    fixture->next_at_once = true;
    assert_string_equal(run(fixture, &options), (const char *)expected.bytes);
}

static void jobs_that_are_merged_in_small_pieces_give_the_same_words(void **state)
{
    struct fixture *fixture = *state;
    uint64_t jobs[2] = {submit_many(fixture, 0), submit_many(fixture, 1000)};
    struct query_options options = {.jobs = jobs, .n_jobs = 2, .k = 3};
    const char *expected = "[0 0 4600/13800/3301] all:4600/4600/1650 w1000:4/2/1 w1001:4/2/1\n";

    assert_string_equal(run(fixture, &options), expected);
    start(fixture, &options);
    fixture->query->max_shared = 0;
    fixture->query->groups.shared.forget_at = 1;
    while (!fixture->ended)
        wait_for_part(fixture);
    assert_memory_equal(fixture->given.bytes, expected, strlen(expected));
    query_free(fixture->query);
    fixture->query = NULL;
}

static void many_pages_come_in_parts_and_nothing_runs_ahead(void **state)
{
    struct fixture *fixture = *state;
    uint64_t job = submit_many(fixture, 0);
    struct query_options options = {.jobs = &job, .n_jobs = 1, .per = QUERY_PER_PAGE, .k = 1};
    size_t n_lines = 0;

    start(fixture, &options);
    wait_for_part(fixture);
    assert_int_equal(fixture->n_parts, 1);
    assert_int_equal(poll(&(struct pollfd){.fd = fixture->counted.inbox.fd, .events = POLLIN}, 1, 0), 0);
    while (!fixture->ended) {
        query_next(fixture->query);
        wait_for_part(fixture);
    }
    for (size_t i = 0; i < fixture->given.size; i++)
        n_lines += fixture->given.bytes[i] == '\n';
    assert_int_equal(n_lines, N_MANY);
    query_free(fixture->query);
    fixture->query = NULL;
}

static void too_many_labels_are_refused(void **state)
{
    static char urls[QUERY_MAX_LABELS + 1][32];
    static char labels[QUERY_MAX_LABELS + 1][16];
    static struct counted_line lines[QUERY_MAX_LABELS + 1];
    struct fixture *fixture = *state;
    uint64_t job;
    struct query_options options = {.jobs = &job, .n_jobs = 1, .per = QUERY_PER_LABEL, .k = 1};

    for (size_t i = 0; i <= QUERY_MAX_LABELS; i++) {
        snprintf(urls[i], sizeof(urls[i]), "http://a%zu/", i);
        snprintf(labels[i], sizeof(labels[i]), "l%zu", i);
        lines[i] = (struct counted_line){urls[i], urls[i] + 7, labels[i]};
    }
    job = counted_submit(&fixture->counted, lines, QUERY_MAX_LABELS + 1);
    for (size_t i = 0; i < QUERY_MAX_LABELS; i++)
        counted_page(&fixture->counted, job, &lines[i], i + 1, (uint8_t)i, "word:1");

    run(fixture, &options);
    assert_int_equal(fixture->r, 0);
    counted_page(&fixture->counted, job, &lines[QUERY_MAX_LABELS], QUERY_MAX_LABELS + 1, 0, "word:1");
    run(fixture, &options);
    assert_int_equal(fixture->r, -E2BIG);
}

/* ---- ends ---- */

static void missing_job_fails_the_query(void **state)
{
    struct fixture *fixture = *state;
    uint64_t job = 99;

    for (int per = QUERY_PER_NONE; per <= QUERY_PER_JOB; per++) {
        struct query_options options = {.jobs = &job, .n_jobs = 1, .per = (enum query_per)per};

        run(fixture, &options);
        assert_int_equal(fixture->r, -ENOENT);
    }
}

static void no_job_gives_one_empty_group_or_none(void **state)
{
    struct fixture *fixture = *state;
    struct query_options options = {0};

    assert_string_equal(run(fixture, &options), "[0 0 0/0/0]\n");
    for (int per = QUERY_PER_PAGE; per <= QUERY_PER_JOB; per++) {
        options.per = (enum query_per)per;
        assert_string_equal(run(fixture, &options), "");
        assert_int_equal(fixture->r, 0);
    }
}

static void query_can_be_freed_at_any_step(void **state)
{
    struct fixture *fixture = *state;
    uint64_t jobs[2] = {submit_three(fixture), submit_three(fixture)};

    fixture->next_at_once = true;
    for (int per = QUERY_PER_NONE; per <= QUERY_PER_JOB; per++)
        for (int steps = 0; steps < 12; steps++) {
            struct query_options options = {
                .jobs = jobs, .n_jobs = 2, .per = (enum query_per)per, .unique = true};
            int step = 0;

            start(fixture, &options);
            while (step++ < steps && !fixture->ended) {
                counted_wait(&fixture->counted);
                mailbox_deliver(&fixture->counted.inbox, NULL);
            }
            query_free(fixture->query);
            fixture->query = NULL;
        }
    /* Whatever is still under way comes back at the end, and is freed then: see tear_down(). */
}

static void free_in_part(void *userdata, int r, const struct query_group *groups, size_t n_groups, bool end)
{
    struct fixture *fixture = userdata;

    fixture->n_parts++;
    query_free(fixture->query);
    fixture->query = NULL;
}

static void query_can_be_freed_from_its_part(void **state)
{
    struct fixture *fixture = *state;
    uint64_t jobs[2] = {submit_three(fixture), submit_three(fixture)};
    struct query_options options = {.jobs = jobs, .n_jobs = 2, .per = QUERY_PER_JOB};

    fixture->n_parts = 0;
    assert_int_equal(query_new(fixture->counted.store, &options, free_in_part, fixture, &fixture->query), 0);
    wait_for_part(fixture);
    assert_int_equal(fixture->n_parts, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(words_of_a_job_have_tokens_pages_and_hosts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(only_k_words_are_given_by_the_number_asked_for, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            filtered_words_are_left_out_of_the_ranking_but_not_of_the_sums, set_up, tear_down),
        cmocka_unit_test_setup_teardown(equal_content_counts_once_for_the_lowest_page, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_host_or_one_url_can_be_chosen, set_up, tear_down),
        cmocka_unit_test_setup_teardown(pages_can_be_chosen_one_by_one, set_up, tear_down),
        cmocka_unit_test_setup_teardown(pages_come_in_the_order_of_the_list, set_up, tear_down),
        cmocka_unit_test_setup_teardown(hosts_and_labels_come_in_the_order_of_their_bytes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            words_of_several_jobs_meet_by_their_spelling_and_hosts_count_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            labels_that_do_not_fit_together_come_in_parts_that_join, set_up, tear_down),
        cmocka_unit_test_setup_teardown(totals_of_a_finished_job_are_taken_where_they_are, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            ties_at_the_last_place_go_by_code_points_under_any_filter, set_up, tear_down),
        cmocka_unit_test_setup_teardown(many_hosts_come_in_parts_that_join, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            jobs_that_are_merged_in_small_pieces_give_the_same_words, set_up, tear_down),
        cmocka_unit_test_setup_teardown(many_pages_come_in_parts_and_nothing_runs_ahead, set_up, tear_down),
        cmocka_unit_test_setup_teardown(too_many_labels_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(missing_job_fails_the_query, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_job_gives_one_empty_group_or_none, set_up, tear_down),
        cmocka_unit_test_setup_teardown(query_can_be_freed_at_any_step, set_up, tear_down),
        cmocka_unit_test_setup_teardown(query_can_be_freed_from_its_part, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
