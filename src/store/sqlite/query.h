/* query.h - one run of a prepared statement.
 *
 *     struct query q = query_start(connection, STATEMENT_LOAD);
 *     query_put_text(&q, id);                       parameters, in order
 *     while (query_next(&q)) … query_int(&q, 0) …   rows; columns from 0
 *     err = query_end(&q);
 *
 * Errors are sticky: after one, query_next is false and query_end tells. What
 * parameters point at must stay until query_end, what columns point at is
 * valid until the next query_next. */
#ifndef KOLABPAD_STORE_SQLITE_QUERY_H
#define KOLABPAD_STORE_SQLITE_QUERY_H

#include "store/arena.h"
#include "store/sqlite/connection.h"

struct query {
    struct connection *connection;
    sqlite3_stmt *statement;
    int parameters;
    int code; /* SQLite's, of the first failure */
};

struct query query_start(struct connection *connection, enum statement statement);
enum error query_end(struct query *q);

/* A NULL slice is SQL's NULL. Text may contain NUL bytes. */
void query_put_text(struct query *q, struct slice text);
void query_put_blob(struct query *q, struct slice bytes);
void query_put_int(struct query *q, int64_t value);

bool query_next(struct query *q);
/* For statements without answers: all of the above. */
enum error query_run(struct query *q);

int64_t query_int(const struct query *q, int column);
/* SQL's NULL is a NULL slice; empty is not. */
struct slice query_bytes(struct query *q, int column);
/* Copies a column into the arena; failure ends the query. */
struct slice query_copy(struct query *q, int column, struct store_arena *to);
/* The same for text that the rest of the program will rely on: not UTF-8 is an error. */
struct slice query_copy_text(struct query *q, int column, struct store_arena *to);
/* Makes the query fail with a SQLite code. */
void query_fail(struct query *q, int code);

#endif
