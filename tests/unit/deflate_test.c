/* link: kp_net kp_core kp_alloc */
/* Compression of messages: what is agreed on, and that nothing gets lost or grows
 * without bounds. */
#include "net/deflate.h"
#include "support/unit.h"
#include "support/ws_client.h"

#include <zlib.h>

enum { ROOM = 300 * 1024 };

static void offers_are_taken_or_not(void **state)
{
    static const struct {
        const char *extensions;
        bool is_taken;
    } table[] = {
        {"", false},
        {"permessage-deflate", true},
        {"permessage-deflate; client_max_window_bits", true},
        {" permessage-deflate ;  client_max_window_bits = 10 ", true},
        {"permessage-deflate; client_max_window_bits=\"8\"", true},
        {"permessage-deflate; server_no_context_takeover; client_no_context_takeover", true},
        {"permessage-deflate; server_max_window_bits=15", true},
        {"permessage-deflate; server_max_window_bits=\"15\"", true},
        {"permessage-deflate; server_max_window_bits=14", false}, /* we keep to no smaller window */
        {"permessage-deflate; server_max_window_bits=10, permessage-deflate", true},
        {"x-webkit-deflate-frame, permessage-deflate", true},
        {"permessage-deflat", false},
        {"permessage-deflate2", false},
        {"Permessage-Deflate", false},
        {"permessage-deflate; server_max_window_bits", false},
        {"permessage-deflate; client_max_window_bits=7", false},
        {"permessage-deflate; client_max_window_bits=16", false},
        {"permessage-deflate; client_max_window_bits=08", false},
        {"permessage-deflate; client_max_window_bits=", false},
        {"permessage-deflate; client_max_window_bits=1x", false},
        {"permessage-deflate; client_no_context_takeover=1", false},
        {"permessage-deflate; client_no_context_takeover; client_no_context_takeover", false},
        {"permessage-deflate; unknown", false},
        {"permessage-deflate; ;", false},
        {";permessage-deflate", false},
        {",,,", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (deflate_is_offered(slice_from_cstr(table[i].extensions)) != table[i].is_taken)
            fail_msg("%s", table[i].extensions);
    assert_false(deflate_is_offered((struct slice){0}));
}

static void the_answer_is_one_that_we_would_take(void **state)
{
    (void)state;
    assert_int_equal(strlen(deflate_accepted.ptr), deflate_accepted.len);
    assert_true(deflate_is_offered(deflate_accepted));
}

/* Packs with zlib itself, so that not only our own packing is unpacked. */
static struct slice packed_by_zlib(struct slice message, int level, int flush)
{
    static Bytef out[2 * ROOM];
    z_stream z = {.next_in = (z_const Bytef *)(uintptr_t)message.ptr,
                  .avail_in = (uInt)message.len,
                  .next_out = out,
                  .avail_out = sizeof out};

    assert_int_equal(deflateInit2(&z, level, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY), Z_OK);
    deflate(&z, flush);
    size_t len = sizeof out - z.avail_out;
    deflateEnd(&z);
    if (flush == Z_FINISH)
        out[len++] = 0; /* RFC 7692, 7.2.3.5 */
    else
        len -= 4;
    return slice_of(out, len);
}

static struct slice message_of(size_t len, unsigned seed)
{
    static char bytes[ROOM];

    for (size_t i = 0; i < len; i++) {
        seed = seed * 1103515245u + 12345u;
        bytes[i] = (char)('a' + (seed >> 16) % 20);
    }
    return slice_of(bytes, len);
}

static void expect_unpacked(struct inflater **inflater, struct slice payload, struct slice message)
{
    struct buf out = {0};

    must(buf_append(&out, SLICE("before:")));
    assert_int_equal(inflate_message(inflater, payload, message.len, &out), OK);
    assert_int_equal(out.len, 7 + message.len);
    if (message.len > 0)
        assert_memory_equal(out.ptr + 7, message.ptr, message.len);
    buf_deinit(&out);
}

static void what_is_packed_is_unpacked(void **state)
{
    static const size_t lengths[] = {0, 1, 2, 100, 1024, 16383, 16384, 16385, 32768, 65536, 300 * 1024};
    struct inflater *inflater = NULL;
    struct deflater *deflater = NULL;

    (void)state;
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        struct slice message = message_of(lengths[i], (unsigned)i);
        struct buf payload = {0};
        assert_int_equal(deflate_message(&deflater, message, &payload), OK);
        expect_unpacked(&inflater, buf_slice(&payload), message);
        buf_deinit(&payload);
        for (int level = 0; level <= 9; level += 3) {
            expect_unpacked(&inflater, packed_by_zlib(message, level, Z_SYNC_FLUSH), message);
            expect_unpacked(&inflater, packed_by_zlib(message, level, Z_FINISH), message);
        }
    }
    inflater_free(inflater);
    deflater_free(deflater);
}

/* The example of RFC 7692, 7.2.3.1. */
static void the_example_of_the_rfc_is_read(void **state)
{
    struct inflater *inflater = NULL;

    (void)state;
    expect_unpacked(&inflater, SLICE("\xf2\x48\xcd\xc9\xc9\x07\x00"), SLICE("Hello"));
    inflater_free(inflater);
}

static void no_more_is_unpacked_than_allowed(void **state)
{
    struct slice bomb = packed_by_zlib(repeated('0', ROOM), 9, Z_SYNC_FLUSH);
    struct inflater *inflater = NULL;
    struct buf out = {0};

    (void)state;
    assert_true(bomb.len < 1024);
    assert_int_equal(inflate_message(&inflater, bomb, ROOM - 1, &out), ERR_MESSAGE_TOO_LARGE);
    buf_deinit(&out);
    assert_int_equal(inflate_message(&inflater, bomb, 1000, &out), ERR_MESSAGE_TOO_LARGE);
    assert_true(out.cap <= 64 * 1024);
    buf_deinit(&out);
    expect_unpacked(&inflater, bomb, repeated('0', ROOM)); /* and it can be used again */
    inflater_free(inflater);
}

static void what_is_not_deflate_is_refused(void **state)
{
    static const struct slice payloads[] = {
        {"\xff\xff\xff", 3},         /* no such kind of block */
        {"hello", 5},                /* a code that means nothing, or an end too early */
        {"\x00\x05\x00\xfa\xff", 5}, /* a stored block whose bytes are missing */
        {"\x00\x05\x00\xfb\xff"
         "abcde",
         10},                    /* its length does not agree with its complement */
        {"\xf2\x48\xcd\xc9", 4}, /* cut off in the middle of a block */
        {"\xf2\x48\xcd\xc9\xc9\x07\x00\x00\x00\xff\xff\x61", 12}, /* goes on behind its end */
    };
    struct inflater *inflater = NULL;

    (void)state;
    for (size_t i = 0; i < sizeof payloads / sizeof *payloads; i++) {
        struct buf out = {0};
        if (inflate_message(&inflater, payloads[i], 1000, &out) != ERR_BAD_MESSAGE)
            fail_msg("%zu was taken", i);
        buf_deinit(&out);
    }
    expect_unpacked(&inflater, SLICE("\xf2\x48\xcd\xc9\xc9\x07\x00"), SLICE("Hello"));
    inflater_free(inflater);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(offers_are_taken_or_not),
        cmocka_unit_test(the_answer_is_one_that_we_would_take),
        cmocka_unit_test(what_is_packed_is_unpacked),
        cmocka_unit_test(the_example_of_the_rfc_is_read),
        cmocka_unit_test(no_more_is_unpacked_than_allowed),
        cmocka_unit_test(what_is_not_deflate_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
