/* Where ICU's dictionary for Chinese and Japanese cannot join two characters.
 *
 * ICU divides a stretch of Han, Hiragana and Katakana by the path of least cost over all places between
 * characters. A step of the path is a word of the dictionary, a single character, or a whole run of Katakana.
 * A place that no step could pass over is on every path, so what is before it and what is behind it are
 * divided each by itself. Which steps there could be is read from the dictionary that is loaded: here stand
 * the neighbours in all its words, each with what stands around it.
 *
 * Thread: any. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether this is a character for which all this holds: one of those that ICU takes as they are, and treats
 * alike wherever it begins with them. */
static inline bool joints_is_plain(uint32_t c)
{
    return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x3041 && c <= 0x3096) ||
        (c >= 0x30A1 && c <= 0x30FA) || c == 0x30FC;
}

/* Reads the dictionary when first called. */
void joints_load(void);

/* Whether a step may pass over the place before text[at], as ret[at], for 0 < at < n; all are plain. Says so
 * of some where none could. */
void joints_find(const uint16_t *text, size_t n, bool *ret);
