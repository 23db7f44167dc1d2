#include "daemon/config.h"

#include "base/array.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "daemon/config_keys.h"
#include "daemon/config_value.h"
#include "scratch.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MIB (UINT64_C(1) << 20)

DEFINE_CLEANUP(struct config *, config_free)

/* The warnings, one line each: "LINE: reason". */
static struct buffer warnings;

static void note_warning(void *userdata, const char *where, const char *what)
{
    int r = buffer_printf(&warnings, "%s: %s\n", strrchr(where, ':') + 1, what);

    assert_int_equal(r, 0);
}

static struct config *load(const char *text)
{
    struct config *config = NULL;

    warnings.size = 0;
    assert_int_equal(config_load(scratch_file("urlstatd.conf", text), false, note_warning, NULL, &config), 0);
    assert_int_equal(buffer_append(&warnings, "", 1), 0);
    return config;
}

static void expect_warning(const char *text, const char *expected)
{
    struct config *config CLEANUP(config_freep) = load(text);

    assert_string_equal((const char *)warnings.bytes, expected);
    assert_int_equal(config->n_warnings, 1);
}

static void expect_no_warning(void)
{
    assert_string_equal((const char *)warnings.bytes, "");
}

static void defaults_are_those_of_the_manual(void **state)
{
    struct config *config CLEANUP(config_freep) = load("");

    expect_no_warning();
    assert_int_equal(config->workers, config_processors());
    assert_int_equal(config->max_transfers, 512);
    assert_int_equal(config->top_words, 10);
    assert_true(config->idle_exit_usec == USEC_NEVER);
    assert_int_equal(config->max_connections, 256);
    assert_int_equal(config->max_queued_urls_per_user, 5000000);
    assert_false(config->group_reads);
    assert_null(config->contact);
    assert_int_equal(config->host.connections, 2);
    assert_int_equal(config->host.delay_usec, USEC_PER_SEC);
    assert_int_equal(config->host.delay_max_usec, 30 * USEC_PER_SEC);
    assert_true(config->host.robots);
    assert_false(config->host.deny);
    assert_int_equal(config->max_attempts, 3);
    assert_int_equal(config->connect_timeout_usec, 10 * USEC_PER_SEC);
    assert_int_equal(config->transfer_timeout_usec, 60 * USEC_PER_SEC);
    assert_int_equal(config->max_body_size, 16 * MIB);
    assert_int_equal(config->max_redirects, 5);
    assert_null(config->allow_networks);
    assert_int_equal(config->decode_memory, 256 * MIB);
    assert_true(config->sync_full);
    assert_int_equal(config->cache_size, 256 * MIB);
    assert_int_equal(config->max_submit_memory, 128 * MIB);
    assert_int_equal(config->min_free_space, 1024 * MIB);
    assert_int_equal(config->n_rules, 0);
}

static void every_type_of_value_is_read(void **state)
{
    struct config *config CLEANUP(config_freep) = load("[Daemon]\n"
                                                       "Workers=3\n"
                                                       "MaxQueuedUrlsPerUser=20K\n"
                                                       "IdleExitSec=5min\n"
                                                       "ReadJobs=group\n"
                                                       "[Fetch]\n"
                                                       "Contact=mailto:anna@example.org\n"
                                                       "HostDelaySec=500ms\n"
                                                       "Robots=off\n"
                                                       "MaxBodySize=1.5M\n"
                                                       "CAFile=/etc/ssl/certs/ca-certificates.crt\n"
                                                       "[Store]\n"
                                                       "Sync=normal\n");

    expect_no_warning();
    assert_int_equal(config->workers, 3);
    assert_int_equal(config->max_queued_urls_per_user, 20000);
    assert_int_equal(config->idle_exit_usec, 300 * USEC_PER_SEC);
    assert_true(config->group_reads);
    assert_string_equal(config->contact, "mailto:anna@example.org");
    assert_int_equal(config->host.delay_usec, USEC_PER_SEC / 2);
    assert_false(config->host.robots);
    assert_int_equal(config->max_body_size, 3 * MIB / 2);
    assert_string_equal(config->ca_file, "/etc/ssl/certs/ca-certificates.crt");
    assert_false(config->sync_full);
}

static void empty_value_brings_the_default_back(void **state)
{
    struct config *config CLEANUP(config_freep) = load("[Daemon]\n"
                                                       "MaxTransfers=7\n"
                                                       "MaxTransfers=\n"
                                                       "[Fetch]\n"
                                                       "Contact=anna@example.org\n"
                                                       "Contact=\n"
                                                       "AllowNetworks=127.0.0.0/8\n"
                                                       "AllowNetworks=\n"
                                                       "AllowNetworks=10.0.0.0/8\n");

    expect_no_warning();
    assert_int_equal(config->max_transfers, 512);
    assert_null(config->contact);
    assert_string_equal(config->allow_networks[0], "10.0.0.0/8");
    assert_null(config->allow_networks[1]);
}

static void networks_add_up(void **state)
{
    struct config *config CLEANUP(config_freep) = load("[Fetch]\n"
                                                       "AllowNetworks=127.0.0.0/8, ::1\n"
                                                       "AllowNetworks=10.0.0.0/8\n");

    expect_no_warning();
    assert_string_equal(config->allow_networks[0], "127.0.0.0/8");
    assert_string_equal(config->allow_networks[1], "::1");
    assert_string_equal(config->allow_networks[2], "10.0.0.0/8");
    assert_null(config->allow_networks[3]);
}

static void unknown_key_is_a_warning_with_the_nearest_one(void **state)
{
    expect_warning("[Daemon]\nWorker=4\n", "2: unknown key Worker= in [Daemon]: did you mean Workers=?\n");
    expect_warning("[Daemon]\nFrobnicate=4\n", "2: unknown key Frobnicate= in [Daemon]\n");
    expect_warning("[Daemon]\nHostDelaySec=4\n", "2: HostDelaySec= belongs to [Fetch], not to [Daemon]\n");
    expect_warning("[Fetch]\nDeny=yes\n", "2: Deny= belongs to [Host PATTERN], not to [Fetch]\n");
}

static void unknown_section_is_one_warning(void **state)
{
    expect_warning("[Deamon]\nWorkers=4\nTopWords=3\n",
        "1: unknown section [Deamon], what is in it is ignored: did you mean [Daemon]?\n");
    expect_warning("[Host]\nDeny=yes\n", "1: unknown section [Host], what is in it is ignored\n");
}

static void assignment_before_any_section_is_a_warning(void **state)
{
    expect_warning("Workers=4\n", "1: Workers= stands before any [Section]\n");
}

static void bad_value_is_a_warning_and_the_default_stays(void **state)
{
    static const struct {
        const char *text;
        const char *warning;
    } cases[] = {
        {"[Daemon]\nWorkers=many\n", "2: Workers=many is not a whole number from 1 to 256\n"},
        {"[Daemon]\nWorkers=0\n", "2: Workers=0 is not a whole number from 1 to 256\n"},
        {"[Daemon]\nMaxTransfers=4294967297\n",
            "2: MaxTransfers=4294967297 is not a whole number from 1 to 100000\n"},
        {"[Daemon]\nReadJobs=all\n", "2: ReadJobs=all is neither owner nor group\n"},
        {"[Fetch]\nRobots=maybe\n", "2: Robots=maybe is neither yes nor no\n"},
        {"[Fetch]\nHostDelaySec=1 fortnight\n",
            "2: HostDelaySec=1 fortnight is not a time span from 0 s to 1 d, as in 500ms or 2min 30s\n"},
        {"[Fetch]\nHostDelaySec=infinity\n",
            "2: HostDelaySec=infinity is not a time span from 0 s to 1 d, as in 500ms or 2min 30s\n"},
        {"[Store]\nKeepJobsSec=0\n",
            "2: KeepJobsSec=0 is not a time span from 1 s to forever, as in 90s or 2min 30s\n"},
        {"[Fetch]\nMaxBodySize=16MB\n", "2: MaxBodySize=16MB is not a size from 1 to 1T, as in 64K or 16M\n"},
        {"[Fetch]\nAllowNetworks=10.0.0.0/8 10.0.0.0/33\n",
            "2: AllowNetworks=10.0.0.0/33 is not a network, as in 192.0.2.0/24 or fd00::/8\n"},
        {"[Fetch]\nCAFile=ca.pem\n", "2: CAFile=ca.pem is not an absolute path\n"},
        {"[Store]\nMaxSize=1\n", "2: MaxSize=1 is neither 0 nor a size from 1M to 1P, as in 64K or 16M\n"},
        {"[Store]\nCacheSize=0\n", "2: CacheSize=0 is not a size from 1M to 1T, as in 64K or 16M\n"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        expect_warning(cases[i].text, cases[i].warning);
}

static void bad_networks_are_taken_all_or_none(void **state)
{
    struct config *config CLEANUP(config_freep) =
        load("[Fetch]\nAllowNetworks=127.0.0.1\nAllowNetworks=10.0.0.0/8 nonsense\n");

    assert_string_equal(config->allow_networks[0], "127.0.0.1");
    assert_null(config->allow_networks[1]);
}

static void contact_that_would_break_out_of_its_comment_is_refused(void **state)
{
    struct config *config CLEANUP(config_freep) = load("[Fetch]\n"
                                                       "Contact=a) evil (b\n"
                                                       "Contact=a\\\n"
                                                       "Contact=\xc3\xa4@example.org\n"
                                                       "Contact=a\tb\n");

    assert_int_equal(config->n_warnings, 4);
    assert_null(config->contact);
}

static void file_that_was_named_must_be_there(void **state)
{
    struct config *config = NULL;

    assert_int_equal(config_load(scratch_path("none.conf"), false, note_warning, NULL, &config), -ENOENT);
    assert_null(config);
}

static void user_files_lie_below_the_home_of_configuration(void **state)
{
    struct config *config CLEANUP(config_freep) = NULL;

    scratch_directory("urlstatd");
    scratch_directory("urlstatd/urlstatd.conf.d");
    scratch_file("urlstatd/urlstatd.conf", "[Daemon]\nMaxTransfers=7\nTopWords=3\n");
    scratch_file("urlstatd/urlstatd.conf.d/10-more.conf", "[Daemon]\nTopWords=4\n");
    assert_int_equal(setenv("XDG_CONFIG_HOME", scratch_path("."), 1), 0);

    assert_int_equal(config_load(NULL, true, note_warning, NULL, &config), 0);

    assert_int_equal(config->max_transfers, 7);
    assert_int_equal(config->top_words, 4);
}

static void command_line_sets_keys_and_says_what_is_wrong(void **state)
{
    struct config *config CLEANUP(config_freep) = load("[Fetch]\nAllowNetworks=10.0.0.0/8\n");
    char reason[CONFIG_MAX_REASON];

    assert_int_equal(config_set(config, "Daemon", "Workers", "7", reason), 0);
    assert_int_equal(config_set(config, "Fetch", "AllowNetworks", "127.0.0.0/8,::1", reason), 0);
    assert_int_equal(config_set(config, "Daemon", "Workers", "-7", reason), -EINVAL);

    assert_int_equal(config->workers, 7);
    assert_string_equal(config->allow_networks[2], "::1");
    assert_string_equal(reason, "Workers=-7 is not a whole number from 1 to 256");
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_SCRATCH(defaults_are_those_of_the_manual),
        IN_SCRATCH(every_type_of_value_is_read),
        IN_SCRATCH(empty_value_brings_the_default_back),
        IN_SCRATCH(networks_add_up),
        IN_SCRATCH(unknown_key_is_a_warning_with_the_nearest_one),
        IN_SCRATCH(unknown_section_is_one_warning),
        IN_SCRATCH(assignment_before_any_section_is_a_warning),
        IN_SCRATCH(bad_value_is_a_warning_and_the_default_stays),
        IN_SCRATCH(bad_networks_are_taken_all_or_none),
        IN_SCRATCH(contact_that_would_break_out_of_its_comment_is_refused),
        IN_SCRATCH(file_that_was_named_must_be_there),
        IN_SCRATCH(user_files_lie_below_the_home_of_configuration),
        IN_SCRATCH(command_line_sets_keys_and_says_what_is_wrong),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    buffer_deinit(&warnings);
    return failed;
}
