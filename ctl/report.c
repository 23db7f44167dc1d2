/* report: a job as one HTML page, to keep, to print or to pass on. */
#include "ctl/report.h"

#include "base/cleanup.h"
#include "ctl/output_file.h"
#include "ctl/say.h"
#include <errno.h>
#include <stdlib.h>

/* The page is some hundred kilobytes at most, and comes to its file in one go. */
static int write_page(const struct context *context, const char *path, const struct report *report)
{
    CLEANUP(freep) char *page = NULL;
    size_t size;
    FILE *stream = open_memstream(&page, &size);

    if (!stream)
        return -ENOMEM;
    report_write(report, stream);
    if (fclose(stream) != 0)
        return -ENOMEM;
    return output_file_write(context, path, page, size);
}

int verb_report(struct context *context, int argc, char **argv)
{
    const char *path = argc > 1 ? argv[1] : NULL;
    struct report *report;
    int r = call_check_jobs(context, 1, argv);

    if (r == 0 && context->format != FORMAT_TABLE)
        r = say_usage(context, "a report is HTML: not with -o");
    if (r == 0)
        r = output_file_check(context, path);
    if (r != 0)
        return r;
    report = calloc(1, sizeof(*report));
    if (!report)
        return -ENOMEM;
    r = report_collect(context, argv[0], report);
    if (r == 0)
        r = write_page(context, path, report);
    report_deinit(report);
    free(report);
    return r;
}
