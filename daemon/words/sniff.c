#include "words/sniff.h"

#include "words/decode.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <uchardet/uchardet.h>

/* The byte order mark's encoding, or NULL. */
static const struct encoding *sniff_mark(const uint8_t *bytes, size_t size, size_t *ret_size)
{
    *ret_size = 2;
    if (size >= 2 && bytes[0] == 0xFE && bytes[1] == 0xFF)
        return encoding_utf16be;
    if (size >= 2 && bytes[0] == 0xFF && bytes[1] == 0xFE)
        return encoding_utf16le;
    *ret_size = 3;
    if (size >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF)
        return encoding_utf8;
    *ret_size = 0;
    return NULL;
}

/* The ASCII of the first bytes, whatever width the encoding's units have. */
static size_t first_characters(
    const struct encoding *encoding, const uint8_t *bytes, size_t size, char text[static SNIFF_MAX_TYPE])
{
    bool wide = encoding && (encoding->kind == ENCODING_UTF16LE || encoding->kind == ENCODING_UTF16BE);
    size_t step = wide ? 2 : 1, n = 0;

    if (size > SNIFF_MAX_TYPE)
        size = SNIFF_MAX_TYPE;
    for (size_t i = 0; i + step <= size; i += step) {
        size_t low = wide && encoding->kind == ENCODING_UTF16BE ? i + 1 : i;

        if (wide && bytes[low ^ 1] != 0)
            text[n++] = '?';
        else
            text[n++] = (char)bytes[low];
    }
    return n;
}

/* MIME Sniffing Standard 7.1, for what is counted: a page begins with one of these tags, a comment, or XML.
 */
static enum words_type sniff_type(const struct encoding *encoding, const uint8_t *bytes, size_t size)
{
    static const char *const tags[] = {"!DOCTYPE HTML", "HTML", "HEAD", "SCRIPT", "IFRAME", "H1", "DIV",
        "FONT", "TABLE", "A", "STYLE", "TITLE", "B", "BODY", "BR", "P", "META", "LINK"};
    char text[SNIFF_MAX_TYPE];
    size_t n = first_characters(encoding, bytes, size, text), at = 0;

    while (at < n && (text[at] == ' ' || (text[at] >= '\t' && text[at] <= '\r' && text[at] != '\v')))
        at++;
    if (at == n || text[at++] != '<')
        return WORDS_TEXT;
    if ((n - at >= 3 && memcmp(text + at, "!--", 3) == 0) ||
        (n - at >= 4 && memcmp(text + at, "?xml", 4) == 0))
        return WORDS_HTML;
    for (size_t i = 0; i < sizeof(tags) / sizeof(*tags); i++) {
        size_t length = strlen(tags[i]);

        if (n - at > length && strncasecmp(text + at, tags[i], length) == 0 &&
            (text[at + length] == '>' || strchr(" \t\n\f\r", text[at + length])))
            return WORDS_HTML;
    }
    return WORDS_TEXT;
}

/* MIME Sniffing Standard 7.1 and 7.2: formats that may be all printable at first; those that always begin
 * with binary data bytes need no magic. "BM" alone is more often text than a picture. */
static bool has_magic(const uint8_t *bytes, size_t size)
{
    static const char *const magics[] = {"%PDF-", "%!PS-Adobe-", "GIF87a", "GIF89a", "\xFF\xD8\xFF"};

    for (size_t i = 0; i < sizeof(magics) / sizeof(*magics); i++) {
        size_t length = strlen(magics[i]);

        if (size >= length && memcmp(bytes, magics[i], length) == 0)
            return true;
    }
    return false;
}

/* The standard's binary data byte. */
static bool is_binary(uint8_t byte)
{
    return byte <= 0x08 || byte == 0x0B || (byte >= 0x0E && byte <= 0x1F && byte != 0x1B);
}

/* A page is HTML by what stands before the first binary byte: none is part of a tag. */
bool sniff_is_binary(const char *label, const uint8_t *bytes, size_t size)
{
    const struct encoding *encoding = label ? encoding_from_label(label, strlen(label)) : NULL;
    size_t mark_size, n = 0;

    if (sniff_mark(bytes, size, &mark_size) ||
        (encoding && (encoding->kind == ENCODING_UTF16LE || encoding->kind == ENCODING_UTF16BE)))
        return false;
    if (has_magic(bytes, size))
        return true;
    if (size > SNIFF_MAX_TYPE)
        size = SNIFF_MAX_TYPE;
    while (n < size && !is_binary(bytes[n]))
        n++;
    return n < size && sniff_type(NULL, bytes, n) == WORDS_TEXT;
}

/* uchardet's names that are not labels of the standard. */
static const struct encoding *encoding_of_detected(const char *name)
{
    if (strcmp(name, "UHC") == 0)
        name = "euc-kr";
    else if (strcmp(name, "MAC-CYRILLIC") == 0)
        name = "x-mac-cyrillic";
    return encoding_from_label(name, strlen(name));
}

static int detect(const uint8_t *bytes, size_t size, const struct encoding **ret)
{
    const struct encoding *encoding = NULL;
    uchardet_t detector = uchardet_new();

    if (!detector)
        return -ENOMEM;
    if (uchardet_handle_data(detector, (const char *)bytes, size) == 0) {
        uchardet_data_end(detector);
        encoding = encoding_of_detected(uchardet_get_charset(detector));
    }
    uchardet_delete(detector);
    *ret = encoding && encoding->kind != ENCODING_REPLACEMENT ? encoding : encoding_windows1252;
    return 0;
}

/* Valid as far as the bytes go: a character that the window cuts is no error. */
static bool is_utf8(const uint8_t *bytes, size_t size, bool complete)
{
    size_t valid = decode_utf8_valid(bytes, size), malformed;

    if (valid == size)
        return true;
    (void)decode_utf8_length(bytes + valid, size - valid, &malformed);
    return malformed == 0 && !complete;
}

/* Without a mark or a label. 1, 0 or -ENOMEM, as sniff(). */
static int sniff_undeclared(const uint8_t *bytes, size_t size, bool complete, struct sniff *result)
{
    int r;

    if (result->type == WORDS_HTML) {
        if (!complete && size < SNIFF_MAX_PRESCAN)
            return 0;
        result->from = WORDS_CHARSET_META;
        result->encoding = sniff_prescan(bytes, size < SNIFF_MAX_PRESCAN ? size : SNIFF_MAX_PRESCAN);
        if (result->encoding)
            return 1;
    }
    if (!complete && size < SNIFF_MAX)
        return 0;
    if (size > SNIFF_MAX) {
        size = SNIFF_MAX;
        complete = false;
    }
    if (is_utf8(bytes, size, complete)) {
        result->from = WORDS_CHARSET_UTF8;
        result->encoding = encoding_utf8;
        return 1;
    }
    result->from = WORDS_CHARSET_DETECTED;
    r = detect(bytes, size, &result->encoding);
    return r < 0 ? r : 1;
}

int sniff(enum words_type type, const char *label, const uint8_t *bytes, size_t size, bool complete,
    struct sniff *ret)
{
    struct sniff result = {.type = type};
    const struct encoding *declared = label ? encoding_from_label(label, strlen(label)) : NULL;
    int r = 1;

    if (!complete && size < (type == WORDS_AUTO ? SNIFF_MAX_TYPE : 3))
        return 0;
    result.encoding = sniff_mark(bytes, size, &result.mark_size);
    result.from = WORDS_CHARSET_BOM;
    if (!result.encoding) {
        result.encoding = declared;
        result.from = WORDS_CHARSET_HEADER;
    }
    if (type == WORDS_AUTO)
        result.type = sniff_type(result.encoding, bytes + result.mark_size,
            (size < SNIFF_MAX_TYPE ? size : SNIFF_MAX_TYPE) - result.mark_size);
    if (!result.encoding)
        r = sniff_undeclared(bytes, size, complete, &result);
    if (r > 0)
        *ret = result;
    return r;
}
