/* Operations as splices: one place, in three numbers. */
#include "pad/splice.h"

struct splice splice_of(struct op_view op)
{
    struct splice splice = {.op = op, .is_one_place = true};
    struct op_iter it = op_iter(op);
    for (; op_iter_next(&it); splice.components++) {
        if (it.kind == OP_INSERT)
            splice.inserted = it.points;
        else if (it.kind == OP_DELETE)
            splice.deleted = it.points;
        else if (splice.inserted == 0 && splice.deleted == 0)
            splice.at = it.points;
        else if (it.rest.len > 0) /* something follows what was retained */
            splice.is_one_place = false;
    }
    return splice;
}

static uint32_t cut(uint64_t at)
{
    return at < UINT32_MAX ? (uint32_t)at : UINT32_MAX;
}

uint32_t caret_move(struct op_view op, uint32_t at)
{
    if (at <= op.base_points)
        return op_move_caret(op, at);
    return cut((uint64_t)op.target_points + (at - op.base_points));
}

uint32_t splice_move_caret(const struct splice *splice, uint32_t at)
{
    if (!splice->is_one_place)
        return caret_move(splice->op, at);
    if (at < splice->at)
        return at;
    if (at - splice->at < splice->deleted)
        return splice->at + splice->inserted;
    return cut((uint64_t)at + splice->inserted - splice->deleted);
}
