/* The composition root: owns the event loop and every object, and is the one file that sees every folder. Thread:
 * main. */
#pragma once

struct config;
struct daemon;

/* Builds everything from the configuration, which is the daemon's from then on: store, engine, server, event sources.
 * What fails is logged with what to do about it. Returns 0 or negative errno. */
int daemon_new(struct config *config, struct daemon **ret);
void daemon_free(struct daemon *daemon);

/* Runs until SIGTERM, SIGINT or an error has ended it. Tells the manager READY, STATUS, STOPPING and its watchdog.
 * Returns 0 or negative errno. */
int daemon_run(struct daemon *daemon);
