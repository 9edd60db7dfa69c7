/* link: kp_net kp_core kp_alloc */
/* The WebSocket receive path: a peer's bytes whole, split, and byte by byte
 * must come to the same end, within bounded memory. */
#include "net/websocket.h"
#include "text/utf8.h"

#include <stdlib.h>
#include <string.h>

enum { MESSAGE_MAX = 4096 };

static bool takes_binary; /* as for v1 clients */
static bool takes_compressed;

struct outcome {
    uint64_t texts; /* a hash of all that was delivered, in order */
    uint64_t replies;
    struct ws_result last;
};

static void must_hold(bool belief)
{
    if (!belief)
        abort();
}

static uint64_t mix(uint64_t hash, struct slice bytes)
{
    for (size_t i = 0; i < bytes.len; i++)
        hash = (hash ^ (uint8_t)bytes.ptr[i]) * UINT64_C(1099511628211);
    return hash;
}

static bool on_text(void *arg, struct slice text)
{
    struct outcome *o = arg;

    must_hold(text.len <= MESSAGE_MAX && utf8_check(text, NULL) == OK);
    o->texts = mix(mix(o->texts, text), SLICE("|"));
    return true;
}

static struct outcome feed_in_pieces(struct slice bytes, size_t piece)
{
    static const size_t message_max = MESSAGE_MAX;
    struct outcome o = {0};
    struct ws_sink sink = {.on_text = on_text,
                           .arg = &o,
                           .takes_binary = takes_binary,
                           .takes_compressed = takes_compressed,
                           .message_max = &message_max};
    struct ws_pool *pool = ws_pool_new();
    struct ws_receiver *held = NULL;

    for (size_t at = 0; at < bytes.len && o.last.state == WS_OPEN; at += piece) {
        size_t len = bytes.len - at < piece ? bytes.len - at : piece;
        o.last = ws_feed(pool, &held, slice_of(bytes.ptr + at, len), &sink);
        must_hold(o.last.replies.len <= 2 * len + 256);
        o.replies = mix(o.replies, o.last.replies);
    }
    must_hold(ws_pool_size(pool) <= 1);
    ws_drop(held);
    ws_pool_free(pool);
    return o;
}

static void expect_same(struct outcome a, struct outcome b)
{
    must_hold(a.texts == b.texts);
    must_hold(a.replies == b.replies ||
              a.last.state == WS_FAILED); /* pongs of the failing read are dropped */
    must_hold(a.last.state == b.last.state && a.last.why == b.last.why && a.last.code == b.last.code);
}

/* The header and payload of the frame at the beginning. */
static size_t frame_bytes(struct slice s)
{
    uint64_t len = s.len >= 2 ? (uint8_t)s.ptr[1] & 0x7f : 0;
    size_t more = len == 126 ? 2 : len == 127 ? 8 : 0;

    if (s.len < 2 + more)
        return s.len;
    for (size_t i = 0; more > 0 && i < more; i++)
        len = (i == 0 ? 0 : len << 8) | (uint8_t)s.ptr[2 + i];
    return len > s.len || 6 + more + len > s.len ? s.len : (size_t)(6 + more + len);
}

/* wslay checks the text of a Close piece by piece, so the outcome depends on how it
 * arrives. That does no harm, since it is the end either way. The comparison stops
 * before the first Close. */
static struct slice before_close(struct slice bytes)
{
    enum { OPCODE = 0x0f, CLOSE = 8 };
    size_t at = 0;

    while (at < bytes.len && ((uint8_t)bytes.ptr[at] & OPCODE) != CLOSE)
        at += frame_bytes(slice_from(bytes, at));
    return slice_of(bytes.ptr, at);
}

static void feed_both_ways(struct slice bytes, size_t piece)
{
    feed_in_pieces(bytes, bytes.len);
    feed_in_pieces(bytes, piece);

    struct slice open = before_close(bytes);
    struct outcome whole = feed_in_pieces(open, open.len);
    expect_same(whole, feed_in_pieces(open, 1));
    expect_same(whole, feed_in_pieces(open, piece));
}

static void feed(struct slice bytes, size_t piece)
{
    for (int i = 0; i < 4; i++) {
        takes_binary = (i & 1) != 0;
        takes_compressed = (i & 2) != 0;
        feed_both_ways(bytes, piece);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    feed(slice_of(data + 1, size - 1), 1 + (size_t)data[0]);
    return 0;
}
