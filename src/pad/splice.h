/* splice.h - operations that replace one place.
 *
 * Nearly every operation does. Such a one is three numbers: at `at`, `deleted`
 * points give way to `inserted` ones. Moving a caret over it, or an operation
 * elsewhere in the text, is a sum of these. Internal to src/pad. */
#ifndef KOLABPAD_PAD_SPLICE_H
#define KOLABPAD_PAD_SPLICE_H

#include "ot/op.h"

struct splice {
    struct op_view op;
    uint32_t components;
    bool is_one_place;              /* else the three below mean nothing, and `op` is read */
    uint32_t at, deleted, inserted; /* in points */
};
struct splice splice_of(struct op_view op);
/* The result of op_move_caret; but a caret behind the text stays as far behind it
 * as it is (pad_set_cursors says why there are such). */
uint32_t caret_move(struct op_view op, uint32_t at);
uint32_t splice_move_caret(const struct splice *splice, uint32_t at);

#endif
