/* What a server can be asked: interfaces of verbs, each a method of the wire with its handler. Thread: main.
 */
#pragma once

#include "wire/verbs.h"

struct call;

/* Takes the call over: it ends with exactly one of call_reply(), call_error() and call_fail(), now or later.
 */
typedef void (*verb_handler)(struct call *call);

struct verb {
    const struct wire_method *method;
    verb_handler handler; /* NULL: MethodNotImplemented */
    bool endless;         /* may last as long as a job: a server that drains does not wait for it */
};

struct interface {
    const char *name;        /* "io.urlstat" */
    const char *description; /* the text of its .varlink file */
    const struct verb *verbs;
    size_t n_verbs;
};
