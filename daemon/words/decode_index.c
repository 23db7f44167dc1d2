#include "words/decode_index.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <unicode/ucnv.h>
#include <unicode/utf16.h>

static uint32_t gb18030[INDEX_GB18030_SIZE];
static uint32_t gb18030_ranges[INDEX_GB18030_RANGES_SIZE];
static uint32_t big5[INDEX_BIG5_SIZE];
static uint32_t euc_kr[INDEX_EUC_KR_SIZE];
static uint32_t jis0208[INDEX_JIS0208_SIZE];
static uint32_t jis0212[INDEX_JIS0212_SIZE];

static size_t gb18030_bytes(uint32_t pointer, uint8_t bytes[static 4])
{
    uint32_t trail = pointer % 190;

    bytes[0] = (uint8_t)(0x81 + pointer / 190);
    bytes[1] = (uint8_t)(trail < 0x3F ? 0x40 + trail : 0x41 + trail);
    return 2;
}

static size_t gb18030_ranges_bytes(uint32_t pointer, uint8_t bytes[static 4])
{
    bytes[0] = (uint8_t)(0x81 + pointer / 12600);
    bytes[1] = (uint8_t)(0x30 + pointer / 1260 % 10);
    bytes[2] = (uint8_t)(0x81 + pointer / 10 % 126);
    bytes[3] = (uint8_t)(0x30 + pointer % 10);
    return 4;
}

static size_t big5_bytes(uint32_t pointer, uint8_t bytes[static 4])
{
    uint32_t trail = pointer % 157;

    bytes[0] = (uint8_t)(0x81 + pointer / 157);
    bytes[1] = (uint8_t)(trail < 0x3F ? 0x40 + trail : 0x62 + trail);
    return 2;
}

static size_t euc_kr_bytes(uint32_t pointer, uint8_t bytes[static 4])
{
    bytes[0] = (uint8_t)(0x81 + pointer / 190);
    bytes[1] = (uint8_t)(0x41 + pointer % 190);
    return 2;
}

/* As in Shift_JIS. */
static size_t jis0208_bytes(uint32_t pointer, uint8_t bytes[static 4])
{
    uint32_t lead = pointer / 188, trail = pointer % 188;

    bytes[0] = (uint8_t)(lead < 0x1F ? 0x81 + lead : 0xC1 + lead);
    bytes[1] = (uint8_t)(trail < 0x3F ? 0x40 + trail : 0x41 + trail);
    return 2;
}

/* As in EUC-JP. */
static size_t jis0212_bytes(uint32_t pointer, uint8_t bytes[static 4])
{
    bytes[0] = 0x8F;
    bytes[1] = (uint8_t)(0xA1 + pointer / 94);
    bytes[2] = (uint8_t)(0xA1 + pointer % 94);
    return 3;
}

/* Where the standard's index differs from ICU's: `count` pointers from `pointer` on mean code points from
 * `first` on, or nothing if that is DECODE_MALFORMED. */
struct correction {
    uint16_t pointer;
    uint16_t count;
    uint32_t first;
};

/* GB 18030-2022 moved 18 characters from the private use area; and A3A0 is a space by long custom. */
static const struct correction gb18030_corrections[] = {{6555, 1, 0x3000}, {7182, 1, 0xFE10},
    {7183, 1, 0xFE12}, {7184, 1, 0xFE11}, {7185, 4, 0xFE13}, {7201, 2, 0xFE17}, {7208, 1, 0xFE19},
    {23775, 1, 0x9FB4}, {23783, 1, 0x9FB5}, {23788, 2, 0x9FB6}, {23795, 1, 0x9FB8}, {23812, 1, 0x9FB9},
    {23829, 1, 0x9FBA}, {23845, 1, 0x9FBB}};

/* Rows that Windows has not. */
static const struct correction jis0212_corrections[] = {
    {82 * 94, 94, DECODE_MALFORMED},
};

/* Hong Kong's characters that Unicode took up late, those that ICU reads in another place only, and the
 * control pictures of ETEN. */
static const struct correction big5_corrections[] = {{1008, 1, 0x9F97}, {1016, 1, 0x9F96}, {1099, 5, 0x31C0},
    {1105, 1, 0x31C5}, {1108, 2, 0x31C6}, {1112, 1, 0x31C8}, {1114, 4, 0x31C9}, {1119, 2, 0x31CD},
    {1170, 2, 0x23DA}, {1730, 1, 0x9FA6}, {1772, 1, 0x9FA7}, {1779, 1, 0x9FA8}, {1812, 1, 0x9FA9},
    {1814, 1, 0x9FAA}, {1816, 1, 0x9FAB}, {1821, 1, 0x9FAC}, {1844, 2, 0x9FAD}, {1847, 1, 0x9FAF},
    {1866, 1, 0x9FB2}, {1892, 1, 0x9FB3}, {2082, 1, 0x7BB8}, {2088, 1, 0x7C06}, {2103, 1, 0x7CCE},
    {2114, 1, 0x7DD2}, {2123, 1, 0x7E1D}, {2148, 1, 0x8005}, {2151, 1, 0x8028}, {2221, 1, 0x83C1},
    {2239, 1, 0x84A8}, {2244, 1, 0x840F}, {2303, 1, 0x89A6}, {2304, 1, 0x89A9}, {2354, 1, 0x8D77},
    {2400, 1, 0x90FD}, {2413, 1, 0x92B9}, {2477, 1, 0x975C}, {2498, 1, 0x97FF}, {2605, 1, 0x9F16},
    {2673, 1, 0x8503}, {2746, 1, 0x5159}, {2747, 1, 0x515B}, {2748, 2, 0x515D}, {2771, 1, 0x936E},
    {2780, 1, 0x7479}, {2990, 1, 0x6D67}, {3087, 1, 0x799B}, {3259, 1, 0x9097}, {3301, 1, 0x975D},
    {3436, 1, 0x701E}, {3451, 1, 0x5B28}, {4136, 1, 0x7201}, {4138, 1, 0x77D7}, {4141, 1, 0x7E87},
    {4182, 1, 0x99D6}, {4206, 1, 0x91D4}, {4220, 1, 0x60DE}, {4230, 1, 0x6FB6}, {4241, 1, 0x8F36},
    {4258, 1, 0x4FBB}, {4273, 1, 0x71DF}, {4279, 1, 0x9104}, {4282, 1, 0x9DF0}, {4294, 1, 0x83CF},
    {4329, 1, 0x5C10}, {4330, 1, 0x79E3}, {4349, 1, 0x5A67}, {4419, 1, 0x8F0B}, {4422, 1, 0x7B51},
    {4494, 1, 0x62D0}, {4624, 1, 0x6062}, {4694, 1, 0x75F9}, {4708, 1, 0x6C4A}, {4742, 1, 0x9B2E},
    {4748, 1, 0x9F17}, {4815, 1, 0x50ED}, {4828, 1, 0x5F0C}, {4902, 1, 0x880F}, {4922, 1, 0x62CE},
    {4982, 1, 0x7468}, {4992, 1, 0x7162}, {4997, 1, 0x7250}, {5432, 32, 0x2400}, {5464, 1, 0x2421},
    {10942, 1, 0x5EF4}, {10946, 1, 0x65E0}, {10948, 1, 0x7676}, {10950, 1, 0x96B6}, {10957, 1, 0x3003},
    {10958, 1, 0x4EDD}, {11204, 1, 0x31CF}, {11210, 1, 0x9FB0}, {11212, 1, 0x9FB1}, {19028, 1, 0x5029},
    {19035, 1, 0x507D}, {19088, 1, 0x5305}, {19096, 1, 0x5344}, {19112, 1, 0x537F}, {19162, 1, 0x5605},
    {19240, 1, 0x5A77}, {19299, 1, 0x5E75}, {19305, 1, 0x5ED0}, {19326, 1, 0x5F58}, {19355, 1, 0x60A4},
    {19398, 1, 0x6490}, {19439, 1, 0x6674}, {19454, 1, 0x675E}, {19553, 1, 0x6C9C}, {19554, 1, 0x6E1D},
    {19557, 1, 0x6E2F}, {19611, 1, 0x716E}, {19643, 1, 0x732A}, {19672, 1, 0x745C}, {19697, 1, 0x74E9},
    {19748, 1, 0x7809}};

static struct index {
    uint32_t *code_points;
    uint32_t size;
    const char *converter;
    size_t (*bytes)(uint32_t pointer, uint8_t bytes[static 4]);
    bool has_private_use; /* what else ICU maps to the private use area is not in the standard's index */
    bool ready;
    const struct correction *corrections;
    size_t n_corrections;
} indexes[N_DECODE_INDEXES] = {
#define CORRECTIONS(list) list, sizeof(list) / sizeof(*(list))
    [INDEX_GB18030] = {gb18030, INDEX_GB18030_SIZE, "gb18030", gb18030_bytes, true, false,
        CORRECTIONS(gb18030_corrections)},
    [INDEX_GB18030_RANGES] = {gb18030_ranges, INDEX_GB18030_RANGES_SIZE, "gb18030", gb18030_ranges_bytes,
        true, false, NULL, 0},
    [INDEX_BIG5] = {big5, INDEX_BIG5_SIZE, "big5-hkscs", big5_bytes, false, false,
        CORRECTIONS(big5_corrections)},
    [INDEX_EUC_KR] = {euc_kr, INDEX_EUC_KR_SIZE, "windows-949", euc_kr_bytes, false, false, NULL, 0},
    [INDEX_JIS0208] = {jis0208, INDEX_JIS0208_SIZE, "windows-31j", jis0208_bytes, false, false, NULL, 0},
    [INDEX_JIS0212] = {jis0212, INDEX_JIS0212_SIZE, "euc-jp-2007", jis0212_bytes, false, false,
        CORRECTIONS(jis0212_corrections)},
#undef CORRECTIONS
};

static bool is_private_use(uint32_t c)
{
    return (c >= 0xE000 && c <= 0xF8FF) || c >= 0xF0000;
}

/* ICU's one character for these bytes. */
static uint32_t convert(UConverter *converter, const uint8_t *bytes, size_t size)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar units[4];
    int32_t n = ucnv_toUChars(converter, units, 4, (const char *)bytes, (int32_t)size, &status);
    int32_t at = 0;
    UChar32 c;

    if (U_FAILURE(status) || n == 0)
        return DECODE_MALFORMED;
    U16_NEXT(units, at, n, c);
    return at == n ? (uint32_t)c : DECODE_MALFORMED;
}

static int fill(struct index *index)
{
    UErrorCode status = U_ZERO_ERROR;
    UConverter *converter = ucnv_open(index->converter, &status);

    if (U_SUCCESS(status))
        ucnv_setToUCallBack(converter, UCNV_TO_U_CALLBACK_STOP, NULL, NULL, NULL, &status);
    if (U_FAILURE(status)) {
        ucnv_close(converter);
        return -ENOMEM;
    }
    for (uint32_t pointer = 0; pointer < index->size; pointer++) {
        uint8_t bytes[4];
        size_t size = index->bytes(pointer, bytes);
        uint32_t c = convert(converter, bytes, size);

        index->code_points[pointer] = !index->has_private_use && is_private_use(c) ? DECODE_MALFORMED : c;
    }
    ucnv_close(converter);
    for (size_t i = 0; i < index->n_corrections; i++) {
        const struct correction *correction = &index->corrections[i];

        for (uint32_t j = 0; j < correction->count; j++)
            index->code_points[correction->pointer + j] =
                correction->first == DECODE_MALFORMED ? DECODE_MALFORMED : correction->first + j;
    }
    return 0;
}

int decode_index_get(enum decode_index which, const uint32_t **ret)
{
    static pthread_mutex_t lock =
        PTHREAD_MUTEX_INITIALIZER; /* indexes, and what they point to, until ready */
    struct index *index = &indexes[which];
    int r = 0;

    pthread_mutex_lock(&lock);
    if (!index->ready)
        r = fill(index);
    index->ready = index->ready || r == 0;
    pthread_mutex_unlock(&lock);
    if (r < 0)
        return r;
    *ret = index->code_points;
    return 0;
}
