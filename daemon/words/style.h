/* The one question that is asked of an inline style sheet. Thread: any. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Whether the declarations of a `style` attribute amount to display: none. A declaration that is not
 * valid does not count (CSS Syntax 3, section 5.4.4; CSS Display 3, section 2, for what is). Limit: a name or
 * keyword that is spelled with an escape is not read, and taken for an unknown one. */
bool style_hides(const char *declarations, size_t size);
