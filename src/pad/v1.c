/* The history as v1 clients see it: the text at some revision as one insert,
 * then every operation since. */
#include "base/alloc.h"
#include "pad/pad_private.h"

enum { V1_OFFSET_MAX = 100 * 1000 };

/* The operation that makes `text` out of nothing. */
static enum error op_of_text(struct op *out, const struct rope *text)
{
    enum { HEADS_MAX = 3 * 10 }; /* the one that is written, and two that op_insert wants room for */
    struct op op = {0};
    enum error err = OK;
    struct slice chunk;
    if (rope_size(text).bytes > 0)
        err = buf_reserve(&op.code, rope_size(text).bytes + HEADS_MAX);
    struct rope_chunks it = rope_chunks(text);
    while (!err && rope_chunks_next(&it, &chunk))
        err = op_insert(&op, chunk);
    if (err) {
        op_deinit(&op);
        return err;
    }
    buf_shrink(&op.code);
    *out = op;
    return OK;
}

static void view_free(struct pad_v1 *v1)
{
    op_deinit(&v1->text);
    op_deinit(&v1->nothing);
    mem_free(v1);
}

/* A view that begins with the present text, as so many operations. */
static struct pad_v1 *view_new(const struct pad *pad, uint64_t offset)
{
    struct pad_v1 *v1 = mem_alloc(sizeof *v1);
    if (!v1)
        return NULL;
    *v1 = (struct pad_v1){.base = pad->revision, .offset = offset, .last_left_ms = pad->now_ms};
    enum error err = op_of_text(&v1->text, &pad->text);
    if (!err)
        err = op_retain(&v1->nothing, rope_size(&pad->text).points);
    if (!err)
        return v1;
    view_free(v1);
    return NULL;
}

static enum error take_view(struct pad *pad, struct pad_v1 *v1)
{
    if (!v1)
        return ERR_NO_MEMORY;
    v1_free(pad);
    pad->v1 = v1;
    return OK;
}

static bool is_pin_over(const struct pad *pad)
{
    const int64_t pin_ms = pad->limits->v1_pin_ms;
    return pin_ms > 0 && pad->now_ms - pad->v1->last_left_ms >= pin_ms;
}

/* The view outlives the last v1 peer, so that a tab that was away finds its
 * revisions again, until its time is over or it has grown beyond its limit. */
static bool is_over(const struct pad *pad)
{
    return pad->v1 && pad->v1_peer_count == 0 && (pad_v1_exceeds_limit(pad) || is_pin_over(pad));
}

enum error v1_open(struct pad *pad)
{
    if (pad->v1 && !is_over(pad))
        return v1_forget(pad);
    return take_view(pad, view_new(pad, rope_size(&pad->text).points > 0));
}

enum error v1_forget(struct pad *pad)
{
    if (!pad->v1 || pad->v1->base >= pad->resumes_from)
        return OK;
    const int64_t last_left_ms = pad->v1->last_left_ms;
    const enum error err = take_view(pad, view_new(pad, pad->revision - pad->v1->base + pad->v1->offset));
    if (!err)
        pad->v1->last_left_ms = last_left_ms;
    return err;
}

void pad_v1_begin(struct pad_peer *peer)
{
    const uint64_t base = peer->pad->v1->base;
    if (peer->floor == base)
        return;
    peer->sent = peer->floor = base;
    if (peer->gate < base)
        peer->gate = base;
}

void v1_free(struct pad *pad)
{
    if (pad->v1)
        view_free(pad->v1);
    pad->v1 = NULL;
}

void v1_expire(struct pad *pad, int64_t now_ms)
{
    if (pad->v1 && now_ms < pad->v1->last_left_ms) /* the clock was set back */
        pad->v1->last_left_ms = now_ms;
    if (is_over(pad))
        v1_free(pad);
}

/* What stands for the text is told in one message. */
bool pad_v1_exceeds_limit(const struct pad *pad)
{
    const struct pad_v1 *v1 = pad->v1;
    return v1 && (v1->offset > V1_OFFSET_MAX ||
                  history_bytes(&pad->history, v1->base, pad->revision) > pad->limits->v1_history_bytes);
}

struct history_entry pad_v1_before(const struct pad *pad, uint64_t number)
{
    const struct op *op = number == 0 ? &pad->v1->text : &pad->v1->nothing;
    return (struct history_entry){pad_system_author(), op_view(op)};
}
