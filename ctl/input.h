/* A local file, or stdin, as what it holds: read in large pieces, unpacked if it is compressed, never held
 * whole. By read() and not by mmap(): a file that is cut while it is read must not end the program. Thread:
 * one at a time; several read different files beside each other. */
#pragma once

#include "base/cleanup.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* So many bytes come at a time, fewer where the file has no more: they stay in the processor's cache. */
#define INPUT_SIZE (128u << 10)

/* Files up to this size are read to their end before any of it comes, so that it comes whole or not at all.
 */
#define INPUT_MAX_WHOLE (1u << 20)

struct input;

struct input_sink {
    /* Comes first. `whole`: the file has been read, and cannot be refused any more. Returns 0 or negative
     * errno. May be NULL. */
    int (*begin)(void *userdata, bool whole);
    /* The next bytes of what the file holds. Returns 0 or negative errno. */
    int (*bytes)(void *userdata, const void *bytes, size_t size);
    /* So many bytes of the file itself were read. May be NULL. */
    void (*progress)(void *userdata, size_t size);
    void *userdata;
};

int input_new(struct input **ret);
void input_free(struct input *input);
DEFINE_CLEANUP(struct input *, input_free)

/* Reads a file, or stdin for "-", to its end. Returns 0; INPUT_REFUSED if it cannot be read or is damaged,
 * and then some of it may have come if it was not whole; -ENOMEM; what the sink returned. */
#define INPUT_REFUSED 1
int input_read(struct input *input, const char *file, const struct input_sink *sink);

/* After INPUT_REFUSED: why, as in "FILE: reason". */
const char *input_reason(const struct input *input);

/* After input_read(): what came begins with bytes that no text has, and with no mark of UTF-16. */
bool input_looks_binary(const struct input *input);

bool input_is_stdin(const char *file);

/* "stdin" for "-". */
const char *input_name(const char *file);
