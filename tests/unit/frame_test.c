/* link: kp_net kp_core kp_alloc */
/* Frames and outboxes: what goes to the wire, byte for byte. */
#include "net/frame.h"
#include "net/outbox.h"
#include "support/unit.h"
#include "support/ws_client.h"

static void expect_header(size_t payload_len, const char *header, size_t header_len)
{
    struct buf out = {0};

    must(frame_append_message(&out, WS_TEXT, repeated('x', payload_len)));
    assert_int_equal(out.len, header_len + payload_len);
    assert_memory_equal(out.ptr, header, header_len);
    if (payload_len > 0)
        assert_int_equal(out.ptr[header_len + payload_len - 1], 'x');
    buf_deinit(&out);
}

static void length_takes_its_shortest_form(void **state)
{
    (void)state;
    expect_header(0, "\x81\x00", 2);
    expect_header(1, "\x81\x01", 2);
    expect_header(125, "\x81\x7d", 2);
    expect_header(126, "\x81\x7e\x00\x7e", 4);
    expect_header(65535, "\x81\x7e\xff\xff", 4);
    expect_header(65536, "\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00", 10);
}

static void messages_follow_each_other_in_one_frame(void **state)
{
    struct buf out = {0};

    (void)state;
    must(frame_append_message(&out, WS_TEXT, SLICE("ab")));
    must(frame_append_message(&out, WS_PING, SLICE("")));
    struct frame *f = frame_new(buf_slice(&out));
    assert_int_equal(f->len, 6);
    assert_memory_equal(f->bytes,
                        "\x81\x02"
                        "ab\x89\x00",
                        6);
    frame_unref(f);
    frame_unref(NULL);
    buf_deinit(&out);
}

static void put_text(struct outbox *o, const char *text)
{
    struct frame *f = frame_new(slice_from_cstr(text));

    assert_non_null(f);
    must(outbox_put(o, f));
    frame_unref(f); /* the outbox has its own */
}

/* Takes everything out, `step` bytes at a time, as a socket would. */
static void take_in_steps(struct outbox *o, size_t step, struct buf *taken)
{
    struct iovec pieces[3];

    while (!outbox_is_empty(o)) {
        size_t count = outbox_peek(o, pieces, 3), left = step;
        for (size_t i = 0; i < count && left > 0; i++) {
            size_t part = pieces[i].iov_len < left ? pieces[i].iov_len : left;
            must(buf_append(taken, slice_of(pieces[i].iov_base, part)));
            left -= part;
        }
        outbox_drop(o, step - left);
    }
}

static void bytes_leave_in_order_however_they_are_cut(void **state)
{
    (void)state;
    for (size_t step = 1; step <= 40; step++) {
        struct outbox o = {0};
        struct buf put = {0}, taken = {0};
        for (char c = 'a'; c < 'a' + 13; c++) {
            char text[4] = {c, c, (c % 3) ? c : '\0', '\0'};
            put_text(&o, text);
            must(buf_append(&put, slice_from_cstr(text)));
        }
        assert_int_equal(outbox_waiting_bytes(&o), put.len);
        take_in_steps(&o, step, &taken);
        assert_true(slice_equal(buf_slice(&put), buf_slice(&taken)));
        assert_int_equal(outbox_waiting_bytes(&o), 0);
        assert_null(o.ring);
        buf_deinit(&put);
        buf_deinit(&taken);
    }
}

static void a_ring_that_wrapped_grows_in_order(void **state)
{
    struct outbox o = {0};
    struct buf taken = {0};

    (void)state;
    put_text(&o, "0");
    put_text(&o, "1");
    put_text(&o, "2");
    assert_int_equal(outbox_drop(&o, 2), 2);
    for (char c = '3'; c <= '9'; c++)
        put_text(&o, (char[]){c, '\0'});
    assert_int_equal(o.count, 8);
    take_in_steps(&o, 2, &taken);
    assert_true(slice_equal(buf_slice(&taken), SLICE("23456789")));
    buf_deinit(&taken);
}

static void an_outbox_that_is_dropped_frees_what_it_holds(void **state)
{
    struct outbox o = {0};
    struct frame *f = frame_new(SLICE("shared"));

    (void)state;
    for (int i = 0; i < 9; i++)
        must(outbox_put(&o, f));
    assert_int_equal(f->refs, 10);
    assert_int_equal(outbox_drop(&o, 8), 1);
    outbox_deinit(&o);
    assert_int_equal(f->refs, 1);
    frame_unref(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(length_takes_its_shortest_form),
        cmocka_unit_test(messages_follow_each_other_in_one_frame),
        cmocka_unit_test(bytes_leave_in_order_however_they_are_cut),
        cmocka_unit_test(a_ring_that_wrapped_grows_in_order),
        cmocka_unit_test(an_outbox_that_is_dropped_frees_what_it_holds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
