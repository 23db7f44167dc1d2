/* What counts depend on, and loading it. The functions that others call are in words.h. Thread: any. */
#pragma once

/* Raised whenever the same bytes may give other counts than before: the text of a page, words or their keys.
 */
#define ENGINE_RULES_VERSION "2"
