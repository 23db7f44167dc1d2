#include "ctl/follow.h"

#include "base/array.h"
#include "base/clock.h"
#include "ctl/pages.h"
#include "ctl/progress.h"
#include "ctl/say.h"
#include "ctl/seen.h"
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>

#define RECONNECT_FOR (30 * USEC_PER_SEC)
#define RECONNECT_INTERVAL_MS 200
#define MAX_LOST 10

struct follow {
    struct context *context;
    const struct follow_options *options;
    struct progress *progress;
    struct pages *pages; /* NULL without per_page */
    int signals;         /* readable once the user pressed Ctrl-C, or likewise */
    sigset_t mask;       /* before */
    uint64_t deadline_usec;
    struct waited waited;
    unsigned n_lost;  /* connections in a row over which nothing came */
    struct seen seen; /* pages that were shown: a daemon that came back tells them again */
};

static void follow_deinit(struct follow *follow)
{
    if (follow->context->client)
        client_set_interrupt(follow->context->client, -1);
    if (follow->signals >= 0)
        (void)sigprocmask(SIG_SETMASK, &follow->mask, NULL);
    closep(&follow->signals);
    progress_free(follow->progress);
    pages_free(follow->pages);
    waited_deinit(&follow->waited);
    seen_deinit(&follow->seen);
}

/* SIGINT and SIGTERM become readable instead of deadly. */
static int catch_interrupt(struct follow *follow)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    follow->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (follow->signals < 0)
        return -errno;
    return sigprocmask(SIG_BLOCK, &set, &follow->mask) < 0 ? -errno : 0;
}

static int show_page(struct follow *follow, const struct wire_watch_out *out)
{
    struct wire_int page = out->page ? out->page->page : wire_some_int(out->url->page);
    struct progress_sum sum;
    int r = page.set ? seen_add(&follow->seen, page.value) : 1;

    if (r <= 0)
        return r;
    progress_sum(follow->waited.jobs, follow->waited.n_jobs, &sum);
    progress_clear(follow->progress);
    r = pages_take(follow->pages, out->page, out->url, sum.total);
    progress_restore(follow->progress);
    return r;
}

static int take(struct follow *follow, const struct wire_watch_out *out)
{
    int r = waited_take(&follow->waited, out->jobs, out->n_jobs);

    if (r == 0 && follow->pages && (out->page || out->url))
        r = show_page(follow, out);
    progress_show(follow->progress, out);
    return r;
}

static void set_timeout(struct follow *follow, struct client *client)
{
    uint64_t now = clock_boottime_usec();

    if (follow->deadline_usec == USEC_NEVER)
        client_set_timeout(client, USEC_NEVER);
    else
        client_set_timeout(client, follow->deadline_usec > now ? follow->deadline_usec - now : 1);
}

/* "7 8", or the jobs as they were named. */
static void name_jobs(const struct follow *follow, char *text, size_t size)
{
    size_t n = 0;

    text[0] = '\0';
    for (size_t i = 0; i < follow->waited.n_jobs && n < size; i++)
        n += (size_t)snprintf(text + n, size - n, "%s%" PRId64, i > 0 ? " " : "", follow->waited.jobs[i].job);
    for (size_t i = 0; follow->waited.n_jobs == 0 && i < follow->options->n_jobs && n < size; i++)
        n += (size_t)snprintf(text + n, size - n, "%s%s", i > 0 ? " " : "", follow->options->jobs[i]);
}

static int say_goes_on(struct follow *follow, int status, const char *error, const char *why)
{
    bool several = follow->waited.n_jobs > 1 || follow->options->n_jobs > 1;
    char names[512];

    name_jobs(follow, names, sizeof(names));
    progress_clear(follow->progress);
    return say_failure(follow->context, status, error, "%sjob%s %s go%s on; urlstatctl wait %s", why,
        several ? "s" : "", names, several ? "" : "es", names);
}

/* The status that a shell gives to a program which the signal ended. */
static int interrupted(struct follow *follow)
{
    struct signalfd_siginfo info;
    int status = EXIT_INTERRUPTED;

    if (read(follow->signals, &info, sizeof(info)) == sizeof(info) && info.ssi_signo == SIGTERM)
        status = EXIT_TERMINATED;
    return say_goes_on(follow, status, FAILURE_INTERRUPTED, "");
}

static int receive(struct follow *follow, struct client *client, bool *ret_last)
{
    CLEANUP(wire_reply_freep) struct wire_reply *reply = NULL;
    const void *out;
    int r;

    set_timeout(follow, client);
    r = client_receive(client, &reply);
    if (r < 0)
        return r;
    follow->n_lost = 0;
    if (wire_reply_error(reply))
        progress_clear(follow->progress);
    r = call_check(follow->context, reply);
    if (r == 0)
        r = client_decode(WIRE_WATCH, reply, &out);
    if (r == 0)
        r = take(follow, out);
    *ret_last = !wire_reply_continues(reply);
    return r;
}

/* One Watch to its end. 0 when the jobs have ended, an exit status with the reason said, or negative errno,
 * of which -ECONNRESET means that the daemon went away. */
static int follow_once(struct follow *follow, struct client *client)
{
    struct wire_watch_in in = {0};
    bool last = false;
    int r;

    /* By number once it is known: "the latest" may be another job by then. */
    in.n_jobs = follow->waited.n_jobs > 0 ? follow->waited.n_jobs : follow->options->n_jobs;
    if (in.n_jobs > 0)
        in.jobs = follow->waited.n_jobs > 0 ? follow->waited.names : follow->options->jobs;
    if (follow->options->per_page)
        in.per_page = wire_some_int(follow->options->k);
    client_set_interrupt(client, follow->signals);
    set_timeout(follow, client);
    r = client_send(client, WIRE_WATCH, WIRE_CALL_MORE, &in);
    while (r == 0 && !last)
        r = receive(follow, client, &last);
    return r;
}

/* Waits for the daemon to listen again. 0, or negative errno: -EINTR by Ctrl-C, else why it does not. */
static int reconnect(struct follow *follow)
{
    uint64_t until = clock_boottime_usec() + RECONNECT_FOR;
    struct pollfd signals = {.fd = follow->signals, .events = POLLIN};
    int r;

    progress_clear(follow->progress);
    if (follow->n_lost == 1)
        say_note(follow->context, "the daemon closed the connection; waiting for it to come back");
    client_free(follow->context->client);
    follow->context->client = NULL;
    for (;;) {
        if (poll(&signals, 1, RECONNECT_INTERVAL_MS) > 0)
            return -EINTR;
        r = client_connect(follow->context->socket, &follow->context->client);
        if (r == 0 || clock_boottime_usec() > until)
            return r;
        if (clock_boottime_usec() > follow->deadline_usec)
            return -ETIMEDOUT;
    }
}

static int follow_through_restarts(struct follow *follow)
{
    struct client *client;
    int r = context_client(follow->context, &client);

    if (r != 0)
        return r;
    for (;;) {
        r = follow_once(follow, client);
        if ((r != -ECONNRESET && r != -EPIPE) || follow->waited.n_jobs == 0 || follow->n_lost++ == MAX_LOST)
            return r;
        r = reconnect(follow);
        if (r < 0)
            return r;
        client = follow->context->client;
    }
}

static int judge_all(const struct follow *follow)
{
    int status = EXIT_DONE;

    for (size_t i = 0; i < follow->waited.n_jobs; i++)
        if (limit_judge(&follow->waited.jobs[i], &follow->options->limit) != EXIT_DONE)
            status = EXIT_INCOMPLETE;
    return status;
}

static void say_ended(const struct follow *follow)
{
    for (size_t i = 0; i < follow->waited.n_jobs; i++) {
        const struct wire_job *job = &follow->waited.jobs[i];
        CLEANUP(buffer_deinit) struct buffer text = {0};
        const struct {
            int64_t n;
            const char *what;
        } parts[] = {{job->counted, "counted"}, {job->failed, "failed"}, {job->skipped, "skipped"},
            {job->cancelled, "cancelled"}};

        for (size_t j = 0; j < sizeof(parts) / sizeof(parts[0]); j++)
            if (parts[j].n > 0 || j == 0)
                (void)buffer_printf(&text, "%s%" PRId64 " %s", j > 0 ? ", " : "", parts[j].n, parts[j].what);
        if (buffer_append(&text, "", 1) == 0)
            say_note(follow->context, "job %" PRId64 " %s: %s", job->job,
                strcmp(job->state, "done") == 0 ? "is done" : job->state, (const char *)text.bytes);
    }
}

static int end(struct follow *follow, struct waited *ret)
{
    int r = follow->pages ? pages_finish(follow->pages) : 0;

    progress_clear(follow->progress);
    if (r < 0)
        return r;
    say_ended(follow);
    r = judge_all(follow);
    if (ret) {
        *ret = follow->waited;
        follow->waited = (struct waited){0};
    }
    return r;
}

int follow_jobs(struct context *context, const struct follow_options *options, struct waited *ret)
{
    CLEANUP(follow_deinit)
    struct follow follow = {
        .context = context, .options = options, .signals = -1, .deadline_usec = USEC_NEVER};
    int r = progress_new(context, options->plain_progress, &follow.progress);

    if (r == 0 && options->per_page)
        r = pages_new(context, &follow.pages);
    if (r == 0)
        r = catch_interrupt(&follow);
    if (r < 0)
        return r;
    if (context->timeout_given)
        follow.deadline_usec = clock_add(clock_boottime_usec(), context->timeout_usec);
    r = follow_through_restarts(&follow);
    if (r == -EINTR)
        return interrupted(&follow);
    if (r == -ETIMEDOUT)
        return say_goes_on(&follow, EXIT_TIMED_OUT, FAILURE_TIMED_OUT, "no end in time: ");
    if (r == 0)
        return end(&follow, ret);
    progress_clear(follow.progress);
    return r < 0 ? call_failed(context, r) : r;
}
