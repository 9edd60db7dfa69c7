/* link: kp_store kp_alloc */
/* PostgreSQL's binary format, both ways.
 *
 * Out: an array of anything is taken apart again by a reader that knows the format
 * from PostgreSQL's documentation, and has the elements that were put in. In: a column
 * may have any bytes, of any length, or none; reading it as a number, a flag or text
 * never reads beyond it, and a row or a column that is not there reads as NULL. */
#include "store/postgres/columns.h"
#include "store/postgres/parameters.h"

#include <stdlib.h>
#include <string.h>

enum { ELEMENTS_MAX = 64 };

static struct slice input;

static uint8_t take_byte(void)
{
    if (input.len == 0)
        return 0;
    const uint8_t byte = (uint8_t)input.ptr[0];
    input = slice_from(input, 1);
    return byte;
}

static struct slice take_field(void)
{
    const size_t wanted = take_byte();
    const size_t len = wanted < input.len ? wanted : input.len;
    const struct slice field = slice_of(input.ptr, len);
    input = slice_from(input, len);
    return field;
}

static void must(bool what)
{
    if (!what)
        abort();
}

/* ---- out --------------------------------------------------------------------- */

static int32_t read_int4(struct slice *from)
{
    must(from->len >= 4);
    uint32_t value = 0;
    for (int i = 0; i < 4; i++)
        value = value << 8 | (uint8_t)from->ptr[i];
    *from = slice_from(*from, 4);
    return (int32_t)value;
}

static void check_array(struct slice bytes, const struct slice *elements, uint32_t count)
{
    must(read_int4(&bytes) == 1); /* dimension */
    must(read_int4(&bytes) == 1); /* may have NULLs */
    must(read_int4(&bytes) == ARRAY_BYTEA);
    must(read_int4(&bytes) == (int32_t)count);
    must(read_int4(&bytes) == 1); /* the lowest index */
    for (uint32_t i = 0; i < count; i++) {
        const int32_t len = read_int4(&bytes);
        must(len == (elements[i].ptr ? (int32_t)elements[i].len : -1));
        if (len < 0)
            continue;
        must(bytes.len >= (size_t)len && slice_equal(slice_of(bytes.ptr, (size_t)len), elements[i]));
        bytes = slice_from(bytes, (size_t)len);
    }
    must(bytes.len == 0);
}

static void write_an_array(void)
{
    struct slice elements[ELEMENTS_MAX];
    struct array array = {0};
    struct parameters p = {0};
    const uint32_t count = take_byte() % ELEMENTS_MAX;
    array_begin(&array, ARRAY_BYTEA);
    for (uint32_t i = 0; i < count; i++) {
        elements[i] = take_byte() % 4 == 0 ? (struct slice){0} : take_field();
        if (elements[i].len == 0 && elements[i].ptr)
            elements[i] = SLICE("");
        array_add_bytes(&array, elements[i]);
    }
    put_array(&p, &array);
    must(!p.has_failed && p.count == 1);
    check_array(slice_of(p.values[0], (size_t)p.lengths[0]), elements, count);
    array_free(&array);
}

/* ---- in ---------------------------------------------------------------------- */

static int64_t number_of(struct slice bytes)
{
    int64_t value = 0;
    if (bytes.len == 2)
        value = (int16_t)((uint16_t)(uint8_t)bytes.ptr[0] << 8 | (uint8_t)bytes.ptr[1]);
    else if (bytes.len == 4)
        value = read_int4(&bytes);
    else if (bytes.len == 8)
        for (size_t i = 0; i < 8; i++)
            value = (int64_t)((uint64_t)value << 8 | (uint8_t)bytes.ptr[i]);
    return value;
}

static void read_a_column(void)
{
    PGresAttDesc columns[] = {
        {.name = (char *)(uintptr_t) "c", .format = 1, .typid = ARRAY_BYTEA, .typlen = -1}};
    PGresult *result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
    must(result && PQsetResultAttrs(result, 1, columns));
    const bool is_null = take_byte() % 4 == 0;
    const struct slice value = take_field();
    char *own = malloc(value.len + 1); /* of its own, so that reading beyond it is seen */
    must(own != NULL);
    memcpy(own, value.ptr ? value.ptr : "", value.len);
    must(PQsetvalue(result, 0, 0, is_null ? NULL : own, is_null ? -1 : (int)value.len));
    free(own);

    const struct slice read = column_bytes(result, 0, 0);
    must(is_null ? read.ptr == NULL : read.ptr && slice_equal(read, value));
    must(column_int(result, 0, 0) == (is_null ? 0 : number_of(value)));
    must(column_bool(result, 0, 0) == (!is_null && value.len == 1 && value.ptr[0] != 0));
    must(column_bytes(result, 1 + take_byte(), 0).ptr == NULL && column_int(result, 0, 1 + take_byte()) == 0);
    PQclear(result);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    input = slice_of(data, size);
    while (input.len > 0) {
        write_an_array();
        read_a_column();
    }
    return 0;
}
