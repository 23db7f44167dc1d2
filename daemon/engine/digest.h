/* What a job is cited by: the hash of its list, when its words came, by which word engine, and which of its
 * pages are equal. Fed with the rows of its list in order; knows no store. Thread: one at a time. */
#pragma once

#include "base/cleanup.h"
#include "store/store_read.h"
#include <openssl/evp.h>

#define DIGEST_SHA256_SIZE 32
/* Groups of equal pages that are told of, the largest ones. */
#define DIGEST_GROUPS 10
/* Of more pages, which take 24 bytes each, none are compared. */
#define DIGEST_MAX_PAGES 8000000
/* Different word engines that are told of: a job that ran over so many upgrades is a curiosity. */
#define DIGEST_ENGINES 8
#define DIGEST_ENGINE_SIZE 64 /* of an id, terminated; a longer one is cut */

struct digest_group {
    uint8_t content_hash[STORE_HASH_SIZE];
    uint64_t pages; /* at least 2 */
    uint64_t seq;   /* the lowest of them */
};

struct digest {
    EVP_MD_CTX *sha256;
    struct digest_page *pages;
    size_t n_pages, pages_capacity;

    /* After digest_finish(): */
    uint8_t list_hash[DIGEST_SHA256_SIZE]; /* SHA-256 (FIPS 180-4) of the normalised URLs as submitted, each
                                              followed by a line feed */
    uint64_t first_usec, last_usec; /* of what was counted, when it came from its server; 0: nothing was */
    char engines[DIGEST_ENGINES][DIGEST_ENGINE_SIZE];
    size_t n_engines;
    struct digest_group
        groups[DIGEST_GROUPS]; /* the largest first, of equal ones the one that begins first */
    size_t n_groups;
    bool too_many_pages; /* groups are not known */
};

/* Returns 0 or -ENOMEM. */
int digest_init(struct digest *digest);
void digest_deinit(struct digest *digest);

/* The next URL of the list. Returns 0 or -ENOMEM. */
int digest_add(struct digest *digest, const struct store_list_row *row);
/* Returns 0 or -ENOMEM. */
int digest_finish(struct digest *digest);
