/* connect.c - opening a connection: the URL's hosts one after the other, and which of
 * those that take writes is the one with which the database goes on. */
#include "store/clock.h"
#include "store/postgres/connection_private.h"
#include "store/postgres/host.h"

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

/* ---- connecting ----------------------------------------------------------------- */

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
        pg_say_why(c, sentence, NULL);
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
        if (!pg_wait_until(c, events, until_us)) {
            pg_say_why(c, "PostgreSQL's host did not answer in time", NULL);
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
        pg_lose(c, PQerrorMessage(c->handle));
        return false;
    }
    if (!pg_flush(c))
        return false;
    for (PGresult *result; (result = pg_get(c)); PQclear(result))
        if (must_work && PQresultStatus(result) != PGRES_COMMAND_OK)
            pg_note_error(c, result);
    return c->reply == REPLY_OK;
}

static bool apply_settings(struct pg_connection *c)
{
    bool can_notice = PQserverVersion(c->handle) >= NOTICES_CLOSED_SINCE;
    return apply(c, SETTINGS, true) && (!can_notice || apply(c, NOTICE_CLOSED, false));
}

/* ---- is it the right one? ------------------------------------------------------ */

/* Before the pipeline, so values are texts. The first row, or NULL where there is none and where SQL has an
 * error, which is told in `why` unless it is only that names or rights are missing. */
static PGresult *ask(struct pg_connection *c, const char *sql)
{
    PGresult *row = NULL;
    if (!PQsendQuery(c->handle, sql)) {
        pg_lose(c, PQerrorMessage(c->handle));
        return NULL;
    }
    if (!pg_flush(c))
        return NULL;
    for (PGresult *result; (result = pg_get(c));) {
        const char *error = PQresultErrorField(result, PG_DIAG_SQLSTATE);
        if (error && sqlstate_reply(error) != REPLY_MISCONFIGURED)
            pg_note_error(c, result);
        if (!row && PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1)
            row = result;
        else
            PQclear(result);
    }
    return row;
}

/* A database without tables of ours has none. */
static const char FINGERPRINT[] = "SELECT encode(sha256(value), 'hex') FROM kp_cluster WHERE name = 'secret'";

static bool is_another_database(struct pg_connection *c, struct pg_wrong_host *out)
{
    struct fingerprint found = {0};
    bool makes_tables = c->config->statement_count == 0; /* there may be none yet: nothing is prepared */
    if (makes_tables && !known_database_has_fingerprint(c->config->known))
        return false;
    PGresult *row = ask(c, FINGERPRINT);
    if (row)
        snprintf(found.hex, sizeof found.hex, "%s", PQgetvalue(row, 0, 0));
    PQclear(row);
    if (c->reply || !known_database_is_another(c->config->known, &found))
        return false;
    out->what = PG_ANOTHER_DATABASE;
    snprintf(out->why, PG_WHY_BYTES,
             "the database at %.120s port %.16s is not the one that this server began with: %s",
             PQhost(c->handle), PQport(c->handle),
             found.hex[0] ? "it belongs to other servers" : "it has no tables of Kolabpad");
    return true;
}

/* Not every relative of PostgreSQL has these; every role may ask. */
static const char LINEAGE[] = "SELECT (pg_control_system()).system_identifier,"
                              " ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int8";

static void ask_lineage(struct pg_connection *c)
{
    PGresult *row = ask(c, LINEAGE);
    if (row) {
        c->lineage.system = strtoull(PQgetvalue(row, 0, 0), NULL, 10);
        c->lineage.timeline = (uint32_t)strtoul(PQgetvalue(row, 0, 1), NULL, 10);
    }
    PQclear(row);
    if (!c->reply)
        known_database_note(c->config->known, c->lineage);
}

static bool is_former_primary(const struct pg_connection *c, struct pg_wrong_host *out)
{
    if (!c->config->known || !known_database_is_past(c->config->known, c->lineage))
        return false;
    out->what = PG_FORMER_PRIMARY;
    snprintf(
        out->why, PG_WHY_BYTES,
        "the server at %.120s port %.16s takes writes, and is a former primary: it is on timeline %" PRIu32
        ", which another one has left behind",
        PQhost(c->handle), PQport(c->handle), c->lineage.timeline);
    return true;
}

/* False: it is a wrong one, which c->wrong names, or it has not said. Another database's lineage says nothing
 * about ours. */
static bool is_right(struct pg_connection *c)
{
    struct pg_wrong_host found = {0};
    c->lineage = (struct lineage){0};
    if (!c->config->known)
        return true;
    if (!is_another_database(c, &found) && !c->reply)
        ask_lineage(c);
    if (c->reply || (!found.what && !is_former_primary(c, &found)))
        return !c->reply;
    c->wrong = found;
    memcpy(c->why, found.why, sizeof c->why);
    return false;
}

/* ---- one host -------------------------------------------------------------------- */

static void prepare(struct pg_connection *c)
{
    for (uint32_t i = 0; i < c->config->statement_count; i++) {
        char name[STATEMENT_NAME_BYTES];
        pg_statement_name(i, name);
        if (!PQsendPrepare(c->handle, name, c->config->statements[i], 0, NULL)) {
            pg_lose(c, PQerrorMessage(c->handle));
            return;
        }
        c->sent++;
    }
}

/* Connected; false leaves the reason in `why`. */
static bool set_up(struct pg_connection *c)
{
    if (PQsetnonblocking(c->handle, 1) || !is_right(c) || !apply_settings(c))
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
        pg_say_why(c, "no memory for a connection to PostgreSQL", NULL);
        return REPLY_NO_MEMORY;
    }
    PQsetNoticeReceiver(c->handle, pg_on_notice, c); /* before any comes: libpq's own prints them */
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

/* ---- all of them ------------------------------------------------------------------ */

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

/* Connects for a moment, so that the newest lineage is known, and tells whether that host is a wrong one. */
static void look_at(const struct pg_connection *c, uint32_t host, int64_t deadline_ms,
                    struct pg_wrong_host *out)
{
    const struct pg_config config = {
        .url = c->config->url, .known = c->config->known, .deadline_ms = deadline_ms};
    struct pg_connection look;
    int64_t timeout_ms = 0;
    pg_init(&look, &config);
    look.handle = host_connect(config.url, host, "kolabpad look", &timeout_ms);
    if (!look.handle)
        return;
    PQsetNoticeReceiver(look.handle, pg_on_notice, &look);
    if (is_connected(&look, deadline_ms) && !PQsetnonblocking(look.handle, 1))
        is_right(&look);
    if (look.wrong.what)
        *out = look.wrong;
    pg_close(&look);
}

void pg_look_at_others(const struct pg_connection *c, int64_t deadline_ms, struct pg_wrong_host *out)
{
    const uint32_t hosts = host_count(c->config->url);
    *out = (struct pg_wrong_host){0};
    for (uint32_t host = 0; c->config->known && host < hosts; host++)
        if (host != c->host)
            look_at(c, host, deadline_ms, out);
    if (!out->what && pg_is_open(c))
        is_former_primary(c, out);
}

enum reply pg_open(struct pg_connection *c, const char *name)
{
    const uint32_t hosts = host_count(c->config->url);
    struct pg_wrong_host found;
    uint32_t tried;
    pg_close(c);
    c->wrong = (struct pg_wrong_host){0};
    enum reply reply = try_hosts(c, hosts, name, &tried);
    for (uint32_t i = 0; reply == REPLY_OK && c->config->known && i < hosts - tried; i++)
        look_at(c, (c->host + 1 + i) % hosts, PG_LOOK_MS, &found);
    if (reply == REPLY_OK && !pg_is_current(c)) {
        pg_close(c);
        reply = try_hosts(c, hosts, name, &tried);
    }
    return reply;
}
