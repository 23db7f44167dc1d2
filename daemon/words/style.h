/* The one question that is asked of an inline style sheet. Thread: any. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Whether the declarations of a `style` attribute amount to display: none. */
bool style_hides(const char *declarations, size_t size);
