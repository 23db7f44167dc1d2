/* The n-th allocation of ours fails, for every n until nothing fails any more. */
#include "base/cleanup.h"
#include "daemon/config.h"
#include "daemon/config_file.h"
#include "daemon/config_value.h"
#include "failing.h"
#include "scratch.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

DEFINE_CLEANUP(struct config *, config_free)
DEFINE_CLEANUP(struct engine_settings *, engine_settings_unref)

static void no_warning(void *userdata, const char *where, const char *what)
{
    fail_msg("%s: %s", where, what);
}

static const char *path;

static int run_load(void)
{
    struct config *config CLEANUP(config_freep) = NULL;
    int r = config_load(path, false, no_warning, NULL, &config);

    assert_true((r == 0) == (config != NULL));
    return r;
}

static int run_user_load(void)
{
    struct config *config CLEANUP(config_freep) = NULL;

    return config_load(NULL, true, no_warning, NULL, &config);
}

static struct config *loaded;

static int run_make_settings(void)
{
    struct engine_settings *settings CLEANUP(engine_settings_unrefp) = NULL;

    return config_make_engine_settings(loaded, &settings);
}

static const char text[] = "[Daemon]\n"
                           "Workers=2\n"
                           "[Fetch]\n"
                           "Contact=a@example.org\n"
                           "Contact=b@example.org\n"
                           "CAFile=/etc/ssl/certs/ca-certificates.crt\n"
                           "AllowNetworks=127.0.0.0/8 ::1\n"
                           "AllowNetworks=10.0.0.0/8\n"
                           "[Host example.org]\n"
                           "Deny=yes\n"
                           "[Host *.example.org]\n"
                           "DelaySec=0\n";

static void loading_survives_want_of_memory(void **state)
{
    path = scratch_file("urlstatd.conf", text);
    failing_each(run_load);
}

static void finding_files_survives_want_of_memory(void **state)
{
    scratch_directory("urlstatd");
    scratch_directory("urlstatd/urlstatd.conf.d");
    scratch_file("urlstatd/urlstatd.conf", "[Daemon]\nWorkers=2\n");
    for (int i = 0; i < 10; i++) {
        char name[] = "urlstatd/urlstatd.conf.d/0.conf";

        name[sizeof("urlstatd/urlstatd.conf.d/") - 1] = (char)('0' + i);
        scratch_file(name, "[Daemon]\nTopWords=3\n");
    }
    assert_int_equal(setenv("XDG_CONFIG_HOME", scratch_path("."), 1), 0);
    failing_each(run_user_load);
}

static void settings_of_the_engine_survive_want_of_memory(void **state)
{
    path = scratch_file("urlstatd.conf", text);
    assert_int_equal(config_load(path, false, no_warning, NULL, &loaded), 0);
    failing_each(run_make_settings);
    config_free(loaded);
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_SCRATCH(loading_survives_want_of_memory),
        IN_SCRATCH(finding_files_survives_want_of_memory),
        IN_SCRATCH(settings_of_the_engine_survive_want_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
