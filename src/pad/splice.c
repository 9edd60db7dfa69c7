/* Operations as splices: one place, in three numbers. */
#include "pad/pad_private.h"

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

uint32_t splice_move_caret(const struct splice *splice, uint32_t at)
{
    if (!splice->is_one_place)
        return op_move_caret(splice->op, at);
    if (at < splice->at)
        return at;
    if (at - splice->at < splice->deleted)
        return splice->at + splice->inserted;
    return at + splice->inserted - splice->deleted;
}
