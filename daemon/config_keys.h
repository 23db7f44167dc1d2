/* The one table of keys: section, name, type, place, range and default of each. Thread: any. */
#pragma once

#include "daemon/config.h"
#include <stddef.h>
#include <stdint.h>

enum config_type {
    CONFIG_WORKERS,  /* unsigned: a number, or "auto" for the processors that we may use */
    CONFIG_NUMBER32, /* uint32_t; K M G count to the base of 1000 */
    CONFIG_NUMBER64, /* uint64_t, the same */
    CONFIG_SIZE,     /* uint64_t, bytes */
    CONFIG_SPAN,     /* uint64_t, microseconds */
    CONFIG_BOOL,     /* bool */
    CONFIG_CHOICE,   /* bool: the first or the second of two words */
    CONFIG_LEVEL,    /* int: one of syslog's names */
    CONFIG_CONTACT,  /* char *: fit for a comment in the User-Agent */
    CONFIG_TEXT,     /* char * */
    CONFIG_PATH,     /* char *: absolute */
    CONFIG_PEM,      /* char *: absolute, of a file of certificates */
    CONFIG_NETWORKS, /* char **: CIDR, split by commas and spaces; adds to what is there */
};

struct config_key {
    const char *section; /* "Host" for [Host PATTERN] */
    const char *name;
    enum config_type type;
    size_t offset; /* in struct config; of [Host PATTERN] in struct host_policy */
    uint64_t min, max;
    const char *standard; /* as one would write it; NULL: nothing */
    const char *choices[2];
};

extern const struct config_key config_keys[];
extern const size_t n_config_keys;

/* NULL if there is none. */
const struct config_key *config_find_key(const char *section, const char *name);

/* Says why a key or section is unknown, with the nearest known one. */
void config_explain_key(const char *section, const char *name, char reason[static CONFIG_MAX_REASON]);
void config_explain_section(const char *section, char reason[static CONFIG_MAX_REASON]);

/* Reads the value into the key's field below `base` (struct config or struct host_policy); an empty one
 * brings the default back. -EINVAL with a reason, -ENOMEM; the field is as it was then. */
int config_assign(
    const struct config_key *key, const char *value, void *base, char reason[static CONFIG_MAX_REASON]);

/* Frees what the field owns. */
void config_release(const struct config_key *key, void *base);
