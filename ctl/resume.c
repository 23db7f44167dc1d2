/* resume: goes on with paused jobs, or hosts. */
#include "ctl/hosts.h"
#include "ctl/jobs.h"

int verb_resume(struct context *context, int argc, char **argv)
{
    if (option_flag(context, "host"))
        return hosts_control(context, WIRE_RESUME, argc);
    return jobs_control(context, WIRE_RESUME, argc, argv);
}
