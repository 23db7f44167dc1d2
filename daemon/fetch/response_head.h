/* The head of one response, gathered line by line as libcurl hands it over: the last status, and the fields
 * that a fetch looks at, each once the line behind it has come. Interim responses (1xx) and trailers leave
 * nothing behind but their bytes. Pure. Owner: whoever embeds it. Thread: one
 * at a time. */
#pragma once

#include "fetch/content_type.h"
#include "fetch/decode.h"
#include <stdbool.h>
#include <stdint.h>

#define RESPONSE_MAX_LOCATION 16384

struct response_head {
    int status; /* 0 before the first status line */
    bool is_complete;
    uint64_t bytes; /* all heads and trailers together */
    struct content_type type;
    bool has_location;
    char *location; /* NULL if none, or too long */
    char *etag;     /* NULL if none that may be sent back, as last_modified */
    char *last_modified;
    uint64_t retry_after_usec; /* the longest */
    uint64_t content_length;   /* UINT64_MAX if none */
    unsigned n_encodings;      /* of Content-Encoding, but for identity */
    enum decode_coding coding;
    char bad_encoding[32]; /* the first that was not asked for; "" if none */
    char bad_transfer[32]; /* likewise of Transfer-Encoding, where chunked alone is asked for */
    /* Content-Length or Transfer-Encoding goes over several lines: libcurl, which takes each for itself, does
     * not know where the body ends. */
    bool has_folded_framing;
    /* Several of Content-Length, unlike one another: where nothing else tells, nobody knows where the body
     * ends (RFC 9112 6.3). */
    bool has_two_lengths;
    bool is_transfer_coded;

    char *field; /* the line that came last, which the next one may go on with */
    size_t field_size, field_room;
    bool is_folded; /* it did */
};

void response_head_deinit(struct response_head *head);
/* For the next request; memory is kept where there is some. */
void response_head_reset(struct response_head *head);

/* Whether where the body ends is known for sure. */
bool response_head_is_framed(const struct response_head *head);

/* One line with its end. `offered` is a list of the content codings that were asked for ("gzip, deflate").
 * Returns 0 or -ENOMEM. */
int response_head_take(struct response_head *head, const char *line, size_t size, const char *offered);
