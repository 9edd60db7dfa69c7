/* parameters.h - the values of a statement, in PostgreSQL's binary format.
 *
 *     struct parameters p = {0};
 *     put_int8(&p, incarnation);                     $1::int8
 *     put_bytes(&p, id);                             $2::text, or bytea
 *     put_array(&p, &ids);                           $3::text[]
 *
 * Numbers are in the structure, which must not be copied; everything else is
 * borrowed until the statement has been sent. */
#ifndef KOLABPAD_STORE_POSTGRES_PARAMETERS_H
#define KOLABPAD_STORE_POSTGRES_PARAMETERS_H

#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

enum { PARAMETERS_MAX = 12 };

struct parameters {
    int count;
    bool has_failed; /* an array that had no memory was put in: the statement cannot be sent */
    const char *values[PARAMETERS_MAX]; /* NULL: SQL's NULL. Those of numbers point into `numbers` */
    int lengths[PARAMETERS_MAX];
    char numbers[PARAMETERS_MAX][8];
};

void put_int2(struct parameters *p, int16_t value);
void put_int4(struct parameters *p, int32_t value);
void put_int8(struct parameters *p, int64_t value);
void put_bool(struct parameters *p, bool value);
/* text or bytea. A NULL slice is SQL's NULL, an empty one is not. */
void put_bytes(struct parameters *p, struct slice bytes);

/* An array of one dimension that is built in memory of its own. What does not fit
 * into memory is noticed when the statement is sent. */
enum array_type {
    ARRAY_BOOL = 16,
    ARRAY_BYTEA = 17,
    ARRAY_INT8 = 20,
    ARRAY_TEXT = 25, /* PostgreSQL's numbers for these types */
};
struct array {
    struct buf bytes;
    uint32_t count;
    bool has_failed;
};

/* Begins an empty array; memory of an earlier one is used again. */
void array_begin(struct array *a, enum array_type type);
void array_add_int8(struct array *a, int64_t value);
void array_add_bool(struct array *a, bool value);
/* Of text or bytea; a NULL slice is SQL's NULL. */
void array_add_bytes(struct array *a, struct slice bytes);
void array_free(struct array *a);

/* The array is complete; it stays until the statement has been sent. */
void put_array(struct parameters *p, struct array *a);

#endif
