#include "store/postgres/columns.h"

uint64_t result_changed(const PGresult *result)
{
    uint64_t rows = 0; /* libpq has them as digits, and takes no const */
    for (const char *digit = PQcmdTuples((PGresult *)(uintptr_t)result); *digit; digit++)
        rows = rows * 10 + (uint64_t)(*digit - '0');
    return rows;
}

bool column_is_null(const PGresult *result, int row, int column)
{
    return row >= PQntuples(result) || column >= PQnfields(result) || PQgetisnull(result, row, column);
}

struct slice column_bytes(const PGresult *result, int row, int column)
{
    if (column_is_null(result, row, column))
        return (struct slice){0};
    return slice_of(PQgetvalue(result, row, column), (size_t)PQgetlength(result, row, column));
}

int64_t column_int(const PGresult *result, int row, int column)
{
    struct slice bytes = column_bytes(result, row, column);
    if (bytes.len != 2 && bytes.len != 4 && bytes.len != 8)
        return 0;
    uint64_t value = (bytes.ptr[0] & 0x80) ? UINT64_MAX : 0; /* the sign goes on to the left */
    for (size_t i = 0; i < bytes.len; i++)
        value = value << 8 | (uint8_t)bytes.ptr[i];
    return (int64_t)value;
}

bool column_bool(const PGresult *result, int row, int column)
{
    struct slice bytes = column_bytes(result, row, column);
    return bytes.len == 1 && bytes.ptr[0] != 0;
}

struct slice column_copy(const PGresult *result, int row, int column, struct store_arena *to, bool *failed)
{
    struct slice copy = {0};
    if (store_arena_copy(to, column_bytes(result, row, column), &copy))
        *failed = true;
    return copy;
}
