/* reload: has the daemon read its configuration anew. */
#include "ctl/call.h"
#include "ctl/render.h"
#include "ctl/say.h"
#include "wire/messages.h"
#include <errno.h>
#include <stdlib.h>

static const struct render_column no_columns[] = {{0}};
static const struct render_layout layout = {
    .shape = &wire_reload_out_shape, .columns = no_columns, .fields = (const char *const[]){NULL}};

/* As csv and tsv have it: one key a row. */
struct key_row {
    const char *need_restart;
};
struct key_rows {
    const struct key_row *keys;
    size_t n_keys;
};
static const struct wire_field row_fields[] = {
    WIRE_STRING_FIELD(struct key_row, need_restart, "needRestart"),
};
static WIRE_SHAPE(row_shape, "Key", struct key_row, row_fields);
static const struct wire_field rows_fields[] = {
    WIRE_STRUCTS_FIELD(struct key_rows, keys, "keys", WIRE_REQUIRED, struct key_row, &row_shape),
};
static WIRE_SHAPE(rows_shape, "Keys", struct key_rows, rows_fields);
static const struct render_layout rows_layout = {.shape = &rows_shape, .list = "keys", .columns = no_columns};

static int print_rows(struct context *context, const struct wire_reload_out *reloaded)
{
    CLEANUP(freep) struct key_row *keys = calloc(reloaded->n_need_restart + 1, sizeof(*keys));

    if (!keys)
        return -ENOMEM;
    for (size_t i = 0; i < reloaded->n_need_restart; i++)
        keys[i].need_restart = reloaded->need_restart[i];
    return render_reply(
        context, &rows_layout, &(struct key_rows){.keys = keys, .n_keys = reloaded->n_need_restart});
}

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
    if (context->format == FORMAT_CSV || context->format == FORMAT_TSV)
        return print_rows(context, reloaded);
    if (context->format != FORMAT_TABLE)
        return render_reply(context, &layout, out);
    say_note(context, "the configuration is in effect");
    return 0;
}
