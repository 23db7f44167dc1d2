/* What is said to people, on stderr: one line each, with whatever could harm a terminal escaped. With -o json
 * a failure is an object on stdout instead. Thread: main. */
#pragma once

#include "ctl/verb.h"

/* Names of failures that are the client's own, beside the errors of the protocol. */
#define FAILURE_USAGE "io.urlstat.ctl.Usage"
#define FAILURE_UNREACHABLE "io.urlstat.ctl.Unreachable"
#define FAILURE_TIMED_OUT "io.urlstat.ctl.TimedOut"
#define FAILURE_INTERRUPTED "io.urlstat.ctl.Interrupted"
#define FAILURE_INPUT "io.urlstat.ctl.Input"
#define FAILURE_SYSTEM "io.urlstat.ctl.System"
#define FAILURE_PROTOCOL "io.urlstat.ctl.Protocol"

/* "urlstatctl: ..." */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same without the program's name, for lines that begin with a file's. */
void say_plain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A line that --quiet leaves out. */
void say_note(const struct context *context, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Why it ends with this status, which is returned. `error` is the failure's name in JSON. */
int say_failure(const struct context *context, enum exit_status status, const char *error, const char *format,
    ...) __attribute__((format(printf, 4, 5)));

/* The reason for wrong usage; returns EXIT_USAGE. */
int say_usage(const struct context *context, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Negative errno as a failure; returns EXIT_REFUSED. */
int say_errno(const struct context *context, int r, const char *what);
