#include "daemon/config_credential.h"

#include "base/array.h"
#include "base/cleanup.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A longer password is refused. */
#define MAX_PASSWORD 1024
#define MAX_PATH 4096

/* Without the end of its line. *ret is untouched, and 0 comes back, where there is none. -EINVAL for one that
 * is too long, empty or no text. */
static int read_password(const char *path, char ret[static MAX_PASSWORD + 1])
{
    FILE *file CLEANUP(fclosep) = fopen(path, "re");
    char text[MAX_PASSWORD + 3];
    size_t size;

    if (!file)
        return errno == ENOENT ? 0 : -errno;
    size = fread(text, 1, sizeof(text) - 1, file);
    if (ferror(file))
        return -EIO;
    while (size > 0 && (text[size - 1] == '\n' || text[size - 1] == '\r'))
        size--;
    if (size == 0 || size > MAX_PASSWORD || memchr(text, '\0', size))
        return -EINVAL;
    memcpy(ret, text, size);
    ret[size] = '\0';
    return 0;
}

/* Every byte that may mean something in a URL is escaped. */
static int append_escaped(struct buffer *buffer, const char *text)
{
    char escape[4];
    int r = 0;

    for (; *text && r == 0; text++) {
        unsigned char byte = (unsigned char)*text;

        if (isalnum(byte) && byte < 0x80) {
            r = buffer_append(buffer, text, 1);
        } else {
            snprintf(escape, sizeof(escape), "%%%02X", byte);
            r = buffer_append(buffer, escape, 3);
        }
    }
    return r;
}

/* "http://anna@proxy:3128" with the password behind "anna". */
static int insert(const char *proxy, const char *at, const char *password, char **ret)
{
    struct buffer text CLEANUP(buffer_deinit) = {0};
    int r = buffer_append(&text, proxy, (size_t)(at - proxy));

    if (r == 0)
        r = buffer_append(&text, ":", 1);
    if (r == 0)
        r = append_escaped(&text, password);
    if (r == 0)
        r = buffer_append(&text, at, strlen(at) + 1);
    if (r == 0)
        *ret = (char *)TAKE(text.bytes);
    return r;
}

/* Where the name of the proxy's user ends; NULL if there is none, or a password stands there already. */
static const char *end_of_user(const char *proxy)
{
    const char *scheme = strstr(proxy, "://");
    const char *start = scheme ? scheme + 3 : proxy;
    const char *at = memchr(start, '@', strcspn(start, "/?#"));

    return at && !memchr(start, ':', (size_t)(at - start)) ? at : NULL;
}

static void add_warning(
    struct config *config, config_warn warn, void *userdata, const char *path, const char *text)
{
    config->n_warnings++;
    warn(userdata, path, text);
}

int config_take_credentials(struct config *config, config_warn warn, void *userdata)
{
    const char *directory = getenv("CREDENTIALS_DIRECTORY");
    char password[MAX_PASSWORD + 1] = "";
    char path[MAX_PATH];
    const char *at;
    char *proxy = NULL;
    int r;

    if (!directory || snprintf(path, sizeof(path), "%s/%s", directory, CONFIG_PROXY_PASSWORD) >= MAX_PATH)
        return 0;
    r = read_password(path, password);
    if (r < 0)
        add_warning(config, warn, userdata, path,
            r == -EINVAL ? "is no password: a line of at most 1024 bytes" : strerror(-r));
    if (!password[0] || !config->proxy)
        return 0;
    at = end_of_user(config->proxy);
    if (!at) {
        add_warning(config, warn, userdata, path,
            "is left out: Proxy= names no user, as in http://user@proxy.example.org:3128, or has a password");
        return 0;
    }
    r = insert(config->proxy, at, password, &proxy);
    explicit_bzero(password, sizeof(password));
    if (r < 0)
        return r;
    free(config->proxy);
    config->proxy = proxy;
    return 0;
}
