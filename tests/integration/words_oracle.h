/* The definition of words and their keys, said once more in the simplest way: ICU alone, over a text that is
 * held whole. Uses nothing of urlstat's. Thread: main. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct oracle_word {
    const char *key; /* UTF-8, terminated */
    uint64_t tokens;
};

struct oracle;

/* Has ICU load its dictionaries. Ends the program on failure, as all of these do. */
void oracle_init(void);

/* Counts the words of the text, UTF-8; what is malformed counts as U+FFFD. */
struct oracle *oracle_count(const char *utf8, size_t size);
void oracle_free(struct oracle *oracle);

uint64_t oracle_tokens(const struct oracle *oracle);
size_t oracle_distinct(const struct oracle *oracle);

/* In ascending order of the keys' code points. */
struct oracle_word oracle_get(const struct oracle *oracle, size_t index);

/* The properties by which a text is cut where a run for dictionaries is too long. */
int oracle_is_dictionary(int32_t c);
int oracle_is_separating(int32_t c);
