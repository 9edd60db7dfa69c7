#include "store/postgres/connection.h"

#include "base/assert.h"
#include "store/clock.h"
#include "store/postgres/columns.h"
#include "store/postgres/host.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Plans are made once and look rows up by their keys: a plan for each call costs more
 * than the call, and one from the day on which the tables were empty would read all
 * of them for ever. The time-outs are the server's, for clients that vanish or stand
 * still; statements have none, because ours end by closing the connection. */
static const char SETTINGS[] = "SET plan_cache_mode = force_generic_plan;"
                               "SET enable_seqscan = off;"
                               "SET enable_hashjoin = off;"
                               "SET enable_mergejoin = off;"
                               "SET jit = off;"
                               "SET idle_in_transaction_session_timeout = '2s';"
                               "SET tcp_keepalives_idle = 5;"
                               "SET tcp_keepalives_interval = 2;"
                               "SET tcp_keepalives_count = 2;"
                               "SET tcp_user_timeout = 5000;"
                               "SET statement_timeout = 0;"
                               "SET lock_timeout = 0;"
                               "SET default_transaction_isolation = 'read committed';"
                               "SET client_min_messages = warning";

/* A process that waits there, for a lock or for a standby, looks whether its client is still
 * connected: while commits wait for a standby, each try would leave another one behind. (That such
 * a commit becomes visible without its standby is what the rule of decision 91 is for.) Not every
 * server has it. */
static const char NOTICE_CLOSED[] = "SET client_connection_check_interval = '2s'";
enum { NOTICES_CLOSED_SINCE = 140000 };

enum { STATEMENT_NAME_BYTES = 16, BINARY = 1 };

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
    return pg_is_open(c) && !(c->config->newest && newest_lineage_is_past(c->config->newest, c->lineage));
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
static void say_why(struct pg_connection *c, const char *sentence, const char *sqlstate)
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
static void lose(struct pg_connection *c, const char *sentence)
{
    if (c->reply == REPLY_OK)
        say_why(c, sentence, NULL);
    c->reply = REPLY_LOST;
}

/* Only the primary sentence: the others may quote the values of a row. */
static void note_error(struct pg_connection *c, const PGresult *result)
{
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *sentence = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    if (!sqlstate || PQstatus(c->handle) == CONNECTION_BAD) {
        lose(c, sentence ? sentence : PQerrorMessage(c->handle));
        return;
    }
    if (c->reply == REPLY_OK) {
        say_why(c, sentence ? sentence : "PostgreSQL gave an error", sqlstate);
        snprintf(c->sqlstate, sizeof c->sqlstate, "%s", sqlstate);
    }
    fail(c, sqlstate_reply(sqlstate));
    if (sqlstate_ends_connection(sqlstate))
        c->must_close = true;
}

static void on_notice(void *arg, const PGresult *notice)
{
    struct pg_connection *c = arg;
    const char *sqlstate = PQresultErrorField(notice, PG_DIAG_SQLSTATE);
    if (!sqlstate || sqlstate_reply(sqlstate) != REPLY_LOST)
        return;
    const char *sentence = PQresultErrorField(notice, PG_DIAG_MESSAGE_PRIMARY);
    say_why(c, sentence ? sentence : "PostgreSQL gave a warning", sqlstate);
    c->has_warned = true;
}

/* ---- waiting ----------------------------------------------------------------- */

/* Waits for the socket until the date; false: it was not ready by then. */
static bool wait_until(const struct pg_connection *c, short events, int64_t until_us)
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
    if (wait_until(c, events, clock_us() + deadline_ms * 1000))
        return true;
    lose(c, "PostgreSQL did not answer in time");
    return false;
}

static bool take_input(struct pg_connection *c)
{
    if (PQconsumeInput(c->handle))
        return true;
    lose(c, PQerrorMessage(c->handle));
    return false;
}

/* Sends all that is waiting, and reads meanwhile: the server may not go on reading
 * before somebody takes its answers. */
static bool flush(struct pg_connection *c)
{
    int state;
    while ((state = PQflush(c->handle)) == 1) {
        if (!wait_for(c, POLLIN | POLLOUT) || !take_input(c))
            return false;
    }
    if (state < 0)
        lose(c, PQerrorMessage(c->handle));
    return state == 0;
}

/* The next result, or NULL: the end of a statement's results, or a failure. */
static PGresult *get(struct pg_connection *c)
{
    while (PQisBusy(c->handle)) {
        if (!wait_for(c, POLLIN) || !take_input(c))
            return NULL;
    }
    PGresult *result = PQgetResult(c->handle);
    if (!result && PQstatus(c->handle) == CONNECTION_BAD)
        lose(c, PQerrorMessage(c->handle));
    return result;
}

/* ---- opening ----------------------------------------------------------------- */

/* Why a connection was refused: libpq gives no SQLSTATE then, but writes it into its sentence when it is
 * asked to be verbose: "… failed: FATAL:  28P01: password authentication failed …". It is taken out again. */
static void note_refusal(struct pg_connection *c)
{
    enum { CODE = 5 };
    static const char NO_PASSWORD[] = "28P01"; /* found out here, before the server was asked */
    const char *sentence = PQerrorMessage(c->handle);
    const char *code = strstr(sentence, ":  ");
    const size_t before = code ? (size_t)(code + 3 - sentence) : 0;
    const char *rest = code && strnlen(code + 3, CODE + 2) == CODE + 2 ? code + 3 + CODE + 2 : NULL;
    if (!rest || strncmp(rest - 2, ": ", 2) != 0) {
        say_why(c, sentence, NULL);
        if (PQconnectionNeedsPassword(c->handle))
            memcpy(c->sqlstate, NO_PASSWORD, sizeof NO_PASSWORD);
        return;
    }
    snprintf(c->sqlstate, sizeof c->sqlstate, "%.*s", CODE, code + 3);
    snprintf(c->why, sizeof c->why, "%.*s%.*s (SQLSTATE %s)", (int)before - 1, sentence,
             (int)strcspn(rest, "\n"), rest, c->sqlstate);
}

static bool is_connected(struct pg_connection *c, int64_t deadline_ms)
{
    int64_t until_us = clock_us() + deadline_ms * 1000;
    PostgresPollingStatusType state = PGRES_POLLING_WRITING;
    c->sqlstate[0] = '\0';
    PQsetErrorVerbosity(c->handle, PQERRORS_VERBOSE); /* for note_refusal */
    while (state != PGRES_POLLING_OK) {
        short events = state == PGRES_POLLING_WRITING ? POLLOUT : POLLIN;
        if (PQstatus(c->handle) == CONNECTION_BAD || state == PGRES_POLLING_FAILED) {
            note_refusal(c);
            return false;
        }
        if (!wait_until(c, events, until_us)) {
            say_why(c, "PostgreSQL's host did not answer in time", NULL);
            return false;
        }
        state = PQconnectPoll(c->handle);
    }
    PQsetErrorVerbosity(c->handle, PQERRORS_DEFAULT);
    return true;
}

static bool apply(struct pg_connection *c, const char *settings, bool must_work)
{
    if (!PQsendQuery(c->handle, settings)) {
        lose(c, PQerrorMessage(c->handle));
        return false;
    }
    if (!flush(c))
        return false;
    for (PGresult *result; (result = get(c)); PQclear(result))
        if (must_work && PQresultStatus(result) != PGRES_COMMAND_OK)
            note_error(c, result);
    return c->reply == REPLY_OK;
}

static bool apply_settings(struct pg_connection *c)
{
    bool can_notice = PQserverVersion(c->handle) >= NOTICES_CLOSED_SINCE;
    return apply(c, SETTINGS, true) && (!can_notice || apply(c, NOTICE_CLOSED, false));
}

/* Not every relative of PostgreSQL has these; every role may ask. */
static const char LINEAGE[] = "SELECT (pg_control_system()).system_identifier,"
                              " ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int8";

/* As texts, since this is before the pipeline. An error means that the server does not say. */
static bool ask_lineage(struct pg_connection *c)
{
    c->lineage = (struct lineage){0};
    if (!c->config->newest)
        return true;
    if (!PQsendQuery(c->handle, LINEAGE) || !flush(c))
        return false;
    for (PGresult *result; (result = get(c)); PQclear(result)) {
        if (PQresultStatus(result) != PGRES_TUPLES_OK || PQntuples(result) != 1)
            continue;
        c->lineage.system = strtoull(PQgetvalue(result, 0, 0), NULL, 10);
        c->lineage.timeline = (uint32_t)strtoul(PQgetvalue(result, 0, 1), NULL, 10);
    }
    if (c->reply)
        return false;
    newest_lineage_note(c->config->newest, c->lineage);
    return true;
}

static bool is_former_primary(const struct pg_connection *c, char why[PG_WHY_BYTES])
{
    if (!c->config->newest || !newest_lineage_is_past(c->config->newest, c->lineage))
        return false;
    snprintf(
        why, PG_WHY_BYTES,
        "the server at %.120s port %.16s takes writes, and is a former primary: it is on timeline %" PRIu32
        ", which another one has left behind",
        PQhost(c->handle), PQport(c->handle), c->lineage.timeline);
    return true;
}

static void statement_name(uint32_t statement, char out[STATEMENT_NAME_BYTES])
{
    snprintf(out, STATEMENT_NAME_BYTES, "kp%u", statement);
}

static void prepare(struct pg_connection *c)
{
    for (uint32_t i = 0; i < c->config->statement_count; i++) {
        char name[STATEMENT_NAME_BYTES];
        statement_name(i, name);
        if (!PQsendPrepare(c->handle, name, c->config->statements[i], 0, NULL)) {
            lose(c, PQerrorMessage(c->handle));
            return;
        }
        c->sent++;
    }
}

/* Connected; false leaves the reason in `why`. */
static bool set_up(struct pg_connection *c)
{
    if (PQsetnonblocking(c->handle, 1) || !ask_lineage(c) || is_former_primary(c, c->why) ||
        !apply_settings(c))
        return false;
    if (!PQenterPipelineMode(c->handle))
        return false;
    c->has_warned = false;
    prepare(c);
    return pg_end(c) == REPLY_OK;
}

static enum reply try_host(struct pg_connection *c, uint32_t host, const char *name)
{
    int64_t deadline_ms = HOST_DEADLINE_MS;
    c->reply = REPLY_OK;
    c->must_close = false;
    c->handle = host_connect(c->config->url, host, name, &deadline_ms);
    if (!c->handle) {
        say_why(c, "no memory for a connection to PostgreSQL", NULL);
        return REPLY_NO_MEMORY;
    }
    PQsetNoticeReceiver(c->handle, on_notice, c); /* before any comes: libpq's own prints them */
    if (is_connected(c, deadline_ms) && set_up(c)) {
        c->host = host;
        return REPLY_OK;
    }
    const enum reply refusal = c->sqlstate[0] ? sqlstate_reply(c->sqlstate) : REPLY_NOT_NOW;
    const enum reply reply = c->reply ? c->reply : refusal;
    pg_close(c);
    c->reply = REPLY_OK;
    return reply == REPLY_OK || reply == REPLY_LOST ? REPLY_NOT_NOW : reply;
}

/* From the host on that was good last. *tried: how many, with the one that is good. */
static enum reply try_hosts(struct pg_connection *c, uint32_t hosts, const char *name, uint32_t *tried)
{
    const uint32_t first = c->host;
    enum reply all = REPLY_MISCONFIGURED;
    for (*tried = 0; *tried < hosts;) {
        enum reply reply = try_host(c, (first + (*tried)++) % hosts, name);
        if (reply == REPLY_OK)
            return REPLY_OK;
        if (reply != REPLY_MISCONFIGURED) /* one that may yet take us */
            all = reply;
    }
    return all;
}

/* Connects for a moment, so that the newest lineage is known. True: it is a former primary that takes writes.
 */
static bool look_at(const struct pg_connection *c, uint32_t host, int64_t deadline_ms, char *why)
{
    const struct pg_config config = {
        .url = c->config->url, .newest = c->config->newest, .deadline_ms = deadline_ms};
    struct pg_connection look;
    int64_t timeout_ms = 0;
    pg_init(&look, &config);
    look.handle = host_connect(config.url, host, "kolabpad look", &timeout_ms);
    if (!look.handle)
        return false;
    PQsetNoticeReceiver(look.handle, on_notice, &look);
    bool is_former = is_connected(&look, deadline_ms) && !PQsetnonblocking(look.handle, 1) &&
                     ask_lineage(&look) && is_former_primary(&look, why);
    pg_close(&look);
    return is_former;
}

bool pg_look_at_others(const struct pg_connection *c, int64_t deadline_ms, char why[PG_WHY_BYTES])
{
    const uint32_t hosts = host_count(c->config->url);
    bool has_former = false;
    for (uint32_t host = 0; c->config->newest && host < hosts; host++)
        if (host != c->host && look_at(c, host, deadline_ms, why))
            has_former = true;
    return has_former || (pg_is_open(c) && is_former_primary(c, why));
}

enum reply pg_open(struct pg_connection *c, const char *name)
{
    const uint32_t hosts = host_count(c->config->url);
    char why[PG_WHY_BYTES];
    uint32_t tried;
    pg_close(c);
    enum reply reply = try_hosts(c, hosts, name, &tried);
    for (uint32_t i = 0; reply == REPLY_OK && c->config->newest && i < hosts - tried; i++)
        look_at(c, (c->host + 1 + i) % hosts, PG_LOOK_MS, why);
    if (reply == REPLY_OK && !pg_is_current(c)) {
        pg_close(c);
        reply = try_hosts(c, hosts, name, &tried);
    }
    return reply;
}

/* ---- round trips --------------------------------------------------------------- */

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
        say_why(c, "no memory for the values of a statement", NULL);
        fail(c, REPLY_NO_MEMORY);
    }
    if (c->reply)
        return;
    char name[STATEMENT_NAME_BYTES];
    int formats[PARAMETERS_MAX];
    for (int i = 0; i < p->count; i++)
        formats[i] = BINARY;
    statement_name(statement, name);
    if (!PQsendQueryPrepared(c->handle, name, p->count, p->values, p->lengths, formats, BINARY))
        lose(c, PQerrorMessage(c->handle));
}

void pg_send_sql(struct pg_connection *c, const char *sql)
{
    begin_if_new(c);
    c->sent++;
    if (c->reply == REPLY_OK && !PQsendQueryParams(c->handle, sql, 0, NULL, NULL, NULL, NULL, BINARY))
        lose(c, PQerrorMessage(c->handle));
}

/* Statements that are without their end cannot be taken back: only closing drops them. */
static void sync_once(struct pg_connection *c)
{
    if (c->is_synced || c->reply)
        return;
    c->is_synced = true;
    if (!PQpipelineSync(c->handle)) {
        lose(c, PQerrorMessage(c->handle));
        return;
    }
    flush(c);
}

/* The result of one statement; what follows it is the NULL that ends its results. */
static PGresult *next_result(struct pg_connection *c)
{
    PGresult *result = get(c);
    if (!result)
        return NULL;
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK && status != PGRES_PIPELINE_ABORTED)
        note_error(c, result);
    PGresult *more = get(c);
    if (more) { /* a statement of ours has one result */
        PQclear(more);
        lose(c, "PostgreSQL answered out of order");
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
        PGresult *result = get(c);
        ExecStatusType status = PQresultStatus(result);
        is_over = status == PGRES_PIPELINE_SYNC;
        if (result && status == PGRES_FATAL_ERROR)
            note_error(c, result);
        if (!result && ++ends > c->sent + 1)
            lose(c, "PostgreSQL did not end its answer");
        PQclear(result);
    }
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
