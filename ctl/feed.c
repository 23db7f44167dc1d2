#include "ctl/feed.h"

#include "base/clock.h"
#include "ctl/call.h"
#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* Weight of the last second in a job's rate. */
#define RATE_WEIGHT 0.3
#define CALL_TIMEOUT_USEC (10 * USEC_PER_SEC)

static void lose(struct feed *feed, int r)
{
    client_free(TAKE(feed->stream));
    client_free(TAKE(feed->calls));
    snprintf(feed->problem, sizeof(feed->problem), "the daemon does not answer: %s; trying on", strerror(-r));
}

static int connect_one(struct feed *feed, struct client **client)
{
    int r = 0;

    if (!*client)
        r = client_connect(feed->context->socket, client);
    if (r == 0) {
        client_set_timeout(*client, CALL_TIMEOUT_USEC);
        client_set_interrupt(*client, feed->interrupt_fd);
    }
    return r;
}

static bool is_of_an_older_daemon(const char *error)
{
    return strcmp(error, "org.varlink.service.MethodNotFound") == 0 ||
        strcmp(error, "org.varlink.service.InvalidParameter") == 0;
}

static void note_refusal(struct feed *feed, enum wire_verb verb, struct wire_reply *reply)
{
    const char *error = wire_reply_error(reply), *message = wire_reply_message(reply);
    const char *name = strrchr(wire_methods[verb].name, '.') + 1;

    feed->was_no_such_job = strcmp(error, "io.urlstat.NoSuchJob") == 0;
    if (message)
        snprintf(feed->problem, sizeof(feed->problem), "%s", message);
    else if (is_of_an_older_daemon(error))
        snprintf(feed->problem, sizeof(feed->problem),
            "the daemon does not know %s as urlstatctl " URLSTAT_VERSION " does: restart it, it is older",
            name);
    else
        snprintf(feed->problem, sizeof(feed->problem), "the daemon refused %s: %s", name, error);
}

/* The next reply of a call. 0; 1: the daemon refuses, see feed->problem; else negative errno. */
static int receive(
    struct feed *feed, enum wire_verb verb, struct wire_reply **ret_reply, const void **ret_out)
{
    CLEANUP(wire_reply_freep) struct wire_reply *reply = NULL;
    int r = client_receive(feed->calls, &reply);

    if (r < 0)
        return r;
    if (wire_reply_error(reply)) {
        note_refusal(feed, verb, reply);
        return 1;
    }
    r = client_decode(verb, reply, ret_out);
    if (r == 0)
        *ret_reply = TAKE(reply);
    return r;
}

static int begin_call(struct feed *feed, enum wire_verb verb, enum wire_call_flags flags, const void *in)
{
    int r = connect_one(feed, &feed->calls);

    return r < 0 ? r : client_send(feed->calls, verb, flags, in);
}

/* One call, of whose reply only the first part is taken: long lists are not for a screen. On 0 *ret is the
 * answer; 1: the daemon refuses, and *ret is empty; else negative errno. */
static int ask(struct feed *feed, enum wire_verb verb, enum wire_call_flags flags, const void *in,
    struct feed_answer *ret)
{
    struct feed_answer answer = {0};
    int r = begin_call(feed, verb, flags, in);

    if (r == 0)
        r = receive(feed, verb, &answer.reply, &answer.out);
    if (r < 0)
        return r;
    if (r == 0 && wire_reply_continues(answer.reply))
        client_free(TAKE(feed->calls));
    wire_reply_free(ret->reply);
    *ret = answer;
    return r;
}

static struct feed_job *find_job(struct feed *feed, int64_t number)
{
    for (size_t i = 0; i < feed->n_jobs; i++)
        if (feed->jobs[i].job == number)
            return &feed->jobs[i];
    return NULL;
}

static bool has_ended(const char *state)
{
    return strcmp(state, "done") == 0 || strcmp(state, "cancelled") == 0;
}

/* What gives way to others first has the highest. */
static int rank(const char *state)
{
    static const char *const states[] = {"running", "queued", "paused"};
    int place = 0;

    while (place < 3 && strcmp(states[place], state) != 0)
        place++;
    return has_ended(state) ? 4 : place;
}

static bool is_before(int rank_a, int64_t job_a, int rank_b, int64_t job_b)
{
    return rank_a != rank_b ? rank_a < rank_b : job_a > job_b;
}

/* Room for the job, if need be that of the one that comes last; NULL if that is the job itself. */
static struct feed_job *add_job(struct feed *feed, const struct wire_job *from)
{
    struct feed_job *last = NULL;

    if (feed->n_jobs < FEED_MAX_JOBS) {
        last = &feed->jobs[feed->n_jobs++];
    } else {
        for (size_t i = 0; i < feed->n_jobs; i++) {
            struct feed_job *job = &feed->jobs[i];

            if (!last || is_before(rank(last->state), last->job, rank(job->state), job->job))
                last = job;
        }
        if (!is_before(rank(from->state), from->job, rank(last->state), last->job))
            return NULL;
        feed->is_stale = true;
    }
    *last = (struct feed_job){.job = from->job, .rated = -1};
    return last;
}

static struct feed_job *take_job(struct feed *feed, const struct wire_job *from)
{
    struct feed_job *job = find_job(feed, from->job);

    if (!job)
        job = add_job(feed, from);
    if (!job)
        return NULL;
    snprintf(job->name, sizeof(job->name), "%s", from->name ? from->name : "");
    snprintf(job->state, sizeof(job->state), "%s", from->state);
    job->total = from->total;
    job->counted = from->counted;
    job->failed = from->failed;
    job->skipped = from->skipped;
    job->active = from->active;
    job->tokens = from->tokens;
    job->ended = from->counted + from->failed + from->skipped + from->cancelled;
    job->remaining = from->remaining.set ? from->remaining.value : -1;
    job->is_active = !has_ended(from->state);
    if (job->rated < 0)
        job->rated = job->ended;
    return job;
}

static void rate_jobs(struct feed *feed)
{
    uint64_t now = clock_boottime_usec();
    double seconds = (double)(now - feed->rated_usec) / USEC_PER_SEC;

    if (seconds < 0.5)
        return;
    for (size_t i = 0; i < feed->n_jobs; i++) {
        struct feed_job *job = &feed->jobs[i];
        double rate = (double)(job->ended - job->rated) / seconds;

        job->rate = job->rate > 0 ? job->rate * (1 - RATE_WEIGHT) + rate * RATE_WEIGHT : rate;
        job->rated = job->ended;
    }
    feed->rated_usec = now;
}

/* Removed since the last time: neither running nor to be found any more. */
static void drop_job(struct feed *feed, size_t i)
{
    memmove(&feed->jobs[i], &feed->jobs[i + 1], (--feed->n_jobs - i) * sizeof(feed->jobs[0]));
}

static int take_jobs(struct feed *feed, const struct wire_jobs_out *out)
{
    for (size_t i = 0; i < out->n_jobs; i++) {
        bool is_new = !find_job(feed, out->jobs[i].job);
        struct feed_job *job = take_job(feed, &out->jobs[i]);

        if (!job)
            continue;
        job->is_listed = true;
        feed->is_stale |= is_new && job->is_active;
    }
    return 0;
}

/* All of the caller's jobs in this state, however many: the newest come last. Adds to *n how many there are.
 */
static int list_jobs(struct feed *feed, const char *state, size_t *n)
{
    struct wire_jobs_in in = {.state = state};
    int r = begin_call(feed, WIRE_JOBS, WIRE_CALL_MORE, &in);

    for (bool more = true; r == 0 && more;) {
        CLEANUP(wire_reply_freep) struct wire_reply *reply = NULL;
        const void *out;

        r = receive(feed, WIRE_JOBS, &reply, &out);
        if (r != 0)
            break;
        *n += ((const struct wire_jobs_out *)out)->n_jobs;
        r = take_jobs(feed, out);
        more = wire_reply_continues(reply);
    }
    return r;
}

static void count_more(struct feed *feed, size_t n)
{
    size_t shown = 0;

    for (size_t i = 0; i < feed->n_jobs; i++)
        shown += feed->jobs[i].is_active && feed->jobs[i].is_listed;
    feed->n_more = n > shown ? n - shown : 0;
}

/* Those that run, by their three states; or the one. */
static int ask_jobs(struct feed *feed)
{
    static const char *const states[] = {"running", "queued", "paused"};
    struct feed_answer answer = {0};
    struct wire_show_in show = {.job = feed->only};
    size_t n = 0;
    int r = 0;

    if (feed->only) {
        r = ask(feed, WIRE_SHOW, WIRE_CALL_PLAIN, &show, &answer);
        if (r == 0)
            r = take_jobs(feed, answer.out);
        wire_reply_free(answer.reply);
        return r;
    }
    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]) && r == 0; i++)
        r = list_jobs(feed, states[i], &n);
    if (r == 0) {
        count_more(feed, n);
        feed->knows_jobs = true;
    }
    return r;
}

/* What ran and is not listed any more has ended, or was removed. */
static int look_after_unlisted(struct feed *feed)
{
    for (size_t i = 0; i < feed->n_jobs; i++) {
        struct feed_job *job = &feed->jobs[i];
        struct feed_answer answer = {0};
        char number[24];
        struct wire_show_in in = {.job = number};
        int r;

        if (job->is_listed || !job->is_active)
            continue;
        snprintf(number, sizeof(number), "%" PRId64, job->job);
        r = ask(feed, WIRE_SHOW, WIRE_CALL_PLAIN, &in, &answer);
        if (r == 0 && ((const struct wire_jobs_out *)answer.out)->n_jobs > 0)
            (void)take_job(feed, ((const struct wire_jobs_out *)answer.out)->jobs);
        wire_reply_free(answer.reply);
        if (r < 0)
            return r;
        if (r > 0 && feed->was_no_such_job) {
            feed->problem[0] = '\0';
            drop_job(feed, i--);
        }
    }
    return 0;
}

/* With nothing running, the last job is what people look for. */
static int show_latest(struct feed *feed)
{
    struct feed_answer answer = {0};
    struct wire_show_in in = {0};
    int r;

    if (feed->n_jobs > 0)
        return 0;
    r = ask(feed, WIRE_SHOW, WIRE_CALL_PLAIN, &in, &answer);
    if (r == 0)
        r = take_jobs(feed, answer.out);
    wire_reply_free(answer.reply);
    if (r > 0 && feed->was_no_such_job)
        feed->problem[0] = '\0';
    return r < 0 ? r : 0;
}

/* A stream tells of the jobs that it was begun with. */
static int begin_stream(struct feed *feed)
{
    char numbers[FEED_MAX_JOBS][24];
    const char *jobs[FEED_MAX_JOBS];
    struct wire_watch_in in = {.jobs = jobs};
    int r;

    if (feed->stream && !feed->is_stale)
        return 0;
    client_free(TAKE(feed->stream));
    for (size_t i = 0; i < feed->n_jobs; i++)
        if (feed->jobs[i].is_active) {
            snprintf(numbers[in.n_jobs], sizeof(numbers[0]), "%" PRId64, feed->jobs[i].job);
            jobs[in.n_jobs] = numbers[in.n_jobs];
            in.n_jobs++;
        }
    feed->is_stale = false;
    feed->urls_per_second = feed->bytes_per_second = 0;
    if (in.n_jobs == 0)
        return 0;
    r = client_connect(feed->context->socket, &feed->stream);
    return r < 0 ? r : client_send(feed->stream, WIRE_WATCH, WIRE_CALL_MORE, &in);
}

int feed_receive(struct feed *feed, int interrupt_fd)
{
    CLEANUP(wire_reply_freep) struct wire_reply *reply = NULL;
    const struct wire_watch_out *watch;
    const void *out;
    int r;

    if (!feed->stream)
        return -ENOTCONN;
    client_set_interrupt(feed->stream, interrupt_fd);
    r = client_receive(feed->stream, &reply);
    if (r == -EINTR)
        return r;
    if (r == 0 && !wire_reply_error(reply))
        r = client_decode(WIRE_WATCH, reply, &out);
    if (r < 0 || wire_reply_error(reply)) {
        client_free(TAKE(feed->stream));
        return -ENOTCONN;
    }
    watch = out;
    for (size_t i = 0; i < watch->n_jobs; i++)
        (void)take_job(feed, &watch->jobs[i]);
    if (watch->n_jobs > 0) {
        feed->urls_per_second = watch->urls_per_second;
        feed->bytes_per_second = watch->bytes_per_second;
    }
    if (!wire_reply_continues(reply))
        client_free(TAKE(feed->stream));
    return 0;
}

/* One that has ended and was removed stays in the list until somebody looks at it. */
static void forget_removed(struct feed *feed, int64_t number)
{
    for (size_t i = 0; i < feed->n_jobs; i++)
        if (feed->jobs[i].job == number && !feed->jobs[i].is_active && !feed->only) {
            drop_job(feed, i);
            feed->problem[0] = '\0';
            return;
        }
}

static int ask_selected(struct feed *feed, int64_t selected, const char *by)
{
    char number[24];
    const char *jobs[] = {number};
    struct wire_top_in top = {.jobs = jobs, .n_jobs = 1, .k = wire_some_int(FEED_MAX_WORDS), .by = by};
    struct wire_show_in show = {.job = number};
    int r;

    feed->details_of = 0;
    snprintf(number, sizeof(number), "%" PRId64, selected);
    r = ask(feed, WIRE_SHOW, WIRE_CALL_PLAIN, &show, &feed->show);
    if (r > 0 && feed->was_no_such_job) {
        forget_removed(feed, selected);
        return r;
    }
    /* An older daemon may know one of these, and not the other. */
    if (r >= 0)
        r = ask(feed, WIRE_TOP, WIRE_CALL_MORE, &top, &feed->top);
    if (r >= 0)
        feed->details_of = selected;
    return r;
}

void feed_refresh(struct feed *feed, int64_t selected, const char *by)
{
    struct wire_hosts_in hosts = {0};
    int r;

    feed->problem[0] = '\0';
    for (size_t i = 0; i < feed->n_jobs; i++)
        feed->jobs[i].is_listed = false;
    /* What is refused does not keep the rest from being asked. */
    r = ask(feed, WIRE_STATUS, WIRE_CALL_PLAIN, NULL, &feed->status);
    if (r >= 0)
        r = ask_jobs(feed);
    if (r == 0)
        r = look_after_unlisted(feed);
    if (r == 0)
        r = show_latest(feed);
    if (r >= 0)
        r = begin_stream(feed);
    if (r >= 0)
        r = ask(feed, WIRE_HOSTS, WIRE_CALL_MORE, &hosts, &feed->hosts);
    if (r >= 0)
        r = ask(feed, WIRE_WORKERS, WIRE_CALL_PLAIN, NULL, &feed->workers);
    if (r >= 0 && selected != 0)
        r = ask_selected(feed, selected, by);
    if (r == -EINTR)
        client_free(TAKE(feed->calls)); /* its answer would be taken for the next call's */
    else if (r < 0)
        lose(feed, r);
    rate_jobs(feed);
}

void feed_control(struct feed *feed, enum wire_verb verb, int64_t job, char message[static FEED_TEXT])
{
    struct feed_answer answer = {0};
    char number[24];
    const char *jobs[] = {number};
    /* Cancel has the first members of these, and no others. */
    struct wire_pause_in in = {.jobs = jobs, .n_jobs = 1};
    int r;

    snprintf(number, sizeof(number), "%" PRId64, job);
    feed->problem[0] = '\0';
    r = ask(feed, verb, WIRE_CALL_PLAIN, &in, &answer);
    if (r == 0)
        (void)take_jobs(feed, answer.out);
    else if (r == -EINTR)
        client_free(TAKE(feed->calls));
    else if (r < 0)
        lose(feed, r);
    snprintf(message, FEED_TEXT, "%s", feed->problem);
    if (r > 0)
        feed->problem[0] = '\0';
    wire_reply_free(answer.reply);
}

int feed_begin(struct feed *feed, struct context *context, const char *only)
{
    CLEANUP(wire_reply_freep) struct wire_reply *reply = NULL;
    struct wire_show_in in = {.job = only};
    const void *out;
    int r;

    *feed = (struct feed){.context = context, .interrupt_fd = -1, .rated_usec = clock_boottime_usec()};
    /* The first calls are made while mistakes can still be said on stderr. */
    r = only ? call_once(context, WIRE_SHOW, &in, &reply, &out)
             : call_once(context, WIRE_PING, NULL, &reply, &out);
    if (r != 0 || !only)
        return r;
    if (((const struct wire_jobs_out *)out)->n_jobs == 0)
        return call_failed(context, -EPROTO);
    /* The latest of that name may be another one by and by. */
    snprintf(
        feed->number, sizeof(feed->number), "%" PRId64, ((const struct wire_jobs_out *)out)->jobs[0].job);
    feed->only = feed->number;
    return 0;
}

void feed_deinit(struct feed *feed)
{
    struct feed_answer *answers[] = {&feed->status, &feed->workers, &feed->hosts, &feed->top, &feed->show};

    client_free(feed->stream);
    client_free(feed->calls);
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++)
        wire_reply_free(answers[i]->reply);
}
