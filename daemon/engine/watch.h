/* Tells those who watch a job what happens to it. Thread: main. */
#pragma once

#include "store/store.h"
#include <stdbool.h>

struct job;
struct task;

void watch_url_ended(struct job *job, const struct task *task);
void watch_job_changed(struct job *job, enum store_job_state state, bool exists);
