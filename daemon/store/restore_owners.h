/* Whose the jobs of a backup are here. Thread: the one that restores. */
#pragma once

#include "store/sql.h"
#include "store/store_restore.h"

/* Asks once for each owner, and gives the jobs to whom it is told; within a transaction. 0 or negative errno.
 */
int restore_owners(struct sql *sql, store_owner owner, void *userdata);
