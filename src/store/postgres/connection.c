#include "base/assert.h"
#include "store/clock.h"
#include "store/postgres/columns.h"
#include "store/postgres/connection_private.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

enum { BINARY = 1 };

void pg_init(struct pg_connection *c, const struct pg_config *config)
{
    *c = (struct pg_connection){.config = config};
}

bool pg_is_open(const struct pg_connection *c)
{
    return c->handle != NULL;
}

bool pg_is_current(const struct pg_connection *c)
{
    return pg_is_open(c) && !(c->config->known && known_database_is_past(c->config->known, c->lineage));
}

const char *pg_role(const struct pg_connection *c)
{
    return c->config->role ? c->config->role : "in DATABASE_URL";
}

static void drop_result(struct pg_connection *c)
{
    PQclear(c->result);
    c->result = NULL;
}

void pg_close(struct pg_connection *c)
{
    drop_result(c);
    PQfinish(c->handle);
    c->handle = NULL;
    c->sent = c->read = 0;
    c->is_synced = false;
}

/* ---- failures ---------------------------------------------------------------- */

/* libpq's sentences end with a line break and may have several lines. */
void pg_say_why(struct pg_connection *c, const char *sentence, const char *sqlstate)
{
    size_t len = strcspn(sentence, "\n");
    snprintf(c->why, sizeof c->why, sqlstate ? "%.*s (SQLSTATE %s)" : "%.*s", (int)len, sentence, sqlstate);
}

static void fail(struct pg_connection *c, enum reply reply)
{
    if (c->reply == REPLY_OK)
        c->reply = reply;
}

/* The connection is of no use any more; pg_end closes it. */
void pg_lose(struct pg_connection *c, const char *sentence)
{
    if (c->reply == REPLY_OK)
        pg_say_why(c, sentence, NULL);
    c->reply = REPLY_LOST;
}

/* Only the primary sentence: the others may quote the values of a row. */
void pg_note_error(struct pg_connection *c, const PGresult *result)
{
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *sentence = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    if (!sqlstate || PQstatus(c->handle) == CONNECTION_BAD) {
        pg_lose(c, sentence ? sentence : PQerrorMessage(c->handle));
        return;
    }
    if (c->reply == REPLY_OK) {
        pg_say_why(c, sentence ? sentence : "PostgreSQL gave an error", sqlstate);
        snprintf(c->sqlstate, sizeof c->sqlstate, "%s", sqlstate);
    }
    fail(c, sqlstate_reply(sqlstate));
    if (sqlstate_ends_connection(sqlstate))
        c->must_close = true;
}

void pg_on_notice(void *arg, const PGresult *notice)
{
    struct pg_connection *c = arg;
    const char *sqlstate = PQresultErrorField(notice, PG_DIAG_SQLSTATE);
    if (!sqlstate || sqlstate_reply(sqlstate) != REPLY_LOST)
        return;
    const char *sentence = PQresultErrorField(notice, PG_DIAG_MESSAGE_PRIMARY);
    pg_say_why(c, sentence ? sentence : "PostgreSQL gave a warning", sqlstate);
    c->has_warned = true;
}

/* ---- waiting ----------------------------------------------------------------- */

/* Waits for the socket until the date; false: it was not ready by then. */
bool pg_wait_until(const struct pg_connection *c, short events, int64_t until_us)
{
    struct pollfd poll_fd = {.fd = PQsocket(c->handle), .events = events};
    for (;;) {
        int64_t left_us = until_us - clock_us();
        if (left_us <= 0 || poll_fd.fd < 0)
            return false;
        int ready = poll(&poll_fd, 1, (int)(left_us / 1000) + 1);
        if (ready > 0)
            return true;
        if (ready < 0 && errno != EINTR)
            return false;
    }
}

/* Every byte that moves begins the deadline anew. */
static bool wait_for(struct pg_connection *c, short events)
{
    int64_t deadline_ms = c->config->deadline_ms ? c->config->deadline_ms : PG_DEADLINE_MS;
    if (pg_wait_until(c, events, clock_us() + deadline_ms * 1000))
        return true;
    pg_lose(c, "PostgreSQL did not answer in time");
    return false;
}

static bool take_input(struct pg_connection *c)
{
    if (PQconsumeInput(c->handle))
        return true;
    pg_lose(c, PQerrorMessage(c->handle));
    return false;
}

/* Sends all that is waiting, and reads meanwhile: the server may not go on reading
 * before somebody takes its answers. */
bool pg_flush(struct pg_connection *c)
{
    int state;
    while ((state = PQflush(c->handle)) == 1) {
        if (!wait_for(c, POLLIN | POLLOUT) || !take_input(c))
            return false;
    }
    if (state < 0)
        pg_lose(c, PQerrorMessage(c->handle));
    return state == 0;
}

/* The next result, or NULL: the end of a statement's results, or a failure. */
PGresult *pg_get(struct pg_connection *c)
{
    while (PQisBusy(c->handle)) {
        if (!wait_for(c, POLLIN) || !take_input(c))
            return NULL;
    }
    PGresult *result = PQgetResult(c->handle);
    if (!result && PQstatus(c->handle) == CONNECTION_BAD)
        pg_lose(c, PQerrorMessage(c->handle));
    return result;
}

/* ---- round trips --------------------------------------------------------------- */

void pg_statement_name(uint32_t statement, char out[STATEMENT_NAME_BYTES])
{
    snprintf(out, STATEMENT_NAME_BYTES, "kp%u", statement);
}

/* Nothing was sent in this round trip yet. */
static void begin_if_new(struct pg_connection *c)
{
    ASSERT(!c->is_synced);
    if (c->sent > 0)
        return;
    c->reply = c->handle ? REPLY_OK : REPLY_LOST;
    c->has_warned = c->must_close = false;
    c->sqlstate[0] = '\0';
}

void pg_send(struct pg_connection *c, uint32_t statement, const struct parameters *p)
{
    ASSERT(statement < c->config->statement_count);
    begin_if_new(c);
    c->sent++;
    if (c->reply == REPLY_OK && p->has_failed) {
        pg_say_why(c, "no memory for the values of a statement", NULL);
        fail(c, REPLY_NO_MEMORY);
    }
    if (c->reply)
        return;
    char name[STATEMENT_NAME_BYTES];
    int formats[PARAMETERS_MAX];
    for (int i = 0; i < p->count; i++)
        formats[i] = BINARY;
    pg_statement_name(statement, name);
    if (!PQsendQueryPrepared(c->handle, name, p->count, p->values, p->lengths, formats, BINARY))
        pg_lose(c, PQerrorMessage(c->handle));
}

void pg_send_sql(struct pg_connection *c, const char *sql)
{
    begin_if_new(c);
    c->sent++;
    if (c->reply == REPLY_OK && !PQsendQueryParams(c->handle, sql, 0, NULL, NULL, NULL, NULL, BINARY))
        pg_lose(c, PQerrorMessage(c->handle));
}

/* Statements that are without their end cannot be taken back: only closing drops them. */
static void sync_once(struct pg_connection *c)
{
    if (c->is_synced || c->reply)
        return;
    c->is_synced = true;
    if (!PQpipelineSync(c->handle)) {
        pg_lose(c, PQerrorMessage(c->handle));
        return;
    }
    pg_flush(c);
}

/* The result of one statement; what follows it is the NULL that ends its results. */
static PGresult *next_result(struct pg_connection *c)
{
    PGresult *result = pg_get(c);
    if (!result)
        return NULL;
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK && status != PGRES_PIPELINE_ABORTED)
        pg_note_error(c, result);
    PGresult *more = pg_get(c);
    if (more) { /* a statement of ours has one result */
        PQclear(more);
        pg_lose(c, "PostgreSQL answered out of order");
    }
    return result;
}

PGresult *pg_next(struct pg_connection *c)
{
    ASSERT(c->read < c->sent);
    drop_result(c);
    sync_once(c);
    if (c->reply)
        return NULL;
    c->read++;
    c->result = next_result(c);
    return c->reply ? NULL : c->result;
}

/* All results up to the end of the round trip, which is the answer that it is committed. */
static void read_to_the_end(struct pg_connection *c)
{
    bool is_over = false;
    uint32_t ends = 0; /* of statements' results */
    while (!is_over && c->reply != REPLY_LOST) {
        PGresult *result = pg_get(c);
        ExecStatusType status = PQresultStatus(result);
        is_over = status == PGRES_PIPELINE_SYNC;
        if (result && status == PGRES_FATAL_ERROR)
            pg_note_error(c, result);
        if (!result && ++ends > c->sent + 1)
            pg_lose(c, "PostgreSQL did not end its answer");
        PQclear(result);
    }
}

void pg_skip(struct pg_connection *c, int results)
{
    while (results-- > 0)
        pg_next(c);
}

enum reply pg_end(struct pg_connection *c)
{
    drop_result(c);
    if (c->sent == 0)
        return REPLY_OK;
    bool was_refused_here = c->reply && !c->is_synced;
    sync_once(c);
    if (c->is_synced)
        read_to_the_end(c);
    if (c->reply == REPLY_OK && c->has_warned)
        c->reply = REPLY_LOST;
    if (c->reply == REPLY_LOST || c->must_close || was_refused_here)
        pg_close(c);
    c->sent = c->read = 0;
    c->is_synced = false;
    return c->reply;
}

static enum reply run(struct pg_connection *c, uint64_t *rows)
{
    PGresult *result = pg_next(c);
    uint64_t count = result_changed(result); /* for a SELECT libpq counts what was found */
    enum reply reply = pg_end(c);
    if (rows && reply == REPLY_OK)
        *rows = count;
    return reply;
}

enum reply pg_run(struct pg_connection *c, uint32_t statement, const struct parameters *p, uint64_t *rows)
{
    pg_send(c, statement, p);
    return run(c, rows);
}

enum reply pg_run_sql(struct pg_connection *c, const char *sql)
{
    pg_send_sql(c, sql);
    return run(c, NULL);
}
