/* The command line of urlstatd. Thread: main. */
#pragma once

#include "daemon/config.h"

/* Borrowed from argv; NULL if not given. */
struct arguments {
    const char *config, *listen, *state_directory, *workers, *top, *allow_networks, *restore;
    bool user, test_config, version, help;
};

extern const char arguments_help[];

/* -EINVAL after having said on stderr what is wrong. */
int arguments_parse(int argc, char **argv, struct arguments *ret);

/* What was given takes the place of what the files say, but for networks, which add up. -EINVAL after having
 * said on stderr what is wrong; -ENOMEM. */
int arguments_apply(const struct arguments *arguments, struct config *config);
