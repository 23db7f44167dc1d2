#include "server/submission.h"

#include <errno.h>

static void release(void *session)
{
    submission_free(session);
}

void serve_begin(struct call *call)
{
    struct submission *submission;
    int r;

    if (call_session(call)) {
        call_refuse(call, WIRE_SUBMISSION_OPEN, "another list is open on this connection: commit it first");
        return;
    }
    r = submission_open(call, call_in(call), &submission);
    if (r < 0) {
        if (r != -EINVAL)
            call_fail(call, r);
        return;
    }
    call_set_session(call, submission, release);
    call_reply(call, NULL);
}
