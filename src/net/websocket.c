/* Receiving: wslay takes frames apart, and calls back with pieces of messages and
 * with whole control frames. */
#include "net/websocket.h"

#include "base/alloc.h"
#include "base/assert.h"
#include "base/list.h"
#include "net/deflate.h"
#include "text/utf8.h"

#include <string.h>
#include <wslay/wslay.h>

enum {
    SPARE_MAX = 16,                  /* receivers kept for the next read */
    SPARE_MESSAGE_BYTES = 64 * 1024, /* a larger message buffer is not kept */
    MASK_BYTES = 4,
};

/* Close codes of RFC 6455. */
enum { CLOSE_PROTOCOL = 1002, CLOSE_NO_CODE = 1005, CLOSE_BAD_UTF8 = 1007, CLOSE_TOO_LARGE = 1009 };

struct ws_pool {
    struct link spare; /* receivers that nobody holds */
    size_t spare_count;
    size_t size;               /* receivers that exist, lent and spare */
    struct buf replies;        /* to the bytes of the latest ws_feed */
    struct inflater *inflater; /* from the first compressed message on */
    struct buf unpacked;       /* the message that is being delivered, if it came compressed */
};

struct ws_receiver {
    struct link link;
    wslay_event_context_ptr wslay;
    struct ws_pool *pool;

    /* The ws_feed under way: */
    const struct ws_sink *sink;
    struct slice unread;     /* bytes that wslay has not taken yet */
    struct ws_result result; /* WS_OPEN until a callback finds an end */

    /* The frame and the message under way; they may span many calls of ws_feed. */
    uint64_t behind_bytes; /* fed, and not yet part of a complete frame */
    uint64_t frame_bytes;  /* header and payload */
    uint64_t payload_bytes;
    uint8_t opcode;     /* of the frame */
    bool in_message;    /* from the first frame of a message until it was delivered */
    bool is_last;       /* the frame has FIN */
    bool is_compressed; /* the message; said by its first frame */
    struct buf message; /* the pieces so far, unless */
    struct slice whole; /* the message is one piece: borrowed from wslay */
};

/* ---- what wslay calls ---- */

static void fail(struct ws_receiver *r, enum error why)
{
    r->result = (struct ws_result){.state = WS_FAILED, .why = why, .code = (uint16_t)error_ws_close(why)};
    wslay_event_shutdown_read(r->wslay);
}

static ssize_t on_recv(wslay_event_context_ptr wslay, uint8_t *to, size_t room, int flags, void *arg)
{
    struct ws_receiver *r = arg;
    size_t len = r->unread.len < room ? r->unread.len : room;

    (void)flags;
    if (len == 0) {
        wslay_event_set_error(wslay, WSLAY_ERR_WOULDBLOCK);
        return -1;
    }
    memcpy(to, r->unread.ptr, len);
    r->unread = slice_from(r->unread, len);
    r->behind_bytes += len;
    return (ssize_t)len;
}

static ssize_t on_send(wslay_event_context_ptr wslay, const uint8_t *bytes, size_t len, int flags, void *arg)
{
    struct ws_receiver *r = arg;

    (void)flags;
    if (buf_append(&r->pool->replies, slice_of(bytes, len))) {
        wslay_event_set_error(wslay, WSLAY_ERR_CALLBACK_FAILURE);
        return -1;
    }
    return (ssize_t)len;
}

/* The only valid length of the header: the shortest, with a mask. wslay refuses
 * others. */
static uint64_t header_bytes(uint64_t payload_bytes)
{
    uint64_t length_bytes = payload_bytes < 126 ? 0 : payload_bytes <= UINT16_MAX ? 2 : 8;

    return 2 + length_bytes + MASK_BYTES;
}

static void on_frame_start(wslay_event_context_ptr wslay,
                           const struct wslay_event_on_frame_recv_start_arg *frame, void *arg)
{
    struct ws_receiver *r = arg;

    (void)wslay;
    r->opcode = frame->opcode;
    r->payload_bytes = frame->payload_length;
    r->frame_bytes = header_bytes(frame->payload_length) + frame->payload_length;
    if (wslay_is_ctrl_frame(frame->opcode))
        return;
    r->is_last = frame->fin;
    if (!r->in_message)
        r->is_compressed = wslay_get_rsv1(frame->rsv);
    r->in_message = true;
    if (frame->opcode == WSLAY_BINARY_FRAME && !r->sink->takes_binary)
        fail(r, ERR_BAD_MESSAGE);
    else if (frame->payload_length + r->message.len > *r->sink->message_max)
        fail(r, ERR_MESSAGE_TOO_LARGE);
}

/* A message that comes in one piece is not copied; nearly all do. */
static void on_chunk(wslay_event_context_ptr wslay, const struct wslay_event_on_frame_recv_chunk_arg *chunk,
                     void *arg)
{
    struct ws_receiver *r = arg;
    struct slice piece = slice_of(chunk->data, chunk->data_length);

    (void)wslay;
    if (wslay_is_ctrl_frame(r->opcode) || r->result.state != WS_OPEN)
        return;
    if (r->opcode != WSLAY_CONTINUATION_FRAME && r->is_last && piece.len == r->payload_bytes)
        r->whole = piece;
    else if (buf_append(&r->message, piece))
        fail(r, ERR_NO_MEMORY);
}

static void on_frame_end(wslay_event_context_ptr wslay, void *arg)
{
    struct ws_receiver *r = arg;

    (void)wslay;
    r->behind_bytes -= r->frame_bytes;
}

static void fail_with(struct ws_receiver *r, enum error why, uint16_t code)
{
    r->result = (struct ws_result){.state = WS_FAILED, .why = why, .code = code};
    wslay_event_shutdown_read(r->wslay);
}

/* Gives a compressed message its own bytes. */
static void unpack(struct ws_receiver *r)
{
    struct buf *unpacked = &r->pool->unpacked;

    buf_clear(unpacked);
    enum error err = inflate_message(&r->pool->inflater, r->whole, *r->sink->message_max, unpacked);
    if (err == ERR_BAD_MESSAGE)
        fail_with(r, err, CLOSE_PROTOCOL);
    else if (err)
        fail(r, err);
    r->whole = buf_slice(unpacked);
}

/* wslay checks the UTF-8 of text only, and only as it came. */
static void check_utf8(struct ws_receiver *r)
{
    if (r->result.state == WS_OPEN && utf8_check(r->whole, NULL) != OK)
        fail_with(r, ERR_BAD_TEXT, CLOSE_BAD_UTF8);
}

static void deliver_text(struct ws_receiver *r, uint8_t opcode)
{
    if (!r->whole.ptr)
        r->whole = buf_slice(&r->message);
    if (r->is_compressed && r->result.state == WS_OPEN)
        unpack(r);
    if (r->is_compressed || opcode == WSLAY_BINARY_FRAME)
        check_utf8(r);
    if (r->result.state == WS_OPEN && !r->sink->on_text(r->sink->arg, r->whole)) {
        r->result.state = WS_STOPPED;
        wslay_event_shutdown_read(r->wslay);
    }
    r->in_message = false;
    r->whole = (struct slice){0};
    buf_clear(&r->message);
    if (r->pool->unpacked.cap > SPARE_MESSAGE_BYTES)
        buf_deinit(&r->pool->unpacked);
}

/* wslay checks the UTF-8 of a reason only as far as it came in one read, so all of
 * it is checked here. */
static bool has_good_reason(const struct wslay_event_on_msg_recv_arg *message)
{
    return message->msg_length <= 2 ||
           utf8_check(slice_of(message->msg + 2, message->msg_length - 2), NULL) == OK;
}

/* wslay takes a body of one byte for none, but where there is a body it begins with a
 * code of two (RFC 6455, 5.5.1). */
static bool has_half_a_code(const struct ws_receiver *r)
{
    return r->payload_bytes == 1;
}

static void on_close(struct ws_receiver *r, const struct wslay_event_on_msg_recv_arg *message)
{
    if (r->result.state != WS_OPEN)
        return;
    if (has_half_a_code(r))
        r->result = (struct ws_result){.state = WS_FAILED, .why = ERR_BAD_MESSAGE, .code = CLOSE_PROTOCOL};
    else if (has_good_reason(message))
        r->result = (struct ws_result){.state = WS_CLOSED,
                                       .code = message->status_code ? message->status_code : CLOSE_NO_CODE};
    else
        r->result = (struct ws_result){.state = WS_FAILED, .why = ERR_BAD_TEXT, .code = CLOSE_BAD_UTF8};
}

static void on_message(wslay_event_context_ptr wslay, const struct wslay_event_on_msg_recv_arg *message,
                       void *arg)
{
    struct ws_receiver *r = arg;

    if (!wslay_is_ctrl_frame(message->opcode)) {
        deliver_text(r, message->opcode);
        return;
    }
    if (message->opcode == WSLAY_CONNECTION_CLOSE)
        on_close(r, message);
    /* wslay has queued the reply. It is written to `replies` at once, so that a flood
     * of pings does not queue a flood of pongs in wslay. */
    if (wslay_event_send(wslay) != 0)
        fail(r, ERR_NO_MEMORY);
}

static const struct wslay_event_callbacks callbacks = {
    .recv_callback = on_recv,
    .send_callback = on_send,
    .on_frame_recv_start_callback = on_frame_start,
    .on_frame_recv_chunk_callback = on_chunk,
    .on_frame_recv_end_callback = on_frame_end,
    .on_msg_recv_callback = on_message,
};

/* ---- the pool ---- */

struct ws_pool *ws_pool_new(void)
{
    struct ws_pool *pool = mem_alloc(sizeof *pool);

    if (!pool)
        return NULL;
    *pool = (struct ws_pool){0};
    list_init(&pool->spare);
    return pool;
}

size_t ws_pool_size(const struct ws_pool *pool)
{
    return pool->size;
}

static void receiver_free(struct ws_receiver *r)
{
    r->pool->size--;
    wslay_event_context_free(r->wslay);
    buf_deinit(&r->message);
    mem_free(r);
}

static struct ws_receiver *receiver_new(struct ws_pool *pool)
{
    struct ws_receiver *r = mem_alloc(sizeof *r);

    if (!r)
        return NULL;
    *r = (struct ws_receiver){.pool = pool};
    list_init(&r->link);
    if (wslay_event_context_server_init(&r->wslay, &callbacks, r) != 0) {
        mem_free(r);
        return NULL;
    }
    wslay_event_config_set_no_buffering(r->wslay, 1);
    pool->size++;
    return r;
}

void ws_pool_free(struct ws_pool *pool)
{
    LIST_EACH (at, next, &pool->spare) {
        receiver_free(LIST_ITEM(at, struct ws_receiver, link));
    }
    ASSERT(pool->size == 0);
    buf_deinit(&pool->replies);
    buf_deinit(&pool->unpacked);
    inflater_free(pool->inflater);
    mem_free(pool);
}

/* A spare receiver, or a new one; NULL: no memory. */
static struct ws_receiver *borrow(struct ws_pool *pool)
{
    if (list_is_empty(&pool->spare))
        return receiver_new(pool);
    struct ws_receiver *r = LIST_ITEM(pool->spare.next, struct ws_receiver, link);
    list_remove(&r->link);
    pool->spare_count--;
    return r;
}

/* Keeps a few for the next reads, and of those only small buffers. */
static void give_back(struct ws_pool *pool, struct ws_receiver *r)
{
    if (pool->spare_count == SPARE_MAX) {
        receiver_free(r);
        return;
    }
    if (r->message.cap > SPARE_MESSAGE_BYTES)
        buf_deinit(&r->message);
    list_append(&pool->spare, &r->link);
    pool->spare_count++;
}

void ws_drop(struct ws_receiver *held)
{
    if (held)
        receiver_free(held);
}

/* ---- feeding ---- */

/* wslay reports an error of its own only through the Close that it queues. That
 * Close has no reason text and is thrown away: the caller writes a better one. */
static struct ws_result failure_of_wslay(struct ws_receiver *r)
{
    size_t replies_len = r->pool->replies.len;

    (void)wslay_event_send(r->wslay);
    r->pool->replies.len = replies_len;
    switch (wslay_event_get_status_code_sent(r->wslay)) {
    case CLOSE_BAD_UTF8:
        return (struct ws_result){.state = WS_FAILED, .why = ERR_BAD_TEXT, .code = CLOSE_BAD_UTF8};
    case CLOSE_TOO_LARGE:
        return (struct ws_result){.state = WS_FAILED, .why = ERR_MESSAGE_TOO_LARGE, .code = CLOSE_TOO_LARGE};
    default:
        return (struct ws_result){.state = WS_FAILED, .why = ERR_BAD_MESSAGE, .code = CLOSE_PROTOCOL};
    }
}

static struct ws_result receive(struct ws_receiver *r)
{
    if (wslay_event_recv(r->wslay) == WSLAY_ERR_NOMEM)
        fail(r, ERR_NO_MEMORY);
    if (r->result.state == WS_OPEN && !wslay_event_want_read(r->wslay))
        r->result = failure_of_wslay(r);
    if (r->result.state != WS_FAILED)
        r->result.replies = buf_slice(&r->pool->replies);
    return r->result;
}

struct ws_result ws_feed(struct ws_pool *pool, struct ws_receiver **held, struct slice bytes,
                         const struct ws_sink *sink)
{
    struct ws_receiver *r = *held ? *held : borrow(pool);

    *held = NULL;
    if (!r)
        return (struct ws_result){
            .state = WS_FAILED, .why = ERR_NO_MEMORY, .code = (uint16_t)error_ws_close(ERR_NO_MEMORY)};
    buf_clear(&pool->replies);
    r->sink = sink;
    wslay_event_config_set_allowed_rsv_bits(r->wslay, sink->takes_compressed ? WSLAY_RSV1_BIT : 0);
    r->unread = bytes;
    r->result = (struct ws_result){0};

    struct ws_result result = receive(r);
    if (result.state != WS_OPEN)
        receiver_free(r); /* in the middle of something: not for reuse */
    else if (r->behind_bytes > 0 || r->in_message)
        *held = r;
    else
        give_back(pool, r);
    return result;
}
