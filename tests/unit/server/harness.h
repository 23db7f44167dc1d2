/* A server with an interface for tests, and clients of it on socketpairs. */
#pragma once

#include "server/server.h"

struct harness {
    sd_event *event;
    struct server *server;
    struct call *pending; /* of Later and Endless */
    unsigned n_cancelled;
    unsigned n_oneway;        /* calls of Note */
    unsigned n_released;      /* sessions */
    unsigned long n_streamed; /* parts that Stream has sent */
};

/* test.urlstat has: Echo(text) -> (text); Later(text) -> (text), answered by harness_answer(); Endless, the
 * same but endless; Stream(n) -> (number), n parts with `more`; Note(text), counted; Session(), which opens
 * one; Absent, not implemented; Huge() -> (text), too long for a frame; Fail() fails with -ENOSPC. */
void harness_init(struct harness *harness, const struct server_settings *settings);
void harness_deinit(struct harness *harness);

/* What harness_init() takes for NULL. */
extern const struct server_settings harness_settings;

/* A blocking descriptor of a client that the server has adopted. */
int harness_connect(struct harness *harness);

/* Runs the event loop until nothing is left to do at once. */
void harness_settle(struct harness *harness);

void harness_answer(struct harness *harness, const char *text);

/* Sends a message with its NUL. */
void harness_send(int fd, const char *message);
/* The next message, running the loop meanwhile; fails the test if none comes. The caller frees it. NULL: end
 * of file. */
char *harness_receive(struct harness *harness, int fd);
void harness_expect(struct harness *harness, int fd, const char *message);
void harness_expect_end(struct harness *harness, int fd);
