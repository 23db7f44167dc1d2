#include "server/work.h"

#include "wire/messages.h"

struct reload {
    struct work work;
};

static size_t list_length(const char *const *list)
{
    size_t n = 0;

    while (list && list[n])
        n++;
    return n;
}

static void reloaded(void *userdata, const char *refusal, const char *const *need_restart)
{
    struct reload *reload = userdata;
    struct call *call;

    if (!work_came_back(&reload->work))
        return;
    call = reload->work.call;
    if (refusal)
        call_refuse(call, WIRE_CONFIGURATION_REFUSED, "%s", refusal);
    else
        call_reply(call,
            &(struct wire_reload_out){
                .need_restart = need_restart, .n_need_restart = list_length(need_restart)});
    work_end(&reload->work);
}

void serve_reload(struct call *call)
{
    struct reload *reload;

    if (!service_may_administer(call_peer(call))) {
        call_refuse(
            call, WIRE_NOT_PERMITTED, "the configuration is reloaded for root and the daemon's own user");
        return;
    }
    reload = work_new(call, sizeof(*reload));
    if (!reload)
        return;
    work_sends(&reload->work);
    reload->work.service->settings.reload(reload->work.service->settings.daemon, reloaded, reload);
}
