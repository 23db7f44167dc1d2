/* pause: starts nothing new of jobs; running transfers end. */
#include "ctl/jobs.h"

int verb_pause(struct context *context, int argc, char **argv)
{
    return jobs_control(context, WIRE_PAUSE, argc, argv);
}
