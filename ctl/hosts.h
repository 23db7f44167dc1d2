/* The list of hosts, and what changes them. Thread: main. */
#pragma once

#include "ctl/call.h"

/* Pause or Resume of the pattern of --host; `argc` operands were given beside it, which is wrong.
 * Returns 0, an exit status with the reason said, or -ENOMEM. */
int hosts_control(struct context *context, enum wire_verb verb, int argc);
