/* store_fixture.h - a store in a folder of its own, and a caller that waits for answers.
 *
 *     struct fixture f;
 *     fixture_init(&f, "file:%s?vfs=faulty");    %s: the path; NULL for the path alone
 *     fixture_open(&f, STORE_JOURNAL);
 *     struct store_request *r = ask(&f, snapshot_of("pad", "text", 3));   posts, waits, asserts
 *     …
 *     store_request_free(r);
 *     fixture_deinit(&f);                        closes, removes the folder */
#ifndef KOLABPAD_TESTS_STORE_FIXTURE_H
#define KOLABPAD_TESTS_STORE_FIXTURE_H

#include "store/engine.h"
#include "support/unit.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>

enum { FIXTURE_EVENTS = 4096 };

struct fixture;

/* Another database than a SQLite file in the fixture's folder (store_postgres.h). */
struct fixture_database {
    void (*init)(struct fixture *f); /* sets the URI; empties the tables */
    void (*deinit)(struct fixture *f);
    const char *(*look)(struct fixture *f, const char *statements); /* sql() */
    void (*set_now)(struct fixture *f, int64_t ms);                 /* the calendar, of an open store */
};
extern const struct fixture_database *fixture_database; /* NULL: SQLite */

struct fixture {
    char folder[64];
    char path[96]; /* folder/pads.db */
    char uri[160];
    const struct engine_ops *engine; /* NULL: the one that the URI names */
    bool has_wall;                   /* the store's wall clock is `wall_ms`, not the system's */
    _Atomic int64_t wall_ms;         /* post() sets it to the request's now_ms, if that has one */
    int64_t expiry_ms;
    bool keeps_history;
    void *looker;        /* of fixture_database: its own way to the database */
    struct store *store; /* NULL: closed */
    struct store_mailbox box;
    struct link answers; /* taken out, not yet asked for */

    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool woken;
    bool stop_waiting; /* what should_stop says */
    /* Holds the store's thread inside WROTE while true. */
    bool hold_writes, is_held;
    uint32_t counts[STORE_EVENT_COUNT];   /* of events */
    uint32_t group_sizes[FIXTURE_EVENTS]; /* of WROTE, in order */
    uint32_t group_count;
    char last_text[STORE_EVENT_COUNT][256]; /* of each kind of event */
    char last_id[STORE_EVENT_COUNT][256];
};

void fixture_init(struct fixture *f, const char *uri_format);
void fixture_deinit(struct fixture *f);

void fixture_open(struct fixture *f, enum store_durability durability);
enum error fixture_try_open(struct fixture *f, enum store_durability durability, char message[512]);
/* Asserts that nothing was left unwritten. */
void fixture_close(struct fixture *f);

/* The number of events of that kind so far; waits for one, 10 s at most. */
uint32_t event_count(struct fixture *f, enum store_event event);
void wait_for_event(struct fixture *f, enum store_event event, uint32_t count);
/* Stops the store's thread after its next commit, and lets it go on. */
void hold_writes(struct fixture *f);
void wait_until_held(struct fixture *f);
void release_writes(struct fixture *f);

/* Posts; the answer comes through next_answer, NULL after timeout_ms. */
void post(struct fixture *f, struct store_request *req);
struct store_request *next_answer(struct fixture *f, int timeout_ms);
/* Posts and waits for the answer. */
struct store_request *ask(struct fixture *f, struct store_request *req);
/* The same, asserts the result and frees. */
void expect(struct fixture *f, struct store_request *req, enum error result);

/* Requests, with the time T0_MS unless set otherwise. */
#define T0_MS INT64_C(1700000000000)
struct store_request *load_of(const char *id);
struct store_request *load_with_epoch(const char *id, char epoch);
struct store_request *peek_of(const char *id);
struct store_request *append_of(const char *id, uint64_t first, uint64_t end, const char *batch);
struct store_request *snapshot_of(const char *id, const char *text, uint64_t revision);
struct store_request *open_of(const char *id, char epoch, uint64_t first_revision);
struct store_request *delete_of(const char *id, int64_t cutoff_ms);
struct store_request *expired_of(int64_t unused_ms);

struct store_epoch epoch_of(char name, uint64_t first_revision);
void assert_slice(struct slice s, const char *expected);

/* Rows in `documents`. (PostgreSQL's store counts them once a minute only.) */
uint64_t documents_in(struct fixture *f);

/* Runs SQL on the database through a connection of its own. The first column of the
 * last row, as text of at most 255 bytes; empty when there is none. */
const char *sql(struct fixture *f, const char *statements);

#endif
