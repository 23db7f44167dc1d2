#include "daemon/config.h"

#include "base/cleanup.h"
#include "daemon/config_credential.h"
#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

DEFINE_CLEANUP(struct config *, config_free)

static unsigned n_warnings;

static void count_warning(void *userdata, const char *where, const char *what)
{
    n_warnings++;
    assert_null(strstr(what, "secret"));
}

static struct config *load(const char *proxy, const char *password)
{
    struct config *config = NULL;
    char text[256];

    n_warnings = 0;
    (void)scratch_file(CONFIG_PROXY_PASSWORD, password);
    assert_int_equal(setenv("CREDENTIALS_DIRECTORY", scratch_path("."), 1), 0);
    (void)snprintf(text, sizeof(text), "[Fetch]\nProxy=%s\n", proxy);
    assert_int_equal(
        config_load(scratch_file("urlstatd.conf", text), false, count_warning, NULL, &config), 0);
    return config;
}

static void expect_proxy(const char *proxy, const char *password, const char *expected)
{
    struct config *config CLEANUP(config_freep) = load(proxy, password);

    assert_string_equal(config->proxy, expected);
    assert_int_equal(n_warnings, 0);
    assert_int_equal(config->n_warnings, 0);
}

static void expect_warning(const char *proxy, const char *password)
{
    struct config *config CLEANUP(config_freep) = load(proxy, password);

    assert_string_equal(config->proxy, proxy);
    assert_int_equal(n_warnings, 1);
    assert_int_equal(config->n_warnings, 1);
}

static void password_stands_behind_the_user(void **state)
{
    expect_proxy(
        "http://anna@proxy.example.org:3128", "secret\n", "http://anna:secret@proxy.example.org:3128");
    expect_proxy("anna@proxy.example.org", "secret\r\n", "anna:secret@proxy.example.org");
}

static void what_means_something_in_a_url_is_escaped(void **state)
{
    expect_proxy("http://anna@proxy:1/", "a:/@ %\xc3\xa4", "http://anna:a%3A%2F%40%20%25%C3%A4@proxy:1/");
}

static void password_without_a_place_is_a_warning(void **state)
{
    expect_warning("http://proxy.example.org:3128", "secret");
    expect_warning("http://anna:other@proxy.example.org:3128", "secret");
    expect_warning("http://proxy.example.org/@", "secret");
}

static void what_is_no_password_is_a_warning(void **state)
{
    char long_one[2000];

    memset(long_one, 'x', sizeof(long_one) - 1);
    long_one[sizeof(long_one) - 1] = '\0';
    expect_warning("http://anna@proxy", "\n");
    expect_warning("http://anna@proxy", long_one);
}

static void password_without_a_proxy_does_no_harm(void **state)
{
    struct config *config CLEANUP(config_freep) = load("", "secret");

    assert_null(config->proxy);
    assert_int_equal(n_warnings, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(password_stands_behind_the_user),
        cmocka_unit_test(what_means_something_in_a_url_is_escaped),
        cmocka_unit_test(password_without_a_place_is_a_warning),
        cmocka_unit_test(what_is_no_password_is_a_warning),
        cmocka_unit_test(password_without_a_proxy_does_no_harm),
    };

    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
