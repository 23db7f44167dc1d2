/* Parsing and printing what people type and read: sizes, time spans, whole numbers, texts. Thread: any. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A whole decimal number without sign or spaces. -EINVAL if it is none, -ERANGE if it is above `max`. */
int text_parse_u64(const char *text, uint64_t max, uint64_t *ret);

/* Bytes, as systemd writes sizes: "4096", "16K", "16M", "1G", to the base of 1024. -EINVAL, -ERANGE. */
int text_parse_size(const char *text, uint64_t *ret);

/* A time span as systemd.time(7) has it: "90", "1s", "500ms", "2min 30s", "1h", "1w", "infinity"
 * (USEC_NEVER). A number without a unit is in seconds. Unit of *ret: microseconds. -EINVAL, -ERANGE. */
int text_parse_span(const char *text, uint64_t *ret_usec);

/* "yes" "no" "true" "false" "on" "off" "1" "0", as systemd takes booleans. -EINVAL. */
int text_parse_bool(const char *text, int *ret);

/* "1 h 40 min", "12 s", "0.4 s": at most two units. */
#define TEXT_SPAN_SIZE 64
const char *text_format_span(uint64_t usec, char buffer[static TEXT_SPAN_SIZE]);

/* "13.6 MB", "512 B": to the base of 1000, for people. */
#define TEXT_SIZE_SIZE 32
const char *text_format_size(uint64_t bytes, char buffer[static TEXT_SIZE_SIZE]);

/* Whether it has one of Unicode's category Cc, which UTF-8 writes as 00 to 1F, 7F, and C2 80 to C2 9F. */
bool text_has_control(const char *text, size_t length);

/* How many of its bytes, at most `max`, are whole characters of UTF-8: for "%.*s". */
int text_cut(const char *text, int max);
