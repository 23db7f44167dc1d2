/* What the kernel lets this process have. Thread: main, before others. */
#pragma once

#include "daemon/config.h"

/* Raises the limit of descriptors to what the configuration can make use of. If the hard limit is below that,
 * MaxTransfers= is lowered with a warning: transfers that lack a descriptor would end as failures of their
 * hosts. */
void daemon_raise_limits(struct config *config);
