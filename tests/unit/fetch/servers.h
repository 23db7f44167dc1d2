/* Servers as processes of a test's own: they listen on loopback ports that are free, and end with the test.
 */
#pragma once

#include <stdint.h>
#include <sys/types.h>

struct server {
    pid_t pid;
    int input; /* its stdin: closed, it ends even if the test died */
    uint16_t port;
    char folder[64]; /* of its own; "" if it needs none */
};

/* A program that prints its port on stdout once it listens. `arguments` end with NULL. Fails the test if it
 * cannot. */
void server_start(struct server *server, const char *const *arguments);

/* misbehaving_server.py and dns_server.py, with these further arguments (at most 30). */
void server_start_misbehaving(struct server *server, const char *const *arguments);
void server_start_dns(struct server *server, const char *const *names);

/* nginx on a port of its own. `body` goes into its server {} block; `listen` is what follows the port there
 * (" ssl http2"). The folder has page.html, of 28 KB. Skips the test where there is no nginx. */
void server_start_nginx(struct server *server, const char *folder, const char *listen, const char *body);

void server_stop(struct server *server);

/* A new folder below /tmp, written to `ret`; server_remove_folder() removes it with what is in it. */
void server_make_folder(char ret[static 64]);
void server_remove_folder(const char *folder);
void server_write_file(const char *folder, const char *name, const char *text);

/* Runs a program to its end. Fails the test if it fails; false if there is no such program. */
_Bool server_run(const char *const *arguments);
