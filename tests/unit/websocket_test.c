/* link: kp_net kp_core kp_alloc */
/* The receive path without sockets: every vector whole, split at every point,
 * and byte by byte gives the same. */
#include "net/deflate.h"
#include "net/websocket.h"
#include "support/unit.h"
#include "support/ws_client.h"

enum { MESSAGE_MAX = 300 };

static bool takes_binary; /* as for v1 clients */
static bool takes_compressed;

/* The outcome of feeding bytes; texts is "[message]" for each. */
struct outcome {
    struct buf texts;
    struct buf replies;
    enum ws_state state;
    enum error why;
    uint16_t code;
    bool is_holding; /* a receiver, after the last byte */
};

static bool on_text(void *arg, struct slice text)
{
    struct outcome *o = arg;

    put_byte(&o->texts, '[');
    must(buf_append(&o->texts, text));
    put_byte(&o->texts, ']');
    return !slice_equal(text, SLICE("stop"));
}

static void feed_piece(struct ws_pool *pool, struct ws_receiver **held, struct slice piece, struct outcome *o)
{
    static const size_t message_max = MESSAGE_MAX;
    struct ws_sink sink = {.on_text = on_text,
                           .arg = o,
                           .takes_binary = takes_binary,
                           .takes_compressed = takes_compressed,
                           .message_max = &message_max};

    if (o->state != WS_OPEN)
        return;
    struct ws_result r = ws_feed(pool, held, piece, &sink);
    must(buf_append(&o->replies, r.replies));
    o->state = r.state;
    o->why = r.why;
    o->code = r.code;
    if (r.state != WS_OPEN)
        assert_null(*held);
}

/* Feeds pieces that end at `cut`, or of one byte each when it is SIZE_MAX. */
static struct outcome run_cut(struct slice bytes, size_t cut)
{
    struct ws_pool *pool = ws_pool_new();
    struct ws_receiver *held = NULL;
    struct outcome o = {0};

    for (size_t at = 0; at < bytes.len;) {
        size_t len = cut == SIZE_MAX ? 1 : at < cut ? cut - at : bytes.len - at;
        feed_piece(pool, &held, slice_of(bytes.ptr + at, len), &o);
        at += len;
    }
    o.is_holding = held != NULL;
    assert_true(ws_pool_size(pool) <= 1);
    ws_drop(held);
    ws_pool_free(pool);
    return o;
}

static void outcome_deinit(struct outcome *o)
{
    buf_deinit(&o->texts);
    buf_deinit(&o->replies);
}

static void expect_same(const struct outcome *a, const struct outcome *b)
{
    assert_true(slice_equal(buf_slice(&a->texts), buf_slice(&b->texts)));
    assert_true(slice_equal(buf_slice(&a->replies), buf_slice(&b->replies)));
    assert_int_equal(a->state, b->state);
    assert_int_equal(a->why, b->why);
    assert_int_equal(a->code, b->code);
    assert_int_equal(a->is_holding, b->is_holding);
}

/* The outcome of the bytes, however they arrive. */
static struct outcome run(struct buf *bytes)
{
    struct outcome whole = run_cut(buf_slice(bytes), bytes->len);

    for (size_t cut = 1; cut <= bytes->len; cut++) {
        struct outcome split = run_cut(buf_slice(bytes), cut == bytes->len ? SIZE_MAX : cut);
        expect_same(&whole, &split);
        outcome_deinit(&split);
    }
    buf_deinit(bytes);
    return whole;
}

static void expect(struct buf *bytes, const char *texts, enum ws_state state, unsigned code)
{
    struct outcome o = run(bytes);

    assert_int_equal(o.texts.len, strlen(texts));
    if (o.texts.len > 0)
        assert_memory_equal(o.texts.ptr, texts, o.texts.len);
    assert_int_equal(o.state, state);
    assert_int_equal(o.code, code);
    if (state == WS_OPEN)
        assert_false(o.is_holding);
    outcome_deinit(&o);
}

static void texts_arrive_whole(void **state)
{
    struct buf b = {0};

    (void)state;
    put_frame(&b, FIN | TEXT, SLICE("hello"));
    put_frame(&b, FIN | TEXT, SLICE(""));
    put_frame(&b, FIN | TEXT, SLICE("gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80"));
    expect(&b, "[hello][][gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80]", WS_OPEN, 0);
}

static void medium_lengths_are_read(void **state)
{
    struct buf b = {0};
    char expected[2 * MESSAGE_MAX];

    (void)state;
    put_frame(&b, FIN | TEXT, repeated('m', 126));
    put_frame(&b, FIN | TEXT, repeated('m', MESSAGE_MAX));
    int len = snprintf(expected, sizeof expected, "[%.*s]", 126, repeated('m', 126).ptr);
    snprintf(expected + len, sizeof expected - (size_t)len, "[%.*s]", MESSAGE_MAX,
             repeated('m', MESSAGE_MAX).ptr);
    expect(&b, expected, WS_OPEN, 0);
}

static void fragments_are_joined_also_inside_a_character(void **state)
{
    struct buf b = {0};

    (void)state;
    put_frame(&b, TEXT, SLICE("a\xf0\x9f"));
    put_frame(&b, CONTINUATION, SLICE(""));
    put_frame(&b, FIN | PING, SLICE("between"));
    put_frame(&b, CONTINUATION, SLICE("\x98"));
    put_frame(&b, FIN | CONTINUATION, SLICE("\x80z"));
    put_frame(&b, TEXT, SLICE(""));
    put_frame(&b, FIN | CONTINUATION, SLICE(""));
    expect(&b, "[a\xf0\x9f\x98\x80z][]", WS_OPEN, 0);
}

static void a_receiver_is_held_exactly_while_something_is_incomplete(void **state)
{
    struct buf b = {0};
    struct ws_pool *pool = ws_pool_new();
    struct ws_receiver *held = NULL;
    struct outcome o = {0};

    (void)state;
    put_frame(&b, FIN | TEXT, SLICE("one"));
    size_t boundary = b.len;
    put_frame(&b, TEXT, SLICE("two"));
    size_t inside = b.len;
    put_frame(&b, FIN | CONTINUATION, SLICE("three"));
    feed_piece(pool, &held, slice_of(b.ptr, 1), &o);
    assert_non_null(held);
    feed_piece(pool, &held, slice_of(b.ptr + 1, boundary - 1), &o);
    assert_null(held);
    feed_piece(pool, &held, slice_of(b.ptr + boundary, inside - boundary), &o);
    assert_non_null(held); /* at a frame's end, but in the middle of a message */
    feed_piece(pool, &held, slice_from(buf_slice(&b), inside), &o);
    assert_null(held);
    assert_int_equal(ws_pool_size(pool), 1);
    ws_pool_free(pool);
    outcome_deinit(&o);
    buf_deinit(&b);
}

static void pings_are_answered_and_pongs_are_not(void **state)
{
    struct buf b = {0};

    (void)state;
    put_frame(&b, FIN | PING, SLICE("abc"));
    put_frame(&b, FIN | PONG, SLICE("unasked"));
    put_frame(&b, FIN | PING, SLICE(""));
    struct outcome o = run(&b);
    assert_int_equal(o.replies.len, 7);
    assert_memory_equal(o.replies.ptr,
                        "\x8a\x03"
                        "abc\x8a\x00",
                        7);
    assert_false(o.is_holding);
    outcome_deinit(&o);
}

static void a_close_is_echoed_and_ends_the_reading(void **state)
{
    struct buf b = {0};

    (void)state;
    put_frame(&b, FIN | TEXT, SLICE("last"));
    put_frame(&b, FIN | CLOSE, SLICE("\x03\xe9gone"));
    put_frame(&b, FIN | TEXT, SLICE("after"));
    struct outcome o = run(&b);
    assert_int_equal(o.state, WS_CLOSED);
    assert_int_equal(o.code, 1001);
    assert_true(slice_equal(buf_slice(&o.texts), SLICE("[last]")));
    assert_memory_equal(o.replies.ptr, "\x88\x06\x03\xe9gone", 8);
    outcome_deinit(&o);

    put_frame(&b, FIN | CLOSE, SLICE(""));
    expect(&b, "", WS_CLOSED, 1005);
}

static void what_is_not_utf8_fails_with_1007(void **state)
{
    static const char *const rows[] = {"\xff",  "\xc3", "\xed\xa0\x80", "\xc0\xaf", "\xf4\x90\x80\x80",
                                       "ok\x80"};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf b = {0};
        put_frame(&b, FIN | TEXT, SLICE("good"));
        put_frame(&b, FIN | TEXT, slice_from_cstr(rows[i]));
        expect(&b, "[good]", WS_FAILED, 1007);
    }
}

static void a_text_that_ends_inside_a_character_fails_with_1007(void **state)
{
    struct buf b = {0};

    (void)state;
    put_frame(&b, TEXT, SLICE("a\xf0\x9f"));
    put_frame(&b, FIN | CONTINUATION, SLICE("\x98"));
    expect(&b, "", WS_FAILED, 1007);
}

static void a_reason_that_is_not_utf8_fails_with_1007(void **state)
{
    struct buf b = {0};

    (void)state;
    put_frame(&b, FIN | CLOSE, SLICE("\x03\xe8reason\xff"));
    expect(&b, "", WS_FAILED, 1007);
}

static void binary_is_refused_with_4400(void **state)
{
    struct buf b = {0};

    (void)state;
    put_frame(&b, FIN | BINARY, SLICE("\x01\x02"));
    expect(&b, "", WS_FAILED, 4400);
    put_frame(&b, BINARY, SLICE(""));
    expect(&b, "", WS_FAILED, 4400);
}

static void binary_that_is_utf8_can_count_as_text(void **state)
{
    struct buf b = {0};

    (void)state;
    takes_binary = true;
    put_frame(&b, FIN | BINARY, SLICE("one"));
    put_frame(&b, FIN | TEXT, SLICE("two"));
    put_frame(&b, BINARY, SLICE("th\xc3"));
    put_frame(&b, FIN | PING, SLICE("p"));
    put_frame(&b, CONTINUATION, SLICE("\xa4"));
    put_frame(&b, FIN | CONTINUATION, SLICE("ree"));
    put_frame(&b, FIN | BINARY, SLICE(""));
    expect(&b, "[one][two][th\xc3\xa4ree][]", WS_OPEN, 0);
    put_frame(&b, FIN | BINARY, SLICE("\xc3"));
    expect(&b, "", WS_FAILED, 1007);
    put_frame(&b, BINARY, SLICE("\xff"));
    put_frame(&b, FIN | CONTINUATION, SLICE("x"));
    expect(&b, "", WS_FAILED, 1007);
    takes_binary = false;
}

/* Payloads of RFC 7692, 7.2.3: "Hello" in one block, in two frames, and stored. */
static void compressed_messages_are_unpacked(void **state)
{
    struct buf b = {0};

    (void)state;
    takes_compressed = true;
    put_frame(&b, FIN | RSV1 | TEXT, SLICE("\xf2\x48\xcd\xc9\xc9\x07\x00"));
    put_frame(&b, FIN | TEXT, SLICE("plain"));
    put_frame(&b, RSV1 | TEXT, SLICE("\xf2\x48\xcd"));
    put_frame(&b, FIN | PING, SLICE("p"));
    put_frame(&b, CONTINUATION, SLICE(""));
    put_frame(&b, FIN | CONTINUATION, SLICE("\xc9\xc9\x07\x00"));
    put_frame(&b, FIN | RSV1 | TEXT, SLICE("\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00"));
    put_frame(&b, FIN | RSV1 | TEXT, SLICE("\x02\x00")); /* nothing */
    expect(&b, "[Hello][plain][Hello][Hello][]", WS_OPEN, 0);
    put_frame(&b, FIN | RSV1 | TEXT, SLICE("\xff\xff"));
    expect(&b, "", WS_FAILED, 1002);
    put_frame(&b, FIN | RSV1 | TEXT, SLICE("\x00\x01\x00\xfe\xff\xc3\x00")); /* not UTF-8 */
    expect(&b, "", WS_FAILED, 1007);
    takes_compressed = false;
}

static void compression_is_a_fault_where_it_does_not_belong(void **state)
{
    struct buf b = {0};

    (void)state;
    put_frame(&b, FIN | RSV1 | TEXT, SLICE("\xf2\x48\xcd\xc9\xc9\x07\x00")); /* not agreed on */
    expect(&b, "", WS_FAILED, 1002);
    takes_compressed = true;
    put_frame(&b, TEXT, SLICE("a"));
    put_frame(&b, FIN | RSV1 | CONTINUATION, SLICE("b")); /* the first frame says it for the message */
    expect(&b, "", WS_FAILED, 1002);
    put_frame(&b, FIN | RSV1 | PING, SLICE("p"));
    expect(&b, "", WS_FAILED, 1002);
    put_frame(&b, FIN | 0x20 | TEXT, SLICE("a")); /* RSV2 */
    expect(&b, "", WS_FAILED, 1002);
    takes_compressed = false;
}

static void unpacked_messages_are_limited_too(void **state)
{
    struct deflater *deflater = NULL;
    struct buf b = {0}, payload = {0};

    (void)state;
    takes_compressed = true;
    must(deflate_message(&deflater, repeated('x', MESSAGE_MAX), &payload));
    put_frame(&b, FIN | RSV1 | TEXT, buf_slice(&payload));
    struct outcome o = run(&b);
    assert_int_equal(o.texts.len, MESSAGE_MAX + 2);
    assert_int_equal(o.state, WS_OPEN);
    outcome_deinit(&o);
    buf_clear(&payload);
    must(deflate_message(&deflater, repeated('x', MESSAGE_MAX + 1), &payload));
    put_frame(&b, FIN | RSV1 | TEXT, buf_slice(&payload));
    expect(&b, "", WS_FAILED, 1009);
    buf_deinit(&payload);
    deflater_free(deflater);
    takes_compressed = false;
}

static void too_large_is_refused_with_1009(void **state)
{
    struct buf b = {0};

    (void)state;
    put_frame(&b, FIN | TEXT, repeated('x', MESSAGE_MAX));
    put_frame(&b, FIN | TEXT, repeated('x', MESSAGE_MAX + 1));
    struct outcome o = run(&b);
    assert_int_equal(o.texts.len, MESSAGE_MAX + 2);
    assert_int_equal(o.state, WS_FAILED);
    assert_int_equal(o.why, ERR_MESSAGE_TOO_LARGE);
    assert_int_equal(o.code, 1009);
    outcome_deinit(&o);

    put_frame(&b, TEXT, repeated('x', MESSAGE_MAX - 1));
    put_frame(&b, CONTINUATION, SLICE("x"));
    put_frame(&b, CONTINUATION, SLICE("x"));
    expect(&b, "", WS_FAILED, 1009);

    /* as announced, long before that many bytes are there */
    must(buf_append(&b, SLICE("\x81\xff\x00\x00\x00\x00\x7f\xff\xff\xff"
                              "mask!")));
    expect(&b, "", WS_FAILED, 1009);
    must(buf_append(&b, SLICE("\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff"
                              "mask!")));
    expect(&b, "", WS_FAILED, 1009);
}

/* Each is one mistake of framing. */
static void broken_frames_fail_with_1002(void **state)
{
    static const struct slice rows[] = {
        {"\x81\x01x", 3},                                      /* not masked */
        {"\xc1\x81mask!", 7},                                  /* RSV1 without an extension */
        {"\x83\x81mask!", 7},                                  /* reserved opcode */
        {"\x8b\x81mask!", 7},                                  /* reserved control opcode */
        {"\x80\x81mask!", 7},                                  /* continuation of nothing */
        {"\x09\x81mask!", 7},                                  /* fragmented ping */
        {"\x89\xfe\x00\x7emask!", 9},                          /* ping of 126 bytes */
        {"\x81\xfe\x00\x01mask!", 9},                          /* length not in its shortest form */
        {"\x81\xff\x00\x00\x00\x00\x00\x00\xff\xffmask!", 15}, /* the same */
        {"\x81\xff\x80\x00\x00\x00\x00\x00\xff\xffmask!", 15}, /* length with its highest bit set */
        {"\x88\x82\x00\x00\x00\x00\x03\xed", 8},               /* close code 1005 */
        {"\x88\x82\x00\x00\x00\x00\x00\x01", 8},               /* close code 1 */
        {"\x88\x81\x00\x00\x00\x00\x03", 7},                   /* half a close code */
        {"\x01\x80mask\x81\x80mask", 12},                      /* a second text inside the first */
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf b = {0};
        must(buf_append(&b, rows[i]));
        expect(&b, "", WS_FAILED, 1002);
    }
}

static void the_reader_can_stop(void **state)
{
    struct buf b = {0};

    (void)state;
    put_frame(&b, FIN | TEXT, SLICE("a"));
    put_frame(&b, FIN | TEXT, SLICE("stop"));
    put_frame(&b, FIN | TEXT, SLICE("b"));
    expect(&b, "[a][stop]", WS_STOPPED, 0);
}

static void many_tiny_fragments_cost_no_more_than_the_message(void **state)
{
    struct ws_pool *pool = ws_pool_new();
    struct ws_receiver *held = NULL;
    struct outcome o = {0};
    struct buf b = {0};

    (void)state;
    put_frame(&b, TEXT, SLICE(""));
    for (int i = 0; i < MESSAGE_MAX; i++) {
        put_frame(&b, CONTINUATION, SLICE("x"));
        put_frame(&b, CONTINUATION, SLICE(""));
        put_frame(&b, FIN | PING, SLICE(""));
    }
    put_frame(&b, FIN | CONTINUATION, SLICE(""));
    feed_piece(pool, &held, buf_slice(&b), &o);
    assert_int_equal(o.state, WS_OPEN);
    assert_int_equal(o.texts.len, MESSAGE_MAX + 2);
    assert_int_equal(o.replies.len, 2 * MESSAGE_MAX);
    assert_null(held);
    ws_pool_free(pool);
    outcome_deinit(&o);
    buf_deinit(&b);
}

static void connections_share_receivers(void **state)
{
    enum { CONNECTIONS = 100 };
    struct ws_pool *pool = ws_pool_new();
    struct ws_receiver *held[CONNECTIONS] = {0};
    struct outcome o = {0};
    struct buf b = {0};

    (void)state;
    put_frame(&b, FIN | TEXT, SLICE("x"));
    for (int i = 0; i < CONNECTIONS; i++)
        feed_piece(pool, &held[i], buf_slice(&b), &o);
    assert_int_equal(ws_pool_size(pool), 1);
    for (int i = 0; i < CONNECTIONS; i++)
        feed_piece(pool, &held[i], slice_of(b.ptr, 3), &o);
    assert_int_equal(ws_pool_size(pool), CONNECTIONS);
    for (int i = 0; i < CONNECTIONS; i++)
        feed_piece(pool, &held[i], slice_from(buf_slice(&b), 3), &o);
    assert_true(ws_pool_size(pool) < CONNECTIONS);
    assert_int_equal(o.texts.len, 3 * 2 * CONNECTIONS);
    ws_pool_free(pool);
    outcome_deinit(&o);
    buf_deinit(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_arrive_whole),
        cmocka_unit_test(medium_lengths_are_read),
        cmocka_unit_test(fragments_are_joined_also_inside_a_character),
        cmocka_unit_test(a_receiver_is_held_exactly_while_something_is_incomplete),
        cmocka_unit_test(pings_are_answered_and_pongs_are_not),
        cmocka_unit_test(a_close_is_echoed_and_ends_the_reading),
        cmocka_unit_test(what_is_not_utf8_fails_with_1007),
        cmocka_unit_test(a_text_that_ends_inside_a_character_fails_with_1007),
        cmocka_unit_test(a_reason_that_is_not_utf8_fails_with_1007),
        cmocka_unit_test(binary_is_refused_with_4400),
        cmocka_unit_test(binary_that_is_utf8_can_count_as_text),
        cmocka_unit_test(compressed_messages_are_unpacked),
        cmocka_unit_test(compression_is_a_fault_where_it_does_not_belong),
        cmocka_unit_test(unpacked_messages_are_limited_too),
        cmocka_unit_test(too_large_is_refused_with_1009),
        cmocka_unit_test(broken_frames_fail_with_1002),
        cmocka_unit_test(the_reader_can_stop),
        cmocka_unit_test(many_tiny_fragments_cost_no_more_than_the_message),
        cmocka_unit_test(connections_share_receivers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
