/* ICU's word rules (UAX #29) as the state machine that ICU compiled them to, read from the library that is
 * loaded, so that text can be segmented as it arrives. Constant after rules_init(). Thread: any. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RULES_START 1
#define RULES_STOP 0

struct rules_state {
    bool accepting; /* a segment may end here */
    bool word;      /* and if it does, its rule status is a word's */
};

struct rules {
    uint16_t n_categories;
    uint16_t dictionary_start; /* categories from here on are of scripts that dictionaries segment */
    uint16_t n_states;
    struct rules_state *states;
    uint16_t *transitions; /* [state * n_categories + category] */
    uint16_t *ascii;       /* [state * 128 + byte]: the same, by character */
    uint16_t *categories;  /* of the code points below U+10000 */
    bool *separating;      /* by category: a segment always ends before such characters, or several of them */
};

/* Returns 0; -ENOMEM; -ELIBBAD if ICU's data have a form that is not known here. */
int rules_init(void);

extern struct rules rules;

/* The category of a code point above U+FFFF. */
uint16_t rules_category_supplementary(uint32_t c);

static inline uint16_t rules_category(uint32_t c)
{
    return c < 0x10000 ? rules.categories[c] : rules_category_supplementary(c);
}

/* The compiled rules as ICU gives them, for the engine's id. */
struct buffer;
int rules_load_binary(struct buffer *ret);
