#include "client/unsent.h"

#include "base/mem.h"

enum {
    /* No part is larger, whatever the server takes: a Ping behind it must be answered in
     * time on a slow line, and it may have to be rebased over many operations. */
    PART_JSON_BYTES = 256 * 1024,
    PART_COMPONENTS = 20000,
    ENVELOPE_BYTES = 64, /* a message has this much besides the operation, at most */
};
/* A text can not grow by more. */
#define GROWTH_BYTES (UINT32_C(1) << 30)

/* ---- pending changes ---- */

static void pending_clear(struct pending *p)
{
    op_deinit(&p->op);
    *p = (struct pending){0};
}

/* What `from` was is in `to`, whose own is let go. */
static void pending_move(struct pending *to, struct pending *from)
{
    pending_clear(to);
    *to = *from;
    *from = (struct pending){0};
}

static void op_replace(struct op *op, struct op *by)
{
    op_deinit(op);
    *op = *by;
    *by = (struct op){0};
}

/* `then` is made after what `p` holds. */
static enum error pending_append(struct pending *p, struct op_view then, uint32_t count)
{
    struct op all = {0};
    const enum error err = p->is_there ? op_compose(op_view(&p->op), then, &all) : op_copy(&all, then);
    if (err)
        return err;
    op_replace(&p->op, &all);
    p->is_there = true;
    p->count += count;
    return OK;
}

/* A buffer that changes nothing any more is no buffer. */
static void tidy_buffer(struct unsent *u)
{
    struct pending *buffer = &u->at[UNSENT_BUFFER];
    if (buffer->is_there && op_is_noop(op_view(&buffer->op)))
        pending_clear(buffer);
}

void unsent_deinit(struct unsent *u)
{
    for (int i = 0; i < UNSENT_PLACES; i++)
        pending_clear(&u->at[i]);
}

/* ---- look ---- */

uint64_t unsent_count(const struct unsent *u)
{
    uint64_t sum = 0;
    for (int i = 0; i < UNSENT_PLACES; i++)
        sum += u->at[i].count;
    return sum;
}

/* All of them in a row from `from` to before `to`, as one; `is_there` false: there are none. */
static enum error joined(const struct unsent *u, int from, int to, struct pending *out)
{
    enum error err = OK;
    for (int i = from; !err && i < to; i++) {
        if (u->at[i].is_there)
            err = pending_append(out, op_view(&u->at[i].op), u->at[i].count);
    }
    if (err)
        pending_clear(out);
    return err;
}

enum error unsent_is_undone(const struct unsent *u, bool *out)
{
    struct pending all = {0};
    const enum error err = joined(u, 0, UNSENT_PLACES, &all);
    *out = !err && (!all.is_there || op_is_noop(op_view(&all.op)));
    pending_clear(&all);
    return err;
}

uint32_t unsent_move_caret(const struct unsent *u, uint32_t at_points)
{
    for (int i = 0; i < UNSENT_PLACES; i++) {
        if (u->at[i].is_there)
            at_points = op_move_caret(op_view(&u->at[i].op), at_points);
    }
    return at_points;
}

enum error unsent_is_too_large(const struct unsent *u, const struct rope *server, uint64_t limit_bytes,
                               bool *out)
{
    struct pending edit = {0};
    *out = false;
    if (!u->at[UNSENT_REST].is_there || u->at[UNSENT_BUFFER].is_there)
        return OK;
    const enum error err = joined(u, 0, UNSENT_BUFFER, &edit);
    if (!err) {
        const int64_t after = (int64_t)rope_size(server).bytes + op_growth_bytes(op_view(&edit.op), server);
        *out = after > 0 && (uint64_t)after > limit_bytes;
    }
    pending_clear(&edit);
    return err;
}

/* ---- change ---- */

enum error unsent_add(struct unsent *u, struct op_view op)
{
    const enum error err = pending_append(&u->at[UNSENT_BUFFER], op, 1);
    if (!err)
        tidy_buffer(u);
    return err;
}

static uint32_t least(uint64_t a, uint64_t b)
{
    return (uint32_t)(a < b ? a : b);
}

static uint64_t without(uint64_t limit, uint64_t taken)
{
    return limit == 0 ? UINT32_MAX : limit > taken ? limit - taken : 0;
}

/* Puts into flight the part of `whole` that a message holds. The changes are counted until
 * the last part has arrived. */
static enum error send_first_part(struct unsent *u, struct pending *whole, uint64_t server_bytes,
                                  struct unsent_limits limits)
{
    const struct op_room room = {
        .json_bytes = least(PART_JSON_BYTES, without(limits.message_bytes, ENVELOPE_BYTES)),
        .components = PART_COMPONENTS,
        .growth_bytes = least(GROWTH_BYTES, without(limits.document_bytes, server_bytes)),
    };
    struct pending first = {.is_there = true}, rest = {.is_there = true, .count = whole->count};
    const enum error err = op_cut(op_view(&whole->op), room, &first.op, &rest.op);
    if (err)
        return err;
    if (op_is_noop(op_view(&rest.op))) {
        pending_move(&u->at[UNSENT_INFLIGHT], whole);
        pending_clear(&first);
        pending_clear(&rest);
        return OK;
    }
    pending_clear(whole);
    pending_move(&u->at[UNSENT_INFLIGHT], &first);
    pending_move(&u->at[UNSENT_REST], &rest);
    return OK;
}

enum error unsent_send(struct unsent *u, uint64_t server_bytes, struct unsent_limits limits)
{
    struct pending *rest = &u->at[UNSENT_REST];
    if (rest->is_there && op_is_noop(op_view(&rest->op)))
        pending_clear(rest);
    struct pending *next = rest->is_there ? rest : &u->at[UNSENT_BUFFER];
    return next->is_there ? send_first_part(u, next, server_bytes, limits) : OK;
}

void unsent_land(struct unsent *u)
{
    pending_clear(&u->at[UNSENT_INFLIGHT]);
}

/* The edit under way is in `edit`, and no longer there. */
static enum error take_underway(struct unsent *u, struct pending *edit)
{
    const enum error err = joined(u, 0, UNSENT_BUFFER, edit);
    if (err)
        return err;
    pending_clear(&u->at[UNSENT_INFLIGHT]);
    pending_clear(&u->at[UNSENT_REST]);
    return OK;
}

enum error unsent_unsend(struct unsent *u)
{
    struct pending all = {0};
    if (!u->at[UNSENT_INFLIGHT].is_there && !u->at[UNSENT_REST].is_there)
        return OK;
    const enum error err = joined(u, 0, UNSENT_PLACES, &all);
    if (err)
        return err;
    unsent_deinit(u);
    pending_move(&u->at[UNSENT_BUFFER], &all);
    tidy_buffer(u);
    return OK;
}

enum error unsent_undo(struct unsent *u, const struct rope *server, struct op *undo)
{
    struct pending edit = {0}, *buffer = &u->at[UNSENT_BUFFER];
    struct op back = {0}, back_after = {0}, buffer_after = {0};
    enum error err = take_underway(u, &edit);
    if (!err && edit.is_there)
        err = op_invert(op_view(&edit.op), server, &back);
    if (!err && edit.is_there && buffer->is_there)
        err = op_transform(op_view(&buffer->op), op_view(&back), OP_BY_TEXT, &buffer_after, &back_after);
    if (!err && buffer->is_there && edit.is_there) {
        op_replace(&buffer->op, &buffer_after);
        op_replace(&back, &back_after);
        tidy_buffer(u);
    }
    if (!err)
        op_replace(undo, &back);
    pending_clear(&edit);
    op_deinit(&back);
    op_deinit(&back_after);
    op_deinit(&buffer_after);
    return err;
}

enum error unsent_move_over(struct unsent *u, struct op_view remote, enum op_order order, struct op *last)
{
    struct op moved[UNSENT_PLACES] = {{{0}, 0, 0, 0, 0}}, now = {0}, next = {0};
    enum error err = op_copy(&now, remote);
    for (int i = 0; !err && i < UNSENT_PLACES; i++) {
        if (!u->at[i].is_there)
            continue;
        err = op_transform(op_view(&u->at[i].op), op_view(&now), order, &moved[i], &next);
        if (!err)
            op_replace(&now, &next);
    }
    for (int i = 0; i < UNSENT_PLACES; i++) {
        if (!err && u->at[i].is_there)
            op_replace(&u->at[i].op, &moved[i]);
        op_deinit(&moved[i]);
    }
    if (!err) {
        tidy_buffer(u);
        op_replace(last, &now);
    }
    op_deinit(&now);
    op_deinit(&next);
    return err;
}
