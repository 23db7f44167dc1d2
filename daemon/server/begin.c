#include "server/submission.h"

#include <errno.h>

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

void serve_begin(struct call *call)
{
    const struct wire_begin_in *in = call_in(call);
    struct submission *submission;
    struct adding *adding;
    int r;

    if (call_session(call)) {
        call_refuse(call, WIRE_SUBMISSION_OPEN, "another list is open on this connection: commit it first");
        return;
    }
    r = submission_open(call, in, &submission);
    if (r < 0) {
        if (r != -EINVAL)
            call_fail(call, r);
        return;
    }
    if (!in->again) {
        open_list(call, submission);
        return;
    }
    adding = adding_new(call, submission, true);
    if (adding)
        adding_repeat(adding, in->again, repeated);
}
