/* HTML 13.2.3.2, "prescan a byte stream to determine its encoding". */
#include "words/sniff.h"

#include "words/bytes.h"
#include <string.h>
#include <strings.h>

struct prescan {
    const uint8_t *at;
    const uint8_t *end;
};

struct attribute {
    const uint8_t *name;
    size_t name_size;
    const uint8_t *value;
    size_t value_size;
};

static bool is_letter(uint8_t c)
{
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static bool starts_with(const struct prescan *scan, const char *text, size_t size)
{
    return (size_t)(scan->end - scan->at) >= size && strncasecmp((const char *)scan->at, text, size) == 0;
}

static void skip_space(struct prescan *scan)
{
    while (scan->at < scan->end && bytes_is_space(*scan->at))
        scan->at++;
}

static bool attribute_is(const struct attribute *attribute, const char *name)
{
    return attribute->name_size == strlen(name) &&
        strncasecmp((const char *)attribute->name, name, attribute->name_size) == 0;
}

static void get_value(struct prescan *scan, struct attribute *attribute)
{
    uint8_t quote;

    skip_space(scan);
    if (scan->at == scan->end)
        return;
    quote = *scan->at;
    if (quote == '"' || quote == '\'') {
        attribute->value = ++scan->at;
        while (scan->at < scan->end && *scan->at != quote)
            scan->at++;
        attribute->value_size = (size_t)(scan->at - attribute->value);
        if (scan->at < scan->end)
            scan->at++;
        return;
    }
    attribute->value = scan->at;
    while (scan->at < scan->end && !bytes_is_space(*scan->at) && *scan->at != '>')
        scan->at++;
    attribute->value_size = (size_t)(scan->at - attribute->value);
}

/* "Get an attribute". False at the tag's end and at the end of the bytes, where nothing that was cut counts.
 */
static bool get_attribute(struct prescan *scan, struct attribute *ret)
{
    struct attribute attribute = {0};

    while (scan->at < scan->end && (bytes_is_space(*scan->at) || *scan->at == '/'))
        scan->at++;
    if (scan->at == scan->end || *scan->at == '>')
        return false;
    attribute.name = scan->at;
    while (scan->at < scan->end && !bytes_is_space(*scan->at) && *scan->at != '/' && *scan->at != '>' &&
        (*scan->at != '=' || scan->at == attribute.name))
        scan->at++;
    attribute.name_size = (size_t)(scan->at - attribute.name);
    attribute.value = scan->at;
    skip_space(scan);
    if (scan->at < scan->end && *scan->at == '=') {
        scan->at++;
        get_value(scan, &attribute);
    }
    if (scan->at == scan->end)
        return false;
    *ret = attribute;
    return true;
}

/* HTML 2.6.5, "extracting a character encoding from a meta element". */
static const struct encoding *encoding_from_content(const uint8_t *value, size_t size)
{
    struct prescan scan = {.at = value, .end = value + size};
    const uint8_t *start;

    for (;;) {
        while (scan.at < scan.end && !starts_with(&scan, "charset", 7))
            scan.at++;
        if (scan.at == scan.end)
            return NULL;
        scan.at += 7;
        skip_space(&scan);
        if (scan.at < scan.end && *scan.at == '=')
            break;
    }
    scan.at++;
    skip_space(&scan);
    if (scan.at == scan.end)
        return NULL;
    start = scan.at;
    if (*start == '"' || *start == '\'') {
        const uint8_t *quote = memchr(start + 1, *start, (size_t)(scan.end - start - 1));

        return quote ? encoding_from_label((const char *)start + 1, (size_t)(quote - start - 1)) : NULL;
    }
    while (scan.at < scan.end && !bytes_is_space(*scan.at) && *scan.at != ';')
        scan.at++;
    return encoding_from_label((const char *)start, (size_t)(scan.at - start));
}

/* A page whose declaration could be read this way is not in an encoding of wider units. */
static const struct encoding *as_declared(const struct encoding *encoding)
{
    if (!encoding)
        return NULL;
    switch (encoding->kind) {
    case ENCODING_UTF16LE:
    case ENCODING_UTF16BE:
        return encoding_utf8;
    case ENCODING_USER_DEFINED:
        return encoding_windows1252;
    case ENCODING_UTF8:
    case ENCODING_SINGLE_BYTE:
    case ENCODING_GB18030:
    case ENCODING_BIG5:
    case ENCODING_EUC_JP:
    case ENCODING_ISO_2022_JP:
    case ENCODING_SHIFT_JIS:
    case ENCODING_EUC_KR:
    case ENCODING_REPLACEMENT:
        break;
    }
    return encoding;
}

static const struct encoding *prescan_meta(struct prescan *scan)
{
    bool has_http_equiv = false, has_content = false,
         has_charset = false; /* only the first of a name counts */
    bool got_pragma = false, from_content = false;
    const struct encoding *encoding = NULL;
    struct attribute attribute;

    while (get_attribute(scan, &attribute)) {
        if (attribute_is(&attribute, "http-equiv") && !has_http_equiv) {
            has_http_equiv = true;
            got_pragma = attribute.value_size == 12 &&
                strncasecmp((const char *)attribute.value, "content-type", 12) == 0;
        } else if (attribute_is(&attribute, "content") && !has_content) {
            has_content = true;
            if (has_charset)
                continue;
            encoding = encoding_from_content(attribute.value, attribute.value_size);
            from_content = encoding != NULL;
        } else if (attribute_is(&attribute, "charset") && !has_charset) {
            has_charset = true;
            encoding = encoding_from_label((const char *)attribute.value, attribute.value_size);
            from_content = false;
        }
    }
    if (scan->at == scan->end || (from_content && !got_pragma))
        return NULL;
    return as_declared(encoding);
}

/* "Get an XML encoding". */
static const struct encoding *prescan_xml(const uint8_t *bytes, size_t size)
{
    struct prescan scan = {.at = bytes, .end = bytes + size};
    const uint8_t *end, *name;
    uint8_t quote;

    if (size < 5 || memcmp(bytes, "<?xml", 5) != 0)
        return NULL;
    end = memchr(bytes, '>', size);
    if (!end)
        return NULL;
    scan.end = end;
    name = memmem(bytes, (size_t)(end - bytes), "encoding", 8);
    if (!name)
        return NULL;
    scan.at = name + 8;
    while (scan.at < end && *scan.at <= 0x20)
        scan.at++;
    if (scan.at == end || *scan.at++ != '=')
        return NULL;
    while (scan.at < end && *scan.at <= 0x20)
        scan.at++;
    if (scan.at == end || (*scan.at != '"' && *scan.at != '\''))
        return NULL;
    quote = *scan.at++;
    name = scan.at;
    while (scan.at<end && * scan.at != quote && * scan.at> 0x20)
        scan.at++;
    if (scan.at == end || *scan.at != quote)
        return NULL;
    return as_declared(encoding_from_label((const char *)name, (size_t)(scan.at - name)));
}

static void skip_comment(struct prescan *scan)
{
    const uint8_t *end = memmem(scan->at + 2, (size_t)(scan->end - scan->at - 2), "-->", 3);

    scan->at = end ? end + 3 : scan->end;
}

static void skip_tag(struct prescan *scan)
{
    struct attribute attribute;

    while (scan->at < scan->end && !bytes_is_space(*scan->at) && *scan->at != '>')
        scan->at++;
    while (get_attribute(scan, &attribute))
        continue;
}

const struct encoding *sniff_prescan(const uint8_t *bytes, size_t size)
{
    struct prescan scan = {.at = bytes, .end = bytes + size};

    if (size >= 6 && memcmp(bytes, "<\0?\0x\0", 6) == 0)
        return encoding_utf16le;
    if (size >= 6 && memcmp(bytes, "\0<\0?\0x", 6) == 0)
        return encoding_utf16be;
    for (; scan.at < scan.end; scan.at += scan.at < scan.end) {
        const struct encoding *encoding = NULL;

        scan.at = memchr(scan.at, '<', (size_t)(scan.end - scan.at));
        if (!scan.at || scan.end - scan.at < 2)
            break;
        if (starts_with(&scan, "<!--", 4)) {
            skip_comment(&scan);
            scan.at--;
        } else if (starts_with(&scan, "<meta", 5) && scan.end - scan.at > 5 &&
            (bytes_is_space(scan.at[5]) || scan.at[5] == '/')) {
            scan.at += 5;
            encoding = prescan_meta(&scan);
            if (encoding)
                return encoding;
        } else if (is_letter(scan.at[1]) ||
            (scan.at[1] == '/' && scan.end - scan.at > 2 && is_letter(scan.at[2]))) {
            scan.at += is_letter(scan.at[1]) ? 1 : 2;
            skip_tag(&scan);
        } else if (scan.at[1] == '!' || scan.at[1] == '/' || scan.at[1] == '?') {
            scan.at = memchr(scan.at, '>', (size_t)(scan.end - scan.at));
            if (!scan.at)
                break;
        }
    }
    return prescan_xml(bytes, size);
}
