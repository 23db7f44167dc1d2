/* The reply that many verbs share: the work's rows as jobs. Thread: main. */
#pragma once

#include "server/work.h"
#include "wire/messages.h"

/* The rows as the peer may see them, in the work's arena, numbers ascending. 0 or -ENOMEM. */
int jobs_view(struct work *work, struct wire_job **ret);

/* Ends the call with them, and the work. */
void jobs_reply(struct work *work);
