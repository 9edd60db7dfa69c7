/* op_private.h - the bytes of one component; for the files of ot/ only.
 *
 *     varint(n << 2 | kind)                      retain, delete
 *     varint(points << 2 | kind) varint(bytes) utf8…       insert */
#ifndef KOLABPAD_OT_OP_PRIVATE_H
#define KOLABPAD_OT_OP_PRIVATE_H

#include "ot/op.h"

/* Two varints of at most 31 bits. */
enum { COMPONENT_HEAD_MAX = 10 };

/* The component at `at` of checked code, as op_iter gives it, and where the
 * next one begins. */
struct component {
    enum op_kind kind;
    uint32_t points;
    struct slice text;
    size_t end;
};
struct component component_read(struct slice code, size_t at);

/* Writes the head of a component; the number of bytes, at most
 * COMPONENT_HEAD_MAX. */
size_t component_write_head(char *to, enum op_kind kind, uint32_t points, size_t text_bytes);

/* The builder at work on `from` becomes the operation `out`. */
void op_move(struct op *out, struct op *from);

#endif
