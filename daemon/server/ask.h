/* What people type as URL or host, as the store spells it. Thread: main. */
#pragma once

#include "server/work.h"

/* In the work's arena; NULL stays NULL. 0; -EINVAL, with the call refused; -ENOMEM. */
int ask_url(struct work *work, const char *text, const char **ret);
int ask_host(struct work *work, const char *text, const char **ret);
