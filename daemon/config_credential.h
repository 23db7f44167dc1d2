/* Secrets that the manager hands over as files, so that no configuration file holds them (systemd.exec(5),
 * LoadCredential=). Thread: main. */
#pragma once

#include "daemon/config.h"

/* The proxy's password. */
#define CONFIG_PROXY_PASSWORD "urlstatd.proxy-password"

/* Puts the password, if there is one in $CREDENTIALS_DIRECTORY, into Proxy=, behind the name of the user. A
 * password that cannot be used is a warning. Returns 0 or -ENOMEM. */
int config_take_credentials(struct config *config, config_warn warn, void *userdata);
