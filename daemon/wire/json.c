#include "wire/json.h"

#include "wire/frame.h"
#include "wire/scan.h"
#include <errno.h>
#include <json-c/json_tokener.h>

static void tokener_free(struct json_tokener *tokener)
{
    if (tokener)
        json_tokener_free(tokener);
}
DEFINE_CLEANUP(struct json_tokener *, tokener_free)

void json_free(struct json_object *object)
{
    json_object_put(object);
}

/* Objects keep one value a key: fewer keys than the text had means that one came twice. */
static size_t count_keys(struct json_object *value)
{
    size_t n = 0;

    if (json_object_is_type(value, json_type_object)) {
        json_object_object_foreach(value, key, member)
        {
            (void)key;
            n += 1 + count_keys(member);
        }
    } else if (json_object_is_type(value, json_type_array)) {
        for (size_t i = 0; i < json_object_array_length(value); i++)
            n += count_keys(json_object_array_get_idx(value, i));
    }
    return n;
}

int json_parse(const char *text, size_t size, struct json_object **ret)
{
    CLEANUP(tokener_freep) struct json_tokener *tokener = NULL;
    CLEANUP(json_freep) struct json_object *object = NULL;
    enum json_tokener_error error;
    size_t n_keys;
    int r;

    if (size > WIRE_MAX_FRAME)
        return -EBADMSG;
    r = scan_json(text, size, &n_keys);
    if (r < 0)
        return r;
    tokener = json_tokener_new_ex(WIRE_MAX_NESTING);
    if (!tokener)
        return -ENOMEM;
    /* The scan has looked at the UTF-8, and more closely than json-c's validation would. */
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
    object = json_tokener_parse_ex(tokener, text, (int)size);
    error = json_tokener_get_error(tokener);
    if (error != json_tokener_success || json_tokener_get_parse_end(tokener) != size)
        return -EBADMSG;
    if (!json_object_is_type(object, json_type_object) || count_keys(object) != n_keys)
        return -EBADMSG;
    *ret = TAKE(object);
    return 0;
}
