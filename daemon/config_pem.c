#include "daemon/config_value.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* RFC 7468 3, and what OpenSSL writes besides. */
static bool is_begin(const char *line)
{
    return strncmp(line, "-----BEGIN CERTIFICATE-----", 27) == 0 ||
        strncmp(line, "-----BEGIN TRUSTED CERTIFICATE-----", 35) == 0 ||
        strncmp(line, "-----BEGIN X509 CERTIFICATE-----", 32) == 0;
}

static bool is_end(const char *line)
{
    return strncmp(line, "-----END ", 9) == 0;
}

/* *ret_found: there is a certificate from its first to its last line. Returns 0 or negative errno. */
static int find_certificate(const char *path, bool *ret_found)
{
    FILE *file CLEANUP(fclosep) = fopen(path, "re");
    char *line CLEANUP(freep) = NULL;
    size_t size = 0;
    bool is_within = false;
    bool found = false;

    if (!file)
        return -errno;
    errno = 0;
    while (!found && getline(&line, &size, file) >= 0) {
        found = is_within && is_end(line);
        is_within |= is_begin(line);
    }
    if (ferror(file) || errno == ENOMEM)
        return errno > 0 ? -errno : -EIO;
    *ret_found = found;
    return 0;
}

int config_check_pem(const struct config_key *key, const char *path, char reason[static CONFIG_MAX_REASON])
{
    bool found = false;
    int r = find_certificate(path, &found);

    if (r == -ENOMEM || (r == 0 && found))
        return r;
    if (r < 0)
        snprintf(reason, CONFIG_MAX_REASON,
            "%s=%.128s cannot be read: %s; https pages will end as tls_failed", key->name, path,
            strerror(-r));
    else
        snprintf(reason, CONFIG_MAX_REASON,
            "%s=%.128s has no certificate in PEM (-----BEGIN CERTIFICATE-----); https pages will end as "
            "tls_failed",
            key->name, path);
    return -EINVAL;
}
