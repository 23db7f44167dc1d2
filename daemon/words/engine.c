#include "words/engine.h"

#include "base/array.h"
#include "words/cpu.h"
#include "words/decode.h"
#include "words/dictionary.h"
#include "words/elements.h"
#include "words/encoding.h"
#include "words/key.h"
#include "words/key_hash.h"
#include "words/plain.h"
#include "words/reference.h"
#include "words/rules.h"
#include "words/words.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/udata.h>
#include <unicode/uversion.h>

#include <xxhash.h>

/* A dictionary begins with eight 32-bit words, of which the fourth is its size in bytes. */
#define DICTIONARY_SIZE_WORD 3

static char icu_version[U_MAX_VERSION_STRING_LENGTH];
static char unicode_version[U_MAX_VERSION_STRING_LENGTH];
static char dictionary_hash[17];
static char id[64];

static struct words_engine engine = {
    .id = id,
    .rules_version = ENGINE_RULES_VERSION,
    .icu_version = icu_version,
    .unicode_version = unicode_version,
    .dictionary_hash = dictionary_hash,
};

static int hash_dictionary(XXH3_state_t *hash, const char *name)
{
    UErrorCode status = U_ZERO_ERROR;
    UDataMemory *data = udata_open(U_ICUDATA_NAME "-brkitr", "dict", name, &status);
    const int32_t *words;

    if (status == U_MEMORY_ALLOCATION_ERROR)
        return -ENOMEM;
    if (U_FAILURE(status))
        return -ELIBBAD;
    words = udata_getMemory(data);
    XXH3_64bits_update(hash, words, (size_t)words[DICTIONARY_SIZE_WORD]);
    udata_close(data);
    return 0;
}

/* The rules and each dictionary, as ICU holds them. */
static int hash_data(uint64_t *ret)
{
    static const char *const names[] = {"cjdict", "thaidict", "laodict", "khmerdict", "burmesedict"};
    struct buffer binary = {0};
    XXH3_state_t *hash;
    int r;

    hash = XXH3_createState();
    if (!hash)
        return -ENOMEM;
    XXH3_64bits_reset(hash);
    r = rules_load_binary(&binary);
    if (r == 0)
        XXH3_64bits_update(hash, binary.bytes, binary.size);
    buffer_deinit(&binary);
    for (size_t i = 0; r == 0 && i < sizeof(names) / sizeof(*names); i++)
        r = hash_dictionary(hash, names[i]);
    if (r == 0)
        *ret = XXH3_64bits_digest(hash);
    XXH3_freeState(hash);
    return r;
}

static int name_engine(void)
{
    UVersionInfo version;
    uint64_t hash = 0;
    int r;

    u_getUnicodeVersion(version);
    u_versionToString(version, unicode_version);
    if (strcmp(unicode_version, U_UNICODE_VERSION) != 0 &&
        strncmp(unicode_version, U_UNICODE_VERSION ".", sizeof(U_UNICODE_VERSION)) != 0)
        return -ELIBBAD;
    u_getVersion(version);
    u_versionToString(version, icu_version);
    r = hash_data(&hash);
    if (r < 0)
        return r;
    snprintf(dictionary_hash, sizeof(dictionary_hash), "%016" PRIx64, hash);
    snprintf(id, sizeof(id), ENGINE_RULES_VERSION "-icu%s-%.8s", icu_version, dictionary_hash);
    return 0;
}

int words_init(void)
{
    int r = cpu_init(getenv(WORDS_CPU_VARIABLE));

    if (r == 0)
        r = dictionary_init();
    if (r == 0)
        r = rules_init();
    if (r == 0)
        r = key_init();
    if (r == 0)
        r = encoding_init();
    if (r == 0)
        r = name_engine();
    if (r < 0)
        return r;
    decode_utf8_init();
    plain_init();
    elements_init();
    reference_init();
    key_hash_init();
    return 0;
}

const struct words_engine *words_engine(void)
{
    return &engine;
}
