/* Content-Type of a response (RFC 9110 8.3, and the MIME Sniffing standard where servers do not care). Pure.
 * Thread: any. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define CONTENT_TYPE_MAX 128

struct content_type {
    char essence[CONTENT_TYPE_MAX]; /* lower case: "text/html"; "" if there was none that says anything */
    char charset[CONTENT_TYPE_MAX]; /* as given, without quotes, printable ASCII; "" if none */
};

/* What says nothing ("", "html", "unknown/unknown", "application/unknown", any wildcard) leaves `essence`
 * empty. */
void content_type_parse(const char *value, size_t size, struct content_type *ret);

/* text/html, application/xhtml+xml, text/plain; and none at all, which is sniffed. */
bool content_type_is_counted(const struct content_type *type);
