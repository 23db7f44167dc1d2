#include "words/decode_iso2022.h"

#include "words/decode_parts.h"

/* A byte that begins a character in the state that the last escape sequence chose. */
static void jis_begin(struct decode_multi *multi, uint8_t byte)
{
    enum iso_2022_jp_state state = multi->output_state;
    bool is_character = decode_in(byte, 0x21, 0x7E);

    multi->state = state;
    if (byte == 0x1B) {
        multi->state = JIS_ESCAPE_START;
        return;
    }
    multi->output_switched = false;
    if (state == JIS_LEAD && is_character) {
        multi->lead[0] = byte;
        multi->state = JIS_TRAIL;
    } else if (state == JIS_KATAKANA && decode_in(byte, 0x21, 0x5F)) {
        decode_put(multi, 0xFF61 + byte - 0x21);
    } else if (state == JIS_LEAD || state == JIS_KATAKANA || byte >= 0x80 || decode_in(byte, 0x0E, 0x0F)) {
        decode_put(multi, DECODE_MALFORMED);
    } else if (state == JIS_ROMAN && byte == '\\') {
        decode_put(multi, 0xA5);
    } else if (state == JIS_ROMAN && byte == '~') {
        decode_put(multi, 0x203E);
    } else {
        decode_put(multi, byte);
    }
}

static void jis_trail(struct decode_multi *multi, uint8_t byte)
{
    uint8_t lead = decode_take_lead(multi);

    multi->state = byte == 0x1B ? JIS_ESCAPE_START : JIS_LEAD;
    decode_put(multi,
        decode_in(byte, 0x21, 0x7E) ? multi->index[(lead - 0x21) * 94 + byte - 0x21] : DECODE_MALFORMED);
}

/* What an escape sequence selects; JIS_ESCAPE if it is none. */
static enum iso_2022_jp_state jis_escape_state(uint8_t first, uint8_t second)
{
    if (first == '$')
        return second == '@' || second == 'B' ? JIS_LEAD : JIS_ESCAPE;
    switch (second) {
    case 'B':
        return JIS_ASCII;
    case 'J':
        return JIS_ROMAN;
    case 'I':
        return JIS_KATAKANA;
    default:
        return JIS_ESCAPE;
    }
}

/* What looked like an escape sequence is malformed; only the ESC is taken. */
static void jis_not_escape(struct decode_multi *multi)
{
    uint8_t lead = decode_take_lead(multi);

    decode_put(multi, DECODE_MALFORMED);
    multi->output_switched = false;
    multi->state = multi->output_state;
    if (lead)
        jis_begin(multi, lead);
}

static void jis_escape(struct decode_multi *multi, uint8_t byte)
{
    enum iso_2022_jp_state state = jis_escape_state(multi->lead[0], byte);

    if (state == JIS_ESCAPE) {
        jis_not_escape(multi);
        decode_iso2022_byte(multi, byte);
        return;
    }
    (void)decode_take_lead(multi);
    if (multi->output_switched)
        decode_put(multi, DECODE_MALFORMED);
    multi->output_switched = true;
    multi->output_state = state;
    multi->state = state;
}

void decode_iso2022_byte(struct decode_multi *multi, uint8_t byte)
{
    switch (multi->state) {
    case JIS_ASCII:
    case JIS_ROMAN:
    case JIS_KATAKANA:
    case JIS_LEAD:
        jis_begin(multi, byte);
        break;
    case JIS_TRAIL:
        jis_trail(multi, byte);
        break;
    case JIS_ESCAPE_START:
        if (byte == '$' || byte == '(') {
            multi->lead[0] = byte;
            multi->state = JIS_ESCAPE;
            break;
        }
        jis_not_escape(multi);
        decode_iso2022_byte(multi, byte);
        break;
    case JIS_ESCAPE:
        jis_escape(multi, byte);
        break;
    }
}

void decode_iso2022_finish(struct decode_multi *multi)
{
    if (multi->state == JIS_ESCAPE_START || multi->state == JIS_ESCAPE)
        jis_not_escape(multi);
}
