#include "pad/pad_private.h"

struct step step_of(struct op_view op)
{
    struct step step = {.op = op, .is_one_place = true};
    struct op_iter it = op_iter(op);
    for (; op_iter_next(&it); step.components++) {
        if (it.kind == OP_INSERT)
            step.inserted = it.points;
        else if (it.kind == OP_DELETE)
            step.deleted = it.points;
        else if (step.inserted == 0 && step.deleted == 0)
            step.at = it.points;
        else if (it.rest.len > 0) /* something follows what was retained */
            step.is_one_place = false;
    }
    return step;
}

uint32_t step_move_caret(const struct step *step, uint32_t at)
{
    if (!step->is_one_place)
        return op_move_caret(step->op, at);
    if (at < step->at)
        return at;
    if (at - step->at < step->deleted)
        return step->at + step->inserted;
    return at + step->inserted - step->deleted;
}
