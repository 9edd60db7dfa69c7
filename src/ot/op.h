/* op.h - an operation: one edit of a whole text, and the algebra of edits.
 *
 * An operation walks over a text from its start to its end with three kinds
 * of components:
 *
 *     retain n      keep n code points
 *     insert "s"    put s here
 *     delete n      drop n code points
 *
 *   "to bee"   retain 5, delete 1, insert "!"   ->   "to be!"
 *   base_points = 6, target_points = 6
 *
 * Normal form: no component of size zero, no two of a kind in a row, an insert
 * stands before a delete at the same place, trailing retains are written out.
 * There is exactly one normal form for each (base text, result) walk, and
 * operations are only ever built through the appending functions below, which
 * keep it.
 *
 * There is one representation, in memory, in the history, in the journal and
 * across the WebAssembly boundary: the components as bytes,
 *
 *     varint(n << 2 | kind)                      retain, delete
 *     varint(points << 2 | kind) varint(bytes) utf8…       insert
 *
 * with kind 0 retain, 1 delete, 2 insert. A keystroke in a 5 MiB text is about
 * ten bytes.
 *
 * `struct op` owns such bytes and can grow; `struct op_view` borrows them.
 * Sizes: each component and each sum is between 0 and OP_POINTS_MAX, so 32-bit
 * sums cannot overflow. Not thread-safe; one owner.
 *
 * Errors: ERR_NO_MEMORY; ERR_BAD_OPERATION where two things do not fit
 * together (lengths), a component or a sum is too large, or decoded bytes are
 * not an operation in normal form; ERR_BAD_TEXT where
 * inserted bytes are not strict UTF-8 or hold a carriage return. On error the
 * outputs are as they were. Outputs must not be one of the inputs.
 *
 * The algebra is that of Operational Transformation on strings (Ellis & Gibbs
 * 1989; the retain/insert/delete form of Google Wave and of ot.js). */
#ifndef KOLABPAD_OT_OP_H
#define KOLABPAD_OT_OP_H

#include "base/buf.h"
#include "text/rope.h"

#define OP_POINTS_MAX (UINT32_C(1) << 29)

enum op_kind { OP_RETAIN = 0, OP_DELETE = 1, OP_INSERT = 2 };

struct op {
    struct buf code;
    uint32_t base_points;   /* length of the text it applies to */
    uint32_t target_points; /* length of the result */
    /* Where the last two components begin in `code`, for the builder alone.
     * `before_last` means something only while `last` is not 0. */
    size_t last, before_last;
};

struct op_view {
    struct slice code;
    uint32_t base_points;
    uint32_t target_points;
};

/* ---- make ---- a zeroed struct op is the empty operation ("" -> "") */

void op_deinit(struct op *op);
void op_clear(struct op *op); /* the empty operation again; keeps the memory */

/* Append a component, merging and reordering into normal form. Size zero
 * (empty text) appends nothing. op_insert checks its text. */
enum error op_retain(struct op *op, uint32_t points);
enum error op_insert(struct op *op, struct slice text);
enum error op_delete(struct op *op, uint32_t points);
/* The same for text that is checked and measured already, such as another
 * operation's. */
enum error op_insert_checked(struct op *op, struct slice text, uint32_t points);

enum error op_copy(struct op *out, struct op_view from);

/* Checks untrusted bytes in every respect, normal form included, and gives a
 * view of them with its lengths. ERR_BAD_OPERATION or ERR_BAD_TEXT otherwise. */
enum error op_decode(struct slice code, struct op_view *out);

/* ---- look ---- */

static inline struct op_view op_view(const struct op *op)
{
    return (struct op_view){buf_slice(&op->code), op->base_points, op->target_points};
}

/* A view of bytes that this program encoded and checked before. */
struct op_view op_view_trusted(struct slice code);

/* Visits the components:
 *
 *     struct op_iter it = op_iter(view);
 *     while (op_iter_next(&it)) switch (it.kind) …
 *
 * `text` is set for inserts only. */
struct op_iter {
    struct slice rest;
    enum op_kind kind;
    uint32_t points;
    struct slice text;
};
struct op_iter op_iter(struct op_view op);
bool op_iter_next(struct op_iter *it);

bool op_equal(struct op_view a, struct op_view b);
bool op_is_noop(struct op_view op); /* only retains, or nothing */

/* Bytes of UTF-8 that the text grows by when `op` is applied to `base`
 * (negative: shrinks). op.base_points must equal the text's length. */
int64_t op_growth_bytes(struct op_view op, const struct rope *base);

/* ---- the algebra ---- */

/* out = first a, then b. ERR_BAD_OPERATION unless a.target == b.base.
 * apply(compose(a, b), t) == apply(b, apply(a, t)). */
enum error op_compose(struct op_view a, struct op_view b, struct op *out);

/* The rule for two inserts at one place: which of them stands first. Both sides
 * of a connection must use the same rule for the same two operations, and they
 * know it from the operations and their authors alone (docs/protocol.md), so
 * nobody needs to know who is the server. */
enum op_order {
    OP_BY_TEXT, /* the smaller text, compared as code points; of equal ones each keeps its own first */
    OP_A_FIRST, /* that of a, for every place at which the two meet */
    OP_B_FIRST, /* that of b */
};

/* a and b were made on the same text. a1 has the effect of a on the text after
 * b, b1 that of b on the text after a. ERR_BAD_OPERATION unless the bases are equal.
 * TP1, under every order: compose(a, b1) == compose(b, a1). */
enum error op_transform(struct op_view a, struct op_view b, enum op_order order, struct op *a1,
                        struct op *b1);

/* Makes a1 of op_transform only, which is all that the server needs, at half
 * the cost. */
enum error op_rebase(struct op_view a, struct op_view over_b, enum op_order order, struct op *a1);

/* out undoes `op`; `base` is the text before it was applied.
 * ERR_BAD_OPERATION unless op.base equals the text's length. */
enum error op_invert(struct op_view op, const struct rope *base, struct op *out);

/* What the first part of op_cut may be. */
struct op_room {
    uint32_t json_bytes;   /* as JSON.stringify writes it, brackets included */
    uint32_t components;   /* besides the retain at its end */
    uint32_t growth_bytes; /* of the text, while the rest is still to come */
};

/* Cuts an operation in two, of which the first has `room`:
 * compose(first, rest) == op. The first part does what `op` does at the start of
 * the text, as far as there is room; where the text would grow too much by it, it
 * is of the deletions and leaves all inserts to the rest. It does something in any
 * case: if nothing else, one code point of an insert, or one delete. `rest` is a
 * no-op when there is room for all. */
enum error op_cut(struct op_view op, struct op_room room, struct op *first, struct op *rest);

/* Applies `op` to the text. ERR_BAD_OPERATION unless op.base equals its
 * length, ERR_NO_MEMORY; in both cases the text is unchanged: insertions go in
 * first and are taken out again if one fails, deletions cannot fail. */
enum error op_apply(struct op_view op, struct rope *text);

/* The place of a caret at `at_points` of the base text after `op`. An insert
 * at the caret pushes it to the right; a caret in deleted text moves to the
 * place of the deletion; beyond the end counts as the end. */
uint32_t op_move_caret(struct op_view op, uint32_t at_points);

#endif
