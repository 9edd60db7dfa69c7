/* link: kp_core kp_alloc */
/* A rope against a flat array. Input: edits of four bytes each: the kind
 * and the count, the place (two bytes, a share of the text), and the letters. */
#include "text/rope.h"

#include <stdlib.h>
#include <string.h>

enum { EDIT_BYTES = 4, EDITS_MAX = 120, TEXT_BYTES_MAX = 1 << 15, CHECK_EVERY = 8 };

#define CHECK(belief)                                                                                        \
    do {                                                                                                     \
        if (!(belief))                                                                                       \
            abort();                                                                                         \
    } while (0)

static void check_same(const struct rope *r, struct slice want)
{
    struct buf got = {0};

    CHECK(rope_check(r) == NULL);
    CHECK(rope_read(r, 0, r->size.points, &got) == OK);
    CHECK(slice_equal(buf_slice(&got), want));
    buf_deinit(&got);
}

static struct buf letters_of(uint8_t which, uint32_t count)
{
    static const char *const letters[] = {"x", "é", "中", "😀"};
    struct buf text = {0};

    for (uint32_t i = 0; i < count; i++)
        CHECK(buf_append(&text, slice_from_cstr(letters[which >> (i % 4 * 2) & 3])) == OK);
    return text;
}

static void flat_replace(struct buf *flat, size_t from, size_t to, struct slice by)
{
    CHECK(buf_reserve(flat, by.len + 1) == OK);
    memmove(flat->ptr + from + by.len, flat->ptr + to, flat->len - to);
    if (by.len)
        memcpy(flat->ptr + from, by.ptr, by.len);
    flat->len = flat->len - (to - from) + by.len;
}

/* The counts of an edit: mostly small, at times more than a leaf. */
static uint32_t count_of(uint8_t byte)
{
    static const uint16_t scales[] = {1, 5, 60, 250};

    return ((byte >> 3) + 1u) * scales[byte >> 1 & 3];
}

static void edit(struct rope *r, struct buf *flat, const uint8_t *bytes)
{
    uint32_t share = (uint32_t)bytes[1] << 8 | bytes[2], count = count_of(bytes[0]), points = r->size.points;
    uint32_t at = (uint32_t)((uint64_t)share * (points + 1) >> 16);
    size_t from = utf8_offset_of_points(buf_slice(flat), at);

    CHECK(rope_measure_at_points(r, at).bytes == from);
    if (bytes[0] & 1) {
        count = count < points - at ? count : points - at;
        flat_replace(flat, from, utf8_offset_of_points(buf_slice(flat), at + count), SLICE(""));
        rope_delete(r, at, count);
    } else if (flat->len < TEXT_BYTES_MAX) {
        struct buf text = letters_of(bytes[3], count);
        flat_replace(flat, from, from, buf_slice(&text));
        CHECK(rope_insert(r, at, buf_slice(&text)) == OK);
        buf_deinit(&text);
    } else {
        CHECK(rope_pack(r) == OK);
    }
}

static void check_units(const struct rope *r)
{
    for (uint32_t u16 = 0; u16 <= r->size.u16; u16 += r->size.u16 / 8 + 1) {
        struct measure m = rope_measure_at_u16(r, u16), same = rope_measure_at_points(r, m.points);
        CHECK(m.u16 == u16 || m.u16 + 1 == u16); /* or it is inside a pair */
        CHECK(same.bytes == m.bytes && same.u16 == m.u16);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rope r = {0};
    struct buf flat = {0};

    for (size_t i = 0; i < EDITS_MAX && (i + 1) * EDIT_BYTES <= size; i++) {
        edit(&r, &flat, data + i * EDIT_BYTES);
        if (i % CHECK_EVERY == 0)
            check_same(&r, buf_slice(&flat));
    }
    check_same(&r, buf_slice(&flat));
    check_units(&r);
    CHECK(rope_pack(&r) == OK);
    check_same(&r, buf_slice(&flat));
    rope_deinit(&r);
    buf_deinit(&flat);
    return 0;
}
