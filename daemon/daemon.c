#include "daemon/daemon.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/message_id.h"
#include "daemon/daemon_limits.h"
#include "daemon/daemon_private.h"
#include "daemon/daemon_store.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>

/* How long the end may take, once the loop is over and nothing more is said. */
#define CLOSE_EXTEND_USEC (120 * USEC_PER_SEC)

DEFINE_CLEANUP(struct daemon *, daemon_free)

/* For the event loop, which waits for them; threads that start later inherit the mask. They stay blocked to
 * the very end: what is left to do then is short. */
static int block_signals(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    if (sigprocmask(SIG_BLOCK, &set, NULL) < 0 || signal(SIGPIPE, SIG_IGN) == SIG_ERR)
        return -errno;
    return 0;
}

void daemon_set_log_level(const struct config *config)
{
    const char *debug = getenv("DEBUG_INVOCATION");

    /* systemd.exec(5): the manager asks for verbose logs. */
    log_set_level(debug && strcmp(debug, "1") == 0 ? LOG_DEBUG : config->log_level);
}

int daemon_init(void)
{
    int r;

    /* International host names are converted from the locale's encoding. */
    if (!setlocale(LC_CTYPE, "C.UTF-8"))
        log_warning("no locale C.UTF-8: international host names will fail");
    r = block_signals();
    if (r == 0)
        r = fetch_init();
    if (r < 0)
        log_error("cannot set up the libraries that fetch: %s", strerror(-r));
    return r;
}

static int new_engine(struct daemon *daemon)
{
    static bool words_ready;
    struct engine_settings *settings = NULL;
    int r;

    /* Once a process: this may be the second round, after damage. */
    r = words_ready ? 0 : words_init();
    words_ready = r == 0;
    if (r == -ELIBBAD)
        log_error(
            "the ICU that is installed has another Unicode version than urlstatd was built for: install "
            "the urlstat that goes with it");
    else if (r == -EINVAL || r == -EOPNOTSUPP)
        log_error(WORDS_CPU_VARIABLE
            "=%s: %s: unset it, or set it to portable, sse4.2, avx2 or avx512, as far as the processor goes",
            getenv(WORDS_CPU_VARIABLE),
            r == -EINVAL ? "no such instructions" : "this processor lacks these instructions");
    else if (r < 0)
        log_error("cannot load the dictionaries of words: %s", strerror(-r));
    if (r < 0)
        return r;
    r = config_make_engine_settings(daemon->config, &settings);
    if (r == 0)
        r = engine_new(settings, daemon->store, &daemon->inbox, &daemon->engine);
    if (r < 0)
        log_error("cannot start %u workers: %s", daemon->config->workers, strerror(-r));
    return r;
}

static int new_loop(struct daemon *daemon)
{
    int r;

    r = sd_event_new(&daemon->event);
    if (r >= 0)
        r = mailbox_init(&daemon->inbox);
    if (r < 0) {
        log_error("cannot set up the event loop: %s", strerror(-r));
        return r;
    }
    daemon->has_inbox = true;
    return 0;
}

static int begin_round(struct daemon *daemon)
{
    int r = new_loop(daemon);

    if (r == 0)
        r = daemon_open_store(
            daemon->config, daemon->is_again, &daemon->inbox, &daemon->directory, &daemon->store);
    if (r == 0)
        r = new_engine(daemon);
    if (r < 0)
        return r;
    r = daemon_add_sources(daemon);
    if (r < 0) {
        log_error("cannot set up the event loop: %s", strerror(-r));
        return r;
    }
    daemon_observe(daemon);
    daemon_watch_memory(daemon);
    return 0;
}

int daemon_new(const struct arguments *arguments, struct config *config, struct daemon **ret)
{
    struct daemon *daemon CLEANUP(daemon_freep) = calloc(1, sizeof(*daemon));
    int r;

    if (!daemon) {
        config_free(config);
        return -ENOMEM;
    }
    daemon->arguments = arguments;
    daemon->config = config;
    daemon_set_log_level(config);
    r = listen_fds_init(config->listen, &daemon->fds);
    if (r < 0)
        return r;
    /* Jobs are nobody else's business, whatever the directory was made with. */
    (void)umask(0077);
    daemon_raise_limits(config);
    r = begin_round(daemon);
    if (r == 0)
        *ret = TAKE(daemon);
    return r;
}

int daemon_begin_anew(struct daemon **daemon)
{
    struct daemon *before = TAKE(*daemon);
    struct daemon *next CLEANUP(daemon_freep) = calloc(1, sizeof(*next));
    int r;

    if (!next) {
        daemon_free(before);
        return -ENOMEM;
    }
    next->arguments = before->arguments;
    next->config = TAKE(before->config);
    next->fds = before->fds;
    before->fds = (struct listen_fds){.n = 0};
    next->refusal = TAKE(before->refusal);
    next->need_restart = before->need_restart;
    next->is_again = true;
    next->met_damage = before->met_damage || store_is_damaged(before->store);
    before->is_over = false;
    daemon_free(before);
    r = begin_round(next);
    if (r == 0)
        *daemon = TAKE(next);
    return r;
}

/* In the order in which one may still call the other. */
void daemon_free(struct daemon *daemon)
{
    if (!daemon)
        return;
    daemon_free_waiters(daemon);
    server_free(daemon->server);
    service_free(daemon->service);
    engine_stop(daemon->engine);
    if (daemon->store)
        store_close(daemon->store);
    /* What the store has answered last, most of it to clients that are gone. */
    if (daemon->has_inbox)
        mailbox_deliver(&daemon->inbox, daemon->engine);
    engine_free(daemon->engine);
    if (daemon->is_over)
        log_write(LOG_INFO, &(const struct log_fields){.message_id = MESSAGE_STOPPED}, "urlstatd stopped");
    daemon_free_sources(daemon);
    if (daemon->has_inbox)
        mailbox_deinit(&daemon->inbox);
    sd_event_unref(daemon->event);
    listen_fds_deinit(&daemon->fds);
    config_free(daemon->config);
    free(daemon->directory);
    free(daemon->refusal);
    free(daemon);
}

/* Hands the server every descriptor: connections, and copies of what listens, which stays for the next round.
 */
static int serve_descriptors(struct daemon *daemon)
{
    int r = 0;

    for (size_t i = 0; r == 0 && i < daemon->fds.n; i++) {
        bool is_connected = daemon->fds.items[i].is_connected;
        int fd = daemon->fds.items[i].fd;

        if (is_connected) {
            r = fd < 0 ? 0 : server_adopt(daemon->server, take_fd(&daemon->fds.items[i].fd));
            continue;
        }
        daemon->listens = true;
        fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
        r = fd < 0 ? -errno : server_listen(daemon->server, fd);
    }
    return r;
}

void daemon_configure_service(struct daemon *daemon)
{
    const struct service_configuration configuration = {
        .min_free_bytes = daemon->config->min_free_space,
        .submit_idle_usec = daemon->config->submit_idle_usec,
        .contact_is_set = daemon->config->contact,
        .n_config_warnings = daemon->config->n_warnings,
        .refusal = daemon->refusal,
    };

    service_configure(daemon->service, &configuration);
}

static int new_service(struct daemon *daemon)
{
    const struct service_settings settings = {
        .engine = daemon->engine,
        .server = daemon->server,
        .version = URLSTAT_VERSION,
        .reload = daemon_reload,
        .daemon = daemon,
    };
    int r;

    r = service_new(daemon->event, &settings, &daemon->service);
    if (r == 0)
        daemon_configure_service(daemon);
    return r < 0 ? r : server_add_interface(daemon->server, &urlstat_interface, daemon->service);
}

uint32_t daemon_connections_per_user(uint32_t max_connections)
{
    return max_connections - max_connections / 4;
}

static int start_server(struct daemon *daemon)
{
    const struct server_settings settings = {
        .vendor = "urlstat",
        .product = "urlstatd",
        .version = URLSTAT_VERSION,
        .url = "man:urlstatd(8)",
        .max_connections = daemon->config->max_connections,
        .max_connections_per_user = daemon_connections_per_user(daemon->config->max_connections),
        .message_timeout_usec = SERVER_MESSAGE_TIMEOUT_USEC,
    };
    int r;

    r = server_new(daemon->event, &settings, &daemon->server);
    if (r == 0)
        r = new_service(daemon);
    if (r == 0)
        r = serve_descriptors(daemon);
    if (r < 0)
        log_error("cannot serve clients: %s", strerror(-r));
    return r;
}

/* The jobs of earlier runs are loaded. */
static void on_ready(void *userdata, int r)
{
    struct daemon *daemon = userdata;

    if (daemon->is_over)
        return;
    if (r < 0)
        log_error("cannot read the jobs in %s: %s", daemon->directory, strerror(-r));
    else
        r = start_server(daemon);
    if (r < 0) {
        (void)sd_event_exit(daemon->event, r);
        return;
    }
    daemon->phase = NOTIFY_RUNNING;
    log_write(LOG_INFO, &(const struct log_fields){.message_id = MESSAGE_STARTED},
        "urlstatd %s started: %u worker%s, word engine %s, state in %s", URLSTAT_VERSION,
        daemon->config->workers, daemon->config->workers == 1 ? "" : "s", words_engine()->id,
        daemon->directory);
    (void)sd_notify(false, "READY=1");
    daemon_status_changed(daemon);
}

int daemon_run(struct daemon *daemon)
{
    int r;

    r = engine_start(daemon->engine, on_ready, daemon);
    if (r < 0) {
        log_error("cannot read the jobs in %s: %s", daemon->directory, strerror(-r));
        return r;
    }
    r = sd_event_loop(daemon->event);
    if (r < 0 && r != -ERESTART)
        log_error("stopping: %s", strerror(-r));
    daemon->is_over = true;
    /* The workers end, and the store folds its log into its file. */
    (void)sd_notifyf(
        false, "EXTEND_TIMEOUT_USEC=%llu\nSTATUS=Closing the store", (unsigned long long)CLOSE_EXTEND_USEC);
    return r;
}
