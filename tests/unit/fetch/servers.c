#include "servers.h"

#include "base/clock.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <ftw.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define START_SEC 30
#define PYTHON "/usr/bin/python3"

static pid_t spawn(const char *const *arguments, int input, int output)
{
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid > 0)
        return pid;
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (input >= 0)
        (void)dup2(input, 0);
    if (output >= 0)
        (void)dup2(output, 1);
    execvp(arguments[0], (char *const *)arguments);
    _exit(127);
}

void server_start(struct server *server, const char *const *arguments)
{
    struct pollfd wait = {.events = POLLIN};
    int input[2];
    int output[2];
    char text[32];
    size_t n = 0;

    *server = (struct server){0};
    assert_int_equal(pipe2(input, O_CLOEXEC), 0);
    assert_int_equal(pipe2(output, O_CLOEXEC), 0);
    server->pid = spawn(arguments, input[0], output[1]);
    close(input[0]);
    close(output[1]);
    server->input = input[1];

    wait.fd = output[0];
    while (n + 1 < sizeof(text) && (n == 0 || text[n - 1] != '\n')) {
        assert_int_equal(poll(&wait, 1, START_SEC * 1000), 1);
        assert_int_equal(read(output[0], text + n, 1), 1);
        n++;
    }
    text[n] = '\0';
    close(output[0]);
    server->port = (uint16_t)atoi(text);
    assert_true(server->port > 0);
}

static void start_script(struct server *server, const char *script, const char *const *more)
{
    const char *arguments[34] = {PYTHON, script, "--until-stdin-ends"};
    size_t n = 3;

    while (*more && n < 33)
        arguments[n++] = *more++;
    server_start(server, arguments);
}

void server_start_misbehaving(struct server *server, const char *const *arguments)
{
    start_script(server, TEST_SERVERS "/misbehaving_server.py", arguments);
}

void server_start_dns(struct server *server, const char *const *names)
{
    start_script(server, TEST_SERVERS "/dns_server.py", names);
}

static uint16_t free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    close(fd);
    return ntohs(address.sin_port);
}

/* Asks until it is so; there is no descriptor to wait for. */
static bool listens(uint16_t port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(port)};
    const uint64_t end = clock_boottime_usec() + START_SEC * USEC_PER_SEC;

    while (clock_boottime_usec() < end) {
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        int r = connect(fd, (struct sockaddr *)&address, sizeof(address));

        close(fd);
        if (r == 0)
            return true;
        (void)poll(NULL, 0, 5);
    }
    return false;
}

/* Each "%PORT%" is replaced by the address and the port. */
static void write_with_port(const char *folder, const char *text, uint16_t port)
{
    char configuration[8192];
    size_t n = 0;

    while (*text != '\0' && n + 32 < sizeof(configuration)) {
        if (strncmp(text, "%PORT%", 6) == 0) {
            n += (size_t)snprintf(configuration + n, sizeof(configuration) - n, "127.0.0.1:%u", port);
            text += 6;
        } else {
            configuration[n++] = *text++;
        }
    }
    configuration[n] = '\0';
    assert_true(*text == '\0');
    server_write_file(folder, "nginx.conf", configuration);
}

void server_start_nginx(struct server *server, const char *folder, const char *listen, const char *body)
{
    char configuration[4096];
    char file[128];
    char *page = malloc(28673);
    const char *arguments[] = {"nginx", "-p", folder, "-c", file, "-e", "error.log", NULL};

    if (access("/usr/sbin/nginx", X_OK) < 0) {
        free(page);
        skip();
    }
    *server = (struct server){.port = free_port()};
    server->input = -1;
    for (size_t i = 0; i < 28672; i++)
        page[i] = "hello world "[i % 12];
    page[28672] = '\0';
    server_write_file(folder, "page.html", page);
    free(page);
    snprintf(configuration, sizeof(configuration),
        "daemon off; master_process off; worker_processes 1; pid nginx.pid;\n"
        "events { worker_connections 2048; }\n"
        "http { access_log off; types { text/html html; } keepalive_requests 1000000;\n"
        "client_body_temp_path t; proxy_temp_path t; fastcgi_temp_path t; uwsgi_temp_path t; scgi_temp_path "
        "t;\n"
        "root %s;\nserver { listen %%PORT%%%s;\n%s\n} }\n",
        folder, listen, body);
    write_with_port(folder, configuration, server->port);
    snprintf(file, sizeof(file), "%s/nginx.conf", folder);
    server->pid = spawn(arguments, -1, -1);
    if (!listens(server->port)) {
        server_stop(server);
        fail_msg("nginx does not start");
    }
}

void server_stop(struct server *server)
{
    if (server->pid <= 0)
        return;
    if (server->input >= 0)
        close(server->input);
    (void)kill(server->pid, SIGKILL);
    (void)waitpid(server->pid, NULL, 0);
    server->pid = 0;
}

void server_make_folder(char ret[static 64])
{
    strcpy(ret, "/tmp/urlstat-test-XXXXXX");
    assert_non_null(mkdtemp(ret));
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *position)
{
    return remove(path);
}

void server_remove_folder(const char *folder)
{
    (void)nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

void server_write_file(const char *folder, const char *name, const char *text)
{
    char path[256];
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    file = fopen(path, "we");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

_Bool server_run(const char *const *arguments)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    int status;
    pid_t pid;

    assert_true(null >= 0);
    pid = spawn(arguments, null, null);
    close(null);

    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == 127)
        return false;
    assert_int_equal(WEXITSTATUS(status), 0);
    return true;
}
