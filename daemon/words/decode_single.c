#include "words/decode_single.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <unicode/ucnv.h>

#define REPLACEMENT 0xFFFD

/* The upper half of ISO-8859-16, which ICU does not have. */
static const uint16_t iso_8859_16[96] = {
    0x00A0,
    0x0104,
    0x0105,
    0x0141,
    0x20AC,
    0x201E,
    0x0160,
    0x00A7,
    0x0161,
    0x00A9,
    0x0218,
    0x00AB,
    0x0179,
    0x00AD,
    0x017A,
    0x017B,
    0x00B0,
    0x00B1,
    0x010C,
    0x0142,
    0x017D,
    0x201D,
    0x00B6,
    0x00B7,
    0x017E,
    0x010D,
    0x0219,
    0x00BB,
    0x0152,
    0x0153,
    0x0178,
    0x017C,
    0x00C0,
    0x00C1,
    0x00C2,
    0x0102,
    0x00C4,
    0x0106,
    0x00C6,
    0x00C7,
    0x00C8,
    0x00C9,
    0x00CA,
    0x00CB,
    0x00CC,
    0x00CD,
    0x00CE,
    0x00CF,
    0x0110,
    0x0143,
    0x00D2,
    0x00D3,
    0x00D4,
    0x0150,
    0x00D6,
    0x015A,
    0x0170,
    0x00D9,
    0x00DA,
    0x00DB,
    0x00DC,
    0x0118,
    0x021A,
    0x00DF,
    0x00E0,
    0x00E1,
    0x00E2,
    0x0103,
    0x00E4,
    0x0107,
    0x00E6,
    0x00E7,
    0x00E8,
    0x00E9,
    0x00EA,
    0x00EB,
    0x00EC,
    0x00ED,
    0x00EE,
    0x00EF,
    0x0111,
    0x0144,
    0x00F2,
    0x00F3,
    0x00F4,
    0x0151,
    0x00F6,
    0x015B,
    0x0171,
    0x00F9,
    0x00FA,
    0x00FB,
    0x00FC,
    0x0119,
    0x021B,
    0x00FF,
};

/* Where the standard's index differs from ICU's converter. */
static const struct {
    const char *encoding;
    uint8_t byte;
    uint16_t unit;
} corrections[] = {
    {"koi8-u", 0xAE, 0x045E},
    {"koi8-u", 0xBE, 0x040E},
    {"macintosh", 0xF0, 0xF8FF},
    {"windows-1253", 0xAA, REPLACEMENT},
    {"windows-1255", 0xCA, 0x05BA},
};

static uint16_t correct_single_byte(const struct encoding *encoding, uint8_t byte, uint16_t unit)
{
    for (size_t i = 0; i < sizeof(corrections) / sizeof(*corrections); i++)
        if (corrections[i].byte == byte && strcmp(corrections[i].encoding, encoding->name) == 0)
            return corrections[i].unit;
    /* What Windows leaves undefined is a control character of the same number below A0, and malformed above.
     */
    if (unit == REPLACEMENT || (unit >= 0xE000 && unit <= 0xF8FF) || unit == 0x1A)
        return byte < 0xA0 ? byte : REPLACEMENT;
    return unit;
}

int decode_single_byte_table(const struct encoding *encoding, uint16_t upper[static 128])
{
    UErrorCode status = U_ZERO_ERROR;
    UConverter *converter;

    if (!encoding->converter) {
        for (uint16_t i = 0; i < 128; i++)
            upper[i] = i < 32 ? (uint16_t)(0x80 + i) : iso_8859_16[i - 32];
        return 0;
    }
    converter = ucnv_open(encoding->converter, &status);
    if (U_FAILURE(status))
        return -ENOMEM;
    for (int i = 0; i < 128; i++) {
        char byte = (char)(0x80 + i);
        UChar unit = REPLACEMENT;

        status = U_ZERO_ERROR;
        if (ucnv_toUChars(converter, &unit, 1, &byte, 1, &status) != 1)
            unit = REPLACEMENT;
        upper[i] = correct_single_byte(encoding, (uint8_t)byte, unit);
    }
    ucnv_close(converter);
    return 0;
}
