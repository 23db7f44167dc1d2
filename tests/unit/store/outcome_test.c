#include "fixture.h"
#include "store/store.h"
#include "store/store_change.h"
#include "store/store_read.h"

#include <errno.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct page front = {3, {"the", "cat", "sat"}, {5, 2, 1}};
static const struct page second = {3, {"dog", "the", "sat"}, {7, 1, 1}};

static struct store_read_urls read_urls(struct harness *harness, uint64_t job)
{
    struct store_read_urls urls = {.job = job, .state = -1};

    assert_int_equal(DO(harness, urls, STORE_READ_URLS), 0);
    return urls;
}

static void outcome_comes_back_whole(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, 1, 1);
    struct store_outcome request = harness_outcome(job, 1, "host0.example", OUTCOME_COUNTED);
    struct store_read_urls urls;
    const struct store_url_row *row;

    request.counts = &front;
    request.n_words = front.n;
    request.tokens = 8;
    request.final_url = "http://host0.example/final";
    request.content_type = "text/html";
    request.charset = "utf-8";
    request.charset_from = "meta";
    request.title = "A title";
    request.etag = "\"e\"";
    request.last_modified = "yesterday";
    request.detail = "detail";
    request.engine_id = "engine-1";
    request.tries = 3;
    request.duration_usec = 77;
    request.replaced = 4;
    memset(request.content_hash, 0xab, sizeof(request.content_hash));
    assert_int_equal(DO(harness, request, STORE_OUTCOME), 0);
    assert_true(request.accepted);
    urls = read_urls(harness, job);

    assert_int_equal(urls.n_rows, 1);
    row = &urls.rows[0];
    assert_int_equal(row->state, URL_COUNTED);
    assert_int_equal(row->outcome, OUTCOME_COUNTED);
    assert_string_equal(row->final_url, "http://host0.example/final");
    assert_string_equal(row->content_type, "text/html");
    assert_string_equal(row->charset, "utf-8");
    assert_string_equal(row->charset_from, "meta");
    assert_string_equal(row->title, "A title");
    assert_string_equal(row->etag, "\"e\"");
    assert_string_equal(row->last_modified, "yesterday");
    assert_string_equal(row->detail, "detail");
    assert_string_equal(row->engine_id, "engine-1");
    assert_true(row->has_hash);
    assert_int_equal(row->content_hash[15], 0xab);
    assert_int_equal(row->http_status, 200);
    assert_int_equal(row->tries, 3);
    assert_int_equal(row->fetched_usec, 1700000000000001);
    assert_int_equal(row->duration_usec, 77);
    assert_int_equal(row->body_bytes, 100);
    assert_int_equal(row->wire_bytes, 50);
    assert_int_equal(row->replaced, 4);
    assert_int_equal(row->tokens, 8);
    assert_int_equal(row->distinct, 3);
    assert_null(row->counts);
    store_rows_free(urls.rows);
}

static void second_outcome_of_a_url_is_refused(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, 2, 1);
    struct store_job_row row;

    assert_true(harness_end(harness, job, 1, "host0.example", OUTCOME_COUNTED, &front));
    assert_false(harness_end(harness, job, 1, "host0.example", OUTCOME_COUNTED, &front));
    assert_false(harness_end(harness, job, 1, "host0.example", OUTCOME_TIMEOUT, NULL));
    row = harness_job(harness, job);

    assert_int_equal(row.counted, 1);
    assert_int_equal(row.failed, 0);
    assert_int_equal(row.tokens, 8);
    assert_int_equal(row.body_bytes, 100);
}

static void outcome_of_an_unknown_url_job_or_attempt_is_refused(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, 2, 1);
    struct store_outcome later = harness_outcome(job, 1, "host0.example", OUTCOME_TIMEOUT);

    later.attempt = 1;
    assert_int_equal(DO(harness, later, STORE_OUTCOME), 0);

    assert_false(later.accepted);
    assert_false(harness_end(harness, job, 0, "host0.example", OUTCOME_TIMEOUT, NULL));
    assert_false(harness_end(harness, job, 3, "host0.example", OUTCOME_TIMEOUT, NULL));
    assert_false(harness_end(harness, 99, 1, "host0.example", OUTCOME_TIMEOUT, NULL));
    assert_int_equal(harness_job(harness, job).failed, 0);
}

static void pages_share_the_ids_of_their_words(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, 2, 1);
    struct store_read_words words = {.job = job};
    struct store_read_words rest = {.job = job, .first_id = 3};
    struct store_read_urls urls = {.job = job, .state = -1, .with_counts = true};
    uint64_t the = 0;

    assert_true(harness_end(harness, job, 1, "host0.example", OUTCOME_COUNTED, &front));
    harness_reopen(harness);
    assert_true(harness_end(harness, job, 2, "host0.example", OUTCOME_COUNTED, &second));
    assert_int_equal(DO(harness, words, STORE_READ_WORDS), 0);
    assert_int_equal(DO(harness, rest, STORE_READ_WORDS), 0);
    assert_int_equal(DO(harness, urls, STORE_READ_URLS), 0);

    assert_int_equal(words.n_rows, 4);
    assert_int_equal(rest.n_rows, 1);
    assert_memory_equal(rest.rows[0].text, words.rows[3].text, 3);
    assert_int_equal(urls.n_rows, 2);
    for (size_t page = 0; page < 2; page++)
        for (size_t i = 0; i < packed_size(urls.rows[page].counts, urls.rows[page].counts_size); i++) {
            uint32_t id;
            uint64_t tokens;

            packed_get(urls.rows[page].counts, i, &id, &tokens);
            assert_true(id < words.n_rows);
            if (words.rows[id].length == 3 && memcmp(words.rows[id].text, "the", 3) == 0)
                the += tokens;
        }
    assert_int_equal(the, 6);
    store_rows_free(words.rows);
    store_rows_free(rest.rows);
    store_rows_free(urls.rows);
}

static void words_keep_their_ids_when_there_is_no_room_for_them(void **state)
{
    struct harness *harness = *state;
    uint64_t jobs[2];
    struct store_read_words words = {.first_id = 0};

    harness->cache_bytes = 1;
    harness_reopen(harness);
    jobs[0] = harness_submit(harness, NULL, 50, 1);
    jobs[1] = harness_submit(harness, NULL, 50, 1);
    for (uint64_t seq = 1; seq <= 50; seq++)
        for (int i = 0; i < 2; i++)
            assert_true(harness_end(
                harness, jobs[i], seq, "host0.example", OUTCOME_COUNTED, seq % 2 ? &front : &second));
    words.job = jobs[1];
    assert_int_equal(DO(harness, words, STORE_READ_WORDS), 0);

    assert_int_equal(words.n_rows, 4);
    store_rows_free(words.rows);
}

/* More new words than are kept out of the index, and no room for any of them in memory. */
static void many_words_have_one_id_each(void **state)
{
    struct harness *harness = *state;
    enum {
        N = 5000,
        PER_PAGE = 16,
        N_AGAIN = 200
    };
    uint64_t job = harness_submit(harness, NULL, N + N_AGAIN, 1);
    struct store_outcome *requests = calloc(N + N_AGAIN, sizeof(*requests));
    struct page *pages = calloc(N + N_AGAIN, sizeof(*pages));
    char(*texts)[40] = calloc(N * PER_PAGE, sizeof(*texts));
    struct store_read_words words = {.job = job};
    struct store_read_urls urls = {.job = job, .state = -1, .with_counts = true, .after = N};

    assert_true(requests && pages && texts);
    for (size_t i = 0; i < N * PER_PAGE; i++)
        snprintf(
            texts[i], sizeof(texts[i]), "%s%zu", i % 3 ? "w" : "a much longer word ", i * 7919 % 1000003);
    for (size_t i = 0; i < N + N_AGAIN; i++) {
        requests[i] = harness_outcome(job, i + 1, "host0.example", OUTCOME_COUNTED);
        requests[i].counts = &pages[i];
        requests[i].n_words = pages[i].n = PER_PAGE;
        for (size_t j = 0; j < PER_PAGE; j++) {
            /* The later pages have one word of each of sixteen earlier ones. */
            pages[i].words[j] = texts[i < N ? i * PER_PAGE + j : (i - N) * 25 + j * N];
            pages[i].tokens[j] = 1;
        }
    }
    harness->cache_bytes = 1;
    harness_reopen(harness);
    for (size_t i = 0; i < N; i++)
        harness_post(harness, &requests[i].request, STORE_OUTCOME);
    harness_wait(harness);
    harness_reopen(harness);
    for (size_t i = N; i < N + N_AGAIN; i++)
        harness_post(harness, &requests[i].request, STORE_OUTCOME);
    harness_wait(harness);
    assert_int_equal(DO(harness, words, STORE_READ_WORDS), 0);
    assert_int_equal(DO(harness, urls, STORE_READ_URLS), 0);

    assert_int_equal(words.n_rows, N * PER_PAGE);
    assert_int_equal(urls.n_rows, N_AGAIN);
    for (size_t i = 0; i < N_AGAIN; i++)
        for (size_t j = 0; j < PER_PAGE; j++) {
            const struct store_words_row *row;
            uint32_t id;
            uint64_t tokens;
            size_t k;

            packed_get(urls.rows[i].counts, j, &id, &tokens);
            row = &words.rows[id];
            for (k = 0; k < PER_PAGE; k++)
                if (strlen(pages[N + i].words[k]) == row->length &&
                    memcmp(pages[N + i].words[k], row->text, row->length) == 0)
                    break;
            assert_true(k < PER_PAGE);
        }
    store_rows_free(words.rows);
    store_rows_free(urls.rows);
    free(requests);
    free(pages);
    free(texts);
}

static void counts_are_read_only_of_counted_pages(void **state)
{
    struct harness *harness = *state;
    static const struct page empty = {0};
    uint64_t job = harness_submit(harness, NULL, 3, 1);
    struct store_read_urls urls = {.job = job, .state = -1, .with_counts = true};

    assert_true(harness_end(harness, job, 1, "host0.example", OUTCOME_HTTP_ERROR, NULL));
    assert_true(harness_end(harness, job, 2, "host0.example", OUTCOME_COUNTED, &front));
    assert_true(harness_end(harness, job, 3, "host0.example", OUTCOME_COUNTED, &empty));
    assert_int_equal(DO(harness, urls, STORE_READ_URLS), 0);

    assert_int_equal(urls.n_rows, 2);
    assert_int_equal(urls.rows[0].seq, 2);
    assert_int_equal(packed_tokens(urls.rows[0].counts, urls.rows[0].counts_size), 8);
    assert_int_equal(urls.rows[1].seq, 3);
    assert_non_null(urls.rows[1].counts);
    assert_int_equal(urls.rows[1].counts_size, 0);
    store_rows_free(urls.rows);
}

static void refiled_url_waits_under_its_new_host_alone(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, 3, 1);
    struct store_refile refile = {.job = job,
        .seq = 2,
        .host = "other.example",
        .url = "http://other.example/x",
        .hops = 1,
        .tries = 2};
    struct store_read_window from = {.job = job, .host = "host0.example"};
    struct store_read_window to = {.job = job, .host = "other.example"};
    struct store_read_hosts hosts = {.job = job};

    assert_int_equal(DO(harness, refile, STORE_REFILE), 0);
    assert_true(refile.accepted);
    assert_int_equal(DO(harness, from, STORE_READ_WINDOW), 0);
    assert_int_equal(DO(harness, to, STORE_READ_WINDOW), 0);
    assert_int_equal(DO(harness, hosts, STORE_READ_HOSTS), 0);

    assert_int_equal(from.n_rows, 2);
    assert_int_equal(from.rows[0].seq, 1);
    assert_int_equal(from.rows[1].seq, 3);
    assert_int_equal(to.n_rows, 1);
    assert_true(to.end);
    assert_int_equal(to.rows[0].seq, 2);
    assert_int_equal(to.rows[0].attempt, 0);
    assert_int_equal(to.rows[0].hops, 1);
    assert_int_equal(to.rows[0].tries, 2);
    assert_string_equal(to.rows[0].url, "http://other.example/x");
    assert_int_equal(hosts.n_rows, 2);
    store_rows_free(from.rows);
    store_rows_free(to.rows);
    store_rows_free(hosts.rows);
}

static void url_that_comes_back_to_its_host_waits_there_once(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, 1, 1);
    struct store_refile there = {
        .job = job, .seq = 1, .host = "other.example", .url = "http://other.example/"};
    struct store_refile back = {
        .job = job, .seq = 1, .host = "host0.example", .url = "http://host0.example/b"};
    struct store_read_window window = {.job = job, .host = "host0.example"};
    struct store_read_window other = {.job = job, .host = "other.example"};

    harness_post(harness, &there.request, STORE_REFILE);
    harness_post(harness, &back.request, STORE_REFILE);
    harness_wait(harness);
    assert_true(there.accepted && back.accepted);
    assert_int_equal(DO(harness, window, STORE_READ_WINDOW), 0);
    assert_int_equal(DO(harness, other, STORE_READ_WINDOW), 0);

    assert_int_equal(window.n_rows, 1);
    assert_string_equal(window.rows[0].url, "http://host0.example/b");
    assert_int_equal(other.n_rows, 0);
    store_rows_free(window.rows);
}

static void ended_url_is_not_refiled(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, 1, 1);
    struct store_refile refile = {.job = job, .seq = 1, .host = "o.example", .url = "http://o.example/"};

    assert_true(harness_end(harness, job, 1, "host0.example", OUTCOME_TIMEOUT, NULL));
    assert_int_equal(DO(harness, refile, STORE_REFILE), 0);

    assert_false(refile.accepted);
}

static void window_goes_on_where_it_ended_and_skips_what_ended(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, 3000, 1);
    struct store_read_window window = {.job = job, .host = "host0.example"};
    uint64_t expected = 1;

    for (uint64_t seq = 100; seq < 2900; seq++)
        assert_true(harness_end(harness, job, seq, "host0.example", OUTCOME_TIMEOUT, NULL));
    while (!window.end) {
        assert_int_equal(DO(harness, window, STORE_READ_WINDOW), 0);
        for (size_t i = 0; i < window.n_rows; i++) {
            if (expected == 100)
                expected = 2900;
            assert_int_equal(window.rows[i].seq, expected);
            expected++;
        }
        store_rows_free(window.rows);
    }

    assert_int_equal(expected, 3001);
}

static void trim_drops_only_rows_in_which_nothing_waits(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, 2500, 1);
    struct store_trim trim = {.job = job, .host = "host0.example", .batch = UINT64_MAX};
    struct store_read_hosts hosts = {.job = job};

    for (uint64_t seq = 1001; seq <= 2000; seq++)
        assert_true(harness_end(harness, job, seq, "host0.example", OUTCOME_TIMEOUT, NULL));
    assert_int_equal(DO(harness, trim, STORE_TRIM), 0);
    assert_int_equal(DO(harness, hosts, STORE_READ_HOSTS), 0);

    assert_int_equal(hosts.n_rows, 1);
    assert_int_equal(hosts.rows[0].n_urls, 1500);
    store_rows_free(hosts.rows);
}

static void rows_are_trimmed_as_windows_go_on(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, 4000, 1);
    struct store_read_window window = {.job = job, .host = "host0.example"};
    struct store_read_hosts hosts = {.job = job};

    while (!window.end) {
        assert_int_equal(DO(harness, window, STORE_READ_WINDOW), 0);
        for (size_t i = 0; i < window.n_rows; i++)
            assert_true(
                harness_end(harness, job, window.rows[i].seq, "host0.example", OUTCOME_TIMEOUT, NULL));
        store_rows_free(window.rows);
    }
    harness_wait_idle(harness);
    assert_int_equal(DO(harness, hosts, STORE_READ_HOSTS), 0);

    assert_int_equal(hosts.n_rows, 1);
    assert_int_equal(hosts.rows[0].n_urls, 2000);
    store_rows_free(hosts.rows);
}

/* What a scan saw, as one line a page. */
struct seen {
    char text[4096];
    size_t stop_after;
    size_t n;
};

static int see(void *userdata, const struct store_page_row *row)
{
    struct seen *seen = userdata;
    size_t size = strlen(seen->text);

    snprintf(seen->text + size, sizeof(seen->text) - size, "%s %llu %llu %s\n", row->host,
        (unsigned long long)row->seq, (unsigned long long)row->tokens, row->label ? row->label : "-");
    assert_int_equal(packed_tokens(row->counts, row->counts_size), row->tokens);
    assert_int_equal(row->content_hash[0], row->seq);
    return ++seen->n == seen->stop_after ? -EIO : 0;
}

static void scan_shows_pages_ordered_by_host_and_seq(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, 6, 3);
    struct seen seen = {.text = ""};
    struct seen of_host = {.text = ""};
    struct store_scan_pages scan = {.job = job, .page = see, .userdata = &seen, .with_labels = true};
    struct store_scan_pages scan_host = {
        .job = job, .host = "host1.example", .page = see, .userdata = &of_host};

    for (uint64_t seq = 6; seq >= 1; seq--)
        assert_true(
            harness_end(harness, job, seq, harness_host(seq, 3), seq == 2 ? OUTCOME_TIMEOUT : OUTCOME_COUNTED,
                seq == 2      ? NULL
                    : seq % 2 ? &front
                              : &second));
    assert_int_equal(DO(harness, scan, STORE_SCAN_PAGES), 0);
    assert_int_equal(DO(harness, scan_host, STORE_SCAN_PAGES), 0);

    assert_string_equal(seen.text,
        "host0.example 3 8 -\nhost0.example 6 9 -\nhost1.example 1 8 -\n"
        "host1.example 4 9 -\nhost2.example 5 8 -\n");
    assert_string_equal(of_host.text, "host1.example 1 8 -\nhost1.example 4 9 -\n");
}

static int note_end(void *userdata)
{
    struct seen *seen = userdata;
    size_t size = strlen(seen->text);

    snprintf(seen->text + size, sizeof(seen->text) - size, "end\n");
    return seen->stop_after ? -EIO : 0;
}

static void scan_begins_behind_a_host_and_says_when_it_is_through(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, 6, 3);
    struct seen seen = {.text = ""};
    struct seen failing = {.stop_after = 99};
    struct store_scan_pages scan = {
        .job = job, .after_host = "host0.example", .page = see, .finish = note_end, .userdata = &seen};
    struct store_scan_pages failing_scan = {
        .job = job, .after_host = "host2.example", .page = see, .finish = note_end, .userdata = &failing};

    for (uint64_t seq = 1; seq <= 6; seq++)
        assert_true(harness_end(harness, job, seq, harness_host(seq, 3), OUTCOME_COUNTED, &front));
    assert_int_equal(DO(harness, scan, STORE_SCAN_PAGES), 0);

    assert_string_equal(seen.text,
        "host1.example 1 8 -\nhost1.example 4 8 -\nhost2.example 2 8 -\n"
        "host2.example 5 8 -\nend\n");
    assert_int_equal(DO(harness, failing_scan, STORE_SCAN_PAGES), -EIO);
    assert_string_equal(failing.text, "end\n");
}

static int see_url(void *userdata, const struct store_list_row *row)
{
    struct seen *seen = userdata;
    size_t size = strlen(seen->text);

    snprintf(seen->text + size, sizeof(seen->text) - size, "%llu %s of %s", (unsigned long long)row->seq,
        row->url, row->host);
    size = strlen(seen->text);
    if (row->counted)
        snprintf(seen->text + size, sizeof(seen->text) - size, " %llu %d", (unsigned long long)row->tokens,
            row->content_hash[0]);
    size = strlen(seen->text);
    snprintf(seen->text + size, sizeof(seen->text) - size, "\n");
    return ++seen->n == seen->stop_after ? -EIO : 0;
}

static void list_is_shown_as_it_was_submitted_with_what_was_counted(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, 4, 3);
    struct seen all = {.text = ""};
    struct seen one = {.text = ""};
    struct store_scan_list scan = {.job = job, .url = see_url, .finish = note_end, .userdata = &all};
    struct store_scan_list scan_one = {
        .job = job, .after = 1, .max_rows = 1, .url = see_url, .userdata = &one};

    /* It was led to another host. */
    assert_true(harness_end(harness, job, 4, "elsewhere.example", OUTCOME_COUNTED, &front));
    assert_true(harness_end(harness, job, 2, harness_host(2, 3), OUTCOME_TIMEOUT, NULL));
    assert_int_equal(DO(harness, scan, STORE_SCAN_LIST), 0);
    assert_int_equal(DO(harness, scan_one, STORE_SCAN_LIST), 0);

    assert_string_equal(all.text,
        "1 http://host1.example/1 of host1.example\n2 http://host2.example/2 of host2.example\n"
        "3 http://host0.example/3 of host0.example\n"
        "4 http://host1.example/4 of elsewhere.example 8 4\nend\n");
    assert_string_equal(one.text, "2 http://host2.example/2 of host2.example\n");
    assert_null(scan.settings);
    store_rows_free(scan.rows);
    store_rows_free(scan_one.rows);
}

static void list_has_the_settings_that_it_was_committed_with(void **state)
{
    struct harness *harness = *state;
    struct store_begin begin = {.job = 0};
    struct store_commit commit;
    struct seen seen = {.text = ""};
    struct store_scan_list scan = {.url = see_url, .userdata = &seen};

    assert_int_equal(DO(harness, begin, STORE_BEGIN), 0);
    assert_int_equal(harness_append(harness, begin.job, 1, 2, 1), 0);
    commit = harness_commit(begin.job, NULL, 2);
    commit.settings = "Robots=yes\n";
    assert_int_equal(DO(harness, commit, STORE_COMMIT), 0);

    scan.job = begin.job;
    assert_int_equal(DO(harness, scan, STORE_SCAN_LIST), 0);
    assert_string_equal(scan.settings, "Robots=yes\n");
    store_rows_free(scan.rows);
}

static void long_list_is_shown_in_steps_and_whole(void **state)
{
    struct harness *harness = *state;
    const size_t n = STORE_STEP_ROWS * 2;
    uint64_t job = harness_submit(harness, NULL, n, 3);
    struct seen seen = {.stop_after = 0};
    struct seen some = {.stop_after = 0};
    struct store_scan_list scan = {.job = job, .url = see_url, .userdata = &seen};
    struct store_scan_list cut = {
        .job = job, .max_rows = STORE_STEP_ROWS + 5, .url = see_url, .userdata = &some};

    assert_int_equal(DO(harness, scan, STORE_SCAN_LIST), 0);
    assert_int_equal(DO(harness, cut, STORE_SCAN_LIST), 0);

    assert_int_equal(seen.n, n);
    assert_int_equal(some.n, STORE_STEP_ROWS + 5);
    store_rows_free(scan.rows);
    store_rows_free(cut.rows);
}

static void scan_of_a_list_ends_with_what_a_callback_returns_or_when_cancelled(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, 4, 3);
    struct seen seen = {.stop_after = 2};
    struct seen failing = {.stop_after = 99};
    struct store_scan_list scan = {.job = job, .url = see_url, .userdata = &seen};
    struct store_scan_list cancelled = {.job = job, .url = see_url, .userdata = &seen, .cancelled = true};
    struct store_scan_list failing_scan = {
        .job = job, .url = see_url, .finish = note_end, .userdata = &failing};

    assert_int_equal(DO(harness, scan, STORE_SCAN_LIST), -EIO);
    assert_int_equal(seen.n, 2);
    assert_int_equal(DO(harness, cancelled, STORE_SCAN_LIST), -ECANCELED);
    assert_int_equal(seen.n, 2);
    assert_int_equal(DO(harness, failing_scan, STORE_SCAN_LIST), -EIO);
    assert_null(failing_scan.rows);
}

static void scan_ends_with_what_the_callback_returns_or_when_cancelled(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, 6, 3);
    struct seen seen = {.stop_after = 2};
    struct store_scan_pages scan = {.job = job, .page = see, .userdata = &seen};
    struct store_scan_pages cancelled = {.job = job, .page = see, .userdata = &seen, .cancelled = true};

    for (uint64_t seq = 1; seq <= 6; seq++)
        assert_true(harness_end(harness, job, seq, harness_host(seq, 3), OUTCOME_COUNTED, &front));

    assert_int_equal(DO(harness, scan, STORE_SCAN_PAGES), -EIO);
    assert_int_equal(seen.n, 2);
    assert_int_equal(DO(harness, cancelled, STORE_SCAN_PAGES), -ECANCELED);
    assert_int_equal(seen.n, 2);
}

static int count_page(void *userdata, const struct store_page_row *row)
{
    ++*(uint64_t *)userdata;
    return 0;
}

static void scan_goes_on_over_many_turns(void **state)
{
    struct harness *harness = *state;
    enum {
        N = 3500
    };
    uint64_t job = harness_submit(harness, NULL, N, 3);
    struct store_outcome *requests = calloc(N, sizeof(*requests));
    uint64_t n = 0, of_host = 0;
    struct store_scan_pages scan = {.job = job, .page = count_page, .userdata = &n};
    struct store_scan_pages scan_host = {
        .job = job, .host = "host1.example", .page = count_page, .userdata = &of_host};
    static const char *const hosts[] = {"host0.example", "host1.example", "host2.example"};

    assert_non_null(requests);
    for (uint64_t i = 0; i < N; i++) {
        requests[i] = harness_outcome(job, i + 1, hosts[(i + 1) % 3], OUTCOME_COUNTED);
        requests[i].counts = &front;
        requests[i].n_words = front.n;
        harness_post(harness, &requests[i].request, STORE_OUTCOME);
    }
    harness_wait(harness);
    assert_int_equal(DO(harness, scan, STORE_SCAN_PAGES), 0);
    assert_int_equal(DO(harness, scan_host, STORE_SCAN_PAGES), 0);

    assert_int_equal(n, N);
    assert_int_equal(of_host, (N + 2) / 3);
    free(requests);
}

struct held_scan {
    sem_t may_go_on;
    bool goes_on;
    uint64_t n;
};

/* Its first page takes until it is let go. */
static int count_held_page(void *userdata, const struct store_page_row *row)
{
    struct held_scan *held = userdata;

    while (!held->goes_on)
        held->goes_on = sem_wait(&held->may_go_on) == 0;
    held->n++;
    return 0;
}

static void window_does_not_wait_behind_a_scan(void **state)
{
    struct harness *harness = *state;
    enum {
        N = 5000
    };
    uint64_t job = harness_submit(harness, NULL, N, 1);
    struct store_outcome *requests = calloc(N, sizeof(*requests));
    struct held_scan held = {0};
    struct store_scan_pages scan = {.job = job, .page = count_held_page, .userdata = &held};
    struct store_read_window window = {.job = job, .host = "host0.example"};

    assert_non_null(requests);
    for (uint64_t i = 0; i + 1 < N; i++) {
        requests[i] = harness_outcome(job, i + 1, "host0.example", OUTCOME_COUNTED);
        requests[i].counts = &front;
        requests[i].n_words = front.n;
        harness_post(harness, &requests[i].request, STORE_OUTCOME);
    }
    harness_wait(harness);
    assert_int_equal(sem_init(&held.may_go_on, 0, 0), 0);
    harness_post(harness, &scan.request, STORE_SCAN_PAGES);
    harness_post(harness, &window.request, STORE_READ_WINDOW);
    assert_int_equal(sem_post(&held.may_go_on), 0);
    harness_wait(harness);

    assert_ptr_equal(harness_last_reply(), &scan.request);
    assert_int_equal(held.n, N - 1);
    (void)sem_destroy(&held.may_go_on);
    store_rows_free(window.rows);
    free(requests);
}

/* The greatest word id that a scan has shown. */
static int note_ids(void *userdata, const struct store_page_row *row)
{
    uint64_t *greatest = userdata;

    for (size_t i = 0; i < packed_size(row->counts, row->counts_size); i++) {
        uint32_t id;
        uint64_t tokens;

        packed_get(row->counts, i, &id, &tokens);
        if (id > *greatest)
            *greatest = id;
    }
    return 0;
}

static void words_of_every_page_that_was_shown_can_be_read_while_writing_goes_on(void **state)
{
    struct harness *harness = *state;
    enum {
        N = 4000,
        AT_ONCE = 400
    };
    uint64_t job = harness_submit(harness, NULL, N, 1);
    struct store_outcome *requests = calloc(N, sizeof(*requests));
    struct page *pages = calloc(N, sizeof(*pages));
    char(*texts)[16] = calloc(N, sizeof(*texts));
    uint64_t greatest = 0;

    assert_true(requests && pages && texts);
    for (size_t i = 0; i < N; i++) {
        snprintf(texts[i], sizeof(texts[i]), "word%zu", i);
        pages[i] = (struct page){2, {"the", texts[i]}, {1, 1}};
        requests[i] = harness_outcome(job, i + 1, "host0.example", OUTCOME_COUNTED);
        requests[i].counts = &pages[i];
        requests[i].n_words = 2;
    }
    for (size_t at = 0; at < N; at += AT_ONCE) {
        struct store_scan_pages scan = {.job = job, .page = note_ids, .userdata = &greatest};
        struct store_read_words words = {.job = job};

        for (size_t i = at; i < at + AT_ONCE / 2; i++)
            harness_post(harness, &requests[i].request, STORE_OUTCOME);
        harness_post(harness, &scan.request, STORE_SCAN_PAGES);
        harness_wait_for(harness, &scan.request);
        for (size_t i = at + AT_ONCE / 2; i < at + AT_ONCE; i++)
            harness_post(harness, &requests[i].request, STORE_OUTCOME);
        assert_int_equal(DO(harness, words, STORE_READ_WORDS), 0);

        assert_int_equal(scan.request.r, 0);
        assert_true(words.n_rows == 0 ? greatest == 0 : greatest < words.n_rows);
        store_rows_free(words.rows);
    }

    assert_int_equal(harness_job(harness, job).counted, N);
    free(requests);
    free(pages);
    free(texts);
}

static void requests_that_wait_share_a_transaction(void **state)
{
    struct harness *harness = *state;
    enum {
        N = 1000
    };
    uint64_t job = harness_submit(harness, NULL, N, 1);
    struct store_outcome *requests = calloc(N, sizeof(*requests));
    struct store_stats before, after;

    assert_non_null(requests);
    store_get_stats(harness->store, &before);
    for (uint64_t i = 0; i < N; i++) {
        requests[i] = harness_outcome(job, i + 1, "host0.example", OUTCOME_TIMEOUT);
        harness_post(harness, &requests[i].request, STORE_OUTCOME);
    }
    harness_wait(harness);
    store_get_stats(harness->store, &after);

    assert_int_equal(after.write_requests - before.write_requests, N);
    assert_true(after.transactions - before.transactions < N / 2);
    free(requests);
}

static void closing_finishes_what_was_handed_over(void **state)
{
    struct harness *harness = *state;
    enum {
        N = 500
    };
    uint64_t job = harness_submit(harness, NULL, N, 1);
    struct store_outcome *requests = calloc(N, sizeof(*requests));
    struct store_read_urls urls = {.job = job, .state = -1};

    assert_non_null(requests);
    for (uint64_t i = 0; i < N; i++) {
        requests[i] = harness_outcome(job, i + 1, "host0.example", OUTCOME_TIMEOUT);
        harness_post(harness, &requests[i].request, STORE_OUTCOME);
    }
    harness_post(harness, &urls.request, STORE_READ_URLS);
    harness_close_store(harness);
    harness_wait(harness);

    for (uint64_t i = 0; i < N; i++)
        assert_true(requests[i].request.r == 0 && requests[i].accepted);
    assert_int_equal(urls.request.r, 0);
    store_rows_free(urls.rows);
    free(requests);
    harness_reopen(harness);
    assert_int_equal(harness_job(harness, job).failed, N);
}

static void urls_are_selected_by_state_outcome_host_and_url(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, 3000, 3);
    const struct {
        struct store_read_urls request;
        size_t n;
        uint64_t first;
    } cases[] = {
        {{.state = URL_FAILED}, 2, 2000},
        {{.state = URL_QUEUED, .host = "host2.example"}, 998, 2},
        {{.state = URL_ACTIVE, .host = "host2.example"}, 998, 2},
        {{.state = -1, .outcome = OUTCOME_TIMEOUT}, 1, 2000},
        {{.state = -1, .outcome = OUTCOME_COUNTED}, 0, 0},
        {{.state = URL_SKIPPED, .outcome = OUTCOME_TIMEOUT}, 0, 0},
        {{.state = -1, .url = "http://host1.example/2500"}, 1, 2500},
        {{.state = -1, .url = "http://final.example/"}, 1, 2999},
        {{.state = -1, .after = 2998}, 2, 2999},
        {{.state = -1, .after = UINT64_MAX}, 0, 0},
    };
    struct store_outcome ended = harness_outcome(job, 2999, "host2.example", OUTCOME_HTTP_ERROR);

    ended.final_url = "http://final.example/";
    assert_int_equal(DO(harness, ended, STORE_OUTCOME), 0);
    assert_true(harness_end(harness, job, 2000, "host2.example", OUTCOME_TIMEOUT, NULL));
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct store_read_urls request = cases[i].request;
        uint64_t first = 0;
        size_t n = 0;

        request.job = job;
        while (!request.end) {
            assert_int_equal(DO(harness, request, STORE_READ_URLS), 0);
            if (n == 0 && request.n_rows > 0)
                first = request.rows[0].seq;
            n += request.n_rows;
            store_rows_free(request.rows);
            request.after = request.next_after;
        }

        assert_int_equal(n, cases[i].n);
        assert_int_equal(first, cases[i].first);
    }
}

static void outcomes_are_tallied_with_their_first_example(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, 5, 1);
    struct store_outcome with_detail = harness_outcome(job, 4, "host0.example", OUTCOME_TIMEOUT);
    struct store_read_outcomes read = {.job = job};

    with_detail.detail = "no answer";
    assert_true(harness_end(harness, job, 5, "host0.example", OUTCOME_TIMEOUT, NULL));
    assert_int_equal(DO(harness, with_detail, STORE_OUTCOME), 0);
    assert_true(harness_end(harness, job, 2, "host0.example", OUTCOME_COUNTED, &front));
    assert_int_equal(DO(harness, read, STORE_READ_OUTCOMES), 0);

    assert_int_equal(read.n_rows, 2);
    assert_int_equal(read.rows[0].outcome, OUTCOME_COUNTED);
    assert_int_equal(read.rows[0].n, 1);
    assert_int_equal(read.rows[1].outcome, OUTCOME_TIMEOUT);
    assert_int_equal(read.rows[1].n, 2);
    assert_string_equal(read.rows[1].example_url, "http://host0.example/4");
    assert_string_equal(read.rows[1].example_detail, "no answer");
    store_rows_free(read.rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(outcome_comes_back_whole),
        TEST(second_outcome_of_a_url_is_refused),
        TEST(outcome_of_an_unknown_url_job_or_attempt_is_refused),
        TEST(pages_share_the_ids_of_their_words),
        TEST(words_keep_their_ids_when_there_is_no_room_for_them),
        TEST(many_words_have_one_id_each),
        TEST(counts_are_read_only_of_counted_pages),
        TEST(refiled_url_waits_under_its_new_host_alone),
        TEST(url_that_comes_back_to_its_host_waits_there_once),
        TEST(ended_url_is_not_refiled),
        TEST(window_goes_on_where_it_ended_and_skips_what_ended),
        TEST(trim_drops_only_rows_in_which_nothing_waits),
        TEST(rows_are_trimmed_as_windows_go_on),
        TEST(scan_shows_pages_ordered_by_host_and_seq),
        TEST(scan_begins_behind_a_host_and_says_when_it_is_through),
        TEST(scan_ends_with_what_the_callback_returns_or_when_cancelled),
        TEST(list_is_shown_as_it_was_submitted_with_what_was_counted),
        TEST(list_has_the_settings_that_it_was_committed_with),
        TEST(long_list_is_shown_in_steps_and_whole),
        TEST(scan_of_a_list_ends_with_what_a_callback_returns_or_when_cancelled),
        TEST(scan_goes_on_over_many_turns),
        TEST(window_does_not_wait_behind_a_scan),
        TEST(words_of_every_page_that_was_shown_can_be_read_while_writing_goes_on),
        TEST(requests_that_wait_share_a_transaction),
        TEST(closing_finishes_what_was_handed_over),
        TEST(urls_are_selected_by_state_outcome_host_and_url),
        TEST(outcomes_are_tallied_with_their_first_example),
    };

    return cmocka_run_group_tests_name("store outcome", tests, NULL, NULL);
}
