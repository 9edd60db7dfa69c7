/* Carriage returns in the edits of v1 clients.
 *
 * A text has line ends of one kind, \n. A v1 client may insert \r\n or \r, and
 * has them in its own copy from then on: most take the echo of their edit for an
 * acknowledgement without looking at it, some build their copy from the echoes. So
 * such an edit becomes two operations, one right behind the other:
 *
 *     revision  what everybody is told          what its author is told
 *        r      the edit, its line ends \n      the edit as it was typed: its acknowledgement
 *       r + 1   nothing, by the system          the correction: \r away, by the system
 *
 * Both are committed together and told in one message, so that a connection
 * cannot break between them: whoever comes back at r + 2 has the text that
 * everybody has. Until the author has seen the correction it may edit its own
 * copy at r + 1; such an edit is put behind the correction first (edit.c), as
 * its own side does. So the numbers stay those of all v1 clients, and positions
 * are right on both sides. */
#include "base/alloc.h"
#include "pad/pad_private.h"

enum { CORRECTIONS_MAX = 64 }; /* of those that a peer was told; beyond it the oldest goes */

static struct pad_correction *correction_of(struct link *link)
{
    return LIST_ITEM(link, struct pad_correction, link);
}

bool line_ends_are_foreign(struct op_view op)
{
    struct op_iter it = op_iter(op);
    while (op_iter_next(&it))
        if (it.kind == OP_INSERT && utf8_has_cr(it.text))
            return true;
    return false;
}

/* ---- an edit, and what it leaves to correct ---- */

/* One walk over an edit, which appends to both of its operations. */
struct split {
    const struct rope *text; /* that the edit applies to */
    struct op *edit;         /* the edit with \n for line ends */
    struct op *correction;   /* from what its author has to what there is */
    uint32_t at_points;      /* of the text, the place behind what was walked over */
    bool ends_in_cr;         /* the last that was inserted is a \r that is not decided yet */
};

/* A \r before a \n says nothing that the \n does not; any other is a line end. */
static enum error decide_cr(struct split *s, bool is_before_lf)
{
    enum error err = OK;
    if (!s->ends_in_cr)
        return OK;
    s->ends_in_cr = false;
    if (!is_before_lf) {
        err = op_insert_checked(s->edit, SLICE("\n"), 1);
        if (!err)
            err = op_insert_checked(s->correction, SLICE("\n"), 1);
    }
    return err ? err : op_delete(s->correction, 1);
}

static enum error put_plain(struct split *s, struct slice text)
{
    const uint32_t points = utf8_measure(text).points;
    const enum error err = op_insert_checked(s->edit, text, points);
    return err ? err : op_retain(s->correction, points);
}

static size_t bytes_before_cr(struct slice text)
{
    size_t bytes = 0;
    while (bytes < text.len && text.ptr[bytes] != '\r')
        bytes++;
    return bytes;
}

static enum error put_insert(struct split *s, struct slice text)
{
    enum error err = OK;
    while (!err && text.len > 0) {
        err = decide_cr(s, text.ptr[0] == '\n');
        const size_t plain = bytes_before_cr(text);
        if (!err && plain > 0)
            err = put_plain(s, slice_of(text.ptr, plain));
        s->ends_in_cr = plain < text.len;
        text = slice_from(text, plain + s->ends_in_cr);
    }
    return err;
}

static enum error starts_with_lf(const struct rope *text, uint32_t at_points, bool *does)
{
    struct buf first = {0};
    const enum error err = rope_read(text, at_points, 1, &first);
    *does = !err && first.ptr[0] == '\n';
    buf_deinit(&first);
    return err;
}

static enum error put_retain(struct split *s, uint32_t points)
{
    bool is_lf = false;
    enum error err = s->ends_in_cr ? starts_with_lf(s->text, s->at_points, &is_lf) : OK;
    if (!err)
        err = decide_cr(s, is_lf);
    if (!err)
        err = op_retain(s->edit, points);
    if (!err)
        err = op_retain(s->correction, points);
    s->at_points += points;
    return err;
}

static enum error put_delete(struct split *s, uint32_t points)
{
    s->at_points += points;
    return op_delete(s->edit, points);
}

static enum error put_component(struct split *s, const struct op_iter *it)
{
    switch (it->kind) {
    case OP_RETAIN:
        return put_retain(s, it->points);
    case OP_DELETE:
        return put_delete(s, it->points);
    case OP_INSERT:
        break;
    }
    return put_insert(s, it->text);
}

enum error line_ends_split(struct op_view op, const struct rope *text, struct op *edit, struct op *correction)
{
    struct split s = {.text = text, .edit = edit, .correction = correction};
    struct op_iter it = op_iter(op);
    enum error err = OK;
    op_clear(edit);
    op_clear(correction);
    while (!err && op_iter_next(&it))
        err = put_component(&s, &it);
    return err ? err : decide_cr(&s, false);
}

/* ---- what a peer has not heard of, or may not have ---- */

void correction_free(struct pad_correction *correction)
{
    list_remove(&correction->link);
    op_deinit(&correction->typed);
    op_deinit(&correction->op);
    mem_free(correction);
}

void corrections_free(struct pad_peer *peer)
{
    LIST_EACH (at, next, &peer->corrections)
        correction_free(correction_of(at));
}

static size_t memory_bytes(const struct pad_correction *correction)
{
    return sizeof *correction + correction->typed.code.cap + correction->op.code.cap;
}

size_t corrections_memory_bytes(const struct pad_peer *peer)
{
    size_t bytes = 0;
    LIST_EACH (at, next, &peer->corrections)
        bytes += memory_bytes(correction_of(at));
    return bytes;
}

/* Frees the oldest of those that the peer was told while there are too many. What
 * it was not told stays: nobody else could tell it. */
static void forget_told(struct pad_peer *peer, size_t most_bytes)
{
    size_t count = 0, bytes = 0;
    for (struct link *at = peer->corrections.prev; at != &peer->corrections;) {
        struct pad_correction *correction = correction_of(at);
        at = at->prev;
        count++;
        bytes += memory_bytes(correction);
        if (correction->revision < peer->sent && (count > CORRECTIONS_MAX || bytes > most_bytes))
            correction_free(correction);
    }
}

enum error correction_new(struct pad_peer *peer, struct op_view typed, struct op *op, size_t most_bytes,
                          struct pad_correction **out)
{
    forget_told(peer, most_bytes);
    if (corrections_memory_bytes(peer) > most_bytes)
        return ERR_RATE_LIMITED;
    struct pad_correction *correction = mem_alloc(sizeof *correction);
    if (!correction)
        return ERR_NO_MEMORY;
    *correction = (struct pad_correction){0};
    list_init(&correction->link);
    const enum error err = op_copy(&correction->typed, typed);
    if (err) {
        correction_free(correction);
        return err;
    }
    correction->op = *op;
    *op = (struct op){0};
    *out = correction;
    return OK;
}

void correction_keep(struct pad_peer *peer, struct pad_correction *correction, uint64_t revision)
{
    correction->revision = revision;
    list_append(&peer->corrections, &correction->link);
}

void corrections_seen(struct pad_peer *peer, uint64_t revision)
{
    LIST_EACH (at, next, &peer->corrections) {
        const uint64_t of = correction_of(at)->revision;
        if (of >= revision || of >= peer->sent)
            return;
        correction_free(correction_of(at));
    }
}

const struct op *correction_at(const struct pad_peer *peer, uint64_t revision)
{
    LIST_EACH (at, next, &peer->corrections)
        if (correction_of(at)->revision == revision)
            return &correction_of(at)->op;
    return NULL;
}

uint32_t corrections_move_caret(const struct pad_peer *peer, uint32_t at_points)
{
    LIST_EACH (at, next, &peer->corrections)
        if (correction_of(at)->revision >= peer->sent)
            at_points = caret_move(op_view(&correction_of(at)->op), at_points);
    return at_points;
}

/* ---- telling ---- */

struct history_entry pad_entry_for(const struct pad_peer *peer, uint64_t revision)
{
    struct history_entry entry = history_at(&peer->pad->history, revision);
    LIST_EACH (at, next, &peer->corrections) {
        const struct pad_correction *correction = correction_of(at);
        if (correction->revision == revision)
            entry.op = op_view(&correction->op);
        if (correction->revision == revision + 1)
            entry.op = op_view(&correction->typed);
    }
    return entry;
}

bool pad_has_history_of_its_own(const struct pad_peer *peer, uint64_t from, uint64_t to)
{
    LIST_EACH (at, next, &peer->corrections)
        if (correction_of(at)->revision >= from && correction_of(at)->revision <= to)
            return true;
    return false;
}
