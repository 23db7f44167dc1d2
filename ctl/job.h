/* JOB as users type it: a number, a name, or NAME~N (the Nth before the latest of that name). Thread: any. */
#pragma once

/* NULL if the text is a JOB; else why not, as a clause. The daemon finds the job; this catches slips without
 * it. */
const char *job_check(const char *text);

/* The same for a name that a job is to get. */
const char *job_check_name(const char *text);
