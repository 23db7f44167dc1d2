/* The verbs of urlstatctl: one table, from which the command line is parsed, --help is printed and
 * suggestions are made, and against which manual page and completions are tested. One file a verb. Thread:
 * main, as all of ctl. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum exit_status {
    EXIT_DONE = 0,        /* done; for waiting: ended well enough */
    EXIT_REFUSED = 1,     /* refused or failed; the reason was printed */
    EXIT_USAGE = 2,       /* wrong usage */
    EXIT_UNREACHABLE = 3, /* the daemon cannot be reached */
    EXIT_TIMED_OUT = 4,
    EXIT_INCOMPLETE = 5,    /* waited for: too many failures, nothing counted, or cancelled */
    EXIT_INTERRUPTED = 130, /* Ctrl-C while waiting; the job goes on */
    EXIT_TERMINATED = 143,  /* the same by SIGTERM */
};

enum format {
    FORMAT_TABLE, /* for people */
    FORMAT_JSON,  /* one document */
    FORMAT_JSONL, /* one object for each item of the reply's list */
    FORMAT_CSV,   /* RFC 4180, with LF line ends */
    FORMAT_TSV,
};

struct client;
struct render;
struct verb;

/* One option of a verb. The same long name, and the same letter, takes an argument in all verbs or in none:
 * the verb is found before its options are known. */
struct verb_option {
    const char *name;     /* without the hyphens */
    char letter;          /* 0 if it has none */
    const char *argument; /* what stands for its argument in --help, "N"; NULL if it takes none */
    const char *help;     /* one line */
};

/* An option as it was given. */
struct verb_value {
    const struct verb_option *option;
    const char *value; /* NULL if it takes none */
};

/* What a verb gets: the options that all verbs share, and its own. Lives as long as the program. */
struct context {
    const struct verb *verb;

    enum format format;
    bool legend;           /* headings, and lines around the data */
    bool color;            /* of stdout */
    bool error_color;      /* of stderr */
    bool quiet;            /* no notes, no progress */
    bool bom;              /* csv and tsv begin with U+FEFF */
    const char *socket;    /* path of the daemon's socket */
    bool user;             /* it is that of the user's own daemon */
    uint64_t timeout_usec; /* for a call; where a job is waited for, only if it was given */
    bool timeout_given;

    struct verb_value *values; /* in the order given */
    size_t n_values;

    struct client *client; /* NULL until context_client() */
    struct render *render; /* NULL until render_begin() */
};

/* Operands are argv[0] to argv[argc - 1], without the verb. Returns an exit status, with the reason printed
 * unless it is 0 or 5, or negative errno, which is printed for it and exits with 1. */
typedef int (*verb_handler)(struct context *context, int argc, char **argv);

/* Which exit statuses a verb may end with. */
enum verb_ends {
    ENDS_LOCAL,   /* 0, 1, 2 */
    ENDS_CALL,    /* 3 and 4 too */
    ENDS_WAITING, /* 5, 130 and 143 too */
};

struct verb {
    const char *name;
    const char *alias;    /* NULL if it has none */
    const char *group;    /* heading that it stands under in --help */
    const char *operands; /* as in the usage line: "SOURCE..."; "" if it takes none */
    int min_operands;
    int max_operands;                  /* -1: any number */
    const char *summary;               /* one line: a clause that starts in lower case, without a full stop */
    const char *description;           /* lines for --help of this verb; NULL if the summary says it all */
    const struct verb_option *options; /* ends with a name of NULL */
    enum verb_ends ends;
    verb_handler handler;
};

/* In the order of --help; ends with a name of NULL. */
extern const struct verb verbs[];

/* Options that every verb takes; ends with a name of NULL. */
extern const struct verb_option common_options[];

/* By name or alias; NULL if there is none. */
const struct verb *verb_find(const char *name);

/* The last value given for the verb's option of this long name, "" if it takes no argument, NULL if it was
 * not given. */
const char *option_text(const struct context *context, const char *option);
bool option_flag(const struct context *context, const char *option);

/* The values of an option that may be given several times, in their order. The caller frees the array (not
 * the values), which is NULL for none. Returns 0 or -ENOMEM. */
int option_list(const struct context *context, const char *option, const char ***ret, size_t *ret_n);

/* A whole number; *ret is untouched if the option was not given. Returns 0, or EXIT_USAGE with the reason
 * printed. */
int option_number(const struct context *context, const char *option, uint64_t max, uint64_t *ret);

/* A priority, -100 to 100. 1 and *ret; 0 if it was not given; -1 after the reason was printed. */
int option_priority(const struct context *context, const char *option, int64_t *ret);

/* A time span of at most a hundred years, in seconds. As option_priority(). */
int option_seconds(const struct context *context, const char *option, double *ret);

/* One of the names (a NULL-terminated list), as its index; *ret is untouched if it was not given. Returns 0,
 * or EXIT_USAGE with the nearest one suggested. */
int option_choice(const struct context *context, const char *option, const char *const *names, size_t *ret);

int verb_submit(struct context *context, int argc, char **argv);
int verb_top(struct context *context, int argc, char **argv);
int verb_why(struct context *context, int argc, char **argv);
int verb_compare(struct context *context, int argc, char **argv);
int verb_status(struct context *context, int argc, char **argv);
int verb_jobs(struct context *context, int argc, char **argv);
int verb_show(struct context *context, int argc, char **argv);
int verb_urls(struct context *context, int argc, char **argv);
int verb_wait(struct context *context, int argc, char **argv);
int verb_watch(struct context *context, int argc, char **argv);
int verb_pause(struct context *context, int argc, char **argv);
int verb_resume(struct context *context, int argc, char **argv);
int verb_cancel(struct context *context, int argc, char **argv);
int verb_retry(struct context *context, int argc, char **argv);
int verb_priority(struct context *context, int argc, char **argv);
int verb_remove(struct context *context, int argc, char **argv);
int verb_export(struct context *context, int argc, char **argv);
int verb_import(struct context *context, int argc, char **argv);
int verb_merge(struct context *context, int argc, char **argv);
int verb_report(struct context *context, int argc, char **argv);
int verb_hosts(struct context *context, int argc, char **argv);
int verb_explain(struct context *context, int argc, char **argv);
int verb_workers(struct context *context, int argc, char **argv);
int verb_backup(struct context *context, int argc, char **argv);
int verb_reload(struct context *context, int argc, char **argv);
int verb_log_level(struct context *context, int argc, char **argv);
int verb_metrics(struct context *context, int argc, char **argv);
int verb_ping(struct context *context, int argc, char **argv);
int verb_count(struct context *context, int argc, char **argv);
int verb_text(struct context *context, int argc, char **argv);
