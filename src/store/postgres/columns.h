/* columns.h - reads the rows of a result, which are in PostgreSQL's binary format.
 *
 * The server is believed to say what it was asked for, but not to stay within its
 * own lengths: a number of another size, or a row that is not there, reads as 0,
 * and bytes that are not there as NULL. */
#ifndef KOLABPAD_STORE_POSTGRES_COLUMNS_H
#define KOLABPAD_STORE_POSTGRES_COLUMNS_H

#include "store/arena.h"

#include <libpq-fe.h>

/* How many rows the statement has changed. */
uint64_t result_changed(const PGresult *result);

bool column_is_null(const PGresult *result, int row, int column);
/* int2, int4 or int8. NULL reads as 0. */
int64_t column_int(const PGresult *result, int row, int column);
bool column_bool(const PGresult *result, int row, int column);
/* text or bytea; SQL's NULL is a NULL slice, empty is not. Valid as long as the result. */
struct slice column_bytes(const PGresult *result, int row, int column);
/* The same, copied into an arena; *failed becomes true when there is no memory. */
struct slice column_copy(const PGresult *result, int row, int column, struct store_arena *to, bool *failed);

#endif
