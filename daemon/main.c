/* urlstatd: the command line. */
#include "base/cleanup.h"
#include "base/log.h"
#include "base/message_id.h"
#include "daemon/config.h"
#include "daemon/config_arguments.h"
#include "daemon/daemon.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Exit statuses are those of LSB init scripts, which systemd knows by name. */
enum status {
    STATUS_OK = 0,
    STATUS_FAILED = 1,
    STATUS_USAGE = 2,
    STATUS_NO_PERMISSION = 4,
    STATUS_NOT_CONFIGURED = 6,
};

DEFINE_CLEANUP(struct config *, config_free)
DEFINE_CLEANUP(struct daemon *, daemon_free)

static void warn(void *userdata, const char *where, const char *what)
{
    log_write(
        LOG_WARNING, &(const struct log_fields){.message_id = MESSAGE_CONFIG_WARNING}, "%s: %s", where, what);
}

/* Returns 0, or a status after having said why. */
static int load_config(const struct arguments *arguments, struct config **ret)
{
    struct config *config CLEANUP(config_freep) = NULL;
    int r;

    r = config_load(arguments->config, arguments->user, warn, NULL, &config);
    if (r < 0) {
        log_error("%s: %s", arguments->config ? arguments->config : "configuration", strerror(-r));
        return arguments->config ? STATUS_NOT_CONFIGURED : STATUS_FAILED;
    }
    r = arguments_apply(arguments, config);
    if (r < 0)
        return r == -EINVAL ? STATUS_USAGE : STATUS_FAILED;
    *ret = TAKE(config);
    return STATUS_OK;
}

static int status_of(int r)
{
    if (r == 0)
        return STATUS_OK;
    if (r == -EDESTADDRREQ)
        return STATUS_NOT_CONFIGURED;
    return r == -EACCES || r == -EPERM ? STATUS_NO_PERMISSION : STATUS_FAILED;
}

/* In rounds: the store may have to be closed and opened anew. */
static int run(const struct arguments *arguments, struct config *config)
{
    struct daemon *daemon CLEANUP(daemon_freep) = NULL;
    int r = daemon_new(arguments, config, &daemon);

    if (r == 0)
        r = daemon_run(daemon);
    while (r == -ERESTART) {
        r = daemon_begin_anew(&daemon);
        if (r == 0)
            r = daemon_run(daemon);
    }
    return r;
}

static int serve(const struct arguments *arguments)
{
    struct config *config CLEANUP(config_freep) = NULL;
    int r = daemon_init();
    int status;

    if (r < 0)
        return status_of(r);
    status = load_config(arguments, &config);
    if (status != STATUS_OK)
        return status;
    if (arguments->test_config)
        return config->n_warnings > 0 ? STATUS_FAILED : STATUS_OK;
    if (arguments->restore)
        return status_of(daemon_restore(config, arguments->restore));
    return status_of(run(arguments, TAKE(config)));
}

int main(int argc, char **argv)
{
    struct arguments arguments = {0};

    log_open("urlstatd");
    if (arguments_parse(argc, argv, &arguments) < 0)
        return STATUS_USAGE;
    if (!arguments.help && !arguments.version)
        return serve(&arguments);
    fputs(arguments.help ? arguments_help : "urlstatd " URLSTAT_VERSION "\n", stdout);
    return fflush(stdout) == 0 ? STATUS_OK : STATUS_FAILED;
}
