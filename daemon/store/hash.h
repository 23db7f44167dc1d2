/* SipHash-1-3 (Aumasson, Bernstein: "SipHash: a fast short-input PRF") with a key of this process, for tables
 * whose keys come from pages and lists: nobody outside can choose keys that collide. Thread: any. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct hash_key {
    uint64_t k0, k1;
};

/* A random key. Returns 0 or negative errno. */
int hash_key_init(struct hash_key *key);

uint64_t hash_bytes(const struct hash_key *key, const void *bytes, size_t size);
