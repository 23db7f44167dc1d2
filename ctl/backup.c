/* backup: a consistent copy of the store on stdout. */
#include "base/base64.h"
#include "base/write.h"
#include "ctl/call.h"
#include "ctl/say.h"
#include "wire/messages.h"
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct backup {
    const struct context *context;
    uint64_t written;
    uint8_t bytes[WIRE_BACKUP_PIECE];
};

/* So that what ends with 0 is on disk. What is no file, such as a pipe, knows nothing of that. */
static int sync_stdout(void)
{
    return fsync(STDOUT_FILENO) < 0 && errno != EINVAL && errno != EROFS && errno != ENOTSUP ? -errno : 0;
}

static int take_part(void *userdata, const void *out, bool last)
{
    const struct wire_backup_out *part = out;
    struct backup *backup = userdata;
    size_t length = strlen(part->bytes);
    size_t size = 0;
    int r;

    if (length > BASE64_LENGTH(sizeof(backup->bytes)) ||
        base64_decode(part->bytes, length, backup->bytes, &size) < 0)
        return call_failed(backup->context, -EPROTO);
    r = write_whole(STDOUT_FILENO, backup->bytes, size);
    backup->written += size;
    if (r == 0 && last)
        r = sync_stdout();
    if (r < 0)
        return say_errno(backup->context, r, "stdout");
    if (last && backup->written != (uint64_t)part->size)
        return call_failed(backup->context, -EPROTO);
    return 0;
}

int verb_backup(struct context *context, int argc, char **argv)
{
    CLEANUP(freep) struct backup *backup = NULL;
    int r;

    if (context->format != FORMAT_TABLE)
        return say_usage(context, "a backup is a file of the store: not with -o");
    if (isatty(STDOUT_FILENO))
        return say_usage(context, "backup writes a file, not for a terminal: urlstatctl backup > FILE");
    backup = calloc(1, sizeof(*backup));
    if (!backup)
        return -ENOMEM;
    backup->context = context;
    r = call_stream(context, WIRE_BACKUP, NULL, take_part, backup);
    if (r == 0)
        say_note(context, "%" PRIu64 " bytes; urlstatd --restore=FILE takes them in", backup->written);
    else if (backup->written > 0)
        say("what was written is no whole backup: remove it");
    return r;
}
