/* link: kp_core kp_alloc */
#include "base/buf.h"
#include "base/hash.h"
#include "base/list.h"
#include "base/percent.h"
#include "support/unit.h"

/* errors */

static void test_every_error_tells_every_kind_of_peer(void **state)
{
    (void)state;
    for (enum error err = OK; err < ERROR_COUNT; err++) {
        int close = error_ws_close(err), status = error_http_status(err);
        assert_true(error_code(err)[0] >= 'a' && error_code(err)[0] <= 'z');
        assert_int_equal(strspn(error_code(err), "abcdefghijklmnopqrstuvwxyz_"), strlen(error_code(err)));
        assert_true(strlen(error_text(err)) > 5);
        assert_true((close >= 1000 && close <= 1013) || (close >= 4400 && close < 4500));
        assert_true(status == 200 || (status >= 400 && status < 600));
        for (enum error other = OK; other < err; other++)
            assert_string_not_equal(error_code(err), error_code(other));
    }
    assert_int_equal(error_http_status(OK), 200);
    assert_string_equal(error_code((enum error)12345), "internal");
    assert_int_equal(error_ws_close((enum error)12345), 1011);
}

/* slices */

static void test_slices_compare_by_bytes(void **state)
{
    (void)state;
    assert_true(slice_compare(SLICE("a"), SLICE("b")) < 0);
    assert_true(slice_compare(SLICE("ab"), SLICE("a")) > 0);
    assert_true(slice_compare(SLICE("a"), SLICE("ab")) < 0);
    assert_true(slice_compare(SLICE("z"), SLICE("é")) < 0); /* bytes have no sign */
    assert_int_equal(slice_compare(SLICE("é"), SLICE("é")), 0);
    assert_int_equal(slice_compare((struct slice){0}, SLICE("")), 0);
    assert_true(slice_equal((struct slice){0}, SLICE("")));
    assert_false(slice_equal(SLICE("a"), SLICE("ab")));
    assert_false(slice_equal(SLICE("ac"), SLICE("ab")));
    assert_int_equal(slice_from_cstr("four").len, 4);
    assert_int_equal(slice_from_cstr(NULL).len, 0);
}

/* buffers */

static void test_buffer_life(void **state)
{
    struct buf b = {0};
    (void)state;

    assert_int_equal(buf_append(&b, (struct slice){0}), OK);
    assert_null(b.ptr);
    assert_int_equal(buf_append(&b, SLICE("hello ")), OK);
    assert_int_equal(buf_append_byte(&b, 'w'), OK);
    assert_int_equal(buf_append(&b, SLICE("orld")), OK);
    assert_true(slice_equal(buf_slice(&b), SLICE("hello world")));
    buf_drop_front(&b, 6);
    assert_true(slice_equal(buf_slice(&b), SLICE("world")));
    buf_shrink(&b);
    assert_int_equal(b.cap, 5);
    struct slice released = buf_release(&b);
    assert_true(slice_equal(released, SLICE("world")));
    assert_null(b.ptr);
    b = (struct buf){.ptr = (char *)(uintptr_t)released.ptr, .len = released.len, .cap = released.len};
    buf_drop_front(&b, 5);
    buf_shrink(&b);
    assert_null(b.ptr);
    buf_deinit(&b);
}

static void test_reserved_room_is_there(void **state)
{
    struct buf b = {0};
    (void)state;

    assert_int_equal(buf_reserve(&b, 1000), OK);
    const char *ptr = b.ptr;
    for (int i = 0; i < 1000; i++)
        assert_int_equal(buf_append_byte(&b, 1), OK);
    assert_ptr_equal(b.ptr, ptr);
    assert_int_equal(buf_reserve(&b, SIZE_MAX), ERR_NO_MEMORY);
    assert_int_equal(buf_reserve(&b, SIZE_MAX - 500), ERR_NO_MEMORY);
    assert_int_equal(b.len, 1000);
    buf_deinit(&b);
}

/* Appending a byte a million times must not copy a million times. */
static void test_growth_is_geometric(void **state)
{
    struct buf b = {0};
    size_t growths = 0;
    (void)state;

    for (int i = 0; i < 1000000; i++) {
        size_t cap = b.cap;
        assert_int_equal(buf_append_byte(&b, 0), OK);
        growths += b.cap != cap;
    }
    assert_true(growths < 50);
    buf_deinit(&b);
}

/* varints */

static void test_varints_around_every_length(void **state)
{
    (void)state;
    for (unsigned bits = 0; bits <= 64; bits++) {
        uint64_t edge = bits == 64 ? 0 : UINT64_C(1) << bits;
        for (int off = -1; off <= 1; off++) {
            struct buf b = {0};
            uint64_t value = edge + (uint64_t)off, back;
            size_t at = 0, cut = 0;
            assert_int_equal(buf_append_varint(&b, value), OK);
            assert_int_equal(b.len, varint_size(value));
            assert_true(varint_read(buf_slice(&b), &at, &back));
            assert_true(back == value);
            assert_int_equal(at, b.len);
            assert_false(varint_read(slice_of(b.ptr, b.len - 1), &cut, &back)); /* ends early */
            assert_int_equal(cut, 0);
            buf_deinit(&b);
        }
    }
}

static void test_varints_that_do_not_fit(void **state)
{
    uint64_t value = 7;
    size_t at = 0;
    (void)state;

    assert_false(varint_read(SLICE("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"), &at, &value));
    assert_false(varint_read(SLICE("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"), &at, &value));
    assert_false(varint_read(SLICE(""), &at, &value));
    assert_int_equal(at, 0);
    assert_int_equal(value, 7);
}

/* lists */

struct item {
    int name;
    struct link link;
};

static void assert_list(const struct link *head, const char *want)
{
    char got[16];
    size_t count = 0;

    LIST_EACH (pos, following, head)
        got[count++] = (char)LIST_ITEM(pos, struct item, link)->name;
    got[count] = '\0';
    assert_string_equal(got, want);
}

static void test_lists(void **state)
{
    struct link head;
    struct item a = {.name = 'a'}, b = {.name = 'b'}, c = {.name = 'c'};
    (void)state;

    list_init(&head);
    assert_true(list_is_empty(&head));
    list_append(&head, &a.link);
    list_append(&head, &b.link);
    list_append(&head, &c.link);
    assert_list(&head, "abc");
    list_remove(&b.link);
    list_remove(&b.link); /* leaving twice is harmless */
    assert_list(&head, "ac");
    LIST_EACH (pos, following, &head) {
        list_remove(pos);
    }
    assert_true(list_is_empty(&head));
}

/* percent escapes */

static void test_every_byte_has_its_escapes(void **state)
{
    static const char *const formats[] = {"%%%02x", "%%%02X", "%%%02x41"};
    char escape[8];
    (void)state;
    for (int byte = 0; byte < 256; byte++)
        for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
            snprintf(escape, sizeof escape, formats[i], (unsigned)byte);
            assert_int_equal(percent_escape(slice_from_cstr(escape)), byte);
        }
}

static void test_broken_escapes_are_none(void **state)
{
    static const char *const broken[] = {"",    "%",   "%4",  "41%", "%4g", "%g4",
                                         "%/0", "%:0", "%@0", "%`0", "% 41"};
    (void)state;
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++)
        assert_int_equal(percent_escape(slice_from_cstr(broken[i])), -1);
    assert_int_equal(percent_escape(slice_of("%41", 2)), -1); /* what lies behind is not read */
}

/* ---- hash ---- */

/* Names as people give them go to places as evenly as random ones would, whichever bits are taken. */
static void test_names_that_are_alike_are_spread(void **state)
{
    enum { NAMES = 1000, PLACES = 8 };
    (void)state;
    for (uint64_t seed = 1; seed < 1000000; seed = seed * 7 + 3) {
        for (int shift = 0; shift <= 56; shift += 8) {
            int count[PLACES] = {0};
            for (int i = 0; i < NAMES; i++) {
                char name[32];
                snprintf(name, sizeof name, "class-%d", i);
                count[(hash_bytes(seed, slice_from_cstr(name)) >> shift) % PLACES]++;
            }
            for (int i = 0; i < PLACES; i++)
                assert_in_range(count[i], 75, 185);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_error_tells_every_kind_of_peer),
        cmocka_unit_test(test_slices_compare_by_bytes),
        cmocka_unit_test(test_buffer_life),
        cmocka_unit_test(test_reserved_room_is_there),
        cmocka_unit_test(test_growth_is_geometric),
        cmocka_unit_test(test_varints_around_every_length),
        cmocka_unit_test(test_varints_that_do_not_fit),
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_every_byte_has_its_escapes),
        cmocka_unit_test(test_broken_escapes_are_none),
        cmocka_unit_test(test_names_that_are_alike_are_spread),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
