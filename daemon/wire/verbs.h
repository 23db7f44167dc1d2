/* The table of io.urlstat's methods: dispatch, clients and tests share this one truth. Thread: any. */
#pragma once

#include "wire/messages.h"

#define WIRE_INTERFACE "io.urlstat"

enum wire_verb {
    WIRE_SUBMIT,
    WIRE_BEGIN,
    WIRE_APPEND,
    WIRE_COMMIT,
    WIRE_TOP,
    WIRE_WHY,
    WIRE_COMPARE,
    WIRE_JOBS,
    WIRE_SHOW,
    WIRE_URLS,
    WIRE_WAIT,
    WIRE_WATCH,
    WIRE_PAUSE,
    WIRE_RESUME,
    WIRE_CANCEL,
    WIRE_RETRY,
    WIRE_PRIORITY,
    WIRE_REMOVE,
    WIRE_HOSTS,
    WIRE_EXPLAIN,
    WIRE_WORKERS,
    WIRE_EXPORT,
    WIRE_IMPORT,
    WIRE_BACKUP,
    WIRE_RELOAD,
    WIRE_SET_LOG_LEVEL,
    WIRE_STATUS,
    WIRE_METRICS,
    WIRE_PING,
};
#define N_WIRE_VERBS (WIRE_PING + 1)

enum wire_streaming {
    WIRE_ONE_REPLY,
    WIRE_MAY_STREAM,  /* with `more` the reply comes in parts */
    WIRE_MUST_STREAM, /* without `more` the answer is ExpectedMore */
};

struct wire_method {
    const char *name; /* "io.urlstat.Submit" */
    enum wire_streaming streaming;
    const struct wire_shape *in;
    const struct wire_shape *out;
};

extern const struct wire_method wire_methods[N_WIRE_VERBS];
