/* link: kp_net kp_core kp_alloc */
/* The head of another server's answer. */
#include "net/response_head.h"
#include "support/unit.h"

static enum error read_text(const char *text, struct response_head *out)
{
    struct slice bytes = slice_from_cstr(text);

    assert_int_equal(response_head_len(bytes), bytes.len);
    return response_head_read(bytes, out);
}

static void an_answer_is_read(void **state)
{
    struct response_head head;

    (void)state;
    assert_int_equal(read_text("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\ncontent-length:  12 \r\n"
                               "ETag: \"a-1\"\r\n\r\n",
                               &head),
                     OK);
    assert_int_equal(head.status, 200);
    assert_int_equal(head.body_bytes, 12);
    assert_true(slice_equal(response_head_field(&head, SLICE("etag")), SLICE("\"a-1\"")));
    assert_true(slice_equal(response_head_field(&head, SLICE("Content-Type")), SLICE("text/plain")));
    assert_null(response_head_field(&head, SLICE("Content")).ptr);
}

static void the_head_ends_at_the_blank_line(void **state)
{
    (void)state;
    assert_int_equal(response_head_len(SLICE("HTTP/1.1 204 \r\n\r\nmore")), 17);
    assert_int_equal(response_head_len(SLICE("HTTP/1.1 204 \r\n\r")), 0);
    assert_int_equal(response_head_len(SLICE("")), 0);
}

static void some_statuses_have_no_body(void **state)
{
    struct response_head head;

    (void)state;
    assert_int_equal(read_text("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n", &head), OK);
    assert_int_equal(head.body_bytes, 0);
    assert_int_equal(read_text("HTTP/1.1 204 \r\n\r\n", &head), OK);
    assert_int_equal(read_text("HTTP/1.1 304 Not Modified\r\nContent-Length: 40\r\n\r\n", &head), OK);
    assert_int_equal(head.body_bytes, 0);
}

static void what_is_not_as_it_should_be_is_refused(void **state)
{
    static const char *const heads[] = {
        "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 999 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 099 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 2x0 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: \r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1 2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n folded\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nA\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nA : b\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n: b\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nA: b\nc\r\n\r\n",
        "HTTP/1.1 200 O\nK\r\nContent-Length: 1\r\n\r\n",
        "\r\n\r\n",
    };
    struct response_head head;

    (void)state;
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        assert_int_equal(read_text(heads[i], &head), ERR_MALFORMED);
}

static void a_nul_is_refused(void **state)
{
    struct slice bytes = SLICE("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nA: b\0c\r\n\r\n");
    struct response_head head;

    (void)state;
    assert_int_equal(response_head_read(bytes, &head), ERR_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_is_read),
        cmocka_unit_test(the_head_ends_at_the_blank_line),
        cmocka_unit_test(some_statuses_have_no_body),
        cmocka_unit_test(what_is_not_as_it_should_be_is_refused),
        cmocka_unit_test(a_nul_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
