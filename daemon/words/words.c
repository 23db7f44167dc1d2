#include "words/words.h"

#include "base/cleanup.h"
#include "words/decode.h"
#include "words/encoding.h"
#include "words/key.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

int words_type_from_mime(const char *content_type, enum words_type *ret)
{
    static const struct {
        const char *essence;
        enum words_type type;
    } types[] = {
        {"", WORDS_AUTO},
        {"text/html", WORDS_HTML},
        {"application/xhtml+xml", WORDS_HTML},
        {"text/plain", WORDS_TEXT},
    };
    const char *start, *end;

    if (!content_type)
        content_type = "";
    start = content_type + strspn(content_type, " \t\r\n");
    end = start + strcspn(start, "; \t\r\n");
    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
        if (strlen(types[i].essence) == (size_t)(end - start) &&
            strncasecmp(types[i].essence, start, (size_t)(end - start)) == 0) {
            *ret = types[i].type;
            return 0;
        }
    return -EPROTONOSUPPORT;
}

const char *words_charset_from_to_string(enum words_charset_from from)
{
    switch (from) {
    case WORDS_CHARSET_BOM:
        return "bom";
    case WORDS_CHARSET_HEADER:
        return "header";
    case WORDS_CHARSET_META:
        return "meta";
    case WORDS_CHARSET_UTF8:
        return "utf-8";
    case WORDS_CHARSET_DETECTED:
        return "detected";
    }
    return NULL;
}

bool words_charset_is_known(const char *label)
{
    return encoding_from_label(label, strlen(label)) != NULL;
}

struct typed {
    uint8_t *utf8;
    size_t size;
};

static int collect(void *userdata, const uint8_t *utf8, size_t size)
{
    struct typed *typed = userdata;

    memcpy(typed->utf8 + typed->size, utf8, size);
    typed->size += size;
    return 0;
}

int words_key(const char *utf8, size_t size, char key[static WORDS_MAX_KEY], size_t *ret_size)
{
    /* More bytes than this have no part in a key; each may become the three of U+FFFD. */
    size_t max = size < KEY_MAX_CODE_POINTS * 4 ? size : KEY_MAX_CODE_POINTS * 4;
    CLEANUP(freep) uint8_t *storage = malloc(max * 3 + KEY_UNIT);
    struct typed typed = {.utf8 = storage};
    uint8_t made[KEY_ROOM];
    struct decoder *decoder;
    size_t made_size = 0;
    int r;

    if (!storage)
        return -ENOMEM;
    r = decoder_new(encoding_utf8, collect, &typed, &decoder);
    if (r < 0)
        return r;
    r = decoder_feed(decoder, (const uint8_t *)utf8, max);
    if (r == 0)
        r = decoder_finish(decoder);
    decoder_free(decoder);
    if (r == 0)
        r = key_make(typed.utf8, typed.size, made, &made_size);
    if (r < 0)
        return r;
    memcpy(key, made, made_size);
    *ret_size = made_size;
    return 0;
}
