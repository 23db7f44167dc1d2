#include "server/submission.h"

static void committed(struct adding *adding, const struct engine_committed *committed)
{
    struct wire_slowest_host slowest;
    const struct wire_commit_out out = {
        .job = committed->job > 0 ? wire_some_int((int64_t)committed->job) : (struct wire_int){0},
        .accepted = (int64_t)committed->accepted,
        .duplicates = (int64_t)committed->duplicates,
        .rejected_count = (int64_t)committed->rejected,
        .existed = committed->existed,
        .slowest_host = adding_slowest(committed, &slowest)};

    call_reply(adding->work.call, &out);
    work_end(&adding->work);
}

void serve_commit(struct call *call)
{
    struct submission *submission = submission_resume(call, false);
    struct adding *adding;

    if (!submission)
        return;
    /* From here on the list belongs to the call, not to the connection. */
    call_take_session(call);
    adding = adding_new(call, submission, true);
    if (adding)
        adding_commit(adding, committed);
}
