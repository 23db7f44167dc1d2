#include "server/submission.h"

static void committed(struct adding *adding, const struct engine_committed *committed)
{
    struct wire_slowest_host slowest;
    const struct wire_submit_out out = {
        .job = committed->job > 0 ? wire_some_int((int64_t)committed->job) : (struct wire_int){0},
        .accepted = (int64_t)committed->accepted,
        .duplicates = (int64_t)committed->duplicates,
        .rejected = adding->rejected,
        .n_rejected = adding->n_rejected,
        .rejected_count = adding->rejected_count,
        .existed = committed->existed,
        .slowest_host = adding_slowest(committed, &slowest)};

    call_reply(adding->work.call, &out);
    work_end(&adding->work);
}

static void added(struct adding *adding)
{
    adding_commit(adding, committed);
}

static void repeated(struct adding *adding)
{
    const struct wire_submit_in *in = call_in(adding->work.call);

    adding_run(adding, in->urls, in->n_urls, added);
}

static void opened(struct call *call, struct submission *submission)
{
    const struct wire_submit_in *in = call_in(call);
    struct adding *adding = adding_new(call, submission, true);

    if (adding && in->begin.again)
        adding_repeat(adding, in->begin.again, repeated);
    else if (adding)
        adding_run(adding, in->urls, in->n_urls, added);
}

void serve_submit(struct call *call)
{
    const struct wire_submit_in *in = call_in(call);

    submission_open(call, &in->begin, opened);
}
