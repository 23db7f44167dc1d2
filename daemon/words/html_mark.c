#include "words/html_mark.h"

#include <stdbool.h>

static const bool means_something[256] = {
    ['<'] = true,
    ['>'] = true,
    ['&'] = true,
    ['"'] = true,
    ['\''] = true,
    ['='] = true,
    ['\0'] = true,
};

static void mark_portable(const uint8_t *bytes, size_t n_blocks, uint16_t ret_places[static HTML_MARK_PLACES])
{
    size_t n = 0;

    /* Each is written, and stays if it is one. */
    for (size_t i = 0; i < n_blocks * HTML_MARK_BLOCK; i++) {
        ret_places[n] = (uint16_t)i;
        n += means_something[bytes[i]];
    }
    ret_places[n] = HTML_MARK_END;
}

html_mark_function html_mark_choose(void)
{
    switch (cpu_level()) {
#if CPU_X86
    case CPU_AVX512:
        return html_mark_avx512;
    case CPU_AVX2:
        return html_mark_avx2;
    case CPU_SSE42:
        return html_mark_sse42;
#else
    case CPU_AVX512:
    case CPU_AVX2:
    case CPU_SSE42:
#endif
    case CPU_PORTABLE:
        break;
    }
    return mark_portable;
}
