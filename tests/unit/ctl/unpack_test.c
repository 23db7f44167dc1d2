#include "ctl/unpack.h"

#include "base/array.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <bzlib.h>
#include <cmocka.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#define TEXT_SIZE 300000 /* more than what is unpacked at a time */
#define PACKED_ROOM 500000

static uint8_t text[TEXT_SIZE];

struct packed {
    uint8_t bytes[PACKED_ROOM];
    size_t size;
};

static void pack_gzip(struct packed *packed, const uint8_t *bytes, size_t size)
{
    z_stream stream = {.next_in = (Bytef *)bytes,
        .avail_in = (uInt)size,
        .next_out = packed->bytes + packed->size,
        .avail_out = (uInt)(PACKED_ROOM - packed->size)};

    assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    packed->size += stream.total_out;
    deflateEnd(&stream);
}

static void pack_bzip2(struct packed *packed, const uint8_t *bytes, size_t size)
{
    unsigned room = (unsigned)(PACKED_ROOM - packed->size);

    assert_int_equal(BZ2_bzBuffToBuffCompress(
                         (char *)packed->bytes + packed->size, &room, (char *)bytes, (unsigned)size, 1, 0, 0),
        BZ_OK);
    packed->size += room;
}

static void pack_xz(struct packed *packed, const uint8_t *bytes, size_t size)
{
    assert_int_equal(lzma_easy_buffer_encode(
                         1, LZMA_CHECK_CRC64, NULL, bytes, size, packed->bytes, &packed->size, PACKED_ROOM),
        LZMA_OK);
}

static void pack_zstd(struct packed *packed, const uint8_t *bytes, size_t size)
{
    ZSTD_CCtx *context = ZSTD_createCCtx();
    size_t n;

    assert_non_null(context);
    (void)ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
    n = ZSTD_compress2(context, packed->bytes + packed->size, PACKED_ROOM - packed->size, bytes, size);
    assert_false(ZSTD_isError(n));
    packed->size += n;
    ZSTD_freeCCtx(context);
}

static const struct {
    const char *name;
    void (*pack)(struct packed *packed, const uint8_t *bytes, size_t size);
} formats[] = {{"gzip", pack_gzip}, {"bzip2", pack_bzip2}, {"xz", pack_xz}, {"Zstandard", pack_zstd}};
#define N_FORMATS (sizeof(formats) / sizeof(*formats))

static struct packed packed;

static void pack(size_t format, const void *bytes, size_t size)
{
    formats[format].pack(&packed, bytes, size);
}

static int keep(void *userdata, const void *bytes, size_t size)
{
    return buffer_append(userdata, bytes, size);
}

/* All of it in chunks of that size; the reason is written where it is refused. */
static int unpack(
    struct buffer *out, const uint8_t *bytes, size_t size, size_t chunk, char reason[static 128])
{
    CLEANUP(unpacker_freep) struct unpacker *unpacker = NULL;
    const struct unpack_codec *codec = unpack_sniff(bytes, size);
    int r = 0;

    out->size = 0;
    reason[0] = '\0';
    if (!codec)
        return UNPACK_REFUSED;
    assert_int_equal(unpacker_new(codec, keep, out, &unpacker), 0);
    for (size_t at = 0; at < size && r == 0; at += chunk)
        r = unpacker_feed(unpacker, bytes + at, size - at < chunk ? size - at : chunk);
    if (r == 0)
        r = unpacker_finish(unpacker);
    if (r == UNPACK_REFUSED)
        strcpy(reason, unpacker_reason(unpacker));
    return r;
}

static void assert_unpacks(size_t chunk, const void *expected, size_t size)
{
    CLEANUP(buffer_deinit) struct buffer out = {0};
    char reason[128];

    assert_int_equal(unpack(&out, packed.bytes, packed.size, chunk, reason), 0);
    assert_int_equal(out.size, size);
    assert_memory_equal(out.bytes ? out.bytes : (const uint8_t *)"", expected, size);
}

static int make_text(void **state)
{
    uint32_t random = 1;

    for (size_t i = 0; i < TEXT_SIZE; i++) {
        random = random * 1664525 + 1013904223;
        text[i] = (uint8_t) "etaoin shrdlu\n  "[random >> 28];
    }
    return 0;
}

static void what_was_packed_comes_out_whatever_the_chunks(void **state)
{
    for (size_t format = 0; format < N_FORMATS; format++) {
        packed.size = 0;
        pack(format, text, TEXT_SIZE);
        for (size_t chunk = 1; chunk <= 17; chunk += 8)
            assert_unpacks(chunk, text, TEXT_SIZE);
        assert_unpacks(PACKED_ROOM, text, TEXT_SIZE);
    }
}

static void members_one_after_the_other_are_one_text(void **state)
{
    for (size_t format = 0; format < N_FORMATS; format++) {
        packed.size = 0;
        pack(format, "one ", 4);
        pack(format, "", 0);
        pack(format, "text", 4);
        assert_unpacks(1, "one text", 8);
        assert_unpacks(PACKED_ROOM, "one text", 8);
    }
}

static void zeros_behind_a_member_are_padding(void **state)
{
    for (size_t format = 0; format < N_FORMATS; format++) {
        packed.size = 0;
        pack(format, "one ", 4);
        memset(packed.bytes + packed.size, 0, 512);
        packed.size += 512;
        pack(format, "text", 4);
        memset(packed.bytes + packed.size, 0, 512);
        packed.size += 512;
        assert_unpacks(7, "one text", 8);
    }
}

static void frames_to_be_skipped_are_skipped(void **state)
{
    packed.size = 12;
    memcpy(packed.bytes, "\x5f\x2a\x4d\x18\x04\x00\x00\x00skip", 12);
    pack_zstd(&packed, (const uint8_t *)"text", 4);
    assert_unpacks(1, "text", 4);
}

static void what_is_cut_short_is_refused_wherever_it_ends(void **state)
{
    CLEANUP(buffer_deinit) struct buffer out = {0};
    char reason[128], expected[128];

    for (size_t format = 0; format < N_FORMATS; format++) {
        snprintf(expected, sizeof(expected), "its %s data are cut short", formats[format].name);
        packed.size = 0;
        pack(format, text, 3000);
        for (size_t size = UNPACK_SNIFF_SIZE; size < packed.size; size++) {
            assert_int_equal(unpack(&out, packed.bytes, size, PACKED_ROOM, reason), UNPACK_REFUSED);
            assert_string_equal(reason, expected);
        }
    }
}

static void no_flipped_bit_changes_the_text_unnoticed(void **state)
{
    CLEANUP(buffer_deinit) struct buffer out = {0};
    size_t refused = 0;
    char reason[128];

    for (size_t format = 0; format < N_FORMATS; format++) {
        packed.size = 0;
        pack(format, text, 1000);
        /* One of each byte. */
        for (size_t bit = 0; bit < packed.size * 8; bit += 9) {
            packed.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
            if (unpack(&out, packed.bytes, packed.size, PACKED_ROOM, reason) == 0) {
                assert_int_equal(out.size, 1000);
                assert_memory_equal(out.bytes, text, 1000);
            } else {
                refused++;
            }
            packed.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
        assert_true(refused > packed.size / 2);
    }
}

static void other_data_behind_a_member_are_refused(void **state)
{
    CLEANUP(buffer_deinit) struct buffer out = {0};
    char reason[128];

    for (size_t format = 0; format < N_FORMATS; format++) {
        packed.size = 0;
        pack(format, "text", 4);
        memcpy(packed.bytes + packed.size, "and what is no member", 21);
        assert_int_equal(unpack(&out, packed.bytes, packed.size + 21, PACKED_ROOM, reason), UNPACK_REFUSED);
        assert_non_null(strstr(reason, "are damaged"));
    }
}

static void assert_too_big(const uint8_t *bytes, size_t size, const char *expected)
{
    CLEANUP(buffer_deinit) struct buffer out = {0};
    char reason[128];

    assert_int_equal(unpack(&out, bytes, size, size, reason), UNPACK_REFUSED);
    assert_string_equal(reason, expected);
}

static void window_that_is_too_large_is_refused(void **state)
{
    /* Byte 5 is the window: 2^(10 + 21) bytes. */
    static const uint8_t frame[] = {0x28, 0xb5, 0x2f, 0xfd, 0, 21 << 3, 0x21, 0, 0, 'a', 'b', 'c', 'd'};
    static const uint8_t lzma2[] = {LZMA_FILTER_LZMA2, 1};
    uint8_t *header = packed.bytes + LZMA_STREAM_HEADER_SIZE, *filter;
    size_t header_size;
    uint32_t crc;

    assert_too_big(frame, sizeof(frame), "its Zstandard data need more than 256 MiB of memory to unpack");

    packed.size = 0;
    pack_xz(&packed, text, 100);
    header_size = lzma_block_header_size_decode(header[0]);
    filter = memmem(header, header_size, lzma2, sizeof(lzma2));
    assert_non_null(filter);
    filter[2] = 40; /* 4 GiB - 1 */
    crc = lzma_crc32(header, header_size - sizeof(crc), 0);
    memcpy(header + header_size - sizeof(crc), &crc, sizeof(crc));
    assert_too_big(packed.bytes, packed.size, "its xz data need more than 256 MiB of memory to unpack");
}

static void text_is_not_taken_for_something_compressed(void **state)
{
    static const char *const texts[] = {
        "", "BZh9", "BZh9 is how bzip2 begins", "7zXZ", "PK\3\4", "\x1f\x8b", "<html>"};

    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
        assert_null(unpack_sniff((const uint8_t *)texts[i], strlen(texts[i])));
}

static int refuse(void *userdata, const void *bytes, size_t size)
{
    return -EIO;
}

static void error_of_the_sink_ends_it(void **state)
{
    for (size_t format = 0; format < N_FORMATS; format++) {
        CLEANUP(unpacker_freep) struct unpacker *unpacker = NULL;

        packed.size = 0;
        pack(format, text, 3000);
        assert_int_equal(unpacker_new(unpack_sniff(packed.bytes, packed.size), refuse, NULL, &unpacker), 0);
        assert_int_equal(unpacker_feed(unpacker, packed.bytes, packed.size), -EIO);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_packed_comes_out_whatever_the_chunks),
        cmocka_unit_test(members_one_after_the_other_are_one_text),
        cmocka_unit_test(zeros_behind_a_member_are_padding),
        cmocka_unit_test(frames_to_be_skipped_are_skipped),
        cmocka_unit_test(what_is_cut_short_is_refused_wherever_it_ends),
        cmocka_unit_test(no_flipped_bit_changes_the_text_unnoticed),
        cmocka_unit_test(other_data_behind_a_member_are_refused),
        cmocka_unit_test(window_that_is_too_large_is_refused),
        cmocka_unit_test(text_is_not_taken_for_something_compressed),
        cmocka_unit_test(error_of_the_sink_ends_it),
    };

    return cmocka_run_group_tests(tests, make_text, NULL);
}
