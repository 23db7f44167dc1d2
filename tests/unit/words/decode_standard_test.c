/* Every encoding of the standard over all sequences of one and two bytes, those of three and four that mean
 * something, and garbage. What is expected is the XXH64 of the UTF-8 that two independent implementations of
 * the standard gave alike; of GB 18030 only one knew the edition of 2022. With a label as argument the
 * program prints the input, for yet another one to decode. */
#include "cmocka_words.h"
#include "words/decode.h"

#include <xxhash.h>

struct bytes {
    uint8_t *bytes;
    size_t size, capacity;
};

static void append(struct bytes *bytes, const void *more, size_t size)
{
    if (size == 0)
        return;
    if (size > bytes->capacity - bytes->size) {
        bytes->capacity = (bytes->size + size) * 2;
        bytes->bytes = realloc(bytes->bytes, bytes->capacity);
        if (!bytes->bytes)
            abort();
    }
    memcpy(bytes->bytes + bytes->size, more, size);
    bytes->size += size;
}

/* A sequence, and an end that no multi-byte character can have. */
static void append_line(struct bytes *bytes, const char *prefix, const uint8_t *sequence, size_t size)
{
    append(bytes, prefix, strlen(prefix));
    append(bytes, sequence, size);
    append(bytes, "\x1B(B\n", 4);
}

static void append_pairs(struct bytes *bytes, const char *prefix)
{
    for (int i = 0; i < 65536; i++) {
        uint8_t pair[] = {(uint8_t)(i >> 8), (uint8_t)i};

        append_line(bytes, prefix, pair, 2);
    }
}

/* Those of the Basic Multilingual Plane, and every 97th beyond. */
static void append_four_bytes(struct bytes *bytes)
{
    for (unsigned i = 0; i < 126 * 12600; i += i < 40000 ? 1 : 97) {
        uint8_t four[] = {(uint8_t)(0x81 + i / 12600), (uint8_t)(0x30 + i / 1260 % 10),
            (uint8_t)(0x81 + i / 10 % 126), (uint8_t)(0x30 + i % 10)};

        append_line(bytes, "", four, 4);
    }
}

static void append_garbage(struct bytes *bytes)
{
    static const char escapes[][5] = {"\x1B$B", "\x1B$@", "\x1B(J", "\x1B(I", "\x1B(B", "\x1B$", "\x1B("};
    uint64_t x = 0x9E3779B97F4A7C15u;

    for (int i = 0; i < 200000; i++) {
        uint8_t byte;

        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        byte = (uint8_t)(x >> 16);
        if (x % 4 == 1)
            byte = (uint8_t)(0x30 + byte % 10);
        else if (x % 4 == 2)
            byte = 0x81 + byte % 0x7E;
        append(bytes, &byte, 1);
        if (x % 31 == 0)
            append(bytes, escapes[x % 7], strlen(escapes[x % 7]));
    }
}

static struct bytes input_of(const char *label)
{
    struct bytes bytes = {0};

    append_pairs(&bytes, "");
    if (strcmp(label, "euc-jp") == 0)
        append_pairs(&bytes, "\x8F");
    if (strcmp(label, "iso-2022-jp") == 0) {
        append_pairs(&bytes, "\x1B$B");
        append_pairs(&bytes, "\x1B(J");
        append_pairs(&bytes, "\x1B(I");
    }
    if (strcmp(label, "gb18030") == 0)
        append_four_bytes(&bytes);
    append_garbage(&bytes);
    return bytes;
}

static int hash_output(void *userdata, const uint8_t *utf8, size_t size)
{
    return XXH64_update(userdata, utf8, size) == XXH_OK ? 0 : -EINVAL;
}

static uint64_t hash_of(const char *label, struct bytes input, size_t step)
{
    const struct encoding *encoding = encoding_from_label(label, strlen(label));
    XXH64_state_t *state = XXH64_createState();
    struct decoder *decoder;
    uint64_t hash;

    assert_non_null(encoding);
    assert_non_null(state);
    XXH64_reset(state, 0);
    assert_int_equal(decoder_new(encoding, hash_output, state, &decoder), 0);
    for (size_t at = 0; at < input.size; at += step)
        assert_int_equal(
            decoder_feed(decoder, input.bytes + at, input.size - at < step ? input.size - at : step), 0);
    assert_int_equal(decoder_finish(decoder), 0);
    decoder_free(decoder);
    hash = XXH64_digest(state);
    XXH64_freeState(state);
    return hash;
}

static const struct {
    const char *label;
    uint64_t hash;
} expected[] = {
    {"ibm866", 0xE023B5F26C4E115Bu},
    {"iso-8859-2", 0xAFB2A77A3D8D9C1Eu},
    {"iso-8859-3", 0x13830AC543EFB1FCu},
    {"iso-8859-4", 0x59ECB0D6907DB63Au},
    {"iso-8859-5", 0x6FDFDF5969559346u},
    {"iso-8859-6", 0x4424A9114250F414u},
    {"iso-8859-7", 0x290276CF67BD4F83u},
    {"iso-8859-8", 0x2D009F0D35067E69u},
    {"iso-8859-8-i", 0x2D009F0D35067E69u},
    {"iso-8859-10", 0x088860D420FB5E8Bu},
    {"iso-8859-13", 0x7AAEB0274C839B73u},
    {"iso-8859-14", 0x1D7593AA8675442Bu},
    {"iso-8859-15", 0xCD4FED7BF61BAFC4u},
    {"iso-8859-16", 0x80B338230C34A074u},
    {"koi8-r", 0x3A4E1317F67BA280u},
    {"koi8-u", 0x2598FE961B991E3Cu},
    {"macintosh", 0x8DC94FC0DF839021u},
    {"windows-874", 0xE580E438BE2E26C3u},
    {"windows-1250", 0x904D9EF623A19277u},
    {"windows-1251", 0x31CF6DE3ED1F2F36u},
    {"windows-1252", 0xC22EED9CA618490Eu},
    {"windows-1253", 0x480CBB533AC69B10u},
    {"windows-1254", 0x34C1F5EF570676C8u},
    {"windows-1255", 0xA5335C605795CD1Du},
    {"windows-1256", 0x467D0F5BBE1B11A0u},
    {"windows-1257", 0xAB1FD67DBD73A6CFu},
    {"windows-1258", 0x0A0E35C9C421AD56u},
    {"x-mac-cyrillic", 0xFB5A469EB7A02571u},
    {"gbk", 0x417A7854699A2725u},
    {"gb18030", 0xE160914CCF753D01u},
    {"big5", 0x81855A43FC3EE46Fu},
    {"euc-jp", 0xDA186276B96D4085u},
    {"iso-2022-jp", 0x7702E4038FFED0ABu},
    {"shift_jis", 0x305054F3D4F789F6u},
    {"euc-kr", 0xBB8987A9181A10C6u},
    {"utf-8", 0xD7E47262F3B68A1Bu},
    {"utf-16be", 0xCAED6BCEEB08032Du},
    {"utf-16le", 0xA156435416272989u},
    {"x-user-defined", 0xAA26EC0B679345A6u},
};

static void every_sequence_decodes_as_the_standard_says(void **state)
{
    int n_bad = 0;

    for (size_t i = 0; i < sizeof(expected) / sizeof(*expected); i++) {
        static const size_t steps[] = {1, 4096};
        struct bytes input = input_of(expected[i].label);

        for (size_t j = 0; j < sizeof(steps) / sizeof(*steps); j++)
            if (hash_of(expected[i].label, input, steps[j]) != expected[i].hash) {
                print_message("%s, in steps of %zu\n", expected[i].label, steps[j]);
                n_bad++;
            }
        free(input.bytes);
    }
    assert_int_equal(n_bad, 0);
}

static int print_input(const char *label)
{
    struct bytes input = input_of(label);
    bool written = fwrite(input.bytes, 1, input.size, stdout) == input.size;

    free(input.bytes);
    return written && fflush(stdout) == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_sequence_decodes_as_the_standard_says),
    };

    return argc > 1 ? print_input(argv[1]) : cmocka_run_group_tests(tests, NULL, NULL);
}
