#include "ctl/dashboard.h"

#include "base/clock.h"
#include "ctl/call.h"
#include "ctl/say.h"
#include "ctl/screen.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>

#define CTRL_L 12

const char *const dashboard_by[] = {"tokens", "pages", "hosts"};
const char *const dashboard_sorts[] = {"number", "progress", "rate", "failures"};

/* What ends a wait for the daemon. */
struct ears {
    int epoll;  /* any of these */
    int urgent; /* epoll of keys and signals, which no call is waited out for */
    int signals, timer;
    sigset_t mask; /* before */
};

static void ears_deinit(struct ears *ears)
{
    if (ears->signals >= 0)
        (void)sigprocmask(SIG_SETMASK, &ears->mask, NULL);
    closep(&ears->epoll);
    closep(&ears->urgent);
    closep(&ears->signals);
    closep(&ears->timer);
}

static int add(int epoll, int fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};

    return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno : 0;
}

static int ears_init(struct ears *ears)
{
    const struct itimerspec every_second = {.it_interval.tv_sec = 1, .it_value.tv_nsec = 1};
    sigset_t set;
    int r;

    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGWINCH);
    ears->epoll = epoll_create1(EPOLL_CLOEXEC);
    ears->urgent = epoll_create1(EPOLL_CLOEXEC);
    ears->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    ears->timer = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
    if (ears->epoll < 0 || ears->urgent < 0 || ears->signals < 0 || ears->timer < 0)
        return -errno;
    if (sigprocmask(SIG_BLOCK, &set, &ears->mask) < 0 ||
        timerfd_settime(ears->timer, 0, &every_second, NULL) < 0)
        return -errno;
    r = add(ears->urgent, STDIN_FILENO);
    if (r == 0)
        r = add(ears->urgent, ears->signals);
    if (r == 0)
        r = add(ears->epoll, ears->urgent);
    return r == 0 ? add(ears->epoll, ears->timer) : r;
}

/* ---- order and selection ---- */

static double share(const struct feed_job *job)
{
    return job->total > 0 ? (double)job->ended / (double)job->total : 1;
}

static bool is_running(const struct feed_job *job)
{
    return strcmp(job->state, "running") == 0;
}

/* Whether a stands above b. Newest first where nothing else decides. */
static bool is_above(const struct dashboard *dashboard, const struct feed_job *a, const struct feed_job *b)
{
    if (a->is_active != b->is_active)
        return a->is_active;
    switch (dashboard->sort) {
    case SORT_PROGRESS:
        if (share(a) != share(b))
            return share(a) > share(b);
        break;
    case SORT_RATE:
        if (a->rate != b->rate)
            return a->rate > b->rate;
        break;
    case SORT_FAILED:
        if (a->failed != b->failed)
            return a->failed > b->failed;
        break;
    case SORT_NUMBER:
        if (is_running(a) != is_running(b))
            return is_running(a);
        break;
    }
    return a->job > b->job;
}

static void sort_jobs(struct dashboard *dashboard)
{
    const struct feed_job *jobs = dashboard->feed.jobs;

    for (size_t i = 0; i < dashboard->feed.n_jobs; i++) {
        size_t place = i;

        while (place > 0 && is_above(dashboard, &jobs[i], &jobs[dashboard->order[place - 1]])) {
            dashboard->order[place] = dashboard->order[place - 1];
            place--;
        }
        dashboard->order[place] = i;
    }
}

/* Its line; 0 if it is not there any more, and then the first one is selected. */
static size_t selected_line(struct dashboard *dashboard)
{
    for (size_t i = 0; i < dashboard->feed.n_jobs; i++)
        if (dashboard->feed.jobs[dashboard->order[i]].job == dashboard->selected)
            return i;
    dashboard->selected = dashboard->feed.n_jobs > 0 ? dashboard->feed.jobs[dashboard->order[0]].job : 0;
    return 0;
}

static void select_line(struct dashboard *dashboard, size_t line)
{
    if (line < dashboard->feed.n_jobs)
        dashboard->selected = dashboard->feed.jobs[dashboard->order[line]].job;
}

static void refresh(struct dashboard *dashboard)
{
    sort_jobs(dashboard);
    (void)selected_line(dashboard);
    feed_refresh(&dashboard->feed, dashboard->selected, dashboard_by[dashboard->by]);
    sort_jobs(dashboard);
    (void)selected_line(dashboard);
}

/* ---- keys ---- */

static void control(struct dashboard *dashboard, enum wire_verb verb)
{
    if (dashboard->selected != 0)
        feed_control(&dashboard->feed, verb, dashboard->selected, dashboard->message);
}

static void answer_question(struct dashboard *dashboard, int key)
{
    dashboard->is_asking = false;
    if (key == 'y' || key == 'Y')
        control(dashboard, WIRE_CANCEL);
}

/* Returns true to quit. */
static bool press(struct dashboard *dashboard, int key)
{
    size_t line = selected_line(dashboard);

    switch (key) {
    case 'q':
    case 'Q':
        return true;
    case 'k':
    case SCREEN_KEY_UP:
        select_line(dashboard, line > 0 ? line - 1 : 0);
        break;
    case 'j':
    case SCREEN_KEY_DOWN:
        select_line(dashboard, line + 1);
        break;
    case 'p':
        control(dashboard, WIRE_PAUSE);
        break;
    case 'r':
        control(dashboard, WIRE_RESUME);
        break;
    case 'c':
        dashboard->is_asking = dashboard->selected != 0;
        break;
    case 's':
        dashboard->sort = (dashboard->sort + 1) % N_SORTS;
        break;
    case 'b':
        dashboard->by = (dashboard->by + 1) % N_BY;
        break;
    case '\t':
        dashboard->panel = (dashboard->panel + 1) % N_PANELS;
        break;
    case '?':
    case 'h':
        dashboard->shows_help = true;
        break;
    case CTRL_L:
        screen_resize();
        break;
    default:
        break;
    }
    return false;
}

/* All that were pressed. Returns true to quit. */
static bool take_keys(struct dashboard *dashboard)
{
    int64_t selected = dashboard->selected;
    size_t by = dashboard->by;
    bool quits = false;
    int key;

    while (!quits && (key = screen_key()) != SCREEN_NO_KEY) {
        dashboard->message[0] = '\0';
        if (dashboard->is_asking)
            answer_question(dashboard, key);
        else if (dashboard->shows_help)
            dashboard->shows_help = false;
        else
            quits = press(dashboard, key);
    }
    if (!quits && (selected != dashboard->selected || by != dashboard->by))
        refresh(dashboard);
    sort_jobs(dashboard);
    return quits;
}

/* ---- the loop ---- */

/* -1 to go on, else the exit status. */
static int take_signal(int fd)
{
    struct signalfd_siginfo info;

    while (read(fd, &info, sizeof(info)) == sizeof(info))
        switch (info.ssi_signo) {
        case SIGWINCH:
            screen_resize();
            break;
        case SIGINT:
            return EXIT_DONE;
        default:
            return EXIT_TERMINATED;
        }
    return -1;
}

static int hear(struct dashboard *dashboard, struct ears *ears)
{
    struct pollfd keys = {.fd = STDIN_FILENO, .events = POLLIN};
    uint64_t ticks;
    int status = take_signal(ears->signals);

    if (status >= 0)
        return status;
    if (poll(&keys, 1, 0) > 0) {
        if (take_keys(dashboard))
            return EXIT_DONE;
        /* The terminal is gone. */
        if (keys.revents & (POLLHUP | POLLERR))
            return EXIT_TERMINATED;
    }
    if (read(ears->timer, &ticks, sizeof(ticks)) == sizeof(ticks))
        refresh(dashboard);
    return -1;
}

/* The timer looks at it every second. */
static int loop(struct dashboard *dashboard, struct ears *ears, uint64_t deadline_usec)
{
    struct epoll_event event;
    int status = -1;

    while (status < 0) {
        dashboard_draw(dashboard);
        switch (feed_receive(&dashboard->feed, ears->epoll)) {
        case 0:
            break;
        case -ENOTCONN:
            (void)epoll_wait(ears->epoll, &event, 1, -1);
            __attribute__((fallthrough));
        default:
            status = hear(dashboard, ears);
            break;
        }
        if (status < 0 && clock_boottime_usec() >= deadline_usec)
            status = EXIT_TIMED_OUT;
    }
    return status;
}

int dashboard_timed_out(const struct context *context)
{
    return say_failure(context, EXIT_TIMED_OUT, FAILURE_TIMED_OUT, "--timeout is over; the jobs go on");
}

int dashboard_run(struct context *context, const char *job)
{
    CLEANUP(ears_deinit) struct ears ears = {.epoll = -1, .urgent = -1, .signals = -1, .timer = -1};
    struct dashboard *dashboard = calloc(1, sizeof(*dashboard));
    bool timed_out = false;
    int r;

    if (!dashboard)
        return -ENOMEM;
    r = feed_begin(&dashboard->feed, context, job);
    if (r == 0)
        r = ears_init(&ears);
    if (r == 0)
        r = screen_begin(context->color);
    dashboard->feed.interrupt_fd = ears.urgent;
    if (r == 0) {
        r = loop(dashboard, &ears,
            context->timeout_given ? clock_add(clock_boottime_usec(), context->timeout_usec) : USEC_NEVER);
        timed_out = r == EXIT_TIMED_OUT;
    }
    screen_end();
    if (timed_out)
        r = dashboard_timed_out(context);
    feed_deinit(&dashboard->feed);
    free(dashboard);
    return r;
}
