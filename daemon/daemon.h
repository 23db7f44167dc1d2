/* The composition root: owns the event loop and every object, and is the one file that sees every folder.
 * Thread: main. */
#pragma once

struct arguments;
struct config;
struct daemon;

/* What comes before the configuration and before the first thread: the locale, the signals, the libraries.
 * What fails is logged. Returns 0 or negative errno. */
int daemon_init(void);

/* Builds everything from the configuration, which is the daemon's from then on, also after an error: socket,
 * store, engine, event sources. `arguments` are those of the configuration, and live as long as the daemon,
 * which reads it anew when it is told to. What fails is logged with what to do about it. Returns 0;
 * -EDESTADDRREQ if nobody said where to listen or where the state is kept; or another negative errno. */
int daemon_new(const struct arguments *arguments, struct config *config, struct daemon **ret);
void daemon_free(struct daemon *daemon);
/* In its place one that has its sockets and its configuration, and all else new. As daemon_new(); *daemon is
 * NULL after an error. */
int daemon_begin_anew(struct daemon **daemon);

/* Serves clients once the jobs of earlier runs are loaded, and runs until SIGTERM, SIGINT, idleness or an
 * error has ended it. Tells the manager READY, STATUS, STOPPING and its watchdog. Returns 0; -ERESTART if it
 * is to begin anew, with another store; -EUCLEAN if the store is damaged once more; or another negative
 * errno. */
int daemon_run(struct daemon *daemon);

/* Takes a backup, which `file` names, into the configured state directory, where nobody's jobs may be. What
 * is done, or fails, is logged. Returns 0 or negative errno. */
int daemon_restore(const struct config *config, const char *file);
