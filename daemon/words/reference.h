/* A character reference as it arrives, byte by byte (HTML 13.2.5.72 to 80). Owner: a tokenizer.
 * Thread: its owner's. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REFERENCE_MAX_NAME 32

/* The longest text that one reference leaves: all of what was read, as it was. */
#define REFERENCE_MAX_TEXT (REFERENCE_MAX_NAME + 8)

struct reference {
    enum {
        REFERENCE_START,
        REFERENCE_NAMED,
        REFERENCE_NUMERIC_START,
        REFERENCE_HEXADECIMAL_START,
        REFERENCE_DECIMAL,
        REFERENCE_HEXADECIMAL,
    } state;
    bool in_attribute;
    char name[REFERENCE_MAX_NAME]; /* what was read behind the ampersand */
    uint8_t n_name;
    uint8_t n_matched;    /* the length of the longest name that was read completely; 0 if none */
    uint16_t first, last; /* the names that begin so: [first, last) */
    uint16_t matched;
    uint32_t number;
};

/* Fills a table. Once per process, before the first thread. */
void reference_init(void);

/* The common kind in one go, for text: a name of up to seven bytes or a number, and a semicolon. `at` is
 * behind the ampersand, and REFERENCE_WHOLE_SIZE bytes can be read there. Returns how long it is; 0 if it is
 * not such a one. */
#define REFERENCE_WHOLE_SIZE 8
size_t reference_whole(const uint8_t *at, uint8_t text[static REFERENCE_MAX_TEXT], size_t *ret_size);

/* After an ampersand. */
void reference_begin(struct reference *reference, bool in_attribute);

/* The next byte; -1 at the end of input. False when the byte was not part of the reference, which is complete
 * then: its text is what stands for all that was read, and the byte must be read again. */
bool reference_feed(
    struct reference *reference, int byte, uint8_t text[static REFERENCE_MAX_TEXT], size_t *ret_size);
