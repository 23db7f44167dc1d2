/* report: a job as one HTML page, to keep, to print or to pass on. */
#include "ctl/report.h"

#include "ctl/output_file.h"
#include <errno.h>

static int write_report(struct context *context, const char *job, const char *path, struct report *report)
{
    CLEANUP(output_file_freep) struct output_file *file = NULL;
    int r = output_file_open(context, path, &file);

    if (r == 0)
        r = report_collect(context, job, report);
    if (r != 0)
        return r;
    report_write(report, output_file_stream(file));
    return output_file_commit(context, file);
}

int verb_report(struct context *context, int argc, char **argv)
{
    struct report *report;
    int r = call_check_jobs(context, 1, argv);

    if (r != 0)
        return r;
    report = calloc(1, sizeof(*report));
    if (!report)
        return -ENOMEM;
    r = write_report(context, argv[0], argc > 1 ? argv[1] : NULL, report);
    report_deinit(report);
    free(report);
    return r;
}
