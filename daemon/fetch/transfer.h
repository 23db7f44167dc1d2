/* One transfer: an easy handle with what a fetch needs around it. It knows how to ask and how to take the
 * answer; which lists it is in, when it runs and how long is the fetcher's. Reused from fetch to fetch. Owner
 * and thread: one fetcher. */
#pragma once

#include "base/heap.h"
#include "fetch/decode.h"
#include "fetch/decode_budget.h"
#include "fetch/fetcher.h"
#include "fetch/guard.h"
#include "fetch/poller.h"
#include "fetch/resolver.h"
#include "fetch/response_head.h"
#include "fetch/tls_sessions.h"
#include "fetch/verdict.h"

/* The body of an answer that is not wanted is read up to here, so that its connection can be used again. */
#define TRANSFER_MAX_DRAIN (64 * 1024)
/* Bytes that a body may take on the wire for each byte that it may have: for what frames and codings add. */
#define TRANSFER_MAX_WIRE_RATIO 2
/* Likewise of all that comes on its connection: chunks of a byte each are six. */
#define TRANSFER_MAX_SOCKET_RATIO 8
/* That is asked for each so many times that libcurl tells of progress: it reads 100 buffers at once. */
#define TRANSFER_PROGRESS_UNCOUNTED 4

/* Of what is decoded at once: a page of usual size comes in one or two pieces. */
#define TRANSFER_DECODED_SIZE (32 * 1024)

/* What the transfers of a fetcher share. */
struct transfer_shared {
    struct rate *rate; /* NULL: no limit */
    struct decode_budget decode_budget;
    struct tls_sessions tls_sessions;
    uint8_t decoded[TRANSFER_DECODED_SIZE]; /* of the transfer whose bytes just came */
};

enum transfer_header {
    HEADER_ACCEPT,
    HEADER_ACCEPT_ENCODING,
    HEADER_USER_AGENT,
    HEADER_IF_NONE_MATCH,
    HEADER_IF_MODIFIED_SINCE,
    N_HEADERS,
};

struct transfer {
    struct list link; /* of one of the fetcher's lists */
    struct transfer_shared *shared;
    CURL *easy;
    CURLU *url;            /* of the request, in its parts */
    struct poller *poller; /* that runs it; NULL while none does */
    struct poller_user user;
    struct resolver_wait wait;
    struct heap_item timer; /* its key: boottime microseconds */

    /* Of one fetch: */
    struct fetch_request *request;
    struct verdict verdict;
    struct response_head head;
    const struct decode_offer *offer;
    struct body_decoder *decoder; /* of the body; NULL if it is in no coding */
    uint64_t decode_charge;       /* while the answer may be in a coding that needs it */
    uint64_t max_body_bytes;
    uint64_t started_usec;
    uint64_t first_byte_usec; /* from start */
    uint64_t connect_usec;    /* from start */
    uint64_t attempt_usec;    /* when the last attempt to connect began */
    uint64_t body_bytes;      /* into the sink */
    uint64_t drained_bytes;
    uint64_t behind_bytes; /* that stand behind a whole coded body */
    uint64_t wire_bytes;
    uint32_t n_progress;         /* times that libcurl told of some */
    uint64_t first_bytes;        /* of its connection, when they were first asked for */
    uint64_t charged_bytes;      /* of these, to the limit of bytes a second */
    uint64_t paid_usec;          /* for all bytes, when it started */
    bool is_held_back;           /* as in the result */
    uint64_t low_speed_due_usec; /* USEC_NEVER before the first byte */
    uint64_t low_speed_mark;     /* wire bytes at its beginning */
    bool is_begun;
    bool is_asked;   /* its request went out, as far as it came */
    bool is_refused; /* libcurl wanted to send it once more */
    bool is_stale;   /* as in the result */

    /* Its addresses, in the order they are tried. */
    union address addresses[RESOLVER_MAX_ADDRESSES];
    size_t n_addresses;
    size_t current;
    enum guard_verdict refused; /* of the address refused last; GUARD_OK if none was */
    union address refused_address;
    int socket_errno;

    char host[256];
    char connect_to[ADDRESS_SIZE + 8];
    struct curl_slist connect_to_list;
    struct curl_slist headers[N_HEADERS];
    char *header_texts[N_HEADERS];
    char error[CURL_ERROR_SIZE];
};

/* Returns 0 or -ENOMEM. */
int transfer_new(struct transfer **ret);
void transfer_free(struct transfer *transfer);

/* Everything of the request but the address. Returns 0 or -ENOMEM. */
int transfer_prepare(
    struct transfer *transfer, struct fetch_request *request, struct transfer_shared *shared);

/* Takes the addresses that the guard's tables let through. False if none is left: the verdict says why. */
bool transfer_set_addresses(struct transfer *transfer, const union address *addresses, size_t n);

/* Sets the current address, and the time to connect to it. Returns 0 or -ENOMEM. */
int transfer_aim(struct transfer *transfer, uint64_t now_usec);

enum transfer_turn {
    TRANSFER_ENDED,        /* there is a final verdict */
    TRANSFER_NEXT_ADDRESS, /* the one before did not work */
};

/* A whole answer came: the verdict that it is a page, unless its coding ends too early. In transfer_body.c.
 */
void transfer_end_body(struct transfer *transfer);

/* The sink does not go on: why. */
void transfer_stop(struct transfer *transfer, int error);

/* After libcurl ended it. Unless it has ended, it is to be aimed and run again. */
enum transfer_turn transfer_conclude(struct transfer *transfer, CURLcode code);

/* A limit of ours ended it. */
void transfer_time_out(struct transfer *transfer, uint64_t now_usec);

/* Wire bytes so far; after the end too. */
uint64_t transfer_wire_bytes(struct transfer *transfer);

/* Charges what came since the last time to the limit of bytes a second, if there is one. */
void transfer_charge(struct transfer *transfer, uint64_t wire_bytes);

void transfer_result(struct transfer *transfer, uint64_t now_usec, struct fetch_result *ret);

/* Forgets the fetch; the handle stays. */
void transfer_reset(struct transfer *transfer);

/* The verdict that the guard refused every address. */
void transfer_block(struct transfer *transfer);

/* For transfer_setup.c: libcurl's callbacks, in transfer_callbacks.c and transfer_body.c. `context` is the
 * transfer. */
size_t transfer_on_header(char *line, size_t size, size_t n, void *context);
size_t transfer_on_body(char *bytes, size_t size, size_t n, void *context);
int transfer_on_progress(
    void *context, curl_off_t total, curl_off_t received, curl_off_t upload_total, curl_off_t uploaded);
int transfer_on_request(
    void *context, char *remote_address, char *local_address, int remote_port, int local_port);
curl_socket_t transfer_on_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address);
