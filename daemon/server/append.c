#include "server/submission.h"

static void added(struct adding *adding)
{
    const struct wire_append_out out = {.accepted = adding->accepted,
        .duplicates = adding->duplicates,
        .rejected = adding->rejected,
        .n_rejected = adding->n_rejected,
        .rejected_count = adding->rejected_count};

    call_reply(adding->work.call, &out);
    work_end(&adding->work);
}

void serve_append(struct call *call)
{
    const struct wire_append_in *in = call_in(call);
    struct adding *adding;

    if (!call_session(call)) {
        call_refuse(call, WIRE_NO_SUBMISSION, "no list is open on this connection: call Begin first");
        return;
    }
    adding = adding_new(call, call_session(call), false);
    if (adding)
        adding_run(adding, in->urls, in->n_urls, added);
}
