#include "daemon/config.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "fetch/guard.h"
#include "scratch.h"

#include <arpa/inet.h>
#include <netinet/in.h>
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

static struct engine_settings *settings_of(const char *text)
{
    struct config *config CLEANUP(config_freep) = NULL;
    struct engine_settings *settings = NULL;
    const char *path = scratch_file("urlstatd.conf", text);

    assert_int_equal(config_load(path, false, no_warning, NULL, &config), 0);
    assert_int_equal(config_make_engine_settings(config, &settings), 0);
    return settings;
}

static void user_agent_names_the_contact_once_there_is_one(void **state)
{
    struct engine_settings *without CLEANUP(engine_settings_unrefp) = settings_of("");
    struct engine_settings *with CLEANUP(engine_settings_unrefp) =
        settings_of("[Fetch]\nContact=https://example.org/bot\n");

    assert_string_equal(without->fetch.user_agent, "urlstatd/" URLSTAT_VERSION);
    assert_string_equal(with->fetch.user_agent, "urlstatd/" URLSTAT_VERSION " (+https://example.org/bot)");
}

static void what_counts_depend_on_is_noted_as_it_is_configured(void **state)
{
    struct engine_settings *usual CLEANUP(engine_settings_unrefp) = settings_of("");
    struct engine_settings *own CLEANUP(engine_settings_unrefp) = settings_of(
        "[Fetch]\nMaxBodySize=1536K\nRobots=no\nConnectTimeoutSec=1500ms\nContact=me@example.org\n"
        "DenyNetworks=192.0.2.0/24 2001:db8::/32\nProxy=http://user:secret@proxy.example:3128\n"
        "[Host a.example]\nDeny=yes\n[Host *.b.example]\nRobots=yes\n[Host c.example]\nDelaySec=9\n");

    assert_string_equal(usual->noted,
        "Robots=yes\nMaxBodySize=16M\nMaxRedirects=5\nMaxAttempts=3\nConnectTimeoutSec=10s\n"
        "TransferTimeoutSec=60s\nLowSpeedBytes=1K\nLowSpeedSec=30s\n");
    assert_string_equal(own->noted,
        "Robots=no\nContact=me@example.org\nMaxBodySize=1536K\nMaxRedirects=5\nMaxAttempts=3\n"
        "ConnectTimeoutSec=1500ms\nTransferTimeoutSec=60s\nLowSpeedBytes=1K\nLowSpeedSec=30s\n"
        "DenyNetworks=192.0.2.0/24 2001:db8::/32\nProxy=yes\n[Host *.b.example] Robots=yes\n"
        "[Host a.example] Deny=yes\n");
}

static void workers_share_memory_and_transfers(void **state)
{
    struct engine_settings *settings CLEANUP(engine_settings_unrefp) =
        settings_of("[Daemon]\nWorkers=4\nMaxTransfers=10\n[Fetch]\nDecodeMemory=64M\n");

    assert_int_equal(settings->n_workers, 4);
    assert_int_equal(settings->max_transfers, 10);
    assert_int_equal(settings->fetch.decode_memory, 16 << 20);
    assert_true(settings->fetch.max_connections * 4 >= 10);
}

static enum guard_verdict verdict(const struct engine_settings *settings, const char *address)
{
    struct sockaddr_in in = {.sin_family = AF_INET};

    assert_int_equal(inet_pton(AF_INET, address, &in.sin_addr), 1);
    return guard_check_tables(settings->fetch.guard, (const struct sockaddr *)&in);
}

static void guard_takes_the_networks(void **state)
{
    struct engine_settings *settings CLEANUP(engine_settings_unrefp) =
        settings_of("[Fetch]\nAllowNetworks=10.0.0.0/8\nDenyNetworks=10.1.0.0/16\n");

    assert_int_equal(verdict(settings, "10.2.0.1"), GUARD_OK);
    assert_int_equal(verdict(settings, "10.1.0.1"), GUARD_DENIED);
    assert_int_equal(verdict(settings, "192.168.0.1"), GUARD_NOT_GLOBAL);
}

static const char rules[] = "[Host *.example.org]\n"
                            "DelaySec=2s\n"
                            "[Host www.example.org]\n"
                            "Connections=9\n"
                            "[Host *.b.example.org]\n"
                            "Deny=yes\n"
                            "[Host [2001:db8::1]]\n"
                            "DelaySec=3s\n"
                            "[Host 192.0.2.1]\n"
                            "DelaySec=4s\n"
                            "[Host slow.example]\n"
                            "DelaySec=5min\n"
                            "[Host *.example.org]\n"
                            "Robots=yes\n"
                            "[Fetch]\n"
                            "HostDelaySec=7s\n"
                            "HostConnections=3\n"
                            "Robots=no\n";

static void exact_host_beats_the_longest_wildcard(void **state)
{
    struct engine_settings *settings CLEANUP(engine_settings_unrefp) = settings_of(rules);

    assert_int_equal(engine_settings_policy(settings, "www.example.org")->connections, 9);
    assert_int_equal(engine_settings_policy(settings, "ftp.example.org")->delay_usec, 2 * USEC_PER_SEC);
    assert_int_equal(engine_settings_policy(settings, "a.www.example.org")->delay_usec, 2 * USEC_PER_SEC);
    assert_true(engine_settings_policy(settings, "a.b.example.org")->deny);
    assert_false(engine_settings_policy(settings, "b.example.org")->deny);
}

static void wildcard_does_not_mean_the_domain_itself(void **state)
{
    struct engine_settings *settings CLEANUP(engine_settings_unrefp) = settings_of(rules);

    assert_ptr_equal(engine_settings_policy(settings, "example.org"), &settings->host);
    assert_ptr_equal(engine_settings_policy(settings, "notexample.org"), &settings->host);
    assert_ptr_equal(engine_settings_policy(settings, "org"), &settings->host);
}

static void port_of_a_host_key_does_not_matter(void **state)
{
    struct engine_settings *settings CLEANUP(engine_settings_unrefp) = settings_of(rules);

    assert_int_equal(engine_settings_policy(settings, "www.example.org:8080")->connections, 9);
    assert_int_equal(engine_settings_policy(settings, "[2001:db8::1]")->delay_usec, 3 * USEC_PER_SEC);
    assert_int_equal(engine_settings_policy(settings, "[2001:db8::1]:8080")->delay_usec, 3 * USEC_PER_SEC);
    assert_int_equal(engine_settings_policy(settings, "192.0.2.1:8080")->delay_usec, 4 * USEC_PER_SEC);
}

static void host_inherits_what_it_was_not_given_wherever_fetch_stands(void **state)
{
    struct engine_settings *settings CLEANUP(engine_settings_unrefp) = settings_of(rules);
    const struct host_policy *policy = engine_settings_policy(settings, "www.example.org");

    assert_int_equal(policy->delay_usec, 7 * USEC_PER_SEC);
    assert_int_equal(policy->delay_max_usec, 30 * USEC_PER_SEC);
    assert_false(policy->robots);
}

static void sections_of_one_pattern_add_up(void **state)
{
    struct engine_settings *settings CLEANUP(engine_settings_unrefp) = settings_of(rules);
    const struct host_policy *policy = engine_settings_policy(settings, "ftp.example.org");

    assert_int_equal(policy->delay_usec, 2 * USEC_PER_SEC);
    assert_true(policy->robots);
}

static void delay_that_was_asked_for_is_not_cut(void **state)
{
    struct engine_settings *settings CLEANUP(engine_settings_unrefp) = settings_of(rules);
    const struct host_policy *policy = engine_settings_policy(settings, "slow.example");

    assert_int_equal(policy->delay_usec, 300 * USEC_PER_SEC);
    assert_int_equal(policy->delay_max_usec, 300 * USEC_PER_SEC);
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_SCRATCH(user_agent_names_the_contact_once_there_is_one),
        IN_SCRATCH(what_counts_depend_on_is_noted_as_it_is_configured),
        IN_SCRATCH(workers_share_memory_and_transfers),
        IN_SCRATCH(guard_takes_the_networks),
        IN_SCRATCH(exact_host_beats_the_longest_wildcard),
        IN_SCRATCH(wildcard_does_not_mean_the_domain_itself),
        IN_SCRATCH(port_of_a_host_key_does_not_matter),
        IN_SCRATCH(host_inherits_what_it_was_not_given_wherever_fetch_stands),
        IN_SCRATCH(sections_of_one_pattern_add_up),
        IN_SCRATCH(delay_that_was_asked_for_is_not_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
