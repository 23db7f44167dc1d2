#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base64.h"
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* RFC 4648, section 10. */
static const char *const vectors[][2] = {{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"},
    {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}};

static void vectors_of_the_standard_go_both_ways(void **state)
{
    for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
        char text[16];
        char bytes[16];
        size_t size = 99;

        base64_encode(vectors[i][0], strlen(vectors[i][0]), text);
        assert_string_equal(text, vectors[i][1]);
        assert_int_equal(base64_decode(text, strlen(text), bytes, &size), 0);
        assert_int_equal(size, strlen(vectors[i][0]));
        assert_memory_equal(bytes, vectors[i][0], size);
    }
}

static void every_byte_comes_back_at_every_place(void **state)
{
    uint8_t bytes[256 + 3];
    char text[BASE64_LENGTH(sizeof(bytes)) + 1];
    uint8_t found[sizeof(bytes) + 3];
    size_t found_size;

    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (uint8_t)(i * 7);
    for (size_t from = 0; from < 3; from++)
        for (size_t size = 250; size <= 256; size++) {
            base64_encode(bytes + from, size, text);
            assert_int_equal(strlen(text), BASE64_LENGTH(size));
            assert_int_equal(base64_decode(text, strlen(text), found, &found_size), 0);
            assert_int_equal(found_size, size);
            assert_memory_equal(found, bytes + from, size);
        }
}

static void what_is_not_as_encoded_is_refused(void **state)
{
    static const char *const bad[] = {
        "Zg", "Zg=", "Z===", "====", "Zh==", "Zm9=", "Zg==Zg==", "Z g=", "Zm9v\n", "Zm-_", "Z\xc3\xa4g"};

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        char bytes[16];
        size_t size = 99;

        if (base64_decode(bad[i], strlen(bad[i]), bytes, &size) != -EINVAL)
            fail_msg("%s", bad[i]);
        assert_int_equal(size, 99);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors_of_the_standard_go_both_ways),
        cmocka_unit_test(every_byte_comes_back_at_every_place),
        cmocka_unit_test(what_is_not_as_encoded_is_refused),
    };

    return cmocka_run_group_tests_name("base64", tests, NULL, NULL);
}
