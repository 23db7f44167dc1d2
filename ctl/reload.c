/* reload: has the daemon read its configuration anew. */
#include "ctl/call.h"
#include "ctl/render.h"
#include "ctl/say.h"
#include "wire/messages.h"

static const char *const fields[] = {"needRestart", NULL};
static const struct render_layout layout = {
    .shape = &wire_reload_out_shape, .columns = (const struct render_column[]){{0}}, .fields = fields};

int verb_reload(struct context *context, int argc, char **argv)
{
    CLEANUP(wire_reply_freep) struct wire_reply *reply = NULL;
    const struct wire_reload_out *reloaded;
    const void *out;
    int r = call_once(context, WIRE_RELOAD, NULL, &reply, &out);

    if (r != 0)
        return r;
    reloaded = out;
    for (size_t i = 0; i < reloaded->n_need_restart; i++)
        say_note(context, "%s= takes effect when the daemon is started anew", reloaded->need_restart[i]);
    if (context->format != FORMAT_TABLE)
        return render_reply(context, &layout, out);
    say_note(context, "the configuration is in effect");
    return 0;
}
