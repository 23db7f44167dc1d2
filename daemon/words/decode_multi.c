#include "words/decode_multi.h"

#include "words/decode_iso2022.h"
#include "words/decode_parts.h"

/* A byte where a character may begin. */
static void begin(struct decode_multi *multi, uint8_t byte, bool is_lead)
{
    if (is_lead)
        multi->lead[0] = byte;
    else
        decode_put(multi, byte < 0x80 ? byte : DECODE_MALFORMED);
}

/* A character of two bytes ends; the second one, if it is ASCII and they are malformed, stands for itself. */
static void end(struct decode_multi *multi, uint32_t c, uint8_t byte)
{
    decode_put(multi, c);
    if (c == DECODE_MALFORMED && byte < 0x80)
        decode_put(multi, byte);
}

static uint32_t gb18030_range(const struct decode_multi *multi, uint8_t last)
{
    const uint8_t *lead = multi->lead;
    uint32_t pointer =
        (lead[0] - 0x81u) * 12600 + (lead[1] - 0x30u) * 1260 + (lead[2] - 0x81u) * 10 + (last - 0x30u);

    if (pointer < INDEX_GB18030_RANGES_SIZE)
        return multi->second_index[pointer];
    if (pointer < 189000 || pointer > 1237575)
        return DECODE_MALFORMED;
    return 0x10000 + pointer - 189000;
}

static void gb18030_begin(struct decode_multi *multi, uint8_t byte)
{
    if (byte == 0x80)
        decode_put(multi, 0x20AC);
    else
        begin(multi, byte, decode_in(byte, 0x81, 0xFE));
}

static void gb18030_second(struct decode_multi *multi, uint8_t byte)
{
    uint32_t c = DECODE_MALFORMED;
    uint8_t lead;

    if (decode_in(byte, 0x30, 0x39)) {
        multi->lead[1] = byte;
        return;
    }
    lead = decode_take_lead(multi);
    if (decode_in(byte, 0x40, 0x7E) || decode_in(byte, 0x80, 0xFE))
        c = multi->index[(lead - 0x81) * 190 + byte - (byte < 0x7F ? 0x40 : 0x41)];
    end(multi, c, byte);
}

/* Should the third or the fourth byte not fit, the first one alone is malformed. */
static void gb18030(struct decode_multi *multi, uint8_t byte)
{
    uint8_t second = multi->lead[1], third = multi->lead[2];

    if (multi->lead[0] == 0) {
        gb18030_begin(multi, byte);
    } else if (second == 0) {
        gb18030_second(multi, byte);
    } else if (third == 0 && decode_in(byte, 0x81, 0xFE)) {
        multi->lead[2] = byte;
    } else if (third != 0 && decode_in(byte, 0x30, 0x39)) {
        decode_put(multi, gb18030_range(multi, byte));
        (void)decode_take_lead(multi);
    } else {
        (void)decode_take_lead(multi);
        decode_put(multi, DECODE_MALFORMED);
        decode_put(multi, second);
        multi->lead[0] = third;
        if (third)
            gb18030_second(multi, byte);
        else
            gb18030_begin(multi, byte);
    }
}

/* Four pointers mean a letter and a combining mark each, which no index can hold. */
static bool big5_pair(struct decode_multi *multi, uint32_t pointer)
{
    if (pointer != 1133 && pointer != 1135 && pointer != 1164 && pointer != 1166)
        return false;
    decode_put(multi, pointer < 1164 ? 0xCA : 0xEA);
    decode_put(multi, pointer == 1133 || pointer == 1164 ? 0x304 : 0x30C);
    return true;
}

static void big5(struct decode_multi *multi, uint8_t byte)
{
    uint32_t c = DECODE_MALFORMED;
    uint8_t lead = decode_take_lead(multi);

    if (lead == 0) {
        begin(multi, byte, decode_in(byte, 0x81, 0xFE));
        return;
    }
    if (decode_in(byte, 0x40, 0x7E) || decode_in(byte, 0xA1, 0xFE)) {
        uint32_t pointer = (lead - 0x81u) * 157 + byte - (byte < 0x7F ? 0x40 : 0x62);

        if (big5_pair(multi, pointer))
            return;
        c = multi->index[pointer];
    }
    end(multi, c, byte);
}

static void euc_kr(struct decode_multi *multi, uint8_t byte)
{
    uint8_t lead = decode_take_lead(multi);

    if (lead == 0)
        begin(multi, byte, decode_in(byte, 0x81, 0xFE));
    else if (decode_in(byte, 0x41, 0xFE))
        end(multi, multi->index[(lead - 0x81) * 190 + byte - 0x41], byte);
    else
        end(multi, DECODE_MALFORMED, byte);
}

static void euc_jp(struct decode_multi *multi, uint8_t byte)
{
    const uint32_t *index = multi->lead[1] ? multi->second_index : multi->index;
    uint32_t c = DECODE_MALFORMED;
    uint8_t lead;

    if (multi->lead[0] == 0) {
        begin(multi, byte, byte == 0x8E || byte == 0x8F || decode_in(byte, 0xA1, 0xFE));
        return;
    }
    if (multi->lead[0] == 0x8F && decode_in(byte, 0xA1, 0xFE)) {
        multi->lead[0] = byte;
        multi->lead[1] = 0x8F;
        return;
    }
    lead = decode_take_lead(multi);
    if (lead == 0x8E && decode_in(byte, 0xA1, 0xDF))
        c = 0xFF61 + byte - 0xA1;
    else if (decode_in(lead, 0xA1, 0xFE) && decode_in(byte, 0xA1, 0xFE))
        c = index[(lead - 0xA1) * 94 + byte - 0xA1];
    end(multi, c, byte);
}

static void shift_jis_begin(struct decode_multi *multi, uint8_t byte)
{
    if (byte == 0x80)
        decode_put(multi, byte);
    else if (decode_in(byte, 0xA1, 0xDF))
        decode_put(multi, 0xFF61 + byte - 0xA1);
    else
        begin(multi, byte, decode_in(byte, 0x81, 0x9F) || decode_in(byte, 0xE0, 0xFC));
}

static void shift_jis(struct decode_multi *multi, uint8_t byte)
{
    uint32_t c = DECODE_MALFORMED;
    uint8_t lead = decode_take_lead(multi);

    if (lead == 0) {
        shift_jis_begin(multi, byte);
        return;
    }
    if (decode_in(byte, 0x40, 0x7E) || decode_in(byte, 0x80, 0xFC)) {
        uint32_t pointer = (lead - (lead < 0xA0 ? 0x81u : 0xC1u)) * 188 + byte - (byte < 0x7F ? 0x40 : 0x41);

        /* Defined by its users. */
        if (pointer >= 8836 && pointer <= 10715)
            c = 0xE000 + pointer - 8836;
        else
            c = multi->index[pointer];
    }
    end(multi, c, byte);
}

int decode_multi_init(struct decode_multi *multi, const struct encoding *encoding)
{
    int r = 0;

    *multi = (struct decode_multi){.kind = encoding->kind};
    switch (encoding->kind) {
    case ENCODING_GB18030:
        r = decode_index_get(INDEX_GB18030_RANGES, &multi->second_index);
        return r < 0 ? r : decode_index_get(INDEX_GB18030, &multi->index);
    case ENCODING_BIG5:
        return decode_index_get(INDEX_BIG5, &multi->index);
    case ENCODING_EUC_KR:
        return decode_index_get(INDEX_EUC_KR, &multi->index);
    case ENCODING_EUC_JP:
        r = decode_index_get(INDEX_JIS0212, &multi->second_index);
        return r < 0 ? r : decode_index_get(INDEX_JIS0208, &multi->index);
    case ENCODING_ISO_2022_JP:
    case ENCODING_SHIFT_JIS:
        return decode_index_get(INDEX_JIS0208, &multi->index);
    case ENCODING_UTF8:
    case ENCODING_UTF16LE:
    case ENCODING_UTF16BE:
    case ENCODING_SINGLE_BYTE:
    case ENCODING_USER_DEFINED:
    case ENCODING_REPLACEMENT:
        break;
    }
    return 0;
}

size_t decode_multi_byte(struct decode_multi *multi, uint8_t byte, uint32_t ret[static DECODE_MULTI_MAX])
{
    multi->output = ret;
    switch (multi->kind) {
    case ENCODING_GB18030:
        gb18030(multi, byte);
        break;
    case ENCODING_BIG5:
        big5(multi, byte);
        break;
    case ENCODING_EUC_KR:
        euc_kr(multi, byte);
        break;
    case ENCODING_EUC_JP:
        euc_jp(multi, byte);
        break;
    case ENCODING_ISO_2022_JP:
        decode_iso2022_byte(multi, byte);
        break;
    case ENCODING_SHIFT_JIS:
        shift_jis(multi, byte);
        break;
    case ENCODING_UTF8:
    case ENCODING_UTF16LE:
    case ENCODING_UTF16BE:
    case ENCODING_SINGLE_BYTE:
    case ENCODING_USER_DEFINED:
    case ENCODING_REPLACEMENT:
        break;
    }
    return (size_t)(multi->output - ret);
}

size_t decode_multi_finish(struct decode_multi *multi, uint32_t ret[static DECODE_MULTI_MAX])
{
    multi->output = ret;
    decode_iso2022_finish(multi);
    if (multi->lead[0])
        decode_put(multi, DECODE_MALFORMED);
    (void)decode_take_lead(multi);
    return (size_t)(multi->output - ret);
}
