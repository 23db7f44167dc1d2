/* The state directory and the store in it. Thread: main, before others. */
#pragma once

#include "daemon/config.h"
#include "store/store.h"

/* The configured directory, or the first of $STATE_DIRECTORY, made if it is missing. What fails is logged.
 * -EDESTADDRREQ if there is none. *ret is the caller's. */
int daemon_find_directory(const struct config *config, char **ret);

/* Opens the store below the configured directory, or that of $STATE_DIRECTORY; makes the directory if it is
 * missing. What fails is logged with what to do about it. Returns 0; -EDESTADDRREQ if there is no such
 * directory; or another negative errno. *ret_directory is the caller's. */
int daemon_open_store(const struct config *config, bool is_again, struct mailbox *replies,
    char **ret_directory, struct store **ret);

/* Logs that the file is damaged, and what comes of it: now, or once its disk can be written. */
void daemon_log_damage(void);
void daemon_log_stuck_damage(const struct store *store);
/* Logs that the store began to fail, or works again (0). */
void daemon_log_store_change(int r);
