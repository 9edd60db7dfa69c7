/* reference_text.h - a text as an array of code points: what the simulated clients
 * hold. Slow and obvious, and not the server's rope. */
#ifndef KOLABPAD_SIM_REFERENCE_TEXT_H
#define KOLABPAD_SIM_REFERENCE_TEXT_H

#include "ot/op.h"

struct reference_text {
    uint32_t *points;
    uint32_t len, cap;
};

void reference_text_deinit(struct reference_text *p);
void reference_text_clear(struct reference_text *p);
void reference_text_append(struct reference_text *p, uint32_t point);
void reference_text_append_utf8(struct reference_text *p, struct slice text);
void reference_text_copy(struct reference_text *to, const struct reference_text *from);
bool reference_text_equal(const struct reference_text *a, const struct reference_text *b);

/* Applies `op`; aborts when it does not fit. */
void reference_text_apply(struct reference_text *p, struct op_view op);

/* The operation that makes `to` out of `from`: what stands between their
 * common beginning and their common end is replaced. */
void reference_text_diff(const struct reference_text *from, const struct reference_text *to, struct op *out);

/* Calls `visit` for each code point of valid text. */
void utf8_each(struct slice text, void (*visit)(void *arg, uint32_t point), void *arg);
/* Writes a code point; the number of bytes, at most 4. */
size_t utf8_put(uint32_t point, char out[4]);

#endif
