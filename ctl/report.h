/* What a report tells of a job. Collected by calls of the daemon, each answer as of its own moment; written
 * as one HTML page that needs nothing else. Its size is bounded, however large the job. Thread: main. */
#pragma once

#include "ctl/call.h"
#include "wire/messages.h"
#include <stdio.h>

#define REPORT_WORDS 50
#define REPORT_HOSTS 12
#define REPORT_HOST_WORDS 10
#define REPORT_SLOWEST 10
#define REPORT_FAILED 100
/* Ranks that are drawn: each at least so much greater than the one before. */
#define REPORT_RANK_STEP 1.02
#define REPORT_POINTS 2048

struct report_point {
    int64_t rank, tokens;
};

struct report_word {
    char *word;
    int64_t tokens;
};

/* Texts of hosts and pages are their own. */
struct report_host {
    char *host;
    int64_t pages, tokens, distinct;
    struct report_word words[REPORT_HOST_WORDS];
    size_t n_words;
};

struct report_page {
    char *url;
    char *outcome; /* NULL in the list of the slowest */
    char *detail;  /* NULL if none */
    int64_t page, bytes;
    double seconds;
};

struct report {
    struct wire_reply *job_reply, *top_reply; /* own what the next two point to */
    const struct wire_job *job;
    const struct wire_top_out *top;

    struct report_point points[REPORT_POINTS]; /* by rank */
    size_t n_points;

    struct report_host hosts[REPORT_HOSTS]; /* those with the most words first */
    size_t n_hosts;
    int64_t all_hosts;

    struct report_page slowest[REPORT_SLOWEST]; /* the slowest first */
    size_t n_slowest;
    struct report_page failed[REPORT_FAILED]; /* in the order of the list */
    size_t n_failed;
};

/* `job` may be NULL. Returns 0, or an exit status with the reason said, or -ENOMEM. */
int report_collect(struct context *context, const char *job, struct report *ret);
void report_deinit(struct report *report);

/* ---- report_page.c ---- */
/* What goes wrong with the stream is left in it. */
void report_write(const struct report *report, FILE *out);

/* ---- report_plot.c ---- */
/* Rank and frequency on log axes, as SVG. */
void report_plot(const struct report *report, FILE *out);

/* ---- report_text.c ---- */
/* Text of strangers, as the text of an element or of a quoted attribute. */
void report_text(FILE *out, const char *text);
/* 1234567 as "1,234,567". */
void report_number(FILE *out, int64_t number);
extern const char report_style[];
