#include "ctl/verb.h"

#include <string.h>

#define OPTION_K                                                                                             \
    {                                                                                                        \
        "top", 'k', "K", "how many words; 0 for all (default: as the daemon is configured, 10)"              \
    }

const struct verb_option common_options[] = {
    {"output", 'o', "FORMAT", "table, json, jsonl, csv or tsv (default: table)"},
    {"no-legend", 0, NULL, "data alone: no headings and no summary"},
    {"bom", 0, NULL, "begin csv and tsv with a byte order mark, for spreadsheets"},
    {"color", 0, "WHEN", "auto, always or never (default: auto: on a terminal)"},
    {"quiet", 'q', NULL, "no notes and no progress on stderr"},
    {"socket", 0, "PATH", "the daemon's socket (default: $URLSTAT_SOCKET, else /run/urlstatd/io.urlstat)"},
    {"user", 0, NULL, "talk to your own daemon: $XDG_RUNTIME_DIR/urlstatd/io.urlstat"},
    {"timeout", 0, "SPAN", "give up on a call after so long (default: 45s; none where a job is waited for)"},
    {"help", 'h', NULL, "print this help"},
    {"version", 0, NULL, "print the version"},
    {0},
};

static const struct verb_option submit_options[] = {
    {"name", 'n', "NAME", "name of the job, for use as JOB"},
    {"priority", 'p', "N", "-100 to 100, higher goes first (default: 0; above 0 for root)"},
    {"label", 'l', "LABEL", "label of the URLs whose lines have none"},
    {"wait", 'w', NULL, "return when the job has ended"},
    {"follow", 'f', NULL, "show progress until the job has ended, then the top words"},
    {"per", 0, "page", "with --follow: the top words of each page as it is counted"},
    OPTION_K,
    {"max-failed", 0, "N|P%", "how many URLs may fail before waiting ends with exit status 5 (default: 0)"},
    {"again", 0, "JOB", "the list of a job anew, before each SOURCE"},
    {"max-age", 0, "SPAN", "take pages counted so recently as they are; 0: fetch all, changed or not"},
    {"deadline", 0, "SPAN", "what has not ended by then ends as expired: a time span such as 2h"},
    {"key", 0, "STRING", "submit once: a key that you used before returns the job it made"},
    {"keep", 0, NULL, "keep the job until somebody removes it"},
    {"expire", 0, "SPAN", "remove the job so long after its end: a time span such as 30d"},
    {"strict", 0, NULL, "queue nothing if any line is bad"},
    {0},
};

static const struct verb_option top_options[] = {
    OPTION_K,
    {"per", 0, "GROUP", "the top words of each page, host, label or job"},
    {"by", 0, "NUMBER", "rank by tokens, pages or hosts (default: tokens)"},
    {"url", 0, "URL", "of this page alone"},
    {"host", 0, "HOST", "of the pages of this host alone"},
    {"unique", 0, NULL, "count pages of equal content once"},
    {"min-length", 0, "N", "words of at least so many characters"},
    {"no-numbers", 0, NULL, "leave out words without a letter"},
    {"match", 0, "GLOB", "words like this one (* ? [set]); may be given several times"},
    {"vs", 0, "JOB|FILE", "words used more often than in that job or list, by keyness"},
    {"max-pages", 0, "P%", "words on at most this share of the pages"},
    {"stop-words", 0, "LIST", "leave out the words of a language (en) or file; may be given several times"},
    {"all", 0, NULL, "of every job that you may read"},
    {"with-url", 0, NULL, "with --per=page: add the URL to csv and tsv"},
    {0},
};

static const struct verb_option why_options[] = {
    {"top", 'k', "K", "how many pages; 0 for 100, which is the most (default: 10)"},
    {0},
};

static const struct verb_option compare_options[] = {
    {"pages", 0, "WHICH", "both: only pages counted in both, if the lists overlap (default); or all"},
    {"min-tokens", 0, "N", "words counted at least so many times, both sides together"},
    OPTION_K,
    {"by", 0, "NUMBER", "rank by log-likelihood or log-ratio (default: log-likelihood)"},
    {"min-length", 0, "N", "words of at least so many characters"},
    {"no-numbers", 0, NULL, "leave out words without a letter"},
    {"match", 0, "GLOB", "words like this one (* ? [set]); may be given several times"},
    {"stop-words", 0, "LIST", "leave out the words of a language (en) or file; may be given several times"},
    {0},
};

static const struct verb_option jobs_options[] = {
    {"name", 0, "NAME", "jobs of this name"},
    {"state", 0, "STATE", "queued, running, paused, done or cancelled"},
    {"owner", 0, "USER", "jobs of this user"},
    {"since", 0, "WHEN", "submitted since: 2026-11-22, 2026-11-22T10:00:00Z, or a time span ago, such as 2h"},
    {"all", 0, NULL, "jobs of every user"},
    {0},
};

static const struct verb_option urls_options[] = {
    {"state", 0, "STATE", "queued, active, counted, skipped, failed or cancelled"},
    {"outcome", 0, "OUTCOME", "such as counted, http-error or timeout"},
    {"host", 0, "HOST", "URLs of this host"},
    {"url", 0, "URL", "this URL; without JOB, its history over your jobs"},
    {"max-tokens", 0, "N", "pages of at most so many words"},
    {0},
};

static const struct verb_option wait_options[] = {
    {"max-failed", 0, "N|P%", "how many URLs may fail before it ends with exit status 5 (default: 0)"},
    {0},
};

static const struct verb_option retry_options[] = {
    {"outcome", 0, "OUTCOME", "URLs that ended so; may be given several times (default: all that failed)"},
    {0},
};

static const struct verb_option priority_options[] = {
    {"priority", 'p', "N", "-100 to 100, higher goes first (above 0 for root)"},
    {0},
};

static const struct verb_option remove_options[] = {
    {"before", 0, "SPAN", "your jobs that ended so long ago or earlier, instead of JOB; kept ones stay"},
    {"name", 0, "NAME", "with --before: jobs of this name alone"},
    {0},
};

static const struct verb_option pause_options[] = {
    {"host", 0, "PATTERN", "hosts instead of jobs: example.org or *.example.org (for root)"},
    {0},
};

static const struct verb_option hosts_options[] = {
    {"host", 0, "PATTERN", "hosts of this pattern: example.org or *.example.org"},
    {0},
};

static const struct verb_option export_options[] = {
    {"no-times", 0, NULL, "leave out when, how long and how often: equal pages then give equal files"},
    {0},
};

static const struct verb_option import_options[] = {
    {"name", 0, "NAME", "name of the job (default: the one that the file tells)"},
    {"keep", 0, NULL, "keep the job until somebody removes it"},
    {"expire", 0, "SPAN", "remove the job so long after the import: a time span such as 30d"},
    {0},
};

static const struct verb_option merge_options[] = {
    {"to", 0, "FILE", "write there (default: stdout)"},
    {"any-settings", 0, NULL, "also files of jobs that were counted with different settings"},
    {"same", 0, "WHICH", "a page in several files: refuse, or take the latest (default: refuse)"},
    {0},
};

static const struct verb_option count_options[] = {
    {"type", 0, "TYPE", "auto, html or text (default: auto)"},
    {"charset", 0, "LABEL", "character encoding, as a server would declare it"},
    {"top", 'k', "K", "how many words; 0 for all (default: 10)"},
    {0},
};

static const struct verb_option text_options[] = {
    {"type", 0, "TYPE", "auto, html or text (default: auto)"},
    {"charset", 0, "LABEL", "character encoding, as a server would declare it"},
    {0},
};

static const struct verb_option no_options[] = {{0}};

static const char submit_description[] = "SOURCE is a URL if it contains \"://\", - for stdin, else a file "
                                         "with one URL a line, optionally followed by\n"
                                         "a tab and a label. Blank lines and lines that start with # are "
                                         "skipped. Bad lines are reported; the rest is\n"
                                         "queued. All sources together are one job.\n";

static const char job_description[] = "JOB is a number, a name (your latest job of that name) or NAME~N (the "
                                      "Nth before it). No JOB: your latest job.\n";

static const char jobs_required_description[] =
    "JOB is a number, a name (your latest job of that name) or NAME~N (the Nth before it).\n";

static const char compare_description[] =
    "BASE and NEW are a JOB each: a number, a name (your latest job of that name) or NAME~N (the Nth before\n"
    "it); or JOB/HOST, which is its pages of that host.\n";

static const char watch_description[] =
    "JOB is a number, a name (your latest job of that name) or NAME~N (the Nth before it). No JOB: all of "
    "yours\n"
    "that run; where stdout is no terminal, your latest. Keys: ? lists them.\n";

static const char report_description[] =
    "JOB is a number, a name (your latest job of that name) or NAME~N (the Nth before it). No FILE, or -, "
    "is\n"
    "stdout. The page needs nothing else: no script, no picture, no font.\n";

static const char export_description[] =
    "JOB is a number, a name (your latest job of that name) or NAME~N (the Nth before it). It must have "
    "ended. "
    "No\nFILE, or -, is stdout. The file is text: man 5 urlstat-counts.\n";

static const char import_description[] = "FILE is of urlstatctl export or merge; - is stdin. Its pages "
                                         "become a job of yours that has ended. It is "
                                         "there\nwhole when this returns, or not at all.\n";

static const char merge_description[] =
    "The files are of urlstatctl export, or merged already, from any machine. No daemon is needed. The "
    "result "
    "is\nwhat one job of all the URLs would have exported, in whatever order the files are named.\n";

static const char hosts_description[] = "Of the jobs that you may read, or of one JOB. A JOB with a dot, a "
                                        "colon or a star is taken for a PATTERN.\n";

static const char explain_description[] = "What has :// in it is a URL; a number, or the name of a job of "
                                          "yours, is a JOB; anything else is a HOST.\n"
                                          "None: your latest job. No server is asked for anything.\n";

static const char backup_description[] = "All jobs of all users as they were at one moment, for urlstatd "
                                         "--restore=FILE: urlstatctl backup > FILE. For\n"
                                         "root, and for the user that urlstatd runs as.\n";

static const char reload_description[] =
    "Returns when the new configuration is in effect; or 1, with the reason, if it was refused and the one\n"
    "before still is.\n";

static const char log_level_description[] =
    "LEVEL is debug, info, notice, warning or err. It lasts until the next reload or restart.\n";

static const char count_description[] =
    "Counts as the daemon counts, without a daemon. No FILE, or -, is stdin. What gzip, bzip2, xz or zstd\n"
    "have compressed is counted as what it holds.\n";

static const char text_description[] =
    "Blocks are on lines of their own, in UTF-8. No FILE, or -, is stdin. What gzip, bzip2, xz or zstd have\n"
    "compressed is read as what it holds.\n";

const struct verb verbs[] = {
    {"submit", NULL, "Jobs", "[SOURCE...]", 0, -1, "queue lists of URLs as one job", submit_description,
        submit_options, ENDS_WAITING, verb_submit},
    {"top", "words", "Words", "[JOB...]", 0, -1, "the most used words", job_description, top_options,
        ENDS_CALL, verb_top},
    {"why", NULL, "Words", "WORD [JOB]", 1, 2, "the pages that a word comes from", job_description,
        why_options, ENDS_CALL, verb_why},
    {"compare", NULL, "Words", "BASE NEW", 2, 2, "words that came, went, rose and fell", compare_description,
        compare_options, ENDS_CALL, verb_compare},
    {"status", NULL, "Daemon", "", 0, 0, "the daemon at a glance (the default)", NULL, no_options, ENDS_CALL,
        verb_status},
    {"jobs", NULL, "Jobs", "", 0, 0, "list jobs", NULL, jobs_options, ENDS_CALL, verb_jobs},
    {"show", NULL, "Jobs", "[JOB]", 0, 1, "one job with its outcomes", job_description, no_options, ENDS_CALL,
        verb_show},
    {"urls", NULL, "Jobs", "[JOB]", 0, 1, "the URLs of a job and what became of them", job_description,
        urls_options, ENDS_CALL, verb_urls},
    {"wait", NULL, "Jobs", "[JOB...]", 0, -1, "return when jobs have ended", job_description, wait_options,
        ENDS_WAITING, verb_wait},
    {"watch", NULL, "Jobs", "[JOB]", 0, 1, "a live dashboard; lines where stdout is no terminal",
        watch_description, no_options, ENDS_CALL, verb_watch},
    {"pause", NULL, "Jobs", "[JOB...]", 0, -1, "start nothing new; running transfers end", job_description,
        pause_options, ENDS_CALL, verb_pause},
    {"resume", NULL, "Jobs", "[JOB...]", 0, -1, "go on with paused jobs", job_description, pause_options,
        ENDS_CALL, verb_resume},
    {"cancel", NULL, "Jobs", "[JOB...]", 0, -1, "end jobs now; what was counted stays", job_description,
        no_options, ENDS_CALL, verb_cancel},
    {"retry", NULL, "Jobs", "[JOB...]", 0, -1, "fetch URLs that failed once more", job_description,
        retry_options, ENDS_CALL, verb_retry},
    {"priority", NULL, "Jobs", "[JOB...]", 0, -1, "change what goes first from now on", job_description,
        priority_options, ENDS_CALL, verb_priority},
    {"remove", NULL, "Jobs", "[JOB...]", 0, -1, "remove jobs with all that was counted",
        jobs_required_description, remove_options, ENDS_CALL, verb_remove},
    {"report", NULL, "Words", "JOB [FILE]", 1, 2, "a job as one HTML page with plots", report_description,
        no_options, ENDS_CALL, verb_report},
    {"export", NULL, "Words", "JOB [FILE]", 1, 2, "the exact counts of a job as a file, to keep or to merge",
        export_description, export_options, ENDS_CALL, verb_export},
    {"import", NULL, "Jobs", "FILE", 1, 1, "an exported or merged file as a job", import_description,
        import_options, ENDS_CALL, verb_import},
    {"hosts", NULL, "Daemon", "[JOB]", 0, 1, "the hosts that URLs wait for, and why", hosts_description,
        hosts_options, ENDS_CALL, verb_hosts},
    {"explain", NULL, "Daemon", "[URL|HOST|JOB]", 0, 1, "why it waits, and what would become of it",
        explain_description, no_options, ENDS_CALL, verb_explain},
    {"workers", NULL, "Daemon", "", 0, 0, "what each worker is doing", NULL, no_options, ENDS_CALL,
        verb_workers},
    {"backup", NULL, "Daemon", "", 0, 0, "write a copy of the store to stdout, while all goes on",
        backup_description, no_options, ENDS_CALL, verb_backup},
    {"reload", NULL, "Daemon", "", 0, 0, "have the daemon read its configuration anew (for root)",
        reload_description, no_options, ENDS_CALL, verb_reload},
    {"log-level", NULL, "Daemon", "LEVEL", 1, 1, "how much the daemon logs from now on (for root)",
        log_level_description, no_options, ENDS_CALL, verb_log_level},
    {"metrics", NULL, "Daemon", "", 0, 0, "what it has done and is doing, as OpenMetrics text", NULL,
        no_options, ENDS_CALL, verb_metrics},
    {"ping", NULL, "Daemon", "", 0, 0, "ask whether the daemon answers", NULL, no_options, ENDS_CALL,
        verb_ping},
    {"count", NULL, "Local files", "[FILE...]", 0, -1, "count the words of local files", count_description,
        count_options, ENDS_LOCAL, verb_count},
    {"text", NULL, "Local files", "[FILE]", 0, 1, "print the text that is counted", text_description,
        text_options, ENDS_LOCAL, verb_text},
    {"merge", NULL, "Local files", "FILE...", 1, -1, "exported files as one", merge_description,
        merge_options, ENDS_LOCAL, verb_merge},
    {0},
};

const struct verb *verb_find(const char *name)
{
    for (const struct verb *verb = verbs; verb->name; verb++)
        if (strcmp(verb->name, name) == 0 || (verb->alias && strcmp(verb->alias, name) == 0))
            return verb;
    return NULL;
}
