/* pad_script.h - a pad and its peers, as a test writes them down. */
#ifndef KOLABPAD_TESTS_PAD_SCRIPT_H
#define KOLABPAD_TESTS_PAD_SCRIPT_H

#include "pad/pad.h"
#include "support/op_text.h"
#include "support/unit.h"

/* The 128 bits that are `n` all over: a tab's token or an epoch. */
static inline struct id128 id(uint8_t n)
{
    struct id128 made;
    memset(made.bytes, n, sizeof made.bytes);
    return made;
}

static inline void check_pad(const struct pad *pad)
{
    const char *wrong = pad_check(pad);
    if (wrong)
        fail_msg("pad_check: %s", wrong);
}

static inline struct pad_hello hello_v2(uint8_t token)
{
    return (struct pad_hello){.version = PAD_V2, .token = id(token), .name = SLICE("Ada"), .hue = 7};
}

static inline struct pad_hello hello_resuming(uint8_t token, uint8_t epoch, uint64_t revision)
{
    struct pad_hello hello = hello_v2(token);
    hello.has_epoch = true;
    hello.epoch = id(epoch);
    hello.revision = revision;
    return hello;
}

static inline struct pad_welcome join(struct pad *pad, struct pad_peer *peer, struct pad_hello hello,
                                      int64_t now_ms)
{
    struct pad_welcome welcome;
    *peer = (struct pad_peer){0};
    assert_int_equal(pad_join(pad, peer, &hello, now_ms, &welcome), OK);
    check_pad(pad);
    return welcome;
}

static inline struct pad_welcome join_v1(struct pad *pad, struct pad_peer *peer, int64_t now_ms)
{
    return join(pad, peer, (struct pad_hello){.version = PAD_V1}, now_ms);
}

/* An edit written as in op_text.h. */
static inline enum error edit_at(struct pad_peer *peer, uint64_t revision, const char *line, int64_t now_ms)
{
    struct op op = {0};
    struct pad *pad = peer->pad;
    assert_int_equal(op_text_parse(line, &op), OK);
    const enum error err = pad_edit(peer, revision, op_view(&op), now_ms);
    op_deinit(&op);
    if (pad)
        check_pad(pad);
    return err;
}

static inline enum error edit(struct pad_peer *peer, uint64_t revision, const char *line)
{
    return edit_at(peer, revision, line, peer->pad ? peer->pad->now_ms : 0);
}

/* Journals everything; the bytes are of no interest. */
static inline void commit(struct pad *pad)
{
    struct buf batch = {0};
    assert_int_equal(pad_encode_batch(pad, &batch), OK);
    buf_deinit(&batch);
    pad_committed(pad, pad->revision);
    check_pad(pad);
}

/* Tells the peer everything, as a gateway with a quick connection does. */
static inline void tell(struct pad_peer *peer)
{
    uint64_t from, to;
    bool gone = false;
    while (pad_history_for(peer, 1 << 20, &from, &to, &gone))
        pad_told_history(peer, to);
    assert_false(gone);
    if (pad_peer_lacks(peer))
        pad_told_items(peer, peer->pad->sequence);
}

static inline void assert_text(const struct pad *pad, const char *want)
{
    struct buf got = {0};
    assert_int_equal(rope_read(&pad->text, 0, rope_size(&pad->text).points, &got), OK);
    assert_int_equal(buf_append_byte(&got, 0), OK);
    assert_string_equal(got.ptr, want);
    buf_deinit(&got);
}

static inline void assert_slice(struct slice got, const char *want)
{
    assert_int_equal(got.len, strlen(want));
    assert_memory_equal(got.ptr, want, got.len);
}

/* The changes after `after` as text: "info 1, cursors 2, left 3, language". */
static inline void assert_changes(struct pad *pad, uint64_t after, const char *want)
{
    static const char *const kinds[] = {"info",    "cursors", "left",     "language", "otp",
                                        "storage", "rights",  "restored", "history"};
    char got[512] = "";
    size_t len = 0;
    struct pad_change change;
    for (struct link *at = NULL; pad_next_change(pad, after, &at, &change);) {
        len += (size_t)snprintf(got + len, sizeof got - len, "%s%s", len ? ", " : "", kinds[change.kind]);
        if (change.kind <= PAD_ITEM_LEFT)
            len += (size_t)snprintf(got + len, sizeof got - len, " %d", (int)change.user_id);
    }
    assert_string_equal(got, want);
}

static inline void set_caret(struct pad_peer *peer, uint32_t at, int64_t now_ms)
{
    assert_int_equal(pad_set_cursors(peer, &at, 1, NULL, 0, now_ms), OK);
    check_pad(peer->pad);
}

static inline void assert_caret(struct pad_peer *peer, uint32_t want)
{
    const struct pad_cursors *now = pad_cursors_now(peer);
    assert_int_equal(now->caret_count, 1);
    assert_int_equal(now->carets[0], want);
}

#endif
