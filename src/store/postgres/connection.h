/* connection.h - one connection to PostgreSQL: round trips with a deadline, and
 * what the server's answer means.
 *
 *     pg_open(&c, &config)                    connects, sets up, prepares
 *     pg_send(&c, STATEMENT_ME, &p);          any number of statements …
 *     pg_send(&c, STATEMENT_TAKE, &q);
 *     PGresult *me = pg_next(&c);             … their results, in order …
 *     PGresult *taken = pg_next(&c);
 *     if (pg_end(&c) == REPLY_OK) …           … and only now they count
 *
 * All statements of a round trip are sent together and are one transaction, which
 * is committed at its end; a result that was read before pg_end has said
 * REPLY_OK may still be rolled back. Failures are sticky: after one,
 * pg_next gives NULL, and pg_end says which.
 *
 * A connection that does not answer is closed and never cancelled: a commit that
 * waits for a standby and is cancelled becomes visible although no standby has it.
 * The same is said by a warning of class 01 about a commit, so that counts as no
 * answer (docs/decisions/091).
 *
 * libpq runs without blocking, under poll: no call takes longer than the deadline
 * without a byte having moved; only looking up a host's name may, as long as the
 * machine's resolver does.
 *
 * One thread at a time. Nothing of DATABASE_URL is in `why`, but for the names of
 * hosts and users. */
#ifndef KOLABPAD_STORE_POSTGRES_CONNECTION_H
#define KOLABPAD_STORE_POSTGRES_CONNECTION_H

#include "store/postgres/known_database.h"
#include "store/postgres/parameters.h"
#include "store/postgres/sqlstate.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    PG_WHY_BYTES = 256,
    PG_DEADLINE_MS = 10 * 1000,
};

/* Borrowed while the connection is open. */
struct pg_config {
    const char *url;               /* postgres://…, or libpq's keywords */
    const char *const *statements; /* what is prepared; sent by their index */
    uint32_t statement_count;
    int64_t deadline_ms; /* 0: PG_DEADLINE_MS */
    const char *role;    /* which database it is, in sentences; NULL: "in DATABASE_URL" */
    /* Shared by all connections to the database. NULL: the first host that takes writes will do. */
    struct known_database *known;
};

/* A host that takes writes and is not used all the same (known_database.h). */
struct pg_wrong_host {
    enum { PG_NOT_WRONG, PG_FORMER_PRIMARY, PG_ANOTHER_DATABASE } what;
    char why[PG_WHY_BYTES]; /* one sentence, which names it */
};

struct pg_connection {
    const struct pg_config *config;
    PGconn *handle; /* NULL: not open */
    uint32_t host;  /* the one in the URL's list that was connected to last */
    struct lineage lineage;
    struct pg_wrong_host wrong; /* that the latest pg_open has met */
    PGresult *result;           /* the one given out last */
    enum reply reply;           /* of this round trip: its first failure */
    uint32_t sent, read;        /* statements of this round trip */
    bool is_synced; /* the end of the round trip has been sent; nothing can be added until pg_end */
    /* Two that look alike: after a warning the outcome itself is unknown; must_close
     * says that the outcome is known, but this server is of no use any more. */
    bool has_warned, must_close;
    char sqlstate[6];       /* of that failure; "" where PostgreSQL did not give one */
    char why[PG_WHY_BYTES]; /* one sentence about the latest failure; "" before the first */
};

/* Sets the fields; connects nothing. */
void pg_init(struct pg_connection *c, const struct pg_config *config);

/* Connects to the first of the URL's hosts that takes writes, beginning with the
 * one that did so last, and prepares the statements. Where another one takes writes too,
 * the one with the newest timeline is taken, and one of another database never; a host that is silent is
 * given up after PG_LOOK_MS, if there is one that answers. `name` is how the connection is called in
 * pg_stat_activity. On failure it is closed: REPLY_MISCONFIGURED if no host will ever
 * take us as things are (a wrong password, no such database), else REPLY_NOT_NOW. */
enum { PG_LOOK_MS = 500 };
enum reply pg_open(struct pg_connection *c, const char *name);
/* What was under way may have been committed or not. Does nothing when it is closed. */
void pg_close(struct pg_connection *c);
bool pg_is_open(const struct pg_connection *c);
/* Is it open, and has nobody seen a newer primary since? If not, pg_open finds that one. */
bool pg_is_current(const struct pg_connection *c);
/* Looks at the URL's other hosts, each for at most `deadline_ms`: afterwards pg_is_current is
 * the truth. *out: one of them all that is a wrong one. */
void pg_look_at_others(const struct pg_connection *c, int64_t deadline_ms, struct pg_wrong_host *out);
/* For sentences: "the database %s". */
const char *pg_role(const struct pg_connection *c);

/* Adds a statement to this round trip. What the parameters point at must stay
 * until the next call has returned. Not after pg_next. */
void pg_send(struct pg_connection *c, uint32_t statement, const struct parameters *p);
/* The same with SQL that was not prepared, without parameters. */
void pg_send_sql(struct pg_connection *c, const char *sql);

/* The result of the next statement, in the order in which they were sent; NULL
 * after a failure. Valid until the next call with this connection. */
PGresult *pg_next(struct pg_connection *c);

/* Drops the results of the next statements, of which nothing is wanted: that they worked is known at the end.
 */
void pg_skip(struct pg_connection *c, int results);

/* Ends the round trip: waits until it is committed. Results that nobody asked for
 * are dropped. After REPLY_LOST the connection is closed. */
enum reply pg_end(struct pg_connection *c);

/* A round trip of one statement; rows may be NULL, else it has the number of rows
 * that were changed or found. */
enum reply pg_run(struct pg_connection *c, uint32_t statement, const struct parameters *p, uint64_t *rows);
enum reply pg_run_sql(struct pg_connection *c, const char *sql);

#endif
