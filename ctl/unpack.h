/* Compressed files as what they hold: gzip, bzip2, xz and Zstandard, told by their first bytes and never by
 * the file's name, several members behind each other included. Unpacked as a stream, so that what becomes
 * large takes no memory. Every checksum that the format has is checked. Thread: one at a time. */
#pragma once

#include "base/cleanup.h"
#include <stddef.h>
#include <stdint.h>

/* What xz and Zstandard files may ask for: the size of their window. */
#define UNPACK_MAX_MEMORY (256u << 20)

/* No format is told by more bytes than these. */
#define UNPACK_SNIFF_SIZE 10

struct unpack_codec;

/* The format that a file which begins with these bytes has; NULL if it is not compressed. */
const struct unpack_codec *unpack_sniff(const uint8_t *bytes, size_t size);

struct unpacker;

/* What was unpacked. Returns 0 or negative errno, which ends the run. */
typedef int (*unpack_sink)(void *userdata, const void *bytes, size_t size);

int unpacker_new(const struct unpack_codec *codec, unpack_sink sink, void *userdata, struct unpacker **ret);
void unpacker_free(struct unpacker *unpacker);
DEFINE_CLEANUP(struct unpacker *, unpacker_free)

/* More of the file, then its end. Return 0, negative errno, or UNPACK_REFUSED where the data are not what
 * they ought to be. */
#define UNPACK_REFUSED 1
int unpacker_feed(struct unpacker *unpacker, const uint8_t *bytes, size_t size);
int unpacker_finish(struct unpacker *unpacker);

/* After UNPACK_REFUSED: why, as a clause: "its gzip data are damaged". Something else behind the last member,
 * but for zeros, is refused like damage: it may be what is left of a member. */
const char *unpacker_reason(const struct unpacker *unpacker);
