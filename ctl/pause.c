/* pause: starts nothing new of jobs, or of hosts; running transfers end. */
#include "ctl/hosts.h"
#include "ctl/jobs.h"

int verb_pause(struct context *context, int argc, char **argv)
{
    if (option_flag(context, "host"))
        return hosts_control(context, WIRE_PAUSE, argc);
    return jobs_control(context, WIRE_PAUSE, argc, argv);
}
