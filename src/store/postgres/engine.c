#include "store/postgres/engine.h"

#include "base/alloc.h"
#include "store/clock.h"
#include "store/event.h"
#include "store/postgres/appends.h"
#include "store/postgres/calendar.h"
#include "store/postgres/clock_watch.h"
#include "store/postgres/columns.h"
#include "store/postgres/documents.h"
#include "store/postgres/first_connection.h"
#include "store/postgres/history.h"
#include "store/postgres/host.h"
#include "store/postgres/images.h"
#include "store/postgres/members.h"
#include "store/postgres/numbers.h"
#include "store/postgres/registry.h"
#include "store/postgres/schema.h"
#include "store/postgres/statements.h"
#include "store/postgres/trims.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

enum {
    TRIES = 2,       /* of a group, before the worker hears that it failed */
    RETRY_MS = 1000, /* while nothing can be written: as often as it beats */
};

static const char *const STATEMENTS[STATEMENT_COUNT] = {
#define X(name, sql) [STATEMENT_##name] = (sql),
    STATEMENT_TABLE(X)
#undef X
};

/* Each lane is its thread's, and so are the calendar and the counting of the numbers, of the
 * documents' lane. The atomics are what other threads see. */
struct postgres_engine {
    struct engine engine;
    const struct store_config *config;
    char *url;
    struct known_database known;
    struct members *members;
    struct pg_lane lanes[LANE_COUNT];
    struct pg_connection reader; /* the reader's thread's; opened for the first history that is asked for */
    struct pg_calendar calendar;
    struct pg_numbers numbers;
    _Atomic int64_t clock_offset_ms;
};

static struct postgres_engine *self_of(struct engine *e)
{
    return LIST_ITEM(e, struct postgres_engine, engine);
}

static const struct postgres_engine *const_self_of(const struct engine *e)
{
    return LIST_ITEM(e, const struct postgres_engine, engine);
}

/* ---- open and close ------------------------------------------------------------- */

static void init_lanes(struct postgres_engine *self)
{
    const struct pg_config config = {.url = self->url,
                                     .known = &self->known,
                                     .statements = STATEMENTS,
                                     .statement_count = STATEMENT_COUNT};
    for (int16_t i = 0; i < LANE_COUNT; i++)
        pg_lane_init(&self->lanes[i], i, &config, self->config->keeps_history);
    pg_init(&self->reader, &self->lanes[LANE_DOCUMENTS].config);
}

/* Tables must be there before statements can be prepared, so this has a connection of its own. */
static enum error prepare_tables(struct postgres_engine *self, char *message)
{
    struct pg_config bare = {.url = self->url, .known = &self->known};
    struct pg_connection c;
    pg_init(&c, &bare);
    enum error err = first_connection_open(self->config, &c, message);
    if (!err)
        err = pg_schema_prepare(&c, self->config, message);
    if (!err && !self->config->keeps_history && pg_history_delete_all(&c))
        err = message_error(message, "Cannot delete the history that is not to be kept: %s.", c.why);
    pg_close(&c);
    return err;
}

static enum error open_parts(struct postgres_engine *self, char *message)
{
    if (self->config->durability == STORE_LAZY)
        return message_error(
            message, "On PostgreSQL every edit is committed before anyone sees it: DURABILITY must be "
                     "journal or fsync, which are the same there.");
    if (!host_url_is_valid(self->url))
        return message_error(message,
                             "DATABASE_URL is not a connection string that PostgreSQL's library can read: "
                             "postgres://user@host/database. Special characters in a password are written "
                             "as %%XX.");
    enum error err = prepare_tables(self, message);
    if (err)
        return err;
    init_lanes(self);
    err = members_open(self->config, self->url, &self->known, &self->members, message);
    for (int i = 0; !err && i < LANE_COUNT; i++)
        if (pg_lane_connect(&self->lanes[i], members_life(self->members).incarnation))
            err = message_error(message, "Cannot use the database in DATABASE_URL: %s.",
                                self->lanes[i].connection.why);
    return err;
}

static void free_engine(struct postgres_engine *self)
{
    pg_close(&self->reader);
    for (int i = 0; i < LANE_COUNT; i++) {
        trims_forget(&self->lanes[i]);
        pg_lane_deinit(&self->lanes[i]);
    }
    if (self->members)
        members_close(self->members);
    mem_free(self->url);
    mem_free(self);
}

static void keep_house(struct postgres_engine *self);

static enum error open_engine(const struct store_config *config, struct engine **out,
                              char message[MESSAGE_BYTES])
{
    struct postgres_engine *self = mem_alloc(sizeof *self);
    if (self)
        *self = (struct postgres_engine){
            .engine = {.ops = &POSTGRES_ENGINE}, .config = config, .known = KNOWN_DATABASE_NONE};
    if (!self || !(self->url = mem_alloc(config->uri.len + 1))) {
        mem_free(self);
        message_error(message, "%s", error_text(ERR_NO_MEMORY));
        return ERR_NO_MEMORY;
    }
    for (int i = 0; i < LANE_COUNT; i++)
        list_init(&self->lanes[i].trims);
    memcpy(self->url, config->uri.ptr, config->uri.len);
    self->url[config->uri.len] = '\0';
    enum error err = open_parts(self, message);
    if (err) {
        free_engine(self);
        return err;
    }
    self->calendar = pg_calendar_for(config->expiry_ms);
    self->engine.retry_ms = RETRY_MS;
    self->engine.idle_ms =
        self->calendar.every_ms < NUMBERS_EVERY_MS ? self->calendar.every_ms : NUMBERS_EVERY_MS;
    keep_house(self);
    *out = &self->engine;
    return OK;
}

static void close_engine(struct engine *e)
{
    free_engine(self_of(e));
}

/* ---- groups --------------------------------------------------------------------- */

static uint32_t lane_of(const struct store_request *req)
{
    return req->kind == STORE_APPEND ? LANE_APPENDS : LANE_DOCUMENTS;
}

/* Answers what is not of this life, and clears what an earlier try has left. The number of the others. */
static uint32_t begin(struct link *group, const struct life *life)
{
    uint32_t count = 0;
    LIST_EACH (pos, following, group) {
        struct store_request *req = request_of(pos);
        request_clear_answer(req);
        if (life->is_over || req->life != life->number)
            req->result = ERR_MOVED;
        else
            count++;
    }
    return count;
}

static void answer_all_moved(struct link *group)
{
    LIST_EACH (pos, following, group) {
        request_clear_answer(request_of(pos));
        request_of(pos)->result = ERR_MOVED;
    }
}

static enum reply carry_out(struct postgres_engine *self, struct pg_lane *lane, struct link *group,
                            const struct life *life)
{
    lane->writes = requests_count_writes(group) > 0;
    if (!pg_is_current(&lane->connection) || lane->incarnation != life->incarnation) {
        enum reply reply = pg_lane_connect(lane, life->incarnation);
        if (reply)
            return reply;
    }
    if (lane->is_unknown && lane->number == LANE_APPENDS)
        event_tell(self->config, STORE_EVENT_REPEATED, 0, 1, (struct slice){0}, "");
    return lane->number == LANE_APPENDS ? appends_carry_out(lane, group) : documents_carry_out(lane, group);
}

static void tell_reads(struct postgres_engine *self, struct link *group, int64_t duration_us)
{
    LIST_EACH (pos, following, group) {
        struct store_request *req = request_of(pos);
        bool failed = req->result == ERR_STORAGE || req->result == ERR_NO_MEMORY;
        if (!request_is_read(req))
            continue;
        req->duration_us = (uint64_t)duration_us;
        if (failed)
            event_tell(self->config, STORE_EVENT_READ_FAILED, duration_us, 1, request_subject(req),
                       "the database has something else than text there");
        else
            event_tell(self->config, STORE_EVENT_READ, duration_us, 1, (struct slice){0}, "");
    }
}

static void tell_claims(struct postgres_engine *self, const struct pg_lane *lane, struct link *group)
{
    uint32_t elsewhere = 0;
    if (lane->number != LANE_DOCUMENTS)
        return;
    LIST_EACH (pos, following, group) {
        elsewhere += request_of(pos)->result == ERR_ELSEWHERE;
    }
    if (lane->claims > 0)
        event_tell(self->config, STORE_EVENT_CLAIMED, 0, lane->claims, (struct slice){0}, "");
    if (elsewhere > 0)
        event_tell(self->config, STORE_EVENT_ELSEWHERE, 0, elsewhere, (struct slice){0}, "");
}

/* Unknown it stays until the same requests succeed, or turn out to be such as can never be written. */
static void note_outcome(struct pg_lane *lane, enum reply reply)
{
    if (reply == REPLY_LOST)
        lane->is_unknown |= lane->writes;
    else if (reply == REPLY_OK || reply == REPLY_NEVER || reply == REPLY_DUPLICATE)
        lane->is_unknown = false;
}

static enum error try_group(struct engine *e, uint32_t number, struct link *group)
{
    struct postgres_engine *self = self_of(e);
    struct pg_lane *lane = &self->lanes[number];
    struct life life = members_await_life(self->members);
    int64_t begun_us = clock_us();
    enum reply reply = REPLY_OK;
    for (int i = 0; i < TRIES; i++) {
        if (begin(group, &life) == 0)
            return OK;
        reply = carry_out(self, lane, group, &life);
        note_outcome(lane, reply);
        if (reply != REPLY_LOST && reply != REPLY_AGAIN)
            break;
    }
    members_note_answer(self->members, number, reply != REPLY_LOST && pg_is_open(&lane->connection));
    if (reply)
        return reply_error(reply);
    if (lane->is_fenced) {
        members_note_death(self->members, life.incarnation);
        answer_all_moved(group);
        return OK;
    }
    if (lane->writes)
        pg_numbers_stale(&self->numbers);
    tell_reads(self, group, clock_us() - begun_us);
    tell_claims(self, lane, group);
    return OK;
}

/* ---- history and images, beside the lanes ------------------------------------------------------ */

static bool reads_aside(const struct engine *e)
{
    (void)e;
    return true;
}

/* What fails in a transaction leaves it open, so the next one begins with a new connection. */
static enum error read_aside(struct engine *e, struct store_request *req)
{
    struct postgres_engine *self = self_of(e);
    struct pg_connection *c = &self->reader;
    int64_t begun_us = clock_us();
    enum reply reply = pg_is_current(c) ? REPLY_OK : pg_open(c, "kolabpad history");
    if (!reply)
        reply = req->kind == STORE_IMAGE ? pg_image_read(c, req) : pg_history_read(c, req);
    int64_t duration_us = clock_us() - begun_us;
    if (reply)
        event_tell(self->config, STORE_EVENT_READ_FAILED, duration_us, 1, req->id, c->why);
    else
        event_tell(self->config, STORE_EVENT_READ, duration_us, 1, (struct slice){0}, "");
    if (reply)
        pg_close(c);
    return reply_error(reply);
}

/* ---- around them ------------------------------------------------------------------ */

static void set_failing(struct engine *e, uint32_t lane, bool is_failing)
{
    (void)e; /* nothing here waits for others for longer than a deadline */
    (void)lane;
    (void)is_failing;
}

/* Locks the lane's row, which is a write. A life that is over can reach its database. While it is
 * unknown whether the latest group was committed, that very group is what must be tried. */
static bool probe(struct engine *e, uint32_t number)
{
    struct postgres_engine *self = self_of(e);
    struct pg_lane *lane = &self->lanes[number];
    struct life life = members_life(self->members);
    char why[PG_WHY_BYTES];
    memcpy(why, lane->connection.why, sizeof why);
    enum reply reply = pg_is_current(&lane->connection) ? REPLY_OK : pg_lane_connect(lane, life.incarnation);
    if (!reply) {
        pg_lane_send_guard(lane);
        reply = pg_end(&lane->connection);
    }
    memcpy(lane->connection.why, why, sizeof why);
    members_note_answer(self->members, number, reply != REPLY_LOST && pg_is_open(&lane->connection));
    return !lane->is_unknown && (reply == REPLY_OK || reply == REPLY_NEVER);
}

/* On the documents' lane, when nobody waits. What fails here comes again. */
static void keep_house(struct postgres_engine *self)
{
    struct pg_lane *lane = &self->lanes[LANE_DOCUMENTS];
    struct life life = members_life(self->members);
    if (life.is_over || !pg_is_open(&lane->connection))
        return;
    pg_calendar_step_if_due(&self->calendar, &lane->connection, life.incarnation);
    self->clock_offset_ms = clock_watch_wall_ms(self->config) - self->calendar.now_ms;
    if (pg_is_open(&lane->connection))
        pg_numbers_count_if_due(&self->numbers, &lane->connection);
}

/* Journals are cut for the life that wrote them. */
static bool after_answers(struct engine *e, uint32_t number)
{
    struct postgres_engine *self = self_of(e);
    struct pg_lane *lane = &self->lanes[number];
    if (number != LANE_DOCUMENTS)
        return false;
    keep_house(self);
    if (pg_is_open(&lane->connection) && lane->incarnation == members_life(self->members).incarnation)
        return trims_step(lane);
    trims_forget(lane);
    return false;
}

static const char *why(const struct engine *e, uint32_t lane)
{
    return const_self_of(e)->lanes[lane].connection.why;
}

static void stats(const struct engine *e, struct store_stats *out)
{
    const struct postgres_engine *self = const_self_of(e);
    out->documents = self->numbers.documents;
    out->database_bytes = self->numbers.bytes;
    out->clock_offset_ms = self->clock_offset_ms;
}

/* ---- the other servers --------------------------------------------------------------- */

static uint32_t peers(const struct engine *e, struct store_peer out[STORE_PEERS_MAX])
{
    return members_peers(const_self_of(e)->members, out);
}

static struct store_identity identity(const struct engine *e)
{
    return members_identity(const_self_of(e)->members);
}

static int64_t lease_left_ms(const struct engine *e)
{
    return members_lease_left_ms(const_self_of(e)->members);
}

static void set_draining(struct engine *e)
{
    members_set_draining(self_of(e)->members);
}

static void resign(struct engine *e)
{
    members_resign(self_of(e)->members);
}

static void rejoin(struct engine *e, uint32_t life)
{
    members_rejoin(self_of(e)->members, life);
}

const struct engine_ops POSTGRES_ENGINE = {
    .open = open_engine,
    .close = close_engine,
    .lanes = LANE_COUNT,
    .lane_of = lane_of,
    .is_shared = true,
    .try_group = try_group,
    .reads_aside = reads_aside,
    .read_aside = read_aside,
    .set_failing = set_failing,
    .probe = probe,
    .after_answers = after_answers,
    .why = why,
    .stats = stats,
    .peers = peers,
    .identity = identity,
    .lease_left_ms = lease_left_ms,
    .set_draining = set_draining,
    .resign = resign,
    .rejoin = rejoin,
};
