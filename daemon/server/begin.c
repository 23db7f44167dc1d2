#include "server/submission.h"

static void release(void *session)
{
    submission_free(session);
}

static void open_list(struct call *call, struct submission *submission)
{
    (void)submission_wait(submission, call_context(call));
    call_set_session(call, submission, release);
    call_reply(call, NULL);
}

static void repeated(struct adding *adding)
{
    adding->owns_submission = false;
    open_list(adding->work.call, TAKE(adding->submission));
    work_end(&adding->work);
}

static void opened(struct call *call, struct submission *submission)
{
    const struct wire_begin_in *in = call_in(call);
    struct adding *adding;

    if (!in->again) {
        open_list(call, submission);
        return;
    }
    adding = adding_new(call, submission, true);
    if (adding)
        adding_repeat(adding, in->again, repeated);
}

void serve_begin(struct call *call)
{
    if (call_session(call))
        call_refuse(call, WIRE_SUBMISSION_OPEN, "another list is open on this connection: commit it first");
    else
        submission_open(call, call_in(call), opened);
}
