/* watch: a live dashboard on a terminal; elsewhere how far a job is, line by line, until it has ended. */
#include "base/clock.h"
#include "ctl/dashboard.h"
#include "ctl/jobs.h"
#include "ctl/progress.h"
#include "ctl/say.h"
#include <errno.h>
#include <stdio.h>

#define LINE_INTERVAL_USEC USEC_PER_SEC

struct lines {
    struct context *context;
    struct client *client;
    uint64_t last_usec;
    uint64_t deadline_usec; /* USEC_NEVER: none */
};

static int print_line(const struct wire_watch_out *watch)
{
    CLEANUP(buffer_deinit) struct buffer line = {0};
    struct progress_sum sum;
    int r;

    progress_sum(watch->jobs, watch->n_jobs, &sum);
    r = progress_format(&line, &sum, watch->urls_per_second, watch->bytes_per_second, SIZE_MAX, NULL);
    if (r == 0)
        r = buffer_append_text(&line, "\n");
    if (r == 0 && (fwrite(line.bytes, 1, line.size, stdout) < line.size || fflush(stdout) != 0))
        r = -errno;
    return r;
}

/* --timeout is for the whole of it, not for the time to the next event. */
static int check_deadline(const struct lines *lines, uint64_t now)
{
    if (lines->deadline_usec == USEC_NEVER)
        return 0;
    if (now >= lines->deadline_usec)
        return dashboard_timed_out(lines->context);
    /* The next event mostly comes before that, and then it is not the daemon that did not answer. */
    client_set_timeout(lines->client, lines->deadline_usec - now + LINE_INTERVAL_USEC);
    return 0;
}

static int print(struct lines *lines, const struct wire_watch_out *watch, bool last)
{
    if (lines->context->format != FORMAT_TABLE)
        return render_part(
            lines->context, &(struct wire_jobs_out){.jobs = watch->jobs, .n_jobs = watch->n_jobs}, last);
    return watch->n_jobs > 0 ? print_line(watch) : 0;
}

/* Once a second, and at the end. */
static int take(void *userdata, const void *out, bool last)
{
    const struct wire_watch_out *watch = out;
    uint64_t now = clock_boottime_usec();
    struct lines *lines = userdata;

    int r = 0;

    if (last || (watch->n_jobs > 0 && now - lines->last_usec >= LINE_INTERVAL_USEC)) {
        lines->last_usec = now;
        r = print(lines, watch, last);
    }
    return r == 0 && !last ? check_deadline(lines, now) : r;
}

static int print_lines(struct context *context, int argc, char **argv)
{
    struct wire_watch_in in = {.jobs = (const char *const *)argv, .n_jobs = (size_t)argc};
    struct lines lines = {.context = context, .deadline_usec = USEC_NEVER};
    int r = context_client(context, &lines.client);

    if (r == 0 && !context->timeout_given)
        client_set_timeout(lines.client, USEC_NEVER);
    else if (r == 0)
        lines.deadline_usec = clock_add(clock_boottime_usec(), context->timeout_usec);
    if (r == 0 && context->format != FORMAT_TABLE)
        r = render_begin(context, &jobs_layout);
    return r == 0 ? call_stream(context, WIRE_WATCH, &in, take, &lines) : r;
}

int verb_watch(struct context *context, int argc, char **argv)
{
    int r = call_check_jobs(context, argc, argv);

    if (r != 0)
        return r;
    if (context->format == FORMAT_TABLE && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)) {
        r = dashboard_run(context, argc > 0 ? argv[0] : NULL);
        if (r != -ENOTTY)
            return r;
        say_note(context, "this terminal cannot show a dashboard (TERM=%s)", getenv("TERM") ?: "");
    }
    return print_lines(context, argc, argv);
}
