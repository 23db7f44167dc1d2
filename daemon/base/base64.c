#include "base/base64.h"

#include <errno.h>
#include <stdint.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_encode(const void *bytes, size_t size, char *ret)
{
    const uint8_t *in = bytes;

    for (; size >= 3; size -= 3, in += 3) {
        uint32_t group = (uint32_t)in[0] << 16 | (uint32_t)in[1] << 8 | in[2];

        *ret++ = alphabet[group >> 18];
        *ret++ = alphabet[group >> 12 & 63];
        *ret++ = alphabet[group >> 6 & 63];
        *ret++ = alphabet[group & 63];
    }
    if (size > 0) {
        uint32_t group = (uint32_t)in[0] << 16 | (size > 1 ? (uint32_t)in[1] << 8 : 0);

        *ret++ = alphabet[group >> 18];
        *ret++ = alphabet[group >> 12 & 63];
        *ret++ = size > 1 ? alphabet[group >> 6 & 63] : '=';
        *ret++ = '=';
    }
    *ret = '\0';
}

/* 64 for what is no digit. */
static uint32_t value_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (uint32_t)(c - 'A');
    if (c >= 'a' && c <= 'z')
        return (uint32_t)(c - 'a') + 26;
    if (c >= '0' && c <= '9')
        return (uint32_t)(c - '0') + 52;
    return c == '+' ? 62 : c == '/' ? 63 : 64;
}

/* The last group may end with one or two `=`, and the bits behind its bytes are zero: one text a value. */
static int decode_last(const char *text, uint8_t *out, size_t *ret_size)
{
    uint32_t a = value_of(text[0]);
    uint32_t b = value_of(text[1]);
    uint32_t c = text[2] == '=' ? 0 : value_of(text[2]);

    if (a > 63 || b > 63 || c > 63 || text[3] != '=' || (text[2] == '=' ? b & 15 : c & 3) != 0)
        return -EINVAL;
    out[0] = (uint8_t)(a << 2 | b >> 4);
    if (text[2] != '=')
        out[1] = (uint8_t)(b << 4 | c >> 2);
    *ret_size = text[2] == '=' ? 1 : 2;
    return 0;
}

int base64_decode(const char *text, size_t length, void *ret, size_t *ret_size)
{
    uint8_t *out = ret;
    size_t size = 0;
    size_t last = 0;
    int r;

    if (length % 4 != 0)
        return -EINVAL;
    for (; length > 0; length -= 4, text += 4) {
        uint32_t a = value_of(text[0]);
        uint32_t b = value_of(text[1]);
        uint32_t c = value_of(text[2]);
        uint32_t d = value_of(text[3]);

        if ((a | b | c | d) > 63) {
            r = length == 4 ? decode_last(text, out + size, &last) : -EINVAL;
            if (r < 0)
                return r;
            break;
        }
        out[size++] = (uint8_t)(a << 2 | b >> 4);
        out[size++] = (uint8_t)(b << 4 | c >> 2);
        out[size++] = (uint8_t)(c << 6 | d);
    }
    *ret_size = size + last;
    return 0;
}
