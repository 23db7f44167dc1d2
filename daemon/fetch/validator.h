/* What a server calls a version of a page by: entity tags and dates (RFC 9110 8.8). Only such as may be sent
 * back as they came are kept: each goes into a header of a later request. Pure. Thread: any. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Longer ones are not kept: they would be stored with each page, and sent with each request. */
#define VALIDATOR_MAX 1024

/* An entity-tag, weak or strong (8.8.3), of printable ASCII. */
bool validator_is_etag(const char *text, size_t size);

/* An HTTP-date, printable ASCII (5.6.7). */
bool validator_is_date(const char *text, size_t size);

/* The weak comparison (8.8.3.2), which If-None-Match takes: W/ makes no difference. */
bool validator_etags_match(const char *a, const char *b);
