#include "engine/engine.h"

#include "base/text.h"
#include <string.h>

static const char *check_text(const char *text, size_t max_length, const char *too_long, const char *bad)
{
    size_t length = strlen(text);

    if (length > max_length)
        return too_long;
    return text_has_control(text, length) ? bad : NULL;
}

const char *engine_check_name(const char *name)
{
    if (!name[0])
        return "a name must not be empty";
    if (strspn(name, "0123456789") == strlen(name))
        return "a name must not be all digits: it could not be told from a job's number";
    if (strchr(name, '~'))
        return "a name must not hold ~: it counts back to earlier jobs of a name";
    return check_text(
        name, ENGINE_MAX_NAME, "a name has at most 128 bytes", "a name must not hold control characters");
}

const char *engine_check_label(const char *label)
{
    return check_text(
        label, ENGINE_MAX_LABEL, "a label has at most 256 bytes", "a label must not hold control characters");
}

const char *engine_check_key(const char *key)
{
    if (!key[0])
        return "a key must not be empty";
    return check_text(
        key, ENGINE_MAX_KEY, "a key has at most 256 bytes", "a key must not hold control characters");
}

const char *engine_check_source(const char *source)
{
    return strlen(source) > ENGINE_MAX_SOURCE ? "a source has at most 4096 bytes" : NULL;
}
