#include "daemon/config.h"

#include "base/cleanup.h"
#include "daemon/config_credential.h"
#include "daemon/config_file.h"
#include "daemon/config_host.h"
#include "daemon/config_keys.h"
#include "daemon/config_value.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOST_SECTION "Host"

static const char *const system_directories[] = {"/etc/urlstatd", "/run/urlstatd", "/usr/lib/urlstatd", NULL};

static bool is_host_key(const struct config_key *key)
{
    return strcmp(key->section, HOST_SECTION) == 0;
}

void config_free(struct config *config)
{
    if (!config)
        return;
    for (size_t i = 0; i < n_config_keys; i++)
        if (!is_host_key(&config_keys[i]))
            config_release(&config_keys[i], config);
    for (size_t i = 0; i < config->n_rules; i++) {
        free(config->rules[i].pattern);
        free(config->rules[i].from);
    }
    free(config->rules);
    free(config->listen);
    free(config->state_directory);
    free(config);
}
DEFINE_CLEANUP(struct config *, config_free)

static int new_with_defaults(struct config **ret)
{
    char reason[CONFIG_MAX_REASON];
    struct config *config CLEANUP(config_freep) = calloc(1, sizeof(*config));
    int r;

    if (!config)
        return -ENOMEM;
    for (size_t i = 0; i < n_config_keys; i++) {
        if (is_host_key(&config_keys[i]))
            continue;
        r = config_assign(&config_keys[i], "", config, reason);
        assert(r != -EINVAL);
        if (r < 0)
            return r;
    }
    *ret = TAKE(config);
    return 0;
}

/* While files are read. */
struct loading {
    struct config *config;
    struct config_hosts hosts;
    config_warn warn;
    void *userdata;
    const char *section; /* a name of the table; NULL in a section that is unknown */
    bool in_section;     /* a section line has been read in this file */
    size_t host;         /* in [Host PATTERN]: its index */
};

static void loading_deinit(struct loading *loading)
{
    config_hosts_deinit(&loading->hosts);
}

static void add_warning(struct loading *loading, const char *where, const char *what)
{
    loading->config->n_warnings++;
    loading->warn(loading->userdata, where, what);
}

static int enter_host(struct loading *loading, const char *where, const char *text)
{
    char reason[CONFIG_MAX_REASON];
    char *pattern CLEANUP(freep) = NULL;
    int r;

    r = config_parse_pattern(text, &pattern);
    if (r == -EINVAL) {
        snprintf(reason, sizeof(reason),
            "%.128s is no host, as in example.org or *.example.org; what is in the section is ignored", text);
        add_warning(loading, where, reason);
        return 0;
    }
    if (r == 0)
        r = config_hosts_find(&loading->hosts, pattern, where, &loading->host);
    if (r == 0)
        loading->section = HOST_SECTION;
    return r;
}

static int on_section(void *userdata, const char *where, const char *name)
{
    struct loading *loading = userdata;
    char reason[CONFIG_MAX_REASON];
    size_t prefix = strlen(HOST_SECTION);

    loading->in_section = true;
    loading->section = NULL;
    if (strncmp(name, HOST_SECTION, prefix) == 0 && (name[prefix] == ' ' || name[prefix] == '\t'))
        return enter_host(loading, where, name + prefix + strspn(name + prefix, " \t"));
    for (size_t i = 0; i < n_config_keys && !loading->section; i++)
        if (!is_host_key(&config_keys[i]) && strcmp(config_keys[i].section, name) == 0)
            loading->section = config_keys[i].section;
    if (!loading->section) {
        config_explain_section(name, reason);
        add_warning(loading, where, reason);
    }
    return 0;
}

static int on_assignment(void *userdata, const char *where, const char *name, const char *value)
{
    struct loading *loading = userdata;
    char reason[CONFIG_MAX_REASON];
    const struct config_key *key;
    int r = -EINVAL;

    if (!loading->in_section) {
        snprintf(reason, sizeof(reason), "%.64s= stands before any [Section]", name);
        add_warning(loading, where, reason);
    }
    if (!loading->section)
        return 0;
    key = config_find_key(loading->section, name);
    if (!key)
        config_explain_key(loading->section, name, reason);
    else if (is_host_key(key))
        r = config_hosts_assign(&loading->hosts, loading->host, key, value, reason);
    else
        r = config_assign(key, value, loading->config, reason);
    /* What is wrong with the file is said, and it is kept: the system's authorities were not wanted. */
    if (r == 0 && key->type == CONFIG_PEM && *value)
        r = config_check_pem(key, value, reason);
    if (r == -EINVAL) {
        add_warning(loading, where, reason);
        return 0;
    }
    return r;
}

static int on_odd(void *userdata, const char *where, const char *reason)
{
    add_warning(userdata, where, reason);
    return 0;
}

static int read_file(struct loading *loading, const char *path)
{
    static const struct config_file_callbacks callbacks = {on_section, on_assignment, on_odd};

    loading->section = NULL;
    loading->in_section = false;
    return config_file_read(path, &callbacks, loading);
}

/* What is found but cannot be read is a warning, as systemd has it. */
static int read_found(struct loading *loading, const char *path)
{
    char reason[CONFIG_MAX_REASON];
    int r;

    r = read_file(loading, path);
    if (r == -ENOMEM)
        return r;
    if (r < 0 && r != -ENOENT) {
        snprintf(reason, sizeof(reason), "cannot be read and is ignored: %s", strerror(-r));
        add_warning(loading, path, reason);
    }
    return 0;
}

/* $XDG_CONFIG_HOME/urlstatd, or what stands for it; *ret NULL if there is no such place. */
static int user_directory(char **ret)
{
    const char *config_home = getenv("XDG_CONFIG_HOME");
    const char *home = getenv("HOME");
    char *path = NULL;

    if (config_home && config_home[0] == '/') {
        if (asprintf(&path, "%s/urlstatd", config_home) < 0)
            return -ENOMEM;
    } else if (home && home[0] == '/') {
        if (asprintf(&path, "%s/.config/urlstatd", home) < 0)
            return -ENOMEM;
    }
    *ret = path;
    return 0;
}

static int read_standard_files(struct loading *loading, bool user)
{
    char *directory CLEANUP(freep) = NULL;
    char **files CLEANUP(config_free_listp) = NULL;
    int r = 0;

    if (user)
        r = user_directory(&directory);
    if (r == 0)
        r = config_find_files(user ? (const char *const[]){directory, NULL} : system_directories, &files);
    for (char **file = files; r == 0 && *file; file++)
        r = read_found(loading, *file);
    return r;
}

int config_load(const char *file, bool user, config_warn warn, void *userdata, struct config **ret)
{
    struct config *config CLEANUP(config_freep) = NULL;
    struct loading loading CLEANUP(loading_deinit) = {.warn = warn, .userdata = userdata};
    int r;

    r = new_with_defaults(&config);
    if (r < 0)
        return r;
    loading.config = config;
    r = file ? read_file(&loading, file) : read_standard_files(&loading, user);
    if (r < 0)
        return r;
    if (config->host.delay_max_usec < config->host.delay_usec)
        config->host.delay_max_usec = config->host.delay_usec;
    r = config_hosts_finish(&loading.hosts, config);
    if (r == 0)
        r = config_take_credentials(config, warn, userdata);
    if (r < 0)
        return r;
    *ret = TAKE(config);
    return 0;
}

int config_set(struct config *config, const char *section, const char *key, const char *value,
    char reason[static CONFIG_MAX_REASON])
{
    const struct config_key *found = config_find_key(section, key);

    assert(found && !is_host_key(found));
    return config_assign(found, value, config, reason);
}
