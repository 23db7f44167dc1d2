/* resume: goes on with paused jobs. */
#include "ctl/jobs.h"

int verb_resume(struct context *context, int argc, char **argv)
{
    return jobs_control(context, WIRE_RESUME, argc, argv);
}
