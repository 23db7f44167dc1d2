/* words_peers icu|gumbo|libxml2 FILE...: what others take for a part of the word engine's work, for
 * orientation. icu: the word iterator over UTF-8 text, all of each file at once; gumbo: a tree of each page;
 * libxml2: its SAX parser for HTML. Without any file it says by its exit status whether it has that peer. */
#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unicode/ubrk.h>
#include <unicode/ustring.h>
#ifdef HAVE_GUMBO
#include <gumbo.h>
#endif
#ifdef HAVE_LIBXML2
#include <libxml/HTMLparser.h>
#endif

static uint64_t taken; /* so that no result is unused */

static void run_icu(const char *bytes, size_t size)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar *units = malloc((size + 1) * sizeof(*units));
    UBreakIterator *iterator;
    int32_t n;

    if (!units)
        err(1, NULL);
    u_strFromUTF8WithSub(units, (int32_t)size, &n, bytes, (int32_t)size, 0xfffd, NULL, &status);
    iterator = ubrk_open(UBRK_WORD, "", units, n, &status);
    if (U_FAILURE(status))
        errx(1, "%s", u_errorName(status));
    while (ubrk_next(iterator) != UBRK_DONE)
        taken += ubrk_getRuleStatus(iterator) >= UBRK_WORD_NUMBER;
    ubrk_close(iterator);
    free(units);
}

#ifdef HAVE_GUMBO
static void run_gumbo(const char *bytes, size_t size)
{
    GumboOutput *output = gumbo_parse_with_options(&kGumboDefaultOptions, bytes, size);

    taken += output->root != NULL;
    gumbo_destroy_output(&kGumboDefaultOptions, output);
}
#endif

#ifdef HAVE_LIBXML2
static void take_characters(void *userdata, const xmlChar *text, int size)
{
    taken += (uint64_t)size;
}

static void run_libxml2(const char *bytes, size_t size)
{
    htmlSAXHandler handler = {.characters = take_characters};
    htmlParserCtxtPtr parser =
        htmlCreatePushParserCtxt(&handler, NULL, NULL, 0, NULL, XML_CHAR_ENCODING_UTF8);

    if (!parser)
        err(1, NULL);
    (void)htmlParseChunk(parser, bytes, (int)size, 1);
    htmlFreeParserCtxt(parser);
}
#endif

static const struct peer {
    const char *name;
    void (*run)(const char *bytes, size_t size);
} peers[] = {
    {"icu", run_icu},
#ifdef HAVE_GUMBO
    {"gumbo", run_gumbo},
#endif
#ifdef HAVE_LIBXML2
    {"libxml2", run_libxml2},
#endif
};

static void run(const struct peer *peer, const char *name)
{
    FILE *file = fopen(name, "rbe");
    size_t size = 0, room = 1 << 20, n;
    char *bytes = malloc(room);

    if (!file || !bytes)
        err(1, "%s", name);
    while ((n = fread(bytes + size, 1, room - size, file)) > 0) {
        size += n;
        if (size == room && !(bytes = realloc(bytes, room *= 2)))
            err(1, NULL);
    }
    fclose(file);
    peer->run(bytes, size);
    free(bytes);
}

int main(int argc, char **argv)
{
    const struct peer *peer = NULL;

    for (size_t i = 0; argc > 1 && i < sizeof(peers) / sizeof(*peers); i++)
        if (strcmp(peers[i].name, argv[1]) == 0)
            peer = &peers[i];
    if (!peer)
        errx(77, "this peer was not there when it was built");
    for (int i = 2; i < argc; i++)
        run(peer, argv[i]);
    return argc > 2 && taken == 0;
}
