#include "base/id128.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* Tokens are secrets, so the time this takes does not depend on where the two
 * differ. */
bool id128_equal(struct id128 a, struct id128 b)
{
    unsigned difference = 0;
    for (size_t i = 0; i < sizeof a.bytes; i++)
        difference |= (unsigned)(a.bytes[i] ^ b.bytes[i]);
    return difference == 0;
}

bool id128_is_zero(struct id128 id)
{
    return id128_equal(id, (struct id128){{0}});
}

/* The six bits a character stands for, or -1. */
static int sextet(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '-')
        return 62;
    return c == '_' ? 63 : -1;
}

/* 22 characters are 132 bits. The last four must be zero, so that each id has
 * exactly one spelling. */
bool id128_decode(struct slice text, struct id128 *out)
{
    if (text.len != ID128_CHARS)
        return false;
    struct id128 id = {{0}};
    uint32_t bits = 0;      /* the last 16 read; the lowest `bit_count` are not in `id` yet */
    unsigned bit_count = 0; /* at most 6 after each round */
    size_t filled = 0;
    for (size_t i = 0; i < text.len; i++) {
        const int six = sextet(text.ptr[i]);
        if (six < 0)
            return false;
        bits = (bits << 6 | (uint32_t)six) & 0xffffu;
        bit_count += 6;
        if (bit_count >= 8) {
            bit_count -= 8;
            id.bytes[filled++] = (uint8_t)(bits >> bit_count);
        }
    }
    if (bits & 0xfu)
        return false;
    *out = id;
    return true;
}

void id128_encode(struct id128 id, char out[ID128_CHARS])
{
    base64url_encode(slice_of(id.bytes, sizeof id.bytes), out);
}

size_t base64url_encode(struct slice bytes, char *out)
{
    uint32_t bits = 0;
    unsigned bit_count = 0;
    size_t written = 0;
    for (size_t i = 0; i < bytes.len; i++) {
        bits = (bits << 8 | (uint8_t)bytes.ptr[i]) & 0xffffu;
        bit_count += 8;
        for (; bit_count >= 6; bit_count -= 6)
            out[written++] = alphabet[bits >> (bit_count - 6) & 63u];
    }
    if (bit_count > 0)
        out[written++] = alphabet[bits << (6 - bit_count) & 63u];
    return written;
}
