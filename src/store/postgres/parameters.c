#include "store/postgres/parameters.h"

#include "base/assert.h"

#include <string.h>

enum {
    HEADER_BYTES = 20, /* dimensions, "may have NULLs", type; length and lowest index of the only dimension */
    AT_TYPE = 8,
    AT_COUNT = 12,
    NULL_LENGTH = -1,
};

static void write_big_endian(char *to, uint64_t value, int bytes)
{
    for (int i = bytes - 1; i >= 0; i--, value >>= 8)
        to[i] = (char)(value & 0xff);
}

/* ---- values -------------------------------------------------------------- */

static void put_number(struct parameters *p, uint64_t value, int bytes)
{
    ASSERT(p->count < PARAMETERS_MAX);
    write_big_endian(p->numbers[p->count], value, bytes);
    p->values[p->count] = p->numbers[p->count];
    p->lengths[p->count++] = bytes;
}

void put_int2(struct parameters *p, int16_t value)
{
    put_number(p, (uint64_t)value, 2);
}

void put_int4(struct parameters *p, int32_t value)
{
    put_number(p, (uint64_t)value, 4);
}

void put_int8(struct parameters *p, int64_t value)
{
    put_number(p, (uint64_t)value, 8);
}

void put_bool(struct parameters *p, bool value)
{
    put_number(p, value, 1);
}

void put_bytes(struct parameters *p, struct slice bytes)
{
    ASSERT(p->count < PARAMETERS_MAX);
    p->values[p->count] = bytes.ptr;
    p->lengths[p->count++] = (int)bytes.len;
}

/* ---- arrays -------------------------------------------------------------- */

void array_begin(struct array *a, enum array_type type)
{
    char header[HEADER_BYTES] = {0};
    write_big_endian(header, 1, 4);
    write_big_endian(header + 4, 1, 4);
    write_big_endian(header + AT_TYPE, type, 4);
    write_big_endian(header + 16, 1, 4);
    buf_clear(&a->bytes);
    a->count = 0;
    a->has_failed = buf_append(&a->bytes, slice_of(header, sizeof header)) != OK;
}

static void add(struct array *a, int32_t length, struct slice bytes)
{
    char prefix[4];
    write_big_endian(prefix, (uint32_t)length, 4);
    if (a->has_failed || buf_append(&a->bytes, slice_of(prefix, sizeof prefix)) ||
        buf_append(&a->bytes, bytes))
        a->has_failed = true;
    else
        a->count++;
}

void array_add_int8(struct array *a, int64_t value)
{
    char bytes[8];
    write_big_endian(bytes, (uint64_t)value, 8);
    add(a, 8, slice_of(bytes, 8));
}

void array_add_bool(struct array *a, bool value)
{
    char byte = value ? 1 : 0;
    add(a, 1, slice_of(&byte, 1));
}

void array_add_bytes(struct array *a, struct slice bytes)
{
    if (bytes.ptr)
        add(a, (int32_t)bytes.len, bytes);
    else
        add(a, NULL_LENGTH, SLICE(""));
}

void array_free(struct array *a)
{
    buf_deinit(&a->bytes);
}

void put_array(struct parameters *p, struct array *a)
{
    p->has_failed |= a->has_failed;
    if (!a->has_failed)
        write_big_endian(a->bytes.ptr + AT_COUNT, a->count, 4);
    put_bytes(p, buf_slice(&a->bytes));
}
