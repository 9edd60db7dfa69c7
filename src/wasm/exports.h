/* exports.h - the operation kernel and the rope, for the browser.
 *
 * What the front end calls, and kp_heap_used, which its tests need; nothing else
 * is exported. 32-bit values only. Handles are addresses in the module's memory; each `_new` has its
 * `_free`, and the front end owns what it made. `enum error` comes back as
 * int32 (0 is OK). Text crosses as UTF-8 in memory the front end got from
 * kp_alloc. memory.grow detaches the typed arrays of the other side: it must
 * look at memory.buffer afresh after every call that can allocate.
 *
 * The semantics are those of ot/op.h and text/rope.h. Outputs of compose,
 * transform and cut must be operations of their own, not one of the inputs. */
#ifndef KOLABPAD_WASM_EXPORTS_H
#define KOLABPAD_WASM_EXPORTS_H

#include "ot/op.h"

/* memory: NULL (0) when there is none */
void *kp_alloc(uint32_t size_bytes);
void kp_free(void *ptr);
uint32_t kp_heap_used(void); /* bytes allocated now; for leak tests */

/* operations */
struct op *kp_op_new(void);
void kp_op_free(struct op *op);
int32_t kp_op_retain(struct op *op, uint32_t points);
int32_t kp_op_insert(struct op *op, const char *utf8, uint32_t len_bytes);
int32_t kp_op_delete(struct op *op, uint32_t points);
const char *kp_op_code(const struct op *op);
uint32_t kp_op_code_len(const struct op *op);
uint32_t kp_op_base(const struct op *op);
uint32_t kp_op_target(const struct op *op);
uint32_t kp_op_is_noop(const struct op *op);
int32_t kp_op_compose(const struct op *a, const struct op *b, struct op *out);
/* `order` is an enum op_order; another number counts as OP_BY_TEXT. */
int32_t kp_op_transform(const struct op *a, const struct op *b, uint32_t order, struct op *a1, struct op *b1);
int32_t kp_op_invert(const struct op *op, const struct rope *base, struct op *out);
/* The three sizes are those of struct op_room. */
int32_t kp_op_cut(const struct op *op, uint32_t json_bytes, uint32_t components, uint32_t growth_bytes,
                  struct op *first, struct op *rest);
int32_t kp_op_apply(const struct op *op, struct rope *text);
uint32_t kp_op_move_caret(const struct op *op, uint32_t at_points);

/* ropes */
struct rope *kp_rope_new(void);
void kp_rope_free(struct rope *r);
/* Checks the text, and replaces the content. */
int32_t kp_rope_set(struct rope *r, const char *utf8, uint32_t len_bytes);
uint32_t kp_rope_bytes(const struct rope *r);
uint32_t kp_rope_points(const struct rope *r);
uint32_t kp_rope_u16(const struct rope *r);
uint32_t kp_rope_u16_of_points(const struct rope *r, uint32_t at_points);
uint32_t kp_rope_points_of_u16(const struct rope *r, uint32_t at_u16);
/* Copies a range as UTF-8 into kp_alloc'ed memory; the address, or 0. The
 * length in bytes is then kp_rope_read_len(). */
char *kp_rope_read(const struct rope *r, uint32_t at_points, uint32_t count_points);
uint32_t kp_rope_read_len(void);

#endif
