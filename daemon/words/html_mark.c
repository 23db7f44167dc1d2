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

void html_mark_portable(const uint8_t *bytes, size_t n_blocks, uint64_t *ret_marks)
{
    for (size_t block = 0; block < n_blocks; block++) {
        uint64_t marks = 0;

        for (size_t i = 0; i < HTML_MARK_BLOCK; i++)
            marks |= (uint64_t)means_something[bytes[i]] << i;
        ret_marks[block] = marks;
        bytes += HTML_MARK_BLOCK;
    }
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
    return html_mark_portable;
}
