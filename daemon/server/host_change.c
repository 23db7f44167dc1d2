#include "server/change.h"

#include "engine/pattern.h"
#include "wire/messages.h"
#include <errno.h>
#include <stdlib.h>

/* One pattern of hosts on its way. */
struct host_change {
    struct work work;
    char *pattern;
    bool paused;
};

static void release(void *work)
{
    struct host_change *change = work;

    free(change->pattern);
}

/* That it is so already is no error: asking twice does no harm. But nothing is resumed that was not paused.
 */
static void answer(struct host_change *change, int r)
{
    struct call *call = change->work.call;

    if (r == -EALREADY && !change->paused) {
        call_refuse(call, WIRE_INVALID_INPUT,
            "%s is no pattern that was paused: \"urlstatctl hosts\" says which ones are", change->pattern);
        work_end(&change->work);
    } else if (r == -E2BIG) {
        call_error(call, WIRE_LIMIT_REACHED,
            &(struct wire_error_parameters){.limit = "ENGINE_MAX_PAUSED_HOSTS",
                .message = "too many patterns of hosts are paused: pause *.DOMAIN instead"});
        work_end(&change->work);
    } else if (r < 0 && r != -EALREADY) {
        work_fail(&change->work, r);
    } else {
        call_reply(call, &(struct wire_jobs_out){0});
        work_end(&change->work);
    }
}

static void changed(void *userdata, int r, uint64_t n)
{
    struct host_change *change = userdata;

    if (work_came_back(&change->work))
        answer(change, r);
}

void host_change_serve(struct call *call, const char *host, bool paused)
{
    struct host_change *change;
    int r;

    if (call_peer(call)->uid != 0) {
        call_refuse(call, WIRE_NOT_PERMITTED, "hosts are paused and resumed by root alone");
        return;
    }
    change = work_new(call, sizeof(*change));
    if (!change)
        return;
    change->work.release = release;
    change->paused = paused;
    r = pattern_parse(host, &change->pattern);
    if (r == -EINVAL) {
        call_refuse(call, WIRE_INVALID_INPUT,
            "\"%.200s\" is no host like example.org, example.org:8080 or *.example.org", host);
        work_end(&change->work);
        return;
    }
    if (r < 0) {
        work_fail(&change->work, r);
        return;
    }
    work_sends(&change->work);
    r = engine_pause_host(change->work.service->settings.engine, change->pattern, paused, changed, change);
    if (r < 0 && work_came_back(&change->work))
        answer(change, r);
}
