#include "archive/runs.h"

#include "archive/entry.h"
#include "base/alloc.h"

#include <string.h>

enum { FIRST_CAPACITY = 16 };

void runs_deinit(struct runs *r)
{
    mem_free(r->items);
    *r = (struct runs){0};
}

/* Makes the gap wide enough for two more, which is what a step of anything below adds. */
static enum error make_room(struct runs *r)
{
    if (r->back - r->front >= 2)
        return OK;
    uint32_t capacity = r->capacity ? r->capacity * 2 : FIRST_CAPACITY, tail = r->capacity - r->back;
    struct run *items = mem_alloc(capacity * sizeof *items);
    if (!items)
        return ERR_NO_MEMORY;
    if (r->items) {
        memcpy(items, r->items, r->front * sizeof *items);
        memcpy(items + capacity - tail, r->items + r->back, tail * sizeof *items);
        mem_free(r->items);
    }
    r->items = items;
    r->back = capacity - tail;
    r->capacity = capacity;
    return OK;
}

/* ---- at the gap ---- */

static void push_front(struct runs *r, uint32_t points, uint64_t author)
{
    if (points == 0)
        return;
    r->front_points += points;
    if (r->front > 0 && r->items[r->front - 1].author == author)
        r->items[r->front - 1].points += points;
    else
        r->items[r->front++] = (struct run){points, author};
}

static void push_back(struct runs *r, uint32_t points, uint64_t author)
{
    if (points == 0)
        return;
    if (r->back < r->capacity && r->items[r->back].author == author)
        r->items[r->back].points += points;
    else
        r->items[--r->back] = (struct run){points, author};
}

/* Takes points off the run behind the gap: at most so many. 0: there is none. */
static uint32_t take_back(struct runs *r, uint32_t points, uint64_t *author)
{
    if (r->back == r->capacity)
        return 0;
    struct run *run = &r->items[r->back];
    *author = run->author;
    if (run->points > points) {
        run->points -= points;
        return points;
    }
    points = run->points;
    r->back++;
    return points;
}

static uint32_t take_front(struct runs *r, uint32_t points, uint64_t *author)
{
    struct run *run = &r->items[r->front - 1]; /* there is one, where front_points is not 0 */
    *author = run->author;
    if (run->points > points)
        run->points -= points;
    else
        points = r->items[--r->front].points;
    r->front_points -= points;
    return points;
}

/* Brings the gap to a place in the text. A run that is cut there needs one more place. */
static enum error seek(struct runs *r, uint32_t at)
{
    uint64_t author = 0;
    enum error err = make_room(r);
    while (!err && r->front_points > at) {
        uint32_t points = take_front(r, r->front_points - at, &author);
        push_back(r, points, author);
        err = make_room(r);
    }
    while (!err && r->front_points < at) {
        uint32_t points = take_back(r, at - r->front_points, &author);
        if (points == 0)
            return ERR_BAD_OPERATION;
        push_front(r, points, author);
        err = make_room(r);
    }
    return err;
}

static enum error drop(struct runs *r, uint32_t points)
{
    while (points > 0) {
        uint64_t author;
        uint32_t dropped = take_back(r, points, &author);
        if (dropped == 0)
            return ERR_BAD_OPERATION;
        points -= dropped;
    }
    return OK;
}

/* ---- edits ---- */

enum error runs_reset(struct runs *r, uint32_t points, uint64_t author)
{
    r->front = r->front_points = 0;
    r->back = r->capacity;
    enum error err = make_room(r);
    if (!err)
        push_front(r, points, author);
    return err;
}

enum error runs_apply(struct runs *r, struct op_view op, uint64_t author)
{
    uint32_t at = 0;
    enum error err = OK;
    for (struct op_iter it = op_iter(op); !err && op_iter_next(&it);) {
        if (it.kind == OP_RETAIN) {
            at += it.points;
            continue;
        }
        err = seek(r, at);
        if (!err && it.kind == OP_DELETE) {
            err = drop(r, it.points);
        } else if (!err) {
            push_front(r, it.points, author);
            at += it.points;
        }
    }
    return err;
}

/* ---- look ---- */

uint32_t runs_count(const struct runs *r)
{
    bool is_cut = r->front > 0 && r->back < r->capacity && /* one run lies on both sides of the gap */
                  r->items[r->front - 1].author == r->items[r->back].author;
    return r->front + (r->capacity - r->back) - is_cut;
}

struct run runs_at(const struct runs *r, uint32_t i)
{
    bool is_cut = runs_count(r) < r->front + (r->capacity - r->back);
    if (is_cut && i == r->front - 1)
        return (struct run){r->items[i].points + r->items[r->back].points, r->items[i].author};
    if (i < r->front)
        return r->items[i];
    return r->items[r->back + (i - r->front) + is_cut];
}

enum error runs_encode(const struct runs *r, struct buf *out)
{
    const size_t before = out->len;
    enum error err = OK;
    for (uint32_t i = 0, count = runs_count(r); !err && i < count; i++) {
        struct run run = runs_at(r, i);
        err = buf_append_varint(out, run.points);
        if (!err)
            err = buf_append_varint(out, run.author + 1);
    }
    if (err)
        out->len = before;
    return err;
}

enum error runs_decode(struct slice bytes, uint32_t points, struct runs *out)
{
    struct runs r = {0};
    uint64_t length, author, sum = 0;
    enum error err = OK;
    while (!err && bytes.len > 0) {
        if (!take_varint(&bytes, &length) || !take_varint(&bytes, &author) || (sum += length) > points)
            err = ERR_STORAGE;
        if (!err)
            err = make_room(&r);
        if (!err)
            push_front(&r, (uint32_t)length, author - 1);
    }
    if (!err && sum != points)
        err = ERR_STORAGE;
    if (err) {
        runs_deinit(&r);
        return err;
    }
    *out = r;
    return OK;
}
