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

/* Not every relative of PostgreSQL has these; every role may ask. */
static const char LINEAGE[] = "SELECT (pg_control_system()).system_identifier,"
                              " ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int8";

/* As texts, since this is before the pipeline. An error means that the server does not say. */
static bool ask_lineage(struct pg_connection *c)
{
    c->lineage = (struct lineage){0};
    if (!c->config->newest)
        return true;
    if (!PQsendQuery(c->handle, LINEAGE) || !pg_flush(c))
        return false;
    for (PGresult *result; (result = pg_get(c)); PQclear(result)) {
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
    PQsetNoticeReceiver(look.handle, pg_on_notice, &look);
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
