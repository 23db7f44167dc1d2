/* Times. Stored times are realtime, schedules boottime: a stepped clock moves no schedule.
 * Unit: microseconds. Thread: any. */
#pragma once

#include <stdint.h>

#define USEC_PER_MSEC UINT64_C(1000)
#define USEC_PER_SEC UINT64_C(1000000)
#define USEC_NEVER UINT64_MAX

/* CLOCK_REALTIME, since 1970. */
uint64_t clock_realtime_usec(void);

/* CLOCK_BOOTTIME, for schedules and durations; goes on while the machine sleeps. */
uint64_t clock_boottime_usec(void);

/* CLOCK_MONOTONIC, for those who ask for it. */
uint64_t clock_monotonic_usec(void);

/* a + b, at most USEC_NEVER. */
uint64_t clock_add(uint64_t a, uint64_t b);

/* "2026-11-22T10:00:00Z" from realtime microseconds, to whole seconds. */
#define CLOCK_ISO8601_SIZE 32
const char *clock_format_iso8601(uint64_t realtime_usec, char buffer[static CLOCK_ISO8601_SIZE]);

/* The other way round, and nothing but that form: what clock_format_iso8601() gives for *ret_usec. 0 or
 * -EINVAL. */
int clock_parse_iso8601(const char *text, uint64_t *ret_usec);
