/* Content codings, packed by the libraries' other halves: whole, cut anywhere, damaged, and with something
 * behind them. */
#include "fetch/decode.h"

#include <brotli/encode.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include <cmocka.h>

#define N(array) (sizeof(array) / sizeof((array)[0]))
#define MAX_SIZE (1 << 20)

/* How a page is packed: the codings, deflate in both forms. */
enum packing {
    PACK_GZIP,
    PACK_ZLIB,
    PACK_BARE,
    PACK_BR,
    PACK_ZSTD,
    N_PACKINGS
};

static const enum decode_coding coding_of[] = {
    [PACK_GZIP] = DECODE_GZIP,
    [PACK_ZLIB] = DECODE_DEFLATE,
    [PACK_BARE] = DECODE_DEFLATE,
    [PACK_BR] = DECODE_BR,
    [PACK_ZSTD] = DECODE_ZSTD,
};

struct bytes {
    uint8_t bytes[MAX_SIZE];
    size_t n;
};

static struct bytes page;
static struct bytes packed;
static struct bytes decoded;

static void make_page(size_t size)
{
    unsigned random = 1;

    assert_in_range(size, 0, MAX_SIZE);
    for (page.n = 0; page.n < size; page.n++) {
        random = random * 1103515245 + 12345;
        page.bytes[page.n] = (uint8_t) "etaoin shr"[random >> 16 & 7];
    }
}

/* Behind what `packed` has already. */
static void add_deflated(int window)
{
    z_stream stream = {.next_in = page.bytes, .avail_in = (uInt)page.n};

    stream.next_out = packed.bytes + packed.n;
    stream.avail_out = (uInt)(MAX_SIZE - packed.n);
    assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    assert_int_equal(deflateEnd(&stream), Z_OK);
    packed.n += stream.total_out;
}

static void add_packed(enum packing packing)
{
    uint8_t *out = packed.bytes + packed.n;
    size_t n = MAX_SIZE - packed.n;

    switch (packing) {
    case PACK_GZIP:
        add_deflated(15 + 16);
        return;
    case PACK_ZLIB:
        add_deflated(15);
        return;
    case PACK_BARE:
        add_deflated(-15);
        return;
    case PACK_BR:
        assert_true(BrotliEncoderCompress(5, 22, BROTLI_MODE_TEXT, page.n, page.bytes, &n, out));
        packed.n += n;
        return;
    case PACK_ZSTD:
        packed.n += ZSTD_compress(out, n, page.bytes, page.n, 3);
        return;
    case N_PACKINGS:
        fail();
    }
}

static void pack(enum packing packing)
{
    packed.n = 0;
    add_packed(packing);
}

static void add(const void *bytes, size_t size)
{
    memcpy(packed.bytes + packed.n, bytes, size);
    packed.n += size;
}

/* The first `size` packed bytes, in pieces, into `decoded`, as much as there is room for at a time. */
static enum decode_state decode(
    enum decode_coding coding, size_t size, size_t piece, size_t room, bool *ret_is_whole)
{
    CLEANUP(body_decoder_freep) struct body_decoder *decoder = NULL;
    enum decode_state state = DECODE_GOES_ON;

    decoded.n = 0;
    assert_int_equal(body_decoder_new(coding, &decoder), 0);
    for (size_t at = 0; at < size && state == DECODE_GOES_ON; at += piece) {
        struct decode_io io = {packed.bytes + at, size - at < piece ? size - at : piece, NULL, 0};

        do {
            io.out = decoded.bytes + decoded.n;
            io.out_size = room < MAX_SIZE - decoded.n ? room : MAX_SIZE - decoded.n;
            assert_true(io.out_size > 0);
            state = body_decoder_run(decoder, &io);
            decoded.n = (size_t)(io.out - decoded.bytes);
        } while (state == DECODE_GOES_ON && io.out_size == 0);
    }
    *ret_is_whole = body_decoder_is_whole(decoder);
    return state;
}

static void expect_page(enum decode_coding coding, size_t piece, size_t room)
{
    bool is_whole;

    assert_int_equal(decode(coding, packed.n, piece, room, &is_whole), DECODE_GOES_ON);
    assert_true(is_whole);
    assert_int_equal(decoded.n, page.n);
    assert_memory_equal(decoded.bytes, page.bytes, page.n);
}

static void page_comes_out_however_it_is_cut(void **state)
{
    static const size_t sizes[] = {0, 1, 300, 200000};

    for (enum packing packing = 0; packing < N_PACKINGS; packing++)
        for (size_t i = 0; i < N(sizes); i++) {
            make_page(sizes[i]);
            pack(packing);
            expect_page(coding_of[packing], MAX_SIZE, MAX_SIZE);
            expect_page(coding_of[packing], 1, 1);
            expect_page(coding_of[packing], 7, 32768);
            expect_page(coding_of[packing], 1000, 3);
        }
}

static void every_cut_but_the_empty_one_is_seen(void **state)
{
    bool is_whole;

    make_page(300);
    for (enum packing packing = 0; packing < N_PACKINGS; packing++) {
        pack(packing);
        for (size_t size = 0; size < packed.n; size++) {
            assert_int_equal(decode(coding_of[packing], size, MAX_SIZE, MAX_SIZE, &is_whole), DECODE_GOES_ON);
            if (is_whole != (size == 0))
                fail_msg("packing %d at %zu of %zu", packing, size, packed.n);
        }
    }
}

static void members_behind_each_other_are_one_page(void **state)
{
    static const uint8_t skipped[] = {0x5f, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 'a', 'b', 'c'};
    static const enum packing packings[] = {PACK_GZIP, PACK_ZSTD};
    bool is_whole;

    for (size_t i = 0; i < N(packings); i++) {
        packed.n = 0;
        if (packings[i] == PACK_ZSTD)
            add(skipped, sizeof(skipped));
        make_page(1000);
        add_packed(packings[i]);
        make_page(0);
        add_packed(packings[i]);
        make_page(1000);
        add_packed(packings[i]);
        for (size_t piece = 1; piece < 4; piece++) {
            assert_int_equal(decode(coding_of[packings[i]], packed.n, piece, 100, &is_whole), DECODE_GOES_ON);
            assert_true(is_whole);
            assert_int_equal(decoded.n, 2000);
            assert_memory_equal(decoded.bytes + 1000, page.bytes, 1000);
        }
        assert_int_equal(
            decode(coding_of[packings[i]], packed.n - 1, MAX_SIZE, MAX_SIZE, &is_whole), DECODE_GOES_ON);
        assert_false(is_whole);
    }
}

static void what_stands_behind_the_last_member_is_dropped(void **state)
{
    static const char *const junk[] = {"\n", "<!-- cached -->", "\x1f", "\x1f\x8b", "\x28\xb5\x2f"};

    make_page(300);
    for (enum packing packing = 0; packing < N_PACKINGS; packing++)
        for (size_t i = 0; i < N(junk); i++) {
            pack(packing);
            add(junk[i], strlen(junk[i]) + 1);
            expect_page(coding_of[packing], MAX_SIZE, MAX_SIZE);
            expect_page(coding_of[packing], 1, 1);
        }
}

static void changed_checksums_and_other_data_are_damage(void **state)
{
    static const char text[] = "This is a page, and in no coding at all: it says so.";
    bool is_whole;

    make_page(300);
    pack(PACK_GZIP);
    packed.bytes[packed.n - 5] ^= 1;
    assert_int_equal(decode(DECODE_GZIP, packed.n, MAX_SIZE, MAX_SIZE, &is_whole), DECODE_DAMAGED);
    pack(PACK_ZLIB);
    packed.bytes[packed.n - 1] ^= 1;
    assert_int_equal(decode(DECODE_DEFLATE, packed.n, MAX_SIZE, MAX_SIZE, &is_whole), DECODE_DAMAGED);

    packed.n = 0;
    add(text, sizeof(text));
    for (enum decode_coding coding = DECODE_GZIP; coding <= DECODE_ZSTD; coding++)
        for (size_t piece = 1; piece < sizeof(text); piece += 20)
            if (decode(coding, packed.n, piece, MAX_SIZE, &is_whole) != DECODE_DAMAGED)
                fail_msg("%s", decode_coding_name(coding));
}

/* RFC 8878 3.1.1.1: a frame with a window of so many bytes and a block that is one byte repeated. */
static void add_zstd_of_window(unsigned log)
{
    const uint8_t frame[] = {0x28, 0xb5, 0x2f, 0xfd, 0, (uint8_t)((log - 10) << 3), 3, 0, 0x10, 'z'};

    packed.n = 0;
    add(frame, sizeof(frame));
}

static void windows_above_the_limit_are_refused(void **state)
{
    bool is_whole;

    add_zstd_of_window(23);
    assert_int_equal(decode(DECODE_ZSTD, packed.n, MAX_SIZE, MAX_SIZE, &is_whole), DECODE_GOES_ON);
    assert_true(is_whole);
    assert_int_equal(decoded.n, 0x100000 >> 3);
    add_zstd_of_window(24);
    assert_int_equal(decode(DECODE_ZSTD, packed.n, MAX_SIZE, MAX_SIZE, &is_whole), DECODE_TOO_GREAT);

    /* Brotli's "large window" (not of RFC 7932) begins with 0x11. */
    packed.n = 0;
    add("\x11\x1e\x00\x00", 4);
    assert_int_equal(decode(DECODE_BR, packed.n, MAX_SIZE, MAX_SIZE, &is_whole), DECODE_DAMAGED);
}

static void formats_before_the_standard_are_damage(void **state)
{
    bool is_whole;

    packed.n = 0;
    add("\x27\xb5\x2f\xfd\x00\x00\x00\x00\x00\x00", 10); /* Zstandard 0.7 */
    assert_int_equal(decode(DECODE_ZSTD, packed.n, MAX_SIZE, MAX_SIZE, &is_whole), DECODE_DAMAGED);
}

static void codings_have_names_in_any_case(void **state)
{
    assert_int_equal(decode_coding_of("GZip", 4), DECODE_GZIP);
    assert_int_equal(decode_coding_of("x-gzip", 6), DECODE_GZIP);
    assert_int_equal(decode_coding_of("deflated", 7), DECODE_DEFLATE);
    assert_int_equal(decode_coding_of("br", 2), DECODE_BR);
    assert_int_equal(decode_coding_of("zstd", 4), DECODE_ZSTD);
    assert_int_equal(decode_coding_of("gzi", 3), DECODE_IDENTITY);
    assert_int_equal(decode_coding_of("gzipped", 7), DECODE_IDENTITY);
    assert_string_equal(decode_coding_name(DECODE_BR), "br");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(page_comes_out_however_it_is_cut),
        cmocka_unit_test(every_cut_but_the_empty_one_is_seen),
        cmocka_unit_test(members_behind_each_other_are_one_page),
        cmocka_unit_test(what_stands_behind_the_last_member_is_dropped),
        cmocka_unit_test(changed_checksums_and_other_data_are_damage),
        cmocka_unit_test(windows_above_the_limit_are_refused),
        cmocka_unit_test(formats_before_the_standard_are_damage),
        cmocka_unit_test(codings_have_names_in_any_case),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
