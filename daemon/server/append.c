#include "server/submission.h"

static void added(struct adding *adding)
{
    const struct wire_append_out out = {.accepted = adding->accepted,
        .duplicates = adding->duplicates,
        .rejected = adding->rejected,
        .n_rejected = adding->n_rejected,
        .rejected_count = adding->rejected_count};

    /* Without a timer the list only waits longer. */
    (void)submission_wait(adding->submission, adding->work.service);
    call_reply(adding->work.call, &out);
    work_end(&adding->work);
}

void serve_append(struct call *call)
{
    const struct wire_append_in *in = call_in(call);
    struct submission *submission = submission_resume(call, false);
    struct adding *adding;

    if (!submission)
        return;
    adding = adding_new(call, submission, false);
    if (adding)
        adding_run(adding, in->urls, in->n_urls, added);
}
