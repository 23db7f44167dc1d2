/* TLS against nginx, with an authority made for the test. */
#include "base/clock.h"
#include "fetching.h"
#include "servers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define N(array) (sizeof(array) / sizeof((array)[0]))

static char folder[64];
static char ca_file[128];
static char dns_servers[64];
static struct server names;
static struct server nginx;

static void path(char *ret, size_t size, const char *name)
{
    snprintf(ret, size, "%s/%s", folder, name);
}

/* A key and a certificate NAME.pem for the host, signed by the authority, from `start` to `end`. */
static void make_certificate(const char *name, const char *host, const char *start, const char *end)
{
    char request[128];
    char key[128];
    char certificate[128];
    char extensions[128];
    char authority_key[128];
    char configuration[128];
    char subject[128];
    char text[256];

    snprintf(request, sizeof(request), "%s/%s.csr", folder, name);
    snprintf(key, sizeof(key), "%s/%s.key", folder, name);
    snprintf(certificate, sizeof(certificate), "%s/%s.pem", folder, name);
    snprintf(text, sizeof(text), "%s.ext", name);
    path(extensions, sizeof(extensions), text);
    path(authority_key, sizeof(authority_key), "ca.key");
    path(configuration, sizeof(configuration), "ca.cnf");
    snprintf(subject, sizeof(subject), "/CN=%s", host);
    snprintf(text, sizeof(text), "subjectAltName=DNS:%s\n", host);
    server_write_file(folder, strrchr(extensions, '/') + 1, text);

    {
        const char *make_request[] = {"openssl", "req", "-newkey", "ec", "-pkeyopt",
            "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", request, "-subj", subject, "-batch",
            NULL};
        const char *sign[] = {"openssl", "ca", "-batch", "-notext", "-config", configuration, "-in", request,
            "-out", certificate, "-startdate", start, "-enddate", end, "-extfile", extensions, NULL};

        assert_true(server_run(make_request));
        assert_true(server_run(sign));
    }
}

static void make_authority(void)
{
    char key[128];
    char text[1024];

    path(key, sizeof(key), "ca.key");
    path(ca_file, sizeof(ca_file), "ca.pem");
    snprintf(text, sizeof(text),
        "[ca]\ndefault_ca=x\n[x]\ndatabase=%s/index\nnew_certs_dir=%s\nserial=%s/serial\ncertificate=%s\n"
        "private_key=%s\ndefault_md=sha256\npolicy=p\nunique_subject=no\n[p]\ncommonName=supplied\n",
        folder, folder, folder, ca_file, key);
    server_write_file(folder, "ca.cnf", text);
    server_write_file(folder, "index", "");
    server_write_file(folder, "serial", "01\n");
    {
        const char *make[] = {"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
            "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", ca_file, "-subj",
            "/CN=Test Authority", "-days", "3650", "-batch", NULL};

        assert_true(server_run(make));
    }
}

static void init(struct fetching *fetching)
{
    fetching_init(fetching, "127.0.0.0/8");
    fetching->settings.dns_servers = dns_servers;
    fetching->settings.ca_file = ca_file;
    fetching_open(fetching);
}

static void need_nginx(void)
{
    if (nginx.pid == 0)
        skip();
}

static void page_comes_over_tls_that_is_verified(void **state)
{
    struct fetching fetching;
    struct fetched fetched;

    need_nginx();
    init(&fetching);
    fetched_get(&fetched, &fetching, "https://good.example:%u/page.html", nginx.port);

    if (fetched.result.outcome != OUTCOME_COUNTED)
        fail_msg("%s", fetched.detail);
    assert_int_equal(fetched.n_bytes, 28672);
    fetching_deinit(&fetching);
}

static void requests_share_one_http2_connection(void **state)
{
    static struct fetched pages[90];
    struct fetching fetching;
    unsigned n_connections = 0;

    need_nginx();
    init(&fetching);
    /* The first opens the connection on which the others then run all at once. */
    fetched_get(&pages[0], &fetching, "https://good.example:%u/page.html", nginx.port);
    for (size_t i = 1; i < N(pages); i++) {
        fetched_init(
            &pages[i], &fetching, "https://good.example:%u/%s", nginx.port, i % 50 ? "page.html" : "none");
        fetched_start(&pages[i]);
    }
    for (size_t i = 1; i < N(pages); i++) {
        fetched_wait(&pages[i]);
        assert_int_equal(pages[i].result.outcome, i % 50 ? OUTCOME_COUNTED : OUTCOME_HTTP_ERROR);
        n_connections += pages[i].result.connect_usec > 0;
    }

    assert_int_equal(n_connections, 0);
    fetching_deinit(&fetching);
}

/* Over TLS, as whom a certificate says. */
static void start_misbehaving(struct server *server, const char *name, const char *option)
{
    char certificate[128];
    char key[128];
    char both[128];
    char text[64];
    const char *join[] = {"sh", "-c", "cat \"$0\" \"$1\" > \"$2\"", certificate, key, both, NULL};
    const char *arguments[] = {"--certificate", both, option, NULL};

    snprintf(text, sizeof(text), "%s.pem", name);
    path(certificate, sizeof(certificate), text);
    snprintf(text, sizeof(text), "%s.key", name);
    path(key, sizeof(key), text);
    path(both, sizeof(both), "both.pem");
    assert_true(server_run(join));
    server_start_misbehaving(server, arguments);
}

static void sessions_are_used_again_by_all_transfers(void **state)
{
    static struct fetched pages[8];
    struct server server;
    struct fetching fetching;

    need_nginx();
    start_misbehaving(&server, "good", NULL);
    init(&fetching);

    /* So many handles are used in turn from now on, none of which has seen TLS. */
    for (size_t i = 0; i < N(pages); i++) {
        fetched_init(&pages[i], &fetching, "http://good.example:%u/", nginx.port);
        fetched_start(&pages[i]);
    }
    for (size_t i = 0; i < N(pages); i++)
        fetched_wait(&pages[i]);

    for (size_t i = 0; i < N(pages); i++) {
        fetched_get(&pages[i], &fetching, "https://good.example:%u/session", server.port);
        if (pages[i].result.outcome != OUTCOME_COUNTED)
            fail_msg("%s", pages[i].detail);
        assert_true(pages[i].result.connect_usec > 0);
        assert_int_equal(pages[i].n_bytes, strlen(i == 0 ? "new" : "reused"));
    }
    fetching_deinit(&fetching);
    server_stop(&server);
}

static void http2_that_misbehaves_ends_in_time_and_memory(void **state)
{
    static const struct {
        const char *host;
        enum outcome outcome;
        enum outcome other; /* depending on what libcurl sees first */
    } rows[] = {
        {"good", OUTCOME_COUNTED, OUTCOME_COUNTED},
        {"never", OUTCOME_TIMEOUT, OUTCOME_TIMEOUT},
        {"reset", OUTCOME_BAD_RESPONSE, OUTCOME_BAD_RESPONSE},
        {"goaway", OUTCOME_BAD_RESPONSE, OUTCOME_TRUNCATED},
        {"close", OUTCOME_TRUNCATED, OUTCOME_BAD_RESPONSE},
        {"garbage", OUTCOME_BAD_RESPONSE, OUTCOME_TRUNCATED},
        {"short", OUTCOME_TRUNCATED, OUTCOME_TRUNCATED},
        {"long", OUTCOME_TRUNCATED, OUTCOME_TRUNCATED},
        {"data-first", OUTCOME_BAD_RESPONSE, OUTCOME_TRUNCATED},
        {"headers", OUTCOME_BAD_RESPONSE, OUTCOME_BAD_RESPONSE},
        {"informational", OUTCOME_BAD_RESPONSE, OUTCOME_BAD_RESPONSE},
        {"endless", OUTCOME_TOO_LARGE, OUTCOME_TOO_LARGE},
        {"settings", OUTCOME_TIMEOUT, OUTCOME_TRUNCATED},
        {"pings", OUTCOME_TIMEOUT, OUTCOME_TRUNCATED},
    };
    struct server server;
    struct fetching fetching;
    long before;

    need_nginx();
    start_misbehaving(&server, "any", "--http2");
    init(&fetching);
    before = fetching_peak_memory();
    for (size_t i = 0; i < N(rows); i++) {
        struct fetched fetched;

        fetching.settings.transfer_timeout_usec =
            (rows[i].outcome == OUTCOME_TIMEOUT ? 2 : 50) * USEC_PER_SEC;
        fetched_get(&fetched, &fetching, "https://%s.any.example:%u/", rows[i].host, server.port);
        if (fetched.result.outcome != rows[i].outcome && fetched.result.outcome != rows[i].other)
            fail_msg("%s: %d %s", rows[i].host, fetched.result.outcome, fetched.detail);
    }
    assert_in_range(fetching_peak_memory() - before, 0, FETCHING_FLAT_KIB);
    fetching_deinit(&fetching);
    server_stop(&server);
}

static void bad_certificates_fail_with_their_reason(void **state)
{
    static const char *const hosts[] = {"wrong.example", "expired.example", "early.example", "self.example"};
    struct fetching fetching;

    need_nginx();
    init(&fetching);
    for (size_t i = 0; i < N(hosts); i++) {
        struct fetched fetched;

        fetched_get(&fetched, &fetching, "https://%s:%u/page.html", hosts[i], nginx.port);
        if (fetched.result.outcome != OUTCOME_TLS_FAILED)
            fail_msg("%s: %s", hosts[i], fetched.detail);
        assert_false(fetched.result.may_pass);
        assert_string_not_equal(fetched.detail, "");
        assert_int_equal(fetched.n_begun, 0);
    }
    fetching_deinit(&fetching);
}

static void authority_that_is_not_known_fails(void **state)
{
    struct fetching fetching;
    struct fetched fetched;

    need_nginx();
    init(&fetching);
    fetching.settings.ca_file = NULL;
    fetched_get(&fetched, &fetching, "https://good.example:%u/page.html", nginx.port);
    assert_int_equal(fetched.result.outcome, OUTCOME_TLS_FAILED);

    /* One handle, one setting after the other. */
    fetching.settings.ca_file = ca_file;
    fetched_get(&fetched, &fetching, "https://good.example:%u/page.html", nginx.port);
    assert_int_equal(fetched.result.outcome, OUTCOME_COUNTED);
    fetching.settings.ca_file = NULL;
    fetched_get(&fetched, &fetching, "https://good.example:%u/page.html", nginx.port);
    assert_int_equal(fetched.result.outcome, OUTCOME_TLS_FAILED);
    fetching_deinit(&fetching);
}

static void server_that_speaks_no_tls_fails(void **state)
{
    static const char *const none[] = {NULL};
    struct server plain;
    struct fetching fetching;
    struct fetched fetched;

    need_nginx();
    server_start_misbehaving(&plain, none);
    init(&fetching);
    fetching.settings.connect_timeout_usec = USEC_PER_SEC;
    fetched_get(&fetched, &fetching, "https://good.example:%u/ok", plain.port);

    /* It waits for the end of a request that never comes. */
    assert_int_equal(fetched.result.outcome, OUTCOME_TIMEOUT);
    fetched_get(&fetched, &fetching, "http://good.example:%u/page.html", nginx.port);
    assert_int_equal(fetched.result.outcome, OUTCOME_HTTP_ERROR);
    fetching_deinit(&fetching);
    server_stop(&plain);
}

static int set_up(void **state)
{
    static const char *const lines[] = {"*.example=127.0.0.1/60", NULL};
    static const struct {
        const char *name;
        const char *host;
        const char *start;
        const char *end;
    } certificates[] = {
        {"good", "good.example", "20200101000000Z", "20491231235959Z"},
        {"any", "*.any.example", "20200101000000Z", "20491231235959Z"},
        {"wrong", "other.example", "20200101000000Z", "20491231235959Z"},
        {"expired", "expired.example", "20200101000000Z", "20200201000000Z"},
        {"early", "early.example", "20490101000000Z", "20491231235959Z"},
    };
    char body[4096];
    size_t n = 0;

    if (fetch_init() < 0)
        return -1;
    server_start_dns(&names, lines);
    snprintf(dns_servers, sizeof(dns_servers), "127.0.0.1:%u", names.port);
    server_make_folder(folder);
    make_authority();
    if (access("/usr/sbin/nginx", X_OK) < 0)
        return 0;

    n += (size_t)snprintf(body + n, sizeof(body) - n,
        "server_name good.example; ssl_certificate good.pem;"
        " ssl_certificate_key good.key;\n");
    for (size_t i = 0; i < N(certificates); i++) {
        make_certificate(
            certificates[i].name, certificates[i].host, certificates[i].start, certificates[i].end);
        if (i > 0)
            n += (size_t)snprintf(body + n, sizeof(body) - n,
                "} server { listen %%PORT%% ssl http2; server_name %s.example; ssl_certificate %s.pem;"
                " ssl_certificate_key %s.key;\n",
                certificates[i].name, certificates[i].name, certificates[i].name);
    }
    /* Signed by nobody but itself. */
    {
        char key[128];
        char certificate[128];
        const char *make[] = {"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
            "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", certificate, "-subj",
            "/CN=self.example", "-addext", "subjectAltName=DNS:self.example", "-batch", NULL};

        path(key, sizeof(key), "self.key");
        path(certificate, sizeof(certificate), "self.pem");
        assert_true(server_run(make));
    }
    n += (size_t)snprintf(body + n, sizeof(body) - n,
        "} server { listen %%PORT%% ssl http2; server_name self.example; ssl_certificate self.pem;"
        " ssl_certificate_key self.key;\n");
    server_start_nginx(&nginx, folder, " ssl http2", body);
    return 0;
}

static int tear_down(void **state)
{
    server_stop(&nginx);
    server_stop(&names);
    server_remove_folder(folder);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(page_comes_over_tls_that_is_verified),
        cmocka_unit_test(requests_share_one_http2_connection),
        cmocka_unit_test(sessions_are_used_again_by_all_transfers),
        cmocka_unit_test(http2_that_misbehaves_ends_in_time_and_memory),
        cmocka_unit_test(bad_certificates_fail_with_their_reason),
        cmocka_unit_test(authority_that_is_not_known_fails),
        cmocka_unit_test(server_that_speaks_no_tls_fails),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
