/* fake_store.h - the thread around a `struct documents`, and its store, under
 * the test's control: for documents_init, with &fake_store_host and the fake
 * store as owner.
 *
 *   documents ── post ──► posted ── carry out ──► carried_out ── deliver ──► req->done
 *                                      │
 *                                 fake_tables
 *
 * Nothing happens by itself: requests wait until the test has them carried out
 * and their answers delivered, at once (the answer_… functions) or apart, so
 * that a crash can come between the two. The clock stands still until the test
 * moves it.
 *
 * Failure is that of src/store: while is_failing, writes wait, except those
 * marked fail_fast, which are answered ERR_STORAGE, and so are reads of a
 * document that has a write waiting; other reads go on.
 *
 * Requests of one document are carried out in the order in which they were
 * posted, whatever the test asks for. */
#ifndef KOLABPAD_TESTS_FAKE_STORE_H
#define KOLABPAD_TESTS_FAKE_STORE_H

#include "doc/documents.h"
#include "support/fake_tables.h"

enum { FAKE_STORE_KINDS = STORE_IMAGE_PUT + 1 };

struct fake_store {
    struct fake_tables tables;
    int64_t now_ms;          /* the clock; the test moves it */
    int64_t wall_ahead_ms;   /* how far the wall clock is ahead of it */
    int64_t timer_due_ms;    /* when documents_on_timer must be called at the latest; 0: nobody asked */
    bool is_failing;         /* writes do not work at the moment */
    bool is_dead;            /* the others have declared this server dead: all is answered ERR_MOVED */
    bool is_lease_over;      /* what documents_host.lease_is_over says */
    struct link posted;      /* struct store_request, oldest first */
    struct link carried_out; /* the same; answered when they are delivered */
    uint32_t posted_count[FAKE_STORE_KINDS]; /* of each kind, since the beginning */
    uint32_t to_fail[FAKE_STORE_KINDS];      /* see fake_store_fail_next */
    bool has_conflict;                       /* see fake_store_conflict_next */
};

extern const struct documents_host fake_store_host;

/* ---- make and let go ---- */

void fake_store_init(struct fake_store *s, int64_t now_ms);
/* Requests that are still there are lost first (below). */
void fake_store_deinit(struct fake_store *s);

/* ---- look ---- */

/* The oldest request of that kind that is not carried out; NULL: there is none. */
const struct store_request *fake_store_waiting(const struct fake_store *s, enum store_kind kind);
/* How many requests are not delivered, carried out or not. */
uint32_t fake_store_count(const struct fake_store *s);
/* Is the timer due? */
bool fake_store_timer_is_due(const struct fake_store *s);
/* The document's row; NULL: there is none. */
struct fake_document *fake_store_row(const struct fake_store *s, const char *id);

/* ---- work ---- */

/* Carries out the `count` oldest requests that can be carried out now; returns
 * how many there were. */
uint32_t fake_store_carry_out(struct fake_store *s, uint32_t count);
/* Gives back what was carried out, in that order. Those that nobody waits for
 * are freed. */
void fake_store_deliver(struct fake_store *s);

/* Both, for the oldest one; false: there is none that can be carried out. */
bool fake_store_answer_one(struct fake_store *s);
/* The same for the oldest one about that document (for an APPEND: among others). */
bool fake_store_answer_document(struct fake_store *s, struct slice id);
/* The same until none is left that can be carried out, of those too that the
 * answers bring about. */
void fake_store_answer_all(struct fake_store *s);

/* ---- trouble ---- */

/* The next request of that kind to be carried out is answered ERR_STORAGE
 * instead, as the real store does for reads, for fail_fast and at its end.
 * Called twice: the next two. */
void fake_store_fail_next(struct fake_store *s, enum store_kind kind);

/* The next row to be appended is answered ERR_CONFLICT and not written. */
void fake_store_conflict_next(struct fake_store *s);

/* The process dies: everything that is not carried out is lost, and nobody is
 * told of what is. All requests, also those posted meanwhile, are answered
 * ERR_STORAGE, so that what belongs to them is freed. Let the peers leave first;
 * then documents_close. */
void fake_store_lose_all(struct fake_store *s);

#endif
