#include "base/clock.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <time.h>

static uint64_t read_usec(clockid_t id)
{
    struct timespec now;
    int r = clock_gettime(id, &now);

    assert(r == 0);
    (void)r;
    return (uint64_t)now.tv_sec * USEC_PER_SEC + (uint64_t)now.tv_nsec / 1000;
}

uint64_t clock_realtime_usec(void)
{
    return read_usec(CLOCK_REALTIME);
}

uint64_t clock_boottime_usec(void)
{
    return read_usec(CLOCK_BOOTTIME);
}

uint64_t clock_monotonic_usec(void)
{
    return read_usec(CLOCK_MONOTONIC);
}

uint64_t clock_add(uint64_t a, uint64_t b)
{
    return a > USEC_NEVER - b ? USEC_NEVER : a + b;
}

const char *clock_format_iso8601(uint64_t realtime_usec, char buffer[static CLOCK_ISO8601_SIZE])
{
    time_t seconds = (time_t)(realtime_usec / USEC_PER_SEC);
    struct tm broken_down;
    size_t length;

    gmtime_r(&seconds, &broken_down);
    length = strftime(buffer, CLOCK_ISO8601_SIZE, "%Y-%m-%dT%H:%M:%SZ", &broken_down);
    assert(length > 0);
    (void)length;
    return buffer;
}

int clock_parse_iso8601(const char *text, uint64_t *ret_usec)
{
    char again[CLOCK_ISO8601_SIZE];
    struct tm broken_down = {0};
    const char *end = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &broken_down);
    time_t seconds = end && !*end ? timegm(&broken_down) : -1;

    /* Years beyond are those of nobody. */
    if (seconds < 0 || broken_down.tm_year > 9999 - 1900)
        return -EINVAL;
    if (strcmp(clock_format_iso8601((uint64_t)seconds * USEC_PER_SEC, again), text) != 0)
        return -EINVAL;
    *ret_usec = (uint64_t)seconds * USEC_PER_SEC;
    return 0;
}
