/* A C struct and a shape for every type, method and error of io.urlstat.varlink; the description says what
 * each field means. wire_x_in are a method's parameters, wire_x_out its reply's. Thread: any. */
#pragma once

#include "wire/backup.h"
#include "wire/compare.h"
#include "wire/control.h"
#include "wire/error.h"
#include "wire/explain.h"
#include "wire/export.h"
#include "wire/hosts.h"
#include "wire/job.h"
#include "wire/lists.h"
#include "wire/status.h"
#include "wire/submit.h"
#include "wire/top.h"
#include "wire/why.h"
