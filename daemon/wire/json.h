/* From text to a tree of json-c, strictly. Private to wire/. Thread: any. */
#pragma once

#include "base/cleanup.h"
#include <json-c/json_object.h>
#include <json-c/linkhash.h>

/* Of one JSON object with nothing behind it: as wire/call.h has it. 0, -EBADMSG, -ENOMEM. */
int json_parse(const char *text, size_t size, struct json_object **ret);

void json_free(struct json_object *object);
DEFINE_CLEANUP(struct json_object *, json_free)
