#include "text/utf8.h"

#include "base/mem.h"

/* Eight bytes at a time, in one 64-bit word. */
#define EACH_BYTE(bits) (UINT64_C(0x0101010101010101) * (bits))

enum { BLOCK = 32 }; /* bytes that are counted before anything is decided */

static uint64_t load_word(const char *at)
{
    uint64_t word;

    memcpy(&word, at, sizeof word);
    return word;
}

static bool is_ascii(uint64_t word)
{
    return (word & EACH_BYTE(0x80)) == 0;
}

/* The sum of eight bytes, where it fits one. */
static uint32_t sum_bytes(uint64_t bytes)
{
    return (uint32_t)((bytes * EACH_BYTE(1)) >> 56);
}

/* 0x01 for each byte of the form 10xxxxxx: it belongs to the code point before. */
static uint64_t continuation_marks(uint64_t word)
{
    return (word >> 7) & (~word >> 6) & EACH_BYTE(1);
}

/* 0x01 for each byte of the form 11110xxx: a code point of two UTF-16 units. */
static uint64_t astral_marks(uint64_t word)
{
    return (word >> 7) & (word >> 6) & (word >> 5) & (word >> 4) & EACH_BYTE(1);
}

static bool is_continuation(uint8_t byte)
{
    return (byte & 0xc0) == 0x80;
}

/* The length of the code point at the start of bytes[0..len), 0 when it is not
 * strict UTF-8. Table 3-7 of the Unicode standard: only the second byte has
 * bounds of its own. */
static size_t sequence_length(const uint8_t *bytes, size_t len)
{
    uint8_t lead = bytes[0], low = 0x80, high = 0xbf;
    size_t size;

    if (lead < 0x80)
        return 1;
    if (lead < 0xc2 || lead > 0xf4)
        return 0;
    size = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (len < size)
        return 0;
    if (lead == 0xe0)
        low = 0xa0; /* shorter forms exist */
    else if (lead == 0xed)
        high = 0x9f; /* surrogates */
    else if (lead == 0xf0)
        low = 0x90; /* shorter forms exist */
    else if (lead == 0xf4)
        high = 0x8f; /* beyond U+10FFFF */
    if (bytes[1] < low || bytes[1] > high)
        return 0;
    for (size_t i = 2; i < size; i++)
        if (!is_continuation(bytes[i]))
            return 0;
    return size;
}

enum error utf8_check(struct slice bytes, struct measure *out)
{
    const uint8_t *at = (const uint8_t *)bytes.ptr;
    struct measure m = {.bytes = (uint32_t)bytes.len};

    if (bytes.len > UINT32_MAX)
        return ERR_BAD_TEXT;
    for (size_t rest = bytes.len; rest > 0;) {
        size_t size;
        if (rest >= 8 && is_ascii(load_word((const char *)at))) {
            at += 8;
            rest -= 8;
            m.points += 8;
            m.u16 += 8;
            continue;
        }
        size = sequence_length(at, rest);
        if (size == 0)
            return ERR_BAD_TEXT;
        at += size;
        rest -= size;
        m.points += 1;
        m.u16 += size == 4 ? 2 : 1;
    }
    if (out)
        *out = m;
    return OK;
}

size_t utf8_text_bytes(struct slice bytes)
{
    size_t at = 0;

    while (at < bytes.len && bytes.ptr[at] != '\r') {
        const size_t len = sequence_length((const uint8_t *)bytes.ptr + at, bytes.len - at);
        if (len == 0)
            break;
        at += len;
    }
    return at;
}

bool utf8_has_cr(struct slice text)
{
    size_t i = 0;

    for (; i + 8 <= text.len; i += 8) {
        uint64_t cr_is_zero = load_word(text.ptr + i) ^ EACH_BYTE('\r');
        if ((cr_is_zero - EACH_BYTE(1)) & ~cr_is_zero & EACH_BYTE(0x80))
            return true;
    }
    for (; i < text.len; i++)
        if (text.ptr[i] == '\r')
            return true;
    return false;
}

struct measure utf8_measure(struct slice text)
{
    uint32_t continuations = 0, astral = 0;
    size_t i = 0;

    for (; i + 8 <= text.len; i += 8) {
        uint64_t word = load_word(text.ptr + i);
        if (is_ascii(word))
            continue;
        continuations += sum_bytes(continuation_marks(word));
        astral += sum_bytes(astral_marks(word));
    }
    for (; i < text.len; i++) {
        continuations += is_continuation((uint8_t)text.ptr[i]);
        astral += (uint8_t)text.ptr[i] >= 0xf0;
    }
    return (struct measure){
        .bytes = (uint32_t)text.len,
        .points = (uint32_t)text.len - continuations,
        .u16 = (uint32_t)text.len - continuations + astral,
    };
}

/* The offset of the code point that holds unit number `units`, where a code
 * point is one unit, or one and `astral_extra` when it is astral: 0 counts code
 * points, 1 counts UTF-16 units. Whole blocks are skipped by their sums; the
 * block with the answer is walked byte by byte. */
static size_t offset_of(struct slice text, uint32_t units, uint32_t astral_extra)
{
    size_t i = 0;

    for (; i + BLOCK <= text.len; i += BLOCK) {
        uint64_t continuations = 0, astral = 0; /* eight sums of one byte each */
        for (size_t at = i; at < i + BLOCK; at += 8) {
            uint64_t word = load_word(text.ptr + at);
            continuations += continuation_marks(word);
            astral += astral_marks(word);
        }
        uint32_t begun = BLOCK - sum_bytes(continuations) + astral_extra * sum_bytes(astral);
        if (begun > units)
            break;
        units -= begun;
    }
    for (; i < text.len; i++) {
        uint32_t size = 1 + ((uint8_t)text.ptr[i] >= 0xf0 ? astral_extra : 0);
        if (is_continuation((uint8_t)text.ptr[i]))
            continue;
        if (units < size)
            break;
        units -= size;
    }
    return i;
}

size_t utf8_offset_of_points(struct slice text, uint32_t points)
{
    return offset_of(text, points, 0);
}

size_t utf8_offset_of_u16(struct slice text, uint32_t u16)
{
    return offset_of(text, u16, 1);
}

enum error utf8_append_without_cr(struct buf *out, struct slice text)
{
    const enum error err = buf_reserve(out, text.len + 1);
    if (err)
        return err;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != '\r')
            buf_append_byte(out, (uint8_t)text.ptr[i]); /* reserved above */
        else if (i + 1 == text.len || text.ptr[i + 1] != '\n')
            buf_append_byte(out, '\n');
    }
    return OK;
}
