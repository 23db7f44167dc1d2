#include "base/cleanup.h"
#include "fetch/address.h"
#include "fetch/guard.h"

#include <errno.h>
#include <net/if.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

#include <cmocka.h>

DEFINE_CLEANUP(struct guard *, guard_free)

#define N(array) (sizeof(array) / sizeof((array)[0]))

static struct guard *guard(const char *allow, const char *deny)
{
    struct guard *guard = NULL;
    size_t bad;

    assert_int_equal(guard_new(&allow, allow != NULL, &deny, deny != NULL, &bad, &guard), 0);
    return guard;
}

static enum guard_verdict check(const struct guard *guard, const char *text)
{
    union address address;

    assert_true(address_parse(text, strlen(text), &address));
    return guard_check(guard, &address.any);
}

static void expect_all(
    const struct guard *guard, const char *const *addresses, size_t n, enum guard_verdict expected)
{
    for (size_t i = 0; i < n; i++) {
        enum guard_verdict verdict = check(guard, addresses[i]);

        if (verdict != expected)
            fail_msg("%s %s, and not: %s", addresses[i], guard_verdict_message(verdict),
                guard_verdict_message(expected));
    }
}

static void each_ipv4_row_that_is_not_reachable_is_refused_to_its_edges(void **state)
{
    static const char *const addresses[] = {
        "0.0.0.0",
        "0.255.255.255",
        "10.0.0.0",
        "10.255.255.255",
        "100.64.0.0",
        "100.127.255.255",
        "127.0.0.0",
        "127.0.0.1",
        "127.255.255.255",
        "169.254.0.0",
        "169.254.169.254",
        "169.254.255.255",
        "172.16.0.0",
        "172.31.255.255",
        "192.0.0.0",
        "192.0.0.8",
        "192.0.0.11",
        "192.0.0.170",
        "192.0.0.171",
        "192.0.0.255",
        "192.0.2.0",
        "192.0.2.255",
        "192.88.99.0",
        "192.88.99.255",
        "192.168.0.0",
        "192.168.255.255",
        "198.18.0.0",
        "198.19.255.255",
        "198.51.100.0",
        "198.51.100.255",
        "203.0.113.0",
        "203.0.113.255",
        "224.0.0.0",
        "239.255.255.255",
        "240.0.0.0",
        "255.255.255.254",
        "255.255.255.255",
    };
    CLEANUP(guard_freep) struct guard *g = guard(NULL, NULL);

    expect_all(g, addresses, N(addresses), GUARD_NOT_GLOBAL);
}

static void ipv4_beside_the_rows_and_reachable_rows_are_allowed(void **state)
{
    static const char *const addresses[] = {
        "1.0.0.0",
        "8.8.8.8",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "191.255.255.255",
        "192.0.0.9",
        "192.0.0.10",
        "192.0.1.0",
        "192.0.3.0",
        "192.31.196.1",
        "192.52.193.1",
        "192.88.98.255",
        "192.88.100.0",
        "192.167.255.255",
        "192.169.0.0",
        "192.175.48.1",
        "198.17.255.255",
        "198.20.0.0",
        "198.51.99.255",
        "198.51.101.0",
        "203.0.112.255",
        "203.0.114.0",
        "223.255.255.255",
    };
    CLEANUP(guard_freep) struct guard *g = guard(NULL, NULL);

    expect_all(g, addresses, N(addresses), GUARD_OK);
}

static void each_ipv6_row_that_is_not_reachable_is_refused(void **state)
{
    static const char *const addresses[] = {
        "::",
        "::1",
        "::2",
        "64:ff9b:1::",
        "64:ff9b:1:ffff:ffff:ffff:ffff:ffff",
        "100::",
        "100::1",
        "100:0:0:1::1",
        "2001:1::",
        "2001:1::4",
        "2001:2::",
        "2001:2:0:ffff::1",
        "2001:5::",
        "2001:10::",
        "2001:1f:ffff::",
        "2001:40::",
        "2001:1ff:ffff::",
        "2001:db8::",
        "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
        "3fff::",
        "3fff:fff:ffff::",
        "5f00::1",
        "4000::1",
        "1fff:ffff::",
        "8000::1",
        "e000::1",
        "fc00::",
        "fd00::2",
        "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "fe80::",
        "fe80::1",
        "febf::1",
        "fec0::1",
        "ff00::",
        "ff02::1",
        "ffff::1",
    };
    CLEANUP(guard_freep) struct guard *g = guard(NULL, NULL);

    expect_all(g, addresses, N(addresses), GUARD_NOT_GLOBAL);
}

static void ipv6_beside_the_rows_and_reachable_rows_are_allowed(void **state)
{
    static const char *const addresses[] = {
        "2000::1",
        "2001:1::1",
        "2001:1::2",
        "2001:1::3",
        "2001:3::1",
        "2001:4:112::1",
        "2001:20::1",
        "2001:2f:ffff::1",
        "2001:30::1",
        "2001:3f:ffff::1",
        "2001:200::1",
        "2001:4860:4860::8888",
        "2001:db7:ffff::1",
        "2001:db9::1",
        "2003::1",
        "2620:4f:8000::1",
        "2606:4700::1111",
        "3ffe::1",
        "3fff:1000::1",
    };
    CLEANUP(guard_freep) struct guard *g = guard(NULL, NULL);

    expect_all(g, addresses, N(addresses), GUARD_OK);
}

static void forms_that_embed_a_refused_ipv4_are_refused(void **state)
{
    static const char *const addresses[] = {
        "::ffff:127.0.0.1", "::ffff:10.1.2.3", "::ffff:169.254.169.254", /* mapped */
        "::127.0.0.1", "::8.8.8.8",                             /* compatible: obsolete, and not routed */
        "64:ff9b::127.0.0.1", "64:ff9b::192.168.1.1",           /* NAT64 */
        "2002:7f00:1::", "2002:a00:1::1", "2002:c0a8:101:5::9", /* 6to4 */
        "2001:0:7f00:1::f7f7:f7f7",     /* Teredo by server 127.0.0.1, of client 8.8.8.8 */
        "2001:0:808:808::80ff:fffe",    /* Teredo by server 8.8.8.8, of client 127.0.0.1 */
        "2001:0:808:808:0:0:f5ff:fffe", /* ... of client 10.0.0.1 */
    };
    CLEANUP(guard_freep) struct guard *g = guard(NULL, NULL);

    expect_all(g, addresses, N(addresses), GUARD_NOT_GLOBAL);
}

static void forms_that_embed_a_public_ipv4_are_allowed(void **state)
{
    static const char *const addresses[] = {
        "::ffff:8.8.8.8",
        "64:ff9b::8.8.8.8",
        "2002:808:808::1",
        "2001:0:808:808::f7f7:f7f7",
    };
    CLEANUP(guard_freep) struct guard *g = guard(NULL, NULL);

    expect_all(g, addresses, N(addresses), GUARD_OK);
}

static void allowed_networks_override_the_tables(void **state)
{
    CLEANUP(guard_freep) struct guard *v4 = guard("127.0.0.0/8", NULL);
    CLEANUP(guard_freep) struct guard *v6 = guard("fd00::/8", NULL);

    assert_int_equal(check(v4, "127.0.0.1"), GUARD_OK);
    assert_int_equal(check(v4, "::ffff:127.9.9.9"), GUARD_OK);
    assert_int_equal(check(v4, "64:ff9b::127.0.0.1"), GUARD_OK);
    assert_int_equal(check(v4, "10.0.0.1"), GUARD_NOT_GLOBAL);
    assert_int_equal(check(v4, "::1"), GUARD_NOT_GLOBAL);
    assert_int_equal(check(v6, "fd12::1"), GUARD_OK);
    assert_int_equal(check(v6, "fc00::1"), GUARD_NOT_GLOBAL);
    assert_int_equal(check(v6, "127.0.0.1"), GUARD_NOT_GLOBAL);
}

static void denied_networks_override_what_is_allowed_and_what_is_public(void **state)
{
    CLEANUP(guard_freep) struct guard *g = guard("10.0.0.0/8", "10.1.0.0/16");
    CLEANUP(guard_freep) struct guard *public = guard(NULL, "8.8.8.0/24");

    assert_int_equal(check(g, "10.0.0.1"), GUARD_OK);
    assert_int_equal(check(g, "10.1.0.1"), GUARD_DENIED);
    assert_int_equal(check(g, "::ffff:10.1.0.1"), GUARD_DENIED);
    assert_int_equal(check(public, "8.8.8.8"), GUARD_DENIED);
    assert_int_equal(check(public, "2002:808:808::1"), GUARD_DENIED);
    assert_int_equal(check(public, "8.8.9.1"), GUARD_OK);
}

/* Whoever lets the prefix for local use through need not let it lead everywhere; the length of the prefix is
 * the translator's secret. */
static void denied_networks_hold_behind_a_local_translator(void **state)
{
    static const char *const denied[] = {
        "64:ff9b:1:a01:2:300::",      /* 10.1.2.3 behind a /48 */
        "64:ff9b:1:550a:1:203::",     /* a /56 */
        "64:ff9b:1:5555:a:102:300:0", /* a /64 */
        "64:ff9b:1:5555::10.1.2.3",   /* a /96 */
    };
    CLEANUP(guard_freep) struct guard *g = guard("64:ff9b:1::/48", "10.0.0.0/8");

    expect_all(g, denied, N(denied), GUARD_DENIED);
    assert_int_equal(check(g, "64:ff9b:1:5555::192.168.1.1"), GUARD_OK);
}

static void all_of_ipv6_is_not_all_of_ipv4(void **state)
{
    CLEANUP(guard_freep) struct guard *g = guard("::/0", NULL);

    assert_int_equal(check(g, "::1"), GUARD_OK);
    assert_int_equal(check(g, "127.0.0.1"), GUARD_NOT_GLOBAL);
}

static void networks_without_length_are_single_addresses(void **state)
{
    CLEANUP(guard_freep) struct guard *g = guard("127.0.0.1", "::1");

    assert_int_equal(check(g, "127.0.0.1"), GUARD_OK);
    assert_int_equal(check(g, "127.0.0.2"), GUARD_NOT_GLOBAL);
    assert_int_equal(check(g, "::1"), GUARD_DENIED);
}

static void bad_networks_are_named_by_their_index(void **state)
{
    static const char *const bad[] = {"", "/", "10", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.1/8",
        "::/129", "fd00::1/8", "10.0.0.0/8 ", "localhost", "10.0.0.0/8/8", "[::1]"};
    static const char *const good[] = {"10.0.0.0/8", "::/0", "0.0.0.0/0"};

    for (size_t i = 0; i < N(bad); i++) {
        const char *allow[] = {good[0], bad[i]};
        struct guard *g = NULL;
        size_t index = 99;

        if (guard_new(allow, 2, NULL, 0, &index, &g) != -EINVAL)
            fail_msg("%s is taken", bad[i]);
        assert_int_equal(index, 1);
        assert_int_equal(guard_new(good, 3, &bad[i], 1, &index, &g), -EINVAL);
        assert_int_equal(index, 3);
        assert_null(g);
    }
}

static void other_address_families_are_refused(void **state)
{
    CLEANUP(guard_freep) struct guard *g = guard("0.0.0.0/0", NULL);
    struct sockaddr address = {.sa_family = AF_UNIX};

    assert_int_equal(guard_check(g, &address), GUARD_NOT_GLOBAL);
}

/* In a network namespace of our own, whose loopback device has a public address. Exits with 0, 1, or 77 where
 * that is not permitted. */
static int check_own_address_in_namespace(void)
{
    CLEANUP(guard_freep) struct guard *plain = guard(NULL, NULL);
    CLEANUP(guard_freep) struct guard *allowing = guard("9.9.9.0/24", NULL);
    struct ifreq request = {.ifr_name = "lo"};
    union address address;
    int fd;

    if (unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0 && unshare(CLONE_NEWNET) < 0)
        return 77;
    fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    address_parse("9.9.9.9", 7, &address);
    memcpy(&request.ifr_addr, &address.v4, sizeof(address.v4));
    if (fd < 0 || ioctl(fd, SIOCSIFADDR, &request) < 0)
        return 77;
    request.ifr_flags = IFF_UP;
    if (ioctl(fd, SIOCSIFFLAGS, &request) < 0)
        return 77;
    close(fd);

    if (guard_check(plain, &address.any) != GUARD_OWN || guard_check_tables(plain, &address.any) != GUARD_OK)
        return 1;
    if (guard_check(allowing, &address.any) != GUARD_OK)
        return 1;
    address_parse("2002:909:909::1", 15, &address);
    if (guard_check(plain, &address.any) != GUARD_OWN)
        return 1;
    address_parse("9.9.8.8", 7, &address);
    return guard_check(plain, &address.any) == GUARD_OK ? 0 : 1;
}

static void public_address_of_this_machine_is_refused(void **state)
{
    pid_t child = fork();
    int status;

    assert_true(child >= 0);
    if (child == 0)
        _exit(check_own_address_in_namespace());
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == 77)
        skip();
    assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_ipv4_row_that_is_not_reachable_is_refused_to_its_edges),
        cmocka_unit_test(ipv4_beside_the_rows_and_reachable_rows_are_allowed),
        cmocka_unit_test(each_ipv6_row_that_is_not_reachable_is_refused),
        cmocka_unit_test(ipv6_beside_the_rows_and_reachable_rows_are_allowed),
        cmocka_unit_test(forms_that_embed_a_refused_ipv4_are_refused),
        cmocka_unit_test(forms_that_embed_a_public_ipv4_are_allowed),
        cmocka_unit_test(allowed_networks_override_the_tables),
        cmocka_unit_test(denied_networks_override_what_is_allowed_and_what_is_public),
        cmocka_unit_test(denied_networks_hold_behind_a_local_translator),
        cmocka_unit_test(all_of_ipv6_is_not_all_of_ipv4),
        cmocka_unit_test(networks_without_length_are_single_addresses),
        cmocka_unit_test(bad_networks_are_named_by_their_index),
        cmocka_unit_test(other_address_families_are_refused),
        cmocka_unit_test(public_address_of_this_machine_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
