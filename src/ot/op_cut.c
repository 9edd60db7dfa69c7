/* Cutting: the operation is walked once, and each component is done by the first
 * part as far as it has room, else by the second. What the first inserts, the second
 * retains; what the second deletes, the first retains. */
#include "ot/op_private.h"

enum {
    KEPT_BYTES = 13, /* two brackets, and a comma and a retain at the end of the first part */
    TEXT_BYTES = 3,  /* two quotes and a comma */
};

struct cut {
    struct op first, rest;
    struct op_room left; /* what the first part has room for yet */
    int64_t
        growth_bytes; /* of the text by the first part, at most: a point that it deletes counts as one byte */
    bool deletes_only; /* the first part leaves all inserts to the second */
    bool has_change;   /* the first part does something */
    bool is_full;      /* all that follows is for the second part */
};

/* ---- room ---- */

/* Takes room for so many bytes of JSON; without room nothing else has any either. But
 * a first part that does nothing would never end, so its first change is taken in any case. */
static bool take(struct cut *cut, uint32_t bytes)
{
    cut->is_full |= bytes > cut->left.json_bytes;
    cut->left.json_bytes -= cut->is_full ? 0 : bytes;
    return !cut->is_full || !cut->has_change;
}

static uint32_t count_bytes(uint32_t points)
{
    uint32_t bytes = 3; /* a digit, a comma, and perhaps a sign */
    for (; points > 9; points /= 10)
        bytes++;
    return bytes;
}

/* What JSON.stringify makes of a byte of UTF-8. */
static uint32_t escaped_bytes(uint8_t byte)
{
    if (byte == '"' || byte == '\\' || (byte >= '\b' && byte <= '\r' && byte != '\v'))
        return 2;
    return byte < ' ' ? 6 : 1;
}

static bool is_first_of_point(uint8_t byte)
{
    return (byte & 0xc0) != 0x80;
}

static bool take_component(struct cut *cut, const struct op_iter *it)
{
    cut->is_full |= cut->left.components == 0;
    cut->left.components -= !cut->is_full;
    return take(cut, it->kind == OP_INSERT ? TEXT_BYTES : count_bytes(it->points));
}

/* The start of the text, whole code points, that there is room for. */
static size_t take_text(struct cut *cut, struct slice text, uint32_t *points)
{
    size_t taken = 0;
    *points = 0;
    while (taken < text.len) {
        size_t end = taken + 1;
        uint32_t bytes = escaped_bytes((uint8_t)text.ptr[taken]);
        for (; end < text.len && !is_first_of_point((uint8_t)text.ptr[end]); end++)
            bytes++;
        if (!take(cut, bytes))
            break;
        taken = end;
        cut->has_change = true;
        ++*points;
    }
    return taken;
}

/* ---- one component after the other ---- */

static enum error cut_insert(struct cut *cut, const struct op_iter *it)
{
    uint32_t points = 0;
    size_t bytes = 0;
    if (!cut->deletes_only && take_component(cut, it))
        bytes = take_text(cut, it->text, &points);
    cut->growth_bytes += (int64_t)bytes;
    enum error err = op_insert_checked(&cut->first, slice_of(it->text.ptr, bytes), points);
    if (!err)
        err = op_retain(&cut->rest, points);
    return err ? err : op_insert_checked(&cut->rest, slice_from(it->text, bytes), it->points - points);
}

static enum error cut_delete(struct cut *cut, const struct op_iter *it)
{
    if (take_component(cut, it)) {
        cut->has_change = true;
        cut->growth_bytes -= it->points;
        return op_delete(&cut->first, it->points);
    }
    const enum error err = op_retain(&cut->first, it->points);
    return err ? err : op_delete(&cut->rest, it->points);
}

static enum error cut_retain(struct cut *cut, const struct op_iter *it)
{
    take_component(cut, it);
    const enum error err = op_retain(&cut->first, it->points);
    return err ? err : op_retain(&cut->rest, it->points);
}

static enum error cut_all(struct cut *cut, struct op_view op, struct op_room room, bool deletes_only)
{
    struct op_iter it = op_iter(op);
    enum error err = OK;

    op_deinit(&cut->first);
    op_deinit(&cut->rest);
    *cut = (struct cut){.left = room, .deletes_only = deletes_only};
    take(cut, KEPT_BYTES);
    while (!err && op_iter_next(&it))
        err = it.kind == OP_INSERT   ? cut_insert(cut, &it)
              : it.kind == OP_DELETE ? cut_delete(cut, &it)
                                     : cut_retain(cut, &it);
    return err;
}

enum error op_cut(struct op_view op, struct op_room room, struct op *first, struct op *rest)
{
    struct cut cut = {0};
    enum error err = cut_all(&cut, op, room, false);
    if (!err && cut.is_full && cut.growth_bytes > room.growth_bytes)
        err = cut_all(&cut, op, room, true);
    if (!err && !cut.has_change) /* there is nothing to delete */
        err = cut_all(&cut, op, room, false);
    if (err) {
        op_deinit(&cut.first);
        op_deinit(&cut.rest);
        return err;
    }
    op_move(first, &cut.first);
    op_move(rest, &cut.rest);
    return OK;
}
