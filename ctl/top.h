/* The most used words, for `top` and at the end of `submit --follow`. Thread: main. */
#pragma once

#include "ctl/call.h"
#include "wire/messages.h"

enum top_kind {
    TOP_WORDS,
    TOP_PER_PAGE,
    TOP_PER_HOST,
    TOP_PER_LABEL,
    TOP_PER_JOB,
};

/* Asks and prints in the context's format. Returns an exit status or negative errno. */
int top_print(struct context *context, const struct wire_top_in *in, enum top_kind kind, bool with_url);

/* "7/12  https://example.org/  (800 words, 300 distinct)", and where the words begin. Returns 0 or -ENOMEM.
 */
int top_append_heading(
    const struct context *context, struct buffer *line, enum top_kind kind, const struct wire_group *group);

/* A note, if a job that it is of has not ended. */
void top_say_incomplete(const struct context *context, const struct wire_top_out *out);

/* Whether the pages were not all counted under one engine id, or not under the daemon's own. */
bool top_mixes_engines(const struct wire_top_out *out);

/* A warning with the ids, if the pages of "the pages were" or "the reference was" were not all counted under
 * one, or not under the daemon's own. 0 or -ENOMEM. */
int top_say_engines(const struct context *context, const char *what, const struct wire_top_out *out);

/* How many words the daemon is configured to show. 0, or an exit status. */
int top_default(struct context *context, int64_t *ret);
