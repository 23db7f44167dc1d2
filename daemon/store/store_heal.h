/* Requests by which a store that could not be written takes up writing again. See store.h. While
 * store_failure() is not 0, whoever owns the store hands over both, the second when the first came back with
 * 0, now and then, and looks at store_is_outdated() when that comes back. */
#pragma once

#include "store/store.h"

/* A read. The reader looks at the file as it is from now on, which somebody may then write. */
struct store_renew {
    struct store_request request;
};

/* A write. What cannot be written yet comes back as the error. */
struct store_reopen {
    struct store_request request;
};
