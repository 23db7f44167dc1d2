#include "ctl/watch.h"

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

struct watch {
    struct context *context;
    const struct watch_options *options;
    struct progress *progress;
    struct pages *pages; /* NULL without per_page */
    int signals;         /* readable once the user pressed Ctrl-C, or likewise */
    sigset_t mask;       /* before */
    uint64_t deadline_usec;
    struct waited waited;
    unsigned n_lost;  /* connections in a row over which nothing came */
    struct seen seen; /* pages that were shown: a daemon that came back tells them again */
};

static void watch_deinit(struct watch *watch)
{
    if (watch->context->client)
        client_set_interrupt(watch->context->client, -1);
    if (watch->signals >= 0)
        (void)sigprocmask(SIG_SETMASK, &watch->mask, NULL);
    closep(&watch->signals);
    progress_free(watch->progress);
    pages_free(watch->pages);
    waited_deinit(&watch->waited);
    seen_deinit(&watch->seen);
}

/* SIGINT and SIGTERM become readable instead of deadly. */
static int catch_interrupt(struct watch *watch)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    watch->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (watch->signals < 0)
        return -errno;
    return sigprocmask(SIG_BLOCK, &set, &watch->mask) < 0 ? -errno : 0;
}

static int show_page(struct watch *watch, const struct wire_watch_out *out)
{
    struct wire_int page = out->page ? out->page->page : wire_some_int(out->url->page);
    struct progress_sum sum;
    int r = page.set ? seen_add(&watch->seen, page.value) : 1;

    if (r <= 0)
        return r;
    progress_sum(watch->waited.jobs, watch->waited.n_jobs, &sum);
    progress_clear(watch->progress);
    r = pages_take(watch->pages, out->page, out->url, sum.total);
    progress_restore(watch->progress);
    return r;
}

static int take(struct watch *watch, const struct wire_watch_out *out)
{
    int r = waited_take(&watch->waited, out->jobs, out->n_jobs);

    if (r == 0 && watch->pages && (out->page || out->url))
        r = show_page(watch, out);
    progress_show(watch->progress, out);
    return r;
}

static void set_timeout(struct watch *watch, struct client *client)
{
    uint64_t now = clock_boottime_usec();

    if (watch->deadline_usec == USEC_NEVER)
        client_set_timeout(client, USEC_NEVER);
    else
        client_set_timeout(client, watch->deadline_usec > now ? watch->deadline_usec - now : 1);
}

/* "7 8", or the jobs as they were named. */
static void name_jobs(const struct watch *watch, char *text, size_t size)
{
    size_t n = 0;

    text[0] = '\0';
    for (size_t i = 0; i < watch->waited.n_jobs && n < size; i++)
        n += (size_t)snprintf(text + n, size - n, "%s%" PRId64, i > 0 ? " " : "", watch->waited.jobs[i].job);
    for (size_t i = 0; watch->waited.n_jobs == 0 && i < watch->options->n_jobs && n < size; i++)
        n += (size_t)snprintf(text + n, size - n, "%s%s", i > 0 ? " " : "", watch->options->jobs[i]);
}

static int say_goes_on(struct watch *watch, int status, const char *error, const char *why)
{
    bool several = watch->waited.n_jobs > 1 || watch->options->n_jobs > 1;
    char names[512];

    name_jobs(watch, names, sizeof(names));
    progress_clear(watch->progress);
    return say_failure(watch->context, status, error, "%sjob%s %s go%s on; urlstatctl wait %s", why,
        several ? "s" : "", names, several ? "" : "es", names);
}

/* The status that a shell gives to a program which the signal ended. */
static int interrupted(struct watch *watch)
{
    struct signalfd_siginfo info;
    int status = EXIT_INTERRUPTED;

    if (read(watch->signals, &info, sizeof(info)) == sizeof(info) && info.ssi_signo == SIGTERM)
        status = EXIT_TERMINATED;
    return say_goes_on(watch, status, FAILURE_INTERRUPTED, "");
}

static int receive(struct watch *watch, struct client *client, bool *ret_last)
{
    CLEANUP(wire_reply_freep) struct wire_reply *reply = NULL;
    const void *out;
    int r;

    set_timeout(watch, client);
    r = client_receive(client, &reply);
    if (r < 0)
        return r;
    watch->n_lost = 0;
    if (wire_reply_error(reply))
        progress_clear(watch->progress);
    r = call_check(watch->context, reply);
    if (r == 0)
        r = client_decode(WIRE_WATCH, reply, &out);
    if (r == 0)
        r = take(watch, out);
    *ret_last = !wire_reply_continues(reply);
    return r;
}

/* One Watch to its end. 0 when the jobs have ended, an exit status with the reason said, or negative errno,
 * of which -ECONNRESET means that the daemon went away. */
static int follow(struct watch *watch, struct client *client)
{
    struct wire_watch_in in = {0};
    bool last = false;
    int r;

    /* By number once it is known: "the latest" may be another job by then. */
    in.n_jobs = watch->waited.n_jobs > 0 ? watch->waited.n_jobs : watch->options->n_jobs;
    if (in.n_jobs > 0)
        in.jobs = watch->waited.n_jobs > 0 ? watch->waited.names : watch->options->jobs;
    if (watch->options->per_page)
        in.per_page = wire_some_int(watch->options->k);
    client_set_interrupt(client, watch->signals);
    set_timeout(watch, client);
    r = client_send(client, WIRE_WATCH, WIRE_CALL_MORE, &in);
    while (r == 0 && !last)
        r = receive(watch, client, &last);
    return r;
}

/* Waits for the daemon to listen again. 0, or negative errno: -EINTR by Ctrl-C, else why it does not. */
static int reconnect(struct watch *watch)
{
    uint64_t until = clock_boottime_usec() + RECONNECT_FOR;
    struct pollfd signals = {.fd = watch->signals, .events = POLLIN};
    int r;

    progress_clear(watch->progress);
    if (watch->n_lost == 1)
        say_note(watch->context, "the daemon closed the connection; waiting for it to come back");
    client_free(watch->context->client);
    watch->context->client = NULL;
    for (;;) {
        if (poll(&signals, 1, RECONNECT_INTERVAL_MS) > 0)
            return -EINTR;
        r = client_connect(watch->context->socket, &watch->context->client);
        if (r == 0 || clock_boottime_usec() > until)
            return r;
        if (clock_boottime_usec() > watch->deadline_usec)
            return -ETIMEDOUT;
    }
}

static int follow_through_restarts(struct watch *watch)
{
    struct client *client;
    int r = context_client(watch->context, &client);

    if (r != 0)
        return r;
    for (;;) {
        r = follow(watch, client);
        if ((r != -ECONNRESET && r != -EPIPE) || watch->waited.n_jobs == 0 || watch->n_lost++ == MAX_LOST)
            return r;
        r = reconnect(watch);
        if (r < 0)
            return r;
        client = watch->context->client;
    }
}

static int judge_all(const struct watch *watch)
{
    int status = EXIT_DONE;

    for (size_t i = 0; i < watch->waited.n_jobs; i++)
        if (limit_judge(&watch->waited.jobs[i], &watch->options->limit) != EXIT_DONE)
            status = EXIT_INCOMPLETE;
    return status;
}

static void say_ended(const struct watch *watch)
{
    for (size_t i = 0; i < watch->waited.n_jobs; i++) {
        const struct wire_job *job = &watch->waited.jobs[i];
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
            say_note(watch->context, "job %" PRId64 " %s: %s", job->job,
                strcmp(job->state, "done") == 0 ? "is done" : job->state, (const char *)text.bytes);
    }
}

static int end(struct watch *watch, struct waited *ret)
{
    int r = watch->pages ? pages_finish(watch->pages) : 0;

    progress_clear(watch->progress);
    if (r < 0)
        return r;
    say_ended(watch);
    r = judge_all(watch);
    if (ret) {
        *ret = watch->waited;
        watch->waited = (struct waited){0};
    }
    return r;
}

int watch_jobs(struct context *context, const struct watch_options *options, struct waited *ret)
{
    CLEANUP(watch_deinit)
    struct watch watch = {.context = context, .options = options, .signals = -1, .deadline_usec = USEC_NEVER};
    int r = progress_new(context, options->plain_progress, &watch.progress);

    if (r == 0 && options->per_page)
        r = pages_new(context, &watch.pages);
    if (r == 0)
        r = catch_interrupt(&watch);
    if (r < 0)
        return r;
    if (context->timeout_given)
        watch.deadline_usec = clock_add(clock_boottime_usec(), context->timeout_usec);
    r = follow_through_restarts(&watch);
    if (r == -EINTR)
        return interrupted(&watch);
    if (r == -ETIMEDOUT)
        return say_goes_on(&watch, EXIT_TIMED_OUT, FAILURE_TIMED_OUT, "no end in time: ");
    if (r == 0)
        return end(&watch, ret);
    progress_clear(watch.progress);
    return r < 0 ? call_failed(context, r) : r;
}
