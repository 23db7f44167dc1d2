#include "ctl/estimate.h"

#include "base/clock.h"
#include "base/text.h"
#include "ctl/cell.h"
#include "ctl/escape.h"
#include <math.h>
#include <string.h>

#define WORTH_SAYING 3.0 /* seconds */

static int append_pace(struct buffer *buffer, double delay)
{
    char span[TEXT_SPAN_SIZE];

    if (delay <= 0)
        return buffer_append_text(buffer, "as fast as it answers");
    if (fabs(delay - 1) < 0.01)
        return buffer_append_text(buffer, "1 page a second");
    if (delay < 1)
        return buffer_printf(buffer, "%.3g pages a second", 1 / delay);
    return buffer_printf(buffer, "1 page every %s", text_format_span((uint64_t)(delay * 1e6), span));
}

int estimate_format(struct buffer *buffer, const struct wire_slowest_host *slowest)
{
    char span[TEXT_SPAN_SIZE];
    int r;

    if (!(slowest->seconds >= WORTH_SAYING) || slowest->seconds > 1e12)
        return 0;
    r = buffer_append_text(buffer, "slowest host ");
    if (r == 0)
        r = escape_append(buffer, slowest->host, strlen(slowest->host));
    if (r == 0)
        r = buffer_append_text(buffer, ": ");
    if (r == 0)
        r = append_pace(buffer, slowest->delay);
    if (r == 0)
        r = buffer_printf(
            buffer, ", %s left", text_format_span((uint64_t)slowest->seconds * USEC_PER_SEC, span));
    return r < 0 ? r : buffer_append(buffer, "", 1);
}
