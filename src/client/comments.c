#include "client/comments.h"

#include "base/alloc.h"

#include <string.h>

void thread_places_deinit(struct thread_places *t)
{
    mem_free(t->list);
    *t = (struct thread_places){0};
}

void thread_places_clear(struct thread_places *t)
{
    t->count = 0;
}

static struct incoming_thread *find(const struct thread_places *t, const char id[THREAD_ID_CHARS])
{
    for (size_t i = 0; i < t->count; i++)
        if (memcmp(t->list[i].id, id, THREAD_ID_CHARS) == 0)
            return &t->list[i];
    return NULL;
}

static enum error grow(struct thread_places *t)
{
    const size_t cap = t->cap ? t->cap * 2 : 8;
    struct incoming_thread *list = mem_realloc(t->list, cap * sizeof *list);
    if (!list)
        return ERR_NO_MEMORY;
    t->list = list;
    t->cap = cap;
    return OK;
}

enum error thread_places_put(struct thread_places *t, const struct incoming_thread *thread)
{
    struct incoming_thread *known = find(t, thread->id);
    if (known) {
        *known = *thread;
        return OK;
    }
    if (t->count == THREADS_MAX)
        return OK;
    const enum error err = t->count == t->cap ? grow(t) : OK;
    if (!err)
        t->list[t->count++] = *thread;
    return err;
}

void thread_places_remove(struct thread_places *t, const char id[THREAD_ID_CHARS])
{
    struct incoming_thread *known = find(t, id);
    if (!known)
        return;
    const size_t behind = (size_t)(&t->list[t->count] - known) - 1;
    memmove(known, known + 1, behind * sizeof *known);
    t->count--;
}

/* As op_move_caret, but an insert at the place comes behind it. */
static uint32_t move_before(struct op_view op, uint32_t at)
{
    struct op_iter it = op_iter(op);
    uint32_t base = 0, result = 0;
    while (op_iter_next(&it)) {
        if (it.kind == OP_INSERT && base < at)
            result += it.points;
        if (it.kind == OP_INSERT)
            continue;
        const uint32_t before = at - base < it.points ? at - base : it.points; /* of this component */
        result += it.kind == OP_RETAIN ? before : 0;
        base += before;
        if (before < it.points)
            break;
    }
    return result;
}

static void move(struct incoming_thread *thread, struct op_view op)
{
    const bool is_detached = thread->from >= thread->to;
    const uint32_t to = move_before(op, thread->to);
    thread->from = is_detached ? to : op_move_caret(op, thread->from);
    thread->to = to;
    if (thread->from > thread->to)
        thread->from = thread->to;
}

void thread_places_move(struct thread_places *t, struct op_view op)
{
    for (size_t i = 0; i < t->count; i++)
        move(&t->list[i], op);
}
