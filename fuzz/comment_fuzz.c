/* link: kp_proto kp_pad kp_core kp_alloc */
/* Comments from anybody, and as storage has them; the first byte says which.
 *
 * Laws: the text of a comment that is accepted is one; what is refused leaves the result alone. A stored
 * thread that is read is written as the same thread again, and is JSON. Places may be anything, and are in
 * the text when they were settled; they stay in it whatever operations come. */
#include "pad/comments.h"
#include "proto/comment_json.h"
#include "text/utf8.h"

#include <stdlib.h>
#include <string.h>

#define LAW(holds)                                                                                           \
    do {                                                                                                     \
        if (!(holds))                                                                                        \
            abort();                                                                                         \
    } while (0)

static struct client_decoder decoder;

/* ---- bodies ---- */

static void read_bodies(struct slice json)
{
    struct comment_request request, before;
    struct slice text = SLICE("before");
    bool resolved = false;
    memset(&before, 7, sizeof before);
    memcpy(&request, &before, sizeof request);
    if (comment_decode(&decoder, json, &request))
        LAW(memcmp(&request, &before, sizeof request) == 0);
    else
        LAW(request.revision <= INT64_MAX && comment_text_is_valid(request.text) &&
            request.from <= OP_POINTS_MAX && request.to <= OP_POINTS_MAX);
    if (comment_text_decode(&decoder, json, &text))
        LAW(slice_equal(text, SLICE("before")));
    else
        LAW(comment_text_is_valid(text) && utf8_text_bytes(text) == text.len);
    (void)comment_state_decode(&decoder, json, &resolved);
}

/* ---- stored threads ---- */

static void read_thread(struct slice bytes)
{
    static struct comment_thread thread, again;
    struct buf written = {0}, rewritten = {0}, shown = {0};
    struct json j = json_to(&shown);
    (void)comment_thread_quote(bytes);
    if (comment_thread_decode(bytes, &thread))
        return;
    LAW(thread.count >= 1 && thread.count <= COMMENTS_MAX);
    LAW(slice_equal(comment_thread_quote(bytes), thread.quote));
    LAW(comment_thread_encode(&thread, &written) == OK);
    LAW(comment_thread_decode(buf_slice(&written), &again) == OK && again.count == thread.count);
    LAW(comment_thread_encode(&again, &rewritten) == OK &&
        slice_equal(buf_slice(&written), buf_slice(&rewritten)));
    struct kept_thread kept = {.bytes = bytes};
    memcpy(kept.id, thread.comments[0].id, sizeof kept.id);
    encode_thread(&j, &kept);
    LAW(json_error(&j) == OK && utf8_check(buf_slice(&shown), NULL) == OK);
    buf_deinit(&written);
    buf_deinit(&rewritten);
    buf_deinit(&shown);
}

/* ---- stored places ---- */

static const char ID[] = "abcdefghijkl";

static struct slice one_thread(struct buf *out)
{
    static struct comment_thread thread;
    thread = (struct comment_thread){.quote = SLICE("bc"), .count = 1};
    memcpy(thread.comments[0].id, ID, COMMENT_ID_CHARS);
    thread.comments[0].author.name = SLICE("A");
    thread.comments[0].text = SLICE("x");
    buf_clear(out);
    LAW(comment_thread_encode(&thread, out) == OK);
    return buf_slice(out);
}

static void check_place(const struct comments *c, uint32_t end)
{
    const struct anchor *a = &kept_thread_of(c->threads.next)->anchor;
    LAW(c->count == 1 && a->from <= a->to && a->to <= end);
}

/* The rest of the bytes: an operation over the text, if they are one. */
static void move(struct comments *c, struct slice code)
{
    struct op_view op;
    struct history h = {.base = c->revision};
    if (op_decode(code, &op) || op.base_points != 4)
        return;
    LAW(history_append(&h, (struct pad_author){0}, 0, op) == OK);
    comments_move(c, &h, c->revision + 1);
    check_place(c, op.target_points);
    history_deinit(&h);
}

static void read_places(struct slice bytes)
{
    struct buf thread = {0}, places = {0};
    struct rope text = {0};
    struct comments *c = NULL, *again = NULL;
    bool is_damaged;
    const struct stored_thread stored = {slice_of(ID, COMMENT_ID_CHARS), one_thread(&thread)};
    const size_t cut = bytes.len > 0 ? (uint8_t)bytes.ptr[0] % bytes.len : 0; /* where the places end */
    bytes = slice_from(bytes, bytes.len > 0);
    LAW(rope_from_text(&text, SLICE("abcd")) == OK);
    LAW(comments_decode(5, slice_of(bytes.ptr, cut), &stored, 1, &c, &is_damaged) == OK);
    comments_settle(c, &text, 6);
    check_place(c, 4);
    LAW(comments_encode_places(c, &(struct history){.base = 6}, 6, &places) == OK);
    LAW(comments_decode(6, buf_slice(&places), &stored, 1, &again, &is_damaged) == OK && !is_damaged);
    LAW(memcmp(&kept_thread_of(c->threads.next)->anchor, &kept_thread_of(again->threads.next)->anchor,
               sizeof(struct anchor)) == 0);
    move(c, slice_from(bytes, cut));
    comments_free(c);
    comments_free(again);
    buf_deinit(&thread);
    buf_deinit(&places);
    rope_deinit(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const readers[])(struct slice) = {read_bodies, read_thread, read_places};
    if (size > 0)
        readers[data[0] % 3](slice_of(data + 1, size - 1));
    return 0;
}
