#include "site.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_REQUESTS 4096

struct site {
    int listener;
    int stop_fd;
    int gate_fd;
    uint16_t port;
    pthread_t thread;
    pthread_mutex_t lock;
    /* guarded by lock: */
    char *paths[MAX_REQUESTS];
    bool conditional[MAX_REQUESTS];
    int version;
    unsigned n_paths;
    int robots_status;
};

static void send_answer(int fd, int status, const char *extra, const char *type, const char *body)
{
    dprintf(fd,
        "HTTP/1.1 %d Something\r\nContent-Type: %s\r\n%sContent-Length: %zu\r\nConnection: close\r\n\r\n%s",
        status, type, extra, strlen(body), body);
}

/* Sends 304, or a page of that version with its validator. */
static void send_version(
    int fd, const char *request, const char *condition, const char *validator, int version)
{
    char expected[128];
    char header[128];
    char body[128];

    snprintf(expected, sizeof(expected), "%s: %s\r\n", condition, strchr(validator, ' ') + 1);
    if (strstr(request, expected)) {
        dprintf(fd, "HTTP/1.1 304 Not Modified\r\n%s\r\nConnection: close\r\n\r\n", validator);
        return;
    }
    snprintf(header, sizeof(header), "%s\r\n", validator);
    snprintf(body, sizeof(body), "<title>version %d</title><p>version %d<p>the same", version, version);
    send_answer(fd, 200, header, "text/html; charset=utf-8", body);
}

static unsigned count_paths(struct site *site, const char *prefix)
{
    unsigned n = 0;

    for (unsigned i = 0; i < site->n_paths; i++)
        n += strncmp(site->paths[i], prefix, strlen(prefix)) == 0;
    return n;
}

static bool is_conditional(const char *request)
{
    return strstr(request, "\r\nIf-None-Match: ") || strstr(request, "\r\nIf-Modified-Since: ");
}

/* True if the path is one of those that have validators. */
static bool answer_version(int fd, const char *path, const char *request, int version, unsigned before)
{
    char validator[64];

    if (strncmp(path, "/tagged", 7) == 0) {
        snprintf(validator, sizeof(validator), "ETag: \"v%d\"", version);
        send_version(fd, request, "If-None-Match", validator, version);
    } else if (strncmp(path, "/dated", 6) == 0) {
        snprintf(validator, sizeof(validator), "Last-Modified: Sun, 06 Nov 1994 08:49:%02d GMT", version);
        send_version(fd, request, "If-Modified-Since", validator, version);
    } else if (strncmp(path, "/wrong", 6) == 0 && is_conditional(request)) {
        dprintf(fd, "HTTP/1.1 304 Not Modified\r\nETag: \"other\"\r\nConnection: close\r\n\r\n");
    } else if (strncmp(path, "/wrong", 6) == 0) {
        send_version(fd, "", "If-None-Match", "ETag: \"v0\"", version);
    } else if ((strncmp(path, "/deaf", 5) == 0 && before == 0) ||
        (strncmp(path, "/bare", 5) == 0 && before > 0)) {
        dprintf(fd, "HTTP/1.1 304 Not Modified\r\nETag: \"v0\"\r\nConnection: close\r\n\r\n");
    } else {
        return false;
    }
    return true;
}

static void answer(struct site *site, int fd, const char *path, const char *request)
{
    char header[512];
    unsigned before;
    int version;
    int robots;

    pthread_mutex_lock(&site->lock);
    before = count_paths(site, path);
    if (site->n_paths < MAX_REQUESTS) {
        site->conditional[site->n_paths] = is_conditional(request);
        site->paths[site->n_paths] = strdup(path);
        site->n_paths += site->paths[site->n_paths] != NULL;
    }
    robots = site->robots_status;
    version = site->version;
    pthread_mutex_unlock(&site->lock);

    if (strncmp(path, "/gated", 6) == 0)
        (void)!read(site->gate_fd, &(uint64_t){0}, sizeof(uint64_t));
    if (answer_version(fd, path, request, version, before))
        return;
    if (strcmp(path, "/robots.txt") == 0) {
        send_answer(fd, robots, "", "text/plain", "User-agent: *\nDisallow: /private\n");
    } else if (strncmp(path, "/status/", 8) == 0) {
        send_answer(fd, atoi(path + 8), "", "text/html", "no");
    } else if (strncmp(path, "/redirect?", 10) == 0) {
        snprintf(header, sizeof(header), "Location: %s\r\n", path + 10);
        send_answer(fd, 302, header, "text/html", "elsewhere");
    } else if (strcmp(path, "/self") == 0) {
        send_answer(fd, 302, "Location: #here\r\n", "text/html", "here");
    } else if (strncmp(path, "/busy", 5) == 0 && before == 0) {
        send_answer(fd, 503, "Retry-After: 1\r\n", "text/html", "busy");
    } else if (strncmp(path, "/flaky", 6) == 0 && before == 0) {
        send_answer(fd, 500, "", "text/html", "flaky");
    } else {
        send_answer(fd, 200, "", "text/html; charset=utf-8", "<title>one</title><p>two two<p>three");
    }
}

static void serve(struct site *site, int fd)
{
    char request[4096];
    size_t size = 0;
    char *end;

    while (size < sizeof(request) - 1) {
        ssize_t n = read(fd, request + size, sizeof(request) - 1 - size);

        if (n <= 0)
            return;
        size += (size_t)n;
        request[size] = '\0';
        if (request[0] != 'G')
            return; /* TLS, say */
        if (strstr(request, "\r\n\r\n"))
            break;
    }
    if (strncmp(request, "GET ", 4) != 0 || !(end = strchr(request + 4, ' ')))
        return;
    *end = '\0';
    answer(site, fd, request + 4, end + 1);
}

static void *run(void *userdata)
{
    struct site *site = userdata;
    struct pollfd fds[2] = {
        {.fd = site->listener, .events = POLLIN}, {.fd = site->stop_fd, .events = POLLIN}};

    while (poll(fds, 2, -1) > 0 && !(fds[1].revents & POLLIN)) {
        int fd = accept4(site->listener, NULL, NULL, SOCK_CLOEXEC);

        if (fd >= 0) {
            serve(site, fd);
            close(fd);
        }
    }
    return NULL;
}

struct site *site_start(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(address);
    struct site *site = calloc(1, sizeof(*site));

    site->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    site->stop_fd = eventfd(0, EFD_CLOEXEC);
    site->gate_fd = eventfd(0, EFD_CLOEXEC | EFD_SEMAPHORE);
    site->version = 1;
    site->robots_status = 200;
    pthread_mutex_init(&site->lock, NULL);
    if (bind(site->listener, (struct sockaddr *)&address, sizeof(address)) < 0 ||
        listen(site->listener, 128) < 0 ||
        getsockname(site->listener, (struct sockaddr *)&address, &size) < 0) {
        perror("site");
        abort();
    }
    site->port = ntohs(address.sin_port);
    pthread_create(&site->thread, NULL, run, site);
    return site;
}

void site_stop(struct site *site)
{
    (void)!write(site->stop_fd, &(uint64_t){1}, sizeof(uint64_t));
    /* A test that failed may have left requests at the gate. */
    (void)!write(site->gate_fd, &(uint64_t){MAX_REQUESTS}, sizeof(uint64_t));
    pthread_join(site->thread, NULL);
    for (unsigned i = 0; i < site->n_paths; i++)
        free(site->paths[i]);
    close(site->listener);
    close(site->stop_fd);
    close(site->gate_fd);
    free(site);
}

uint16_t site_port(const struct site *site)
{
    return site->port;
}

unsigned site_requests(struct site *site, const char *prefix)
{
    unsigned n;

    pthread_mutex_lock(&site->lock);
    n = count_paths(site, prefix);
    pthread_mutex_unlock(&site->lock);
    return n;
}

unsigned site_conditions(struct site *site, const char *prefix)
{
    unsigned n = 0;

    pthread_mutex_lock(&site->lock);
    for (unsigned i = 0; i < site->n_paths; i++)
        n += site->conditional[i] && strncmp(site->paths[i], prefix, strlen(prefix)) == 0;
    pthread_mutex_unlock(&site->lock);
    return n;
}

void site_set_version(struct site *site, int version)
{
    pthread_mutex_lock(&site->lock);
    site->version = version;
    pthread_mutex_unlock(&site->lock);
}

void site_open_gate(struct site *site)
{
    (void)!write(site->gate_fd, &(uint64_t){1}, sizeof(uint64_t));
}

void site_set_robots_status(struct site *site, int status)
{
    pthread_mutex_lock(&site->lock);
    site->robots_status = status;
    pthread_mutex_unlock(&site->lock);
}
