/* What a report tells, asked of the daemon. */
#include "ctl/report.h"

#include "ctl/join.h"
#include "ctl/top.h"
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void host_deinit(struct report_host *host)
{
    free(host->host);
    for (size_t i = 0; i < host->n_words; i++)
        free(host->words[i].word);
    *host = (struct report_host){0};
}

static void page_deinit(struct report_page *page)
{
    free(page->url);
    free(page->outcome);
    free(page->detail);
    *page = (struct report_page){0};
}

void report_deinit(struct report *report)
{
    for (size_t i = 0; i < report->n_hosts; i++)
        host_deinit(&report->hosts[i]);
    for (size_t i = 0; i < report->n_slowest; i++)
        page_deinit(&report->slowest[i]);
    for (size_t i = 0; i < report->n_failed; i++)
        page_deinit(&report->failed[i]);
    wire_reply_free(report->job_reply);
    wire_reply_free(report->top_reply);
}

/* *ret is NULL for NULL. */
static int copy(const char *text, char **ret)
{
    *ret = text ? strdup(text) : NULL;
    return text && !*ret ? -ENOMEM : 0;
}

/* ---- rank and frequency ---- */

static void add_point(struct report *report, struct report_point point)
{
    if (report->n_points < REPORT_POINTS)
        report->points[report->n_points++] = point;
}

struct curve {
    struct report *report;
    struct report_point last; /* seen so far */
};

static int take_words(void *userdata, const void *reply, bool last)
{
    const struct wire_top_out *out = reply;
    struct curve *curve = userdata;
    struct report *report = curve->report;

    for (size_t i = 0; i < out->n_words; i++) {
        int64_t drawn = report->n_points > 0 ? report->points[report->n_points - 1].rank : 0;

        curve->last = (struct report_point){.rank = out->words[i].rank, .tokens = out->words[i].tokens};
        if (curve->last.rank > drawn && (double)curve->last.rank >= (double)drawn * REPORT_RANK_STEP)
            add_point(report, curve->last);
    }
    if (last && report->n_points > 0 && report->points[report->n_points - 1].rank < curve->last.rank)
        add_point(report, curve->last);
    return 0;
}

static int collect_curve(struct context *context, struct wire_top_in in, struct report *report)
{
    struct curve curve = {.report = report};

    in.k = wire_some_int(0);
    return call_stream(context, WIRE_TOP, &in, take_words, &curve);
}

/* ---- hosts ---- */

static int copy_host(const struct wire_group *group, struct report_host *ret)
{
    int r = copy(group->host ? group->host : "", &ret->host);

    ret->pages = group->pages.value;
    ret->tokens = group->tokens;
    ret->distinct = group->distinct;
    for (size_t i = 0; i < group->n_words && i < REPORT_HOST_WORDS && r == 0; i++) {
        r = copy(group->words[i].word, &ret->words[i].word);
        ret->words[i].tokens = group->words[i].tokens;
        ret->n_words += r == 0;
    }
    if (r < 0)
        host_deinit(ret);
    return r;
}

static int take_host(struct report *report, const struct wire_group *group)
{
    struct report_host host = {0};
    size_t place = report->n_hosts;
    int r;

    report->all_hosts++;
    while (place > 0 && report->hosts[place - 1].tokens < group->tokens)
        place--;
    if (place == REPORT_HOSTS)
        return 0;
    r = copy_host(group, &host);
    if (r < 0)
        return r;
    if (report->n_hosts == REPORT_HOSTS)
        host_deinit(&report->hosts[--report->n_hosts]);
    memmove(&report->hosts[place + 1], &report->hosts[place], (report->n_hosts - place) * sizeof(host));
    report->hosts[place] = host;
    report->n_hosts++;
    return 0;
}

struct hosts {
    struct report *report;
    struct join join;
};

static int take_hosts(void *userdata, const void *reply, bool last)
{
    const struct wire_top_out *out = reply;
    const struct wire_group *groups;
    struct hosts *hosts = userdata;
    size_t n;
    int r = join_take(&hosts->join, out->groups, out->n_groups, last, &groups, &n);

    for (size_t i = 0; i < n && r == 0; i++)
        r = take_host(hosts->report, &groups[i]);
    return r;
}

static int collect_hosts(struct context *context, struct wire_top_in in, struct report *report)
{
    struct hosts hosts = {.report = report};
    int r;

    in.per = "host";
    in.k = wire_some_int(REPORT_HOST_WORDS);
    r = call_stream(context, WIRE_TOP, &in, take_hosts, &hosts);
    join_deinit(&hosts.join);
    return r;
}

/* ---- pages ---- */

static int copy_page(const struct wire_url *url, bool with_outcome, struct report_page *ret)
{
    int r = copy(url->url, &ret->url);

    ret->page = url->page;
    ret->bytes = url->body_bytes.value;
    ret->seconds = url->seconds.value;
    if (r == 0 && with_outcome)
        r = copy(url->outcome ? url->outcome : url->state, &ret->outcome);
    if (r == 0 && with_outcome)
        r = copy(url->detail, &ret->detail);
    if (r < 0)
        page_deinit(ret);
    return r;
}

static int take_slow(struct report *report, const struct wire_url *url)
{
    struct report_page page = {0};
    size_t place = report->n_slowest;
    int r;

    if (!url->seconds.set)
        return 0;
    while (place > 0 && report->slowest[place - 1].seconds < url->seconds.value)
        place--;
    if (place == REPORT_SLOWEST)
        return 0;
    r = copy_page(url, false, &page);
    if (r < 0)
        return r;
    if (report->n_slowest == REPORT_SLOWEST)
        page_deinit(&report->slowest[--report->n_slowest]);
    memmove(&report->slowest[place + 1], &report->slowest[place], (report->n_slowest - place) * sizeof(page));
    report->slowest[place] = page;
    report->n_slowest++;
    return 0;
}

static int take_counted(void *userdata, const void *reply, bool last)
{
    const struct wire_urls_out *out = reply;
    int r = 0;

    for (size_t i = 0; i < out->n_urls && r == 0; i++)
        r = take_slow(userdata, &out->urls[i]);
    return r;
}

static int take_failed(void *userdata, const void *reply, bool last)
{
    const struct wire_urls_out *out = reply;
    struct report *report = userdata;
    int r = 0;

    for (size_t i = 0; i < out->n_urls && report->n_failed < REPORT_FAILED && r == 0; i++) {
        r = copy_page(&out->urls[i], true, &report->failed[report->n_failed]);
        report->n_failed += r == 0;
    }
    return r;
}

static int collect_pages(struct context *context, const char *job, struct report *report)
{
    struct wire_urls_in in = {.job = job, .state = "counted"};
    int r = call_stream(context, WIRE_URLS, &in, take_counted, report);

    if (r != 0 || report->job->failed == 0)
        return r;
    in.state = "failed";
    return call_stream(context, WIRE_URLS, &in, take_failed, report);
}

/* ---- all of it ---- */

int report_collect(struct context *context, const char *job, struct report *ret)
{
    struct wire_show_in show = {.job = job, .cite = wire_some_bool(true)};
    char number[32];
    const char *jobs[] = {number};
    struct wire_top_in top = {.jobs = jobs, .n_jobs = 1, .k = wire_some_int(REPORT_WORDS)};
    const void *out;
    int r = call_once(context, WIRE_SHOW, &show, &ret->job_reply, &out);

    if (r != 0)
        return r;
    if (((const struct wire_jobs_out *)out)->n_jobs == 0)
        return call_failed(context, -EPROTO);
    ret->job = &((const struct wire_jobs_out *)out)->jobs[0];
    /* Whatever is submitted meanwhile: the same job. */
    snprintf(number, sizeof(number), "%" PRId64, ret->job->job);
    r = call_once(context, WIRE_TOP, &top, &ret->top_reply, &out);
    if (r != 0)
        return r;
    ret->top = out;
    r = top_say_engines(context, "the pages were", ret->top);
    if (r == 0)
        r = collect_curve(context, top, ret);
    if (r == 0)
        r = collect_hosts(context, top, ret);
    return r == 0 ? collect_pages(context, number, ret) : r;
}
