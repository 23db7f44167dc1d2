#include "fetching.h"

#include "base/clock.h"
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

void fetching_init(struct fetching *fetching, const char *allow)
{
    size_t bad;

    *fetching = (struct fetching){0};
    assert_int_equal(guard_new(&allow, allow != NULL, NULL, 0, &bad, &fetching->guard), 0);
    fetching->settings = (struct fetch_settings){
        .user_agent = "urlstatd/test",
        .guard = fetching->guard,
        .connect_timeout_usec = 20 * USEC_PER_SEC,
        .transfer_timeout_usec = 50 * USEC_PER_SEC,
        .max_body_bytes = 16 * 1024 * 1024,
        .max_connections = 100,
    };
}

void fetching_open(struct fetching *fetching)
{
    assert_int_equal(fetcher_new(&fetching->settings, &fetching->fetcher), 0);
}

void fetching_deinit(struct fetching *fetching)
{
    fetcher_free(fetching->fetcher);
    guard_free(fetching->guard);
}

static struct fetched *fetched_of(struct fetch_request *request)
{
    return (struct fetched *)(void *)((char *)request - offsetof(struct fetched, request));
}

static int on_begin(struct fetch_request *request, const char *content_type, const char *charset)
{
    struct fetched *fetched = fetched_of(request);

    fetched->n_begun++;
    return fetched->begin_returns;
}

static int on_data(struct fetch_request *request, const void *bytes, size_t size)
{
    struct fetched *fetched = fetched_of(request);
    size_t room = sizeof(fetched->start) - 1;

    assert_int_equal(fetched->n_begun, 1);
    if (fetched->n_bytes < room)
        memcpy(fetched->start + fetched->n_bytes, bytes,
            size < room - fetched->n_bytes ? size : room - fetched->n_bytes);
    fetched->n_bytes += size;
    return fetched->data_returns;
}

static void keep(char *place, size_t size, const char *text)
{
    snprintf(place, size, "%s", text ? text : "(none)");
}

static void on_done(struct fetch_request *request, const struct fetch_result *result)
{
    struct fetched *fetched = fetched_of(request);

    assert_false(fetched->is_done);
    fetched->is_done = true;
    fetched->result = *result;
    keep(fetched->detail, sizeof(fetched->detail), result->detail);
    keep(fetched->location, sizeof(fetched->location), result->location);
    keep(fetched->type, sizeof(fetched->type), result->content_type);
    keep(fetched->charset, sizeof(fetched->charset), result->charset);
    keep(fetched->etag, sizeof(fetched->etag), result->etag);
    keep(fetched->last_modified, sizeof(fetched->last_modified), result->last_modified);
    if (fetched->next_url)
        fetched_start(fetched->next_url);
}

static void init(struct fetched *fetched, struct fetching *fetching, const char *format, va_list arguments)
{
    *fetched = (struct fetched){
        .fetching = fetching,
        .request =
            {
                .kind = FETCH_PAGE,
                .settings = &fetching->settings,
                .url = fetched->url,
                .begin = on_begin,
                .data = on_data,
                .done = on_done,
            },
    };
    vsnprintf(fetched->url, sizeof(fetched->url), format, arguments);
}

void fetched_init(struct fetched *fetched, struct fetching *fetching, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    init(fetched, fetching, format, arguments);
    va_end(arguments);
}

void fetched_start(struct fetched *fetched)
{
    assert_int_equal(fetcher_start(fetched->fetching->fetcher, &fetched->request), 0);
}

void fetching_run(struct fetching *fetching)
{
    struct pollfd wait = {.fd = fetcher_fd(fetching->fetcher), .events = POLLIN};
    int timeout_ms = fetcher_timeout_ms(fetching->fetcher);

    if (timeout_ms < 0 || timeout_ms > 1000)
        timeout_ms = 1000;
    assert_true(poll(&wait, 1, timeout_ms) >= 0);
    assert_int_equal(fetcher_run(fetching->fetcher), 0);
}

void fetched_wait(struct fetched *fetched)
{
    const uint64_t end = clock_boottime_usec() + 60 * USEC_PER_SEC;

    while (!fetched->is_done) {
        if (clock_boottime_usec() > end)
            fail_msg("%s does not end", fetched->url);
        fetching_run(fetched->fetching);
    }
}

void fetched_get(struct fetched *fetched, struct fetching *fetching, const char *format, ...)
{
    va_list arguments;
    bool is_stale = false;

    do {
        va_start(arguments, format);
        init(fetched, fetching, format, arguments);
        va_end(arguments);
        fetched->request.wants_fresh = is_stale;
        fetched_start(fetched);
        fetched_wait(fetched);
        is_stale = fetched->result.is_stale;
    } while (is_stale);
}

long fetching_peak_memory(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}
