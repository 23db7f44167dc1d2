#include "server/work.h"

#include "base/base64.h"
#include "base/clock.h"
#include "base/list.h"
#include "store/store_copy.h"
#include "wire/messages.h"
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* A copy takes as much disk as the store: whoever does not read on for so long loses it. */
#define MAX_STALL_USEC (10 * 60 * USEC_PER_SEC)

struct backup {
    struct work work;
    struct store_make_copy make;
    struct store_read_piece piece;
    sd_event_source *timer; /* armed while the client has to read */
    char *bytes;
    char *text;
};

static void go_on(struct backup *backup);

static void release(void *work)
{
    struct backup *backup = work;

    sd_event_source_disable_unref(backup->timer);
    store_copy_free(backup->make.copy);
    free(backup->bytes);
    free(backup->text);
}

static int on_stall(sd_event_source *source, uint64_t usec, void *userdata)
{
    struct backup *backup = userdata;

    call_error(backup->work.call, WIRE_LIMIT_REACHED,
        &(struct wire_error_parameters){
            .limit = "MAX_STALL_USEC", .message = "the backup was not read on for ten minutes: start anew"});
    work_end(&backup->work);
    return 0;
}

static void drained(struct call *call)
{
    struct backup *backup = call_data(call);
    int r = sd_event_source_set_enabled(backup->timer, SD_EVENT_OFF);

    if (r < 0)
        work_fail(&backup->work, r);
    else
        go_on(backup);
}

/* Goes on once the client has read that. */
static void send_part(struct backup *backup, const char *text)
{
    const struct wire_backup_out out = {.bytes = text, .size = (int64_t)backup->make.size};
    int r = call_continue(backup->work.call, &out);

    if (r == 0)
        r = sd_event_source_set_time_relative(backup->timer, MAX_STALL_USEC);
    if (r >= 0)
        r = sd_event_source_set_enabled(backup->timer, SD_EVENT_ONESHOT);
    if (r < 0)
        work_fail(&backup->work, r);
    else
        call_set_drain(backup->work.call, drained);
}

static void refuse_room(struct backup *backup)
{
    const struct store_make_copy *make = &backup->make;
    const double megabyte = 1 << 20;

    call_refuse(backup->work.call, WIRE_STORE_FULL,
        "the backup needs %.0f MB beside the store while it is sent; of the %.0f MB that are free there,"
        " MinFreeSpace= keeps %.0f MB: make room",
        (double)make->size / megabyte + 1, (double)make->free_bytes / megabyte,
        (double)make->min_free_bytes / megabyte);
    work_end(&backup->work);
}

static void came_copy(struct store_request *request, void *receiver)
{
    struct backup *backup = CONTAINER_OF(request, struct backup, make.request);

    if (!work_came_back(&backup->work))
        return;
    if (request->r == -ENOSPC && backup->make.size > 0) {
        refuse_room(backup);
    } else if (request->r == -EROFS) {
        call_refuse(backup->work.call, WIRE_STORE_FAILED,
            "the backup needs a copy beside the store while it is sent, and that disk is read-only: "
            "mount it to be written, or copy the state directory as it is");
        work_end(&backup->work);
    } else if (request->r == -EEXIST) {
        call_error(backup->work.call, WIRE_LIMIT_REACHED,
            &(struct wire_error_parameters){
                .limit = "Backup", .message = "another backup is being made: try again when it is"});
        work_end(&backup->work);
    } else if (request->r < 0) {
        work_fail(&backup->work, request->r);
    } else {
        /* A sign of life while it takes long. */
        send_part(backup, "");
    }
}

static void came_piece(struct store_request *request, void *receiver)
{
    struct backup *backup = CONTAINER_OF(request, struct backup, piece.request);

    if (!work_came_back(&backup->work))
        return;
    if (request->r < 0) {
        work_fail(&backup->work, request->r);
    } else if (backup->piece.size == 0) {
        call_reply(
            backup->work.call, &(struct wire_backup_out){.bytes = "", .size = (int64_t)backup->make.size});
        work_end(&backup->work);
    } else {
        backup->piece.offset += backup->piece.size;
        base64_encode(backup->bytes, backup->piece.size, backup->text);
        send_part(backup, backup->text);
    }
}

static void go_on(struct backup *backup)
{
    if (!backup->make.done) {
        work_submit(&backup->work, &backup->make.request);
        return;
    }
    backup->piece.copy = backup->make.copy;
    backup->piece.size = WIRE_BACKUP_PIECE;
    work_submit(&backup->work, &backup->piece.request);
}

static int prepare(struct backup *backup)
{
    backup->bytes = malloc(WIRE_BACKUP_PIECE);
    backup->text = malloc(BASE64_LENGTH(WIRE_BACKUP_PIECE) + 1);
    if (!backup->bytes || !backup->text)
        return -ENOMEM;
    backup->make = (struct store_make_copy){.request = {.kind = STORE_MAKE_COPY, .done = came_copy},
        .min_free_bytes = backup->work.service->settings.configuration.min_free_bytes};
    backup->piece = (struct store_read_piece){
        .request = {.kind = STORE_READ_PIECE, .done = came_piece}, .bytes = backup->bytes};
    return sd_event_add_time_relative(backup->work.service->event, &backup->timer, CLOCK_MONOTONIC,
        MAX_STALL_USEC, USEC_PER_SEC, on_stall, backup);
}

/* All of everybody's jobs: for root, and for whoever could read the file anyhow. */
void serve_backup(struct call *call)
{
    uid_t uid = call_peer(call)->uid;
    struct backup *backup;
    int r;

    if (uid != 0 && uid != geteuid()) {
        call_refuse(call, WIRE_NOT_PERMITTED,
            "a backup has the jobs of all users: it is for root, and for the user that urlstatd runs as");
        return;
    }
    backup = work_new(call, sizeof(*backup));
    if (!backup)
        return;
    backup->work.release = release;
    r = prepare(backup);
    if (r >= 0)
        r = sd_event_source_set_enabled(backup->timer, SD_EVENT_OFF);
    if (r < 0)
        work_fail(&backup->work, r);
    else
        go_on(backup);
}
