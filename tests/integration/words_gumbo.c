#include "words_gumbo.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void append(struct gumbo_text *text, const char *bytes, size_t size)
{
    if (size > text->capacity - text->size) {
        text->capacity = (text->size + size) * 2;
        text->bytes = realloc(text->bytes, text->capacity);
        if (!text->bytes)
            abort();
    }
    memcpy(text->bytes + text->size, bytes, size);
    text->size += size;
}

static int is_one_of(const GumboElement *element, const char *names)
{
    const char *name = gumbo_normalized_tagname(element->tag), *found = names;
    size_t size = strlen(name);
    char other[64];

    if (element->tag == GUMBO_TAG_UNKNOWN) {
        GumboStringPiece piece = element->original_tag;

        gumbo_tag_from_original_text(&piece);
        size = piece.length < sizeof(other) ? piece.length : 0;
        for (size_t i = 0; i < size; i++)
            other[i] = (char)(piece.data[i] | 0x20);
        other[size] = '\0';
        name = other;
    }
    while (size > 0 && (found = strstr(found, name))) {
        if ((found == names || found[-1] == ' ') && (found[size] == ' ' || found[size] == '\0') &&
            strncmp(found, name, size) == 0)
            return 1;
        found++;
    }
    return 0;
}

static int is_hidden(const GumboElement *element)
{
    const GumboAttribute *style = gumbo_get_attribute(&element->attributes, "style");
    const GumboAttribute *type = gumbo_get_attribute(&element->attributes, "type");

    if (gumbo_get_attribute(&element->attributes, "hidden"))
        return 1;
    if (element->tag == GUMBO_TAG_INPUT && type && strcasecmp(type->value, "hidden") == 0)
        return 1;
    if (is_one_of(element, "dialog") && !gumbo_get_attribute(&element->attributes, "open"))
        return 1;
    return style && (strstr(style->value, "display:none") || strstr(style->value, "display: none"));
}

static void walk_element(struct gumbo_text *text, const GumboElement *element)
{
    static const char blocks[] =
        "html body address article aside blockquote center details dialog dd div dl dt fieldset figcaption "
        "figure footer form "
        "frameset h1 h2 h3 h4 h5 h6 header hgroup hr br legend li listing main menu nav ol optgroup option p "
        "plaintext pre search "
        "section summary table caption colgroup col tbody thead tfoot tr td th title ul xmp dir marquee";
    static const char boxes[] =
        "img button input meter progress embed svg canvas video audio iframe object select textarea keygen";
    static const char unseen[] =
        "script style template noscript textarea select datalist iframe noembed noframes object audio "
        "video canvas svg rt rp rtc";
    int ends = is_one_of(element, blocks) || is_one_of(element, boxes);

    if (is_hidden(element))
        return;
    if (ends)
        append(text, "\n", 1);
    if (!is_one_of(element, unseen))
        for (unsigned i = 0; i < element->children.length; i++)
            gumbo_text_walk(text, element->children.data[i]);
    if (ends)
        append(text, "\n", 1);
}

void gumbo_text_walk(struct gumbo_text *text, const GumboNode *node)
{
    switch (node->type) {
    case GUMBO_NODE_ELEMENT:
    case GUMBO_NODE_TEMPLATE:
        walk_element(text, &node->v.element);
        break;
    case GUMBO_NODE_TEXT:
    case GUMBO_NODE_WHITESPACE:
    case GUMBO_NODE_CDATA:
        append(text, node->v.text.text, strlen(node->v.text.text));
        break;
    case GUMBO_NODE_DOCUMENT:
        for (unsigned i = 0; i < node->v.document.children.length; i++)
            gumbo_text_walk(text, node->v.document.children.data[i]);
        break;
    case GUMBO_NODE_COMMENT:
        break;
    }
}
