#include "store/sqlite/query.h"

#include "text/utf8.h"

struct query query_start(struct connection *connection, enum statement statement)
{
    return (struct query){
        .connection = connection, .statement = connection->statements[statement], .code = SQLITE_OK};
}

void query_fail(struct query *q, int code)
{
    if (q->code != SQLITE_OK)
        return;
    q->code = code;
    connection_error(q->connection, code);
}

static void check(struct query *q, int code)
{
    if (code != SQLITE_OK)
        query_fail(q, code);
}

void query_put_text(struct query *q, struct slice text)
{
    check(q,
          sqlite3_bind_text64(q->statement, ++q->parameters, text.ptr, text.len, SQLITE_STATIC, SQLITE_UTF8));
}

void query_put_blob(struct query *q, struct slice bytes)
{
    check(q, sqlite3_bind_blob64(q->statement, ++q->parameters, bytes.ptr, bytes.len, SQLITE_STATIC));
}

void query_put_int(struct query *q, int64_t value)
{
    check(q, sqlite3_bind_int64(q->statement, ++q->parameters, value));
}

bool query_next(struct query *q)
{
    if (q->code != SQLITE_OK)
        return false;
    int code = sqlite3_step(q->statement);
    if (code == SQLITE_ROW)
        return true;
    if (code != SQLITE_DONE)
        query_fail(q, code);
    return false;
}

enum error query_end(struct query *q)
{
    sqlite3_reset(q->statement);
    if (q->code == SQLITE_OK)
        return OK;
    return (q->code & 0xff) == SQLITE_NOMEM ? ERR_NO_MEMORY : ERR_STORAGE;
}

enum error query_run(struct query *q)
{
    query_next(q);
    return query_end(q);
}

int64_t query_int(const struct query *q, int column)
{
    return sqlite3_column_int64(q->statement, column);
}

struct slice query_bytes(struct query *q, int column)
{
    if (sqlite3_column_type(q->statement, column) == SQLITE_NULL)
        return (struct slice){0};
    const void *bytes = sqlite3_column_blob(q->statement, column);
    int len = sqlite3_column_bytes(q->statement, column);
    if (!bytes && len > 0)
        query_fail(q, SQLITE_NOMEM);
    return bytes ? slice_of(bytes, (size_t)len) : slice_of("", 0);
}

struct slice query_copy(struct query *q, int column, struct store_arena *to)
{
    struct slice copy = {0};
    if (store_arena_copy(to, query_bytes(q, column), &copy))
        query_fail(q, SQLITE_NOMEM);
    return copy;
}

struct slice query_copy_text(struct query *q, int column, struct store_arena *to)
{
    if (utf8_check(query_bytes(q, column), NULL))
        query_fail(q, SQLITE_CORRUPT);
    return query_copy(q, column, to);
}
