/* What a list remembers while it comes in: which URLs it has, and which hosts it burdens. Thread: main. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/store_prints.h"

/* A set of 128-bit keyed fingerprints, by open addressing. It is in parts that grow one by one and by a
 * little each time: growing never needs the room of the whole set twice, nor doubles it. */
#define FINGERPRINT_PARTS 64
struct fingerprint_part {
    struct store_print *slots; /* those of a part are all below those of the next one */
    uint32_t n;
    uint32_t n_slots;
};
struct fingerprints {
    struct fingerprint_part parts[FINGERPRINT_PARTS];
    size_t n_slots; /* of all */
    uint64_t seed[2];
};

/* Draws a seed, so that nobody can choose URLs that collide. Returns 0 or negative errno. */
int fingerprints_init(struct fingerprints *set);
void fingerprints_deinit(struct fingerprints *set);

struct store_print fingerprints_of(const struct fingerprints *set, const char *url);
/* 1: added; 0: it was there; -ENOMEM; -ENOBUFS: more memory than `max_bytes` would be needed. */
int fingerprints_add(struct fingerprints *set, const struct store_print *print, size_t max_bytes);
/* Hands out what it has, and is empty. */
void fingerprints_take(struct fingerprints *set, struct store_print_set ret[FINGERPRINT_PARTS]);
size_t fingerprints_memory(const struct fingerprints *set); /* bytes */

/* URLs per host, to name the heaviest. Exact up to HOST_TALLY_MAX hosts or the memory given; beyond it by
 * lossy counting (Manku and Motwani, "Approximate Frequency Counts over Data Streams", 2002), which keeps the
 * heavy ones. */
#define HOST_TALLY_MAX 65536
struct host_tally;

struct host_tally *host_tally_new(void); /* NULL: out of memory */
void host_tally_free(struct host_tally *tally);
size_t host_tally_memory(const struct host_tally *tally); /* bytes, about */
/* 0 or -ENOMEM. */
int host_tally_add(struct host_tally *tally, const char *host, size_t max_bytes);
void host_tally_each(const struct host_tally *tally,
    void (*visit)(void *userdata, const char *host, uint64_t n), void *userdata);
