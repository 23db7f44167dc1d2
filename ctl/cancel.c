/* cancel: ends jobs; running transfers are aborted, what was counted stays. */
#include "ctl/jobs.h"

int verb_cancel(struct context *context, int argc, char **argv)
{
    return jobs_control(context, WIRE_CANCEL, argc, argv);
}
