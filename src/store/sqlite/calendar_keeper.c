#include "store/sqlite/calendar_keeper.h"

#include "store/event.h"
#include "store/sqlite/query.h"

#include <stdio.h>
#include <time.h>

enum {
    IDLE_MAX_MS = 60 * 1000,
    LOOKS_PER_STEP = 3, /* so that a look may come late without a jump */
    STORE_EVERY_MS = 60 * 1000,
    CREDIT_PARTS = 2, /* the calendar is stored twice while the credit lasts, or each crash was a jump */
    CLOSING_LOCK_TIMEOUT_MS = 50,
    AHEAD_S = 5 * 60, /* what rows may be ahead of a calendar that was stored a while before a crash */
};

/* Further from 1970 than that no clock is: a row that says so was not written by us. */
static const int64_t FURTHEST_MS = INT64_C(1) << 53;

static int64_t wall_ms(const struct store_config *config)
{
    if (config->wall_ms)
        return config->wall_ms(config->arg);
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- jumps --------------------------------------------------------------- */

static void format_time(int64_t ms, char out[32])
{
    time_t seconds = (time_t)(ms / 1000);
    struct tm utc;
    if (!gmtime_r(&seconds, &utc) || !strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &utc))
        snprintf(out, 32, "%lld", (long long)seconds);
}

/* `when` is for the log: where between two looks the jump lies. */
static void note_jump(struct calendar_keeper *k, int64_t jump_ms, const char *when)
{
    if (jump_ms == 0)
        return;
    char from[32], to[32], text[256];
    format_time(k->calendar.wall_ms - jump_ms, from);
    format_time(k->calendar.wall_ms, to);
    snprintf(text, sizeof text,
             "%s the clock went from %s to %s; this is not counted as time that passed, and no pad expires "
             "sooner or later because of it",
             when, from, to);
    k->has_jumped = k->must_store = true;
    event_tell(k->config, STORE_EVENT_CLOCK_JUMPED, 0, 0, (struct slice){0}, text);
}

void calendar_keeper_look(struct calendar_keeper *k)
{
    note_jump(k, calendar_look(&k->calendar, wall_ms(k->config), &k->limits), "while running");
}

int64_t calendar_keeper_idle_ms(const struct calendar_keeper *k)
{
    int64_t part_ms = k->limits.step_max_ms / LOOKS_PER_STEP;
    return part_ms < IDLE_MAX_MS ? part_ms : IDLE_MAX_MS;
}

/* ---- the table ----------------------------------------------------------- */

static bool is_sane(const struct calendar *c)
{
    return c->wall_ms > -FURTHEST_MS && c->wall_ms < FURTHEST_MS && c->offset_ms > -FURTHEST_MS &&
           c->offset_ms < FURTHEST_MS && c->credit_ms >= 0;
}

static enum error read(struct connection *c, struct calendar *out, bool *found)
{
    struct query q = query_start(c, STATEMENT_CLOCK);
    *found = query_next(&q);
    if (*found)
        *out = (struct calendar){
            .wall_ms = query_int(&q, 0), .offset_ms = query_int(&q, 1), .credit_ms = query_int(&q, 2)};
    if (!is_sane(out)) {
        *found = false;
        *out = (struct calendar){0};
    }
    return query_end(&q);
}

static enum error store(struct calendar_keeper *k, struct connection *c)
{
    struct query q = query_start(c, STATEMENT_PUT_CLOCK);
    query_put_int(&q, k->calendar.wall_ms + k->calendar.wait_ms); /* as if it had caught up */
    query_put_int(&q, k->calendar.offset_ms);
    query_put_int(&q, k->calendar.credit_ms);
    enum error err = query_run(&q);
    k->tried_ms = calendar_ms(&k->calendar);
    k->must_store = false; /* if it failed, the next time comes soon enough */
    if (err)
        return err;
    k->stored = k->calendar;
    k->has_written = false;
    return OK;
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

void calendar_keeper_store_if_due(struct calendar_keeper *k, struct connection *c)
{
    int64_t passed_ms = calendar_ms(&k->calendar) - k->tried_ms;
    int64_t idle_ms = k->limits.credit_max_ms / CREDIT_PARTS, minute_ms = smaller(STORE_EVERY_MS, idle_ms);
    if (passed_ms >= (k->has_written ? minute_ms : idle_ms) || k->must_store)
        store(k, c);
}

/* ---- opening ------------------------------------------------------------- */

/* Of the migrations, those before the table `clock`: later ones ran when the wall clock was what
 * it is now, which says nothing. */
static const char NEWEST_TIME[] =
    "SELECT max(t) FROM ("
    " SELECT max(accessed_at) AS t FROM documents WHERE accessed_at <= ?1 UNION ALL"
    " SELECT max(updated_at) FROM documents WHERE updated_at <= ?1 UNION ALL"
    " SELECT max(time_ms) / 1000 FROM journal WHERE time_ms <= ?1 * 1000 UNION ALL"
    " SELECT max(applied_at) FROM schema_migrations WHERE version IN (101, 102) AND applied_at <= ?1"
    ") HAVING max(t) IS NOT NULL";

/* The newest time that is not after `wall_s`; that itself when there is none. */
static int64_t newest_time(struct connection *c, int64_t wall_s)
{
    char parameter[24];
    snprintf(parameter, sizeof parameter, "%lld", (long long)wall_s);
    return connection_ask(c, NEWEST_TIME, parameter, wall_s);
}

static enum error read_or_begin(struct calendar_keeper *k, struct connection *c)
{
    bool found;
    enum error err = read(c, &k->calendar, &found);
    if (err)
        return err;
    k->stored = k->calendar;
    k->tried_ms = calendar_ms(&k->calendar);
    if (found)
        return OK;
    int64_t begin_ms = newest_time(c, wall_ms(k->config) / 1000) * 1000;
    k->calendar = calendar_begin(begin_ms, &k->limits);
    return store(k, c);
}

/* A row in the calendar's future would not expire until the calendar is there. It
 * can only come from another program, or from before there was a calendar, and is
 * read as wall time; but not at a moment when the wall clock has jumped. */
static void bring_back(struct calendar_keeper *k, struct connection *c)
{
    int64_t now_s = calendar_ms(&k->calendar) / 1000;
    int64_t offset_s = k->has_jumped ? 0 : k->calendar.offset_ms / 1000;
    char sql[256];
    snprintf(sql, sizeof sql, "SELECT EXISTS (SELECT 1 FROM documents WHERE accessed_at > %lld)",
             (long long)now_s + AHEAD_S);
    if (!connection_ask(c, sql, NULL, 0))
        return;
    snprintf(sql, sizeof sql,
             "UPDATE documents SET accessed_at = min(accessed_at - %lld, %lld) WHERE accessed_at > %lld",
             (long long)offset_s, (long long)now_s, (long long)now_s + AHEAD_S);
    connection_execute(c, sql); /* a disk that is full now may have room at the next start */
}

enum error calendar_keeper_open(struct calendar_keeper *k, struct connection *c,
                                const struct store_config *config)
{
    *k = (struct calendar_keeper){.config = config, .limits = calendar_limits_for(config->expiry_ms)};
    enum error err = read_or_begin(k, c);
    if (err) {
        k->config = NULL;
        return err;
    }
    int64_t jump_ms = calendar_look_after_start(&k->calendar, wall_ms(config), &k->limits);
    note_jump(k, jump_ms, "since the database was last in use");
    bring_back(k, c);
    calendar_keeper_store_if_due(k, c);
    return OK;
}

void calendar_keeper_close(struct calendar_keeper *k, struct connection *c)
{
    if (!k->config)
        return;
    calendar_keeper_look(k);
    if (k->calendar.wall_ms != k->stored.wall_ms || k->calendar.offset_ms != k->stored.offset_ms) {
        connection_set_lock_timeout_ms(c, CLOSING_LOCK_TIMEOUT_MS);
        store(k, c); /* if it cannot, the time since the last time does not count */
    }
    k->config = NULL;
}
