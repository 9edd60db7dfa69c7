/* doc_fixture.h - the documents of one thread with a store and a clock, as a
 * test of src/doc writes them down.
 *
 *     struct document *doc = open_document("pad");       opens it to edit, answers what that asks
 *     attach(doc, &fixture.ada, 10);
 *     type(doc, &fixture.ada, "+hello");
 *     turn();                                            the journal's step, then the broadcast
 *     assert_requests("append pad");                     what waits at the store
 *     answer_all();                                      all of it is carried out and answered
 *     assert_told("stale pad, news pad");                what the listeners were told since the last time
 *     assert_database("pad", "hello");                   what a restart would find
 *
 * One global, begun anew for each test by fixture_begin and fixture_end. Peers and
 * askers live in it, so that they outlive a test that fails. */
#ifndef KOLABPAD_TESTS_DOC_FIXTURE_H
#define KOLABPAD_TESTS_DOC_FIXTURE_H

#include "doc/document.h"
#include "doc/open.h"
#include "support/fake_store.h"
#include "support/pad_script.h"

enum { FIXTURE_ASKERS = 8, FIXTURE_TOLD_BYTES = 1024 };
enum { SECOND_MS = 1000, MINUTE_MS = 60 * SECOND_MS, HOUR_MS = 60 * MINUTE_MS, DAY_MS = 24 * HOUR_MS };
#define FIXTURE_START_MS INT64_C(1700000000000)

/* Somebody who asks for a document. */
struct asker {
    struct open *open; /* NULL once answered */
    unsigned answers;
    struct pad_peer *joins;    /* joins the document as this one when it is given it; NULL: does not */
    struct open_result result; /* of the last answer */
};

struct doc_fixture {
    struct document_policy policy;      /* as in production; a test may change it before it opens anything */
    struct limits_config limits_config; /* no limits; a change takes effect with fixture_restart */
    struct limits *limits;
    struct fake_store store;
    struct documents documents;
    struct pad_peer ada, bob, carl;
    struct asker askers[FIXTURE_ASKERS];
    unsigned asker_count;
    char told[FIXTURE_TOLD_BYTES];
};

extern struct doc_fixture fixture;

/* ---- make and let go ---- */

int fixture_begin(void **state);
int fixture_end(void **state);
/* For the group: the log goes nowhere. */
int fixture_begin_group(void **state);
int fixture_end_group(void **state);
/* The process ends in order, and another begins with the same database. */
void fixture_restart(void);
/* It dies: what the store has not carried out is lost, and another begins. */
void fixture_crash(void);

#define DOC_TEST(test) cmocka_unit_test_setup_teardown(test, fixture_begin, fixture_end)
#define RUN_DOC_TESTS(tests) cmocka_run_group_tests(tests, fixture_begin_group, fixture_end_group)

/* ---- time ---- */

/* The end of a turn, as src/app/turn.c has it. */
void turn(void);
/* The store answers all that it can, and the shard learns whether it fails;
 * then a turn; and again, until nothing is left. */
void answer_all(void);
/* Time goes by, and the timer comes as often as it was asked for. */
void later(int64_t ms);
/* The same without the timer: as if the process had been stopped. */
void jump(int64_t ms);

/* ---- people ---- */

/* Asks; password NULL: gives none. From a client at 10.0.0.1, or at 10.0.0.`from`. */
struct asker *ask(const char *id, enum open_goal goal, const char *password);
struct asker *ask_from(uint8_t from, const char *id, enum open_goal goal, const char *password);
/* A v2 client before its Hello: asks to be let in, and its password follows. */
struct asker *knock(const char *id);
struct address client_at(uint8_t last_byte);
/* Opens it to edit; everything that waits at the store is answered. */
struct document *open_document(const char *id);
/* In memory, READY or not; NULL: it is not there. */
struct document *find(const char *id);

void attach(struct document *doc, struct pad_peer *peer, uint8_t token);
void attach_v1(struct document *doc, struct pad_peer *peer);
void detach(struct document *doc, struct pad_peer *peer);
/* Edits at the newest revision; the line is that of op_text.h. */
void type(struct document *doc, struct pad_peer *peer, const char *line);
/* Writes behind what is there. */
void type_more(struct document *doc, struct pad_peer *peer, const char *text);
enum error try_type(struct document *doc, struct pad_peer *peer, const char *line);

/* ---- the database ---- */

/* A row as an earlier process left it, at revision 0. */
struct fake_document *put_row(const char *id, const char *text, const char *password);
struct fake_document *row(const char *id);
/* The text that a restart would find. */
void assert_database(const char *id, const char *text);

/* ---- what happened ---- */

/* The kinds of the requests that are not carried out, with their documents:
 * "append pad other, snapshot pad". */
void assert_requests(const char *want);
/* What was told since the last time: "stale pad, news pad, close 1, drop pad". */
void assert_told(const char *want);
void assert_answer(const struct asker *a, enum error err);

#endif
