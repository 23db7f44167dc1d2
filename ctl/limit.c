#include "ctl/limit.h"

#include "base/text.h"
#include "ctl/say.h"
#include <stdlib.h>
#include <string.h>

int limit_parse(const struct context *context, struct limit *ret)
{
    const char *text = option_text(context, "max-failed");
    uint64_t number;
    char *end;
    double percent;

    if (!text)
        return 0;
    if (text_parse_u64(text, INT64_MAX, &number) == 0) {
        *ret = (struct limit){.failed = (int64_t)number, .percent = -1};
        return 0;
    }
    percent = strspn(text, "0123456789.") > 0 ? strtod(text, &end) : -1;
    if (percent < 0 || percent > 100 || strcmp(end, "%") != 0)
        return say_usage(context, "--max-failed is a number of URLs or a share such as 5%%, not %s", text);
    *ret = (struct limit){.percent = percent};
    return 0;
}

enum exit_status limit_judge(const struct wire_job *job, const struct limit *limit)
{
    bool too_many = limit->percent < 0 ? job->failed > limit->failed
                                       : (double)job->failed * 100 > limit->percent * (double)job->total;

    return too_many || job->counted == 0 || strcmp(job->state, "done") != 0 ? EXIT_INCOMPLETE : EXIT_DONE;
}
