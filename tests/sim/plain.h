/* plain.h - a text as an array of code points: what the simulated clients
 * hold. Slow and obvious, and not the server's rope. */
#ifndef KOLABPAD_SIM_PLAIN_H
#define KOLABPAD_SIM_PLAIN_H

#include "ot/op.h"

struct plain {
    uint32_t *points;
    uint32_t len, cap;
};

void plain_deinit(struct plain *p);
void plain_clear(struct plain *p);
void plain_append(struct plain *p, uint32_t point);
void plain_append_utf8(struct plain *p, struct slice text);
void plain_copy(struct plain *to, const struct plain *from);
bool plain_equal(const struct plain *a, const struct plain *b);

/* Applies `op`; aborts when it does not fit. */
void plain_apply(struct plain *p, struct op_view op);

/* The operation that makes `to` out of `from`: what stands between their
 * common beginning and their common end is replaced. */
void plain_diff(const struct plain *from, const struct plain *to, struct op *out);

/* Calls `visit` for each code point of valid text. */
void utf8_each(struct slice text, void (*visit)(void *arg, uint32_t point), void *arg);
/* Writes a code point; the number of bytes, at most 4. */
size_t utf8_put(uint32_t point, char out[4]);

#endif
