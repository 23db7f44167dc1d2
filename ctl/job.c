#include "ctl/job.h"

#include "base/text.h"
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#define MAX_NAME 128

static bool all_digits(const char *text)
{
    return *text && text[strspn(text, "0123456789")] == '\0';
}

static const char *check_characters(const char *text, size_t length)
{
    if (length == 0)
        return "a job's name is not empty";
    if (length > MAX_NAME)
        return "a job's name has at most 128 bytes";
    return text_has_control(text, length) ? "a job's name has no control characters" : NULL;
}

const char *job_check_name(const char *text)
{
    if (all_digits(text))
        return "a name of digits alone would be taken for a job's number";
    if (strchr(text, '~'))
        return "a name holds no ~, which stands for earlier jobs of a name";
    return check_characters(text, strlen(text));
}

const char *job_check(const char *text)
{
    const char *tilde = strchr(text, '~');
    uint64_t number;

    if (all_digits(text))
        return text_parse_u64(text, INT64_MAX, &number) < 0 || number == 0 ? "there is no job of that number"
                                                                           : NULL;
    if (!tilde)
        return check_characters(text, strlen(text));
    if (text_parse_u64(tilde + 1, UINT32_MAX, &number) < 0)
        return "after ~ stands how many jobs of that name before the latest";
    return check_characters(text, (size_t)(tilde - text));
}
