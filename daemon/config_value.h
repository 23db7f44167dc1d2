/* Values as people write them in urlstatd.conf. Each parser leaves `ret` untouched on failure. Thread: any.
 */
#pragma once

#include "base/cleanup.h"
#include "daemon/config_keys.h"

/* Processors that this process may run on, at least 1. */
unsigned config_processors(void);

/* "5M": K, M and G are 1000, its square and its cube. -EINVAL, -ERANGE. */
int config_parse_number(const char *text, uint64_t *ret);

/* -EINVAL for what would break out of the comment "(+CONTACT)" of a User-Agent (RFC 9110 5.6.5). */
int config_check_contact(const char *text);

/* Adds the networks of the text to the NULL-terminated list at *list. -EINVAL with *ret_bad, the first bad
 * one (the caller's), or NULL if memory for it lacked; -ENOMEM. */
int config_add_networks(const char *text, char ***list, char **ret_bad);
void config_free_list(char **list);
DEFINE_CLEANUP(char **, config_free_list)

/* Whether the file has certificates in PEM. -EINVAL with a reason, which says what comes of it; -ENOMEM. */
int config_check_pem(const struct config_key *key, const char *path, char reason[static CONFIG_MAX_REASON]);

/* Whether 0 stands for no limit, below the least value. */
bool config_zero_is_none(const struct config_key *key);
/* "\"many\" is not a whole number from 1 to 256". */
void config_explain_value(
    const struct config_key *key, const char *value, char reason[static CONFIG_MAX_REASON]);
