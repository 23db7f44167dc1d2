/* `--follow --per=page`: what is printed for each URL as it ends. Thread: main. */
#pragma once

#include "base/cleanup.h"
#include "ctl/verb.h"
#include "wire/messages.h"

struct pages;

int pages_new(struct context *context, struct pages **ret);
void pages_free(struct pages *pages);
DEFINE_CLEANUP(struct pages *, pages_free)

/* A page that was counted, or a URL that ended otherwise; `total` URLs are in the job. A table is lines such
 * as "  12/2585  https://example.org/  the 42, of 30"; of the other formats only pages are data, and URLs
 * that ended otherwise are lines on stderr. Returns 0 or negative errno. */
int pages_take(struct pages *pages, const struct wire_group *page, const struct wire_url *url, int64_t total);

/* Nothing more comes. */
int pages_finish(struct pages *pages);
