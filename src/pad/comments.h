/* comments.h - the threads of a document, each with its place in the text.
 *
 *   history   ····┤ revision                       places are at this revision, which the pad
 *                 └─ comments_move ──► committed   keeps at what is committed
 *
 * Threads are kept as the bytes that storage has of them (comment_thread.h); their places are one blob with a
 * revision (comments_encode_places), since all of them change with every edit and a thread only when somebody
 * writes.
 *
 * A thread that is on its way to storage is pending: it moves with the text, is stored with the other places,
 * and nobody is told of it. One that is on its way out is going: it is told and not stored.
 *
 * What readers lack is state, as presence is: each change of a thread has a sequence number, and who has seen
 * number s lacks the threads changed after it, and the ids of those that have gone since.
 *
 * Owner: the pad; NULL there until it has a thread. One thread of the process. */
#ifndef KOLABPAD_PAD_COMMENTS_H
#define KOLABPAD_PAD_COMMENTS_H

#include "base/list.h"
#include "pad/comment_thread.h"
#include "pad/history.h"

enum {
    COMMENT_THREADS_MAX = 500,       /* of a document */
    COMMENT_BYTES_MAX = 1024 * 1024, /* of all threads together, as they are stored */
};

struct kept_thread {
    struct link link; /* comments->threads, in the order in which they were made; comments->gone */
    char id[COMMENT_ID_CHARS];
    struct anchor anchor;
    struct slice bytes; /* owned; NULL ptr when it is gone */
    uint64_t changed;   /* the sequence number of its last change; 0: not since it was loaded */
    bool is_pending, is_going;
};

struct comments {
    uint64_t revision;
    struct link threads;
    uint32_t count; /* of threads, the pending among them */
    size_t bytes;   /* of them */
    struct link gone;
    uint64_t sequence; /* of the newest change */
};

static inline struct kept_thread *kept_thread_of(struct link *link)
{
    return LIST_ITEM(link, struct kept_thread, link);
}

/* ---- make and let go ---- */

/* Without threads; NULL: no memory. */
struct comments *comments_new(uint64_t revision);
/* NULL is fine. */
void comments_free(struct comments *c);

/* What storage has of a document's threads. */
struct stored_thread {
    struct slice id, bytes;
};
/* Reads them, and the places, which are at `revision`. A thread without a place, and a place without a
 * thread, are what a server left that died at the wrong moment: the one is detached, the other passed over.
 * What is damaged is passed over as well and stays in storage, since the text must not suffer for it:
 * `*is_damaged` says so. ERR_NO_MEMORY. */
enum error comments_decode(uint64_t revision, struct slice places, const struct stored_thread *threads,
                           uint32_t count, struct comments **out, bool *is_damaged);

/* ---- look ---- */

/* NULL: there is none, or it is pending. */
struct kept_thread *comments_find(const struct comments *c, const char id[COMMENT_ID_CHARS]);
/* Are there any to be stored? */
bool comments_are_stored(const struct comments *c);
size_t comments_memory_bytes(const struct comments *c);

/* ---- places ---- */

/* Moves all places up to revision `to`; the history has the operations. */
void comments_move(struct comments *c, const struct history *h, uint64_t to);
/* The places can't be moved to `revision`, since nobody has the operations: those whose text is still where
 * it was, in this one, stay there, and all others are detached. Places behind the text are brought into it in
 * any case. */
void comments_settle(struct comments *c, const struct rope *text, uint64_t revision);
/* Moves one from revision `from` to `to`. */
void anchor_bring(struct anchor *a, const struct history *h, uint64_t from, uint64_t to);
/* Appends the places of all that is to be stored, at revision `at`, to which the history has the
 * operations. ERR_NO_MEMORY. */
enum error comments_encode_places(const struct comments *c, const struct history *h, uint64_t at,
                                  struct buf *out);

/* ---- change ---- */

/* Adds a thread, pending, and takes its bytes over; they are empty afterwards. ERR_NO_MEMORY. */
enum error comments_add(struct comments *c, const char id[COMMENT_ID_CHARS], struct anchor anchor,
                        struct buf *bytes, struct kept_thread **out);
/* It is stored: from now on readers lack it. */
void comments_confirm(struct comments *c, struct kept_thread *thread);
/* It has these bytes now, which are taken over. */
void comments_replace(struct comments *c, struct kept_thread *thread, struct buf *bytes);
/* It is gone, from storage too. A pending one was never there. */
void comments_remove(struct comments *c, struct kept_thread *thread);

/* ---- what a reader lacks ---- */

/* Forgets the ids of gone threads that everybody has seen who follows: up to this sequence number. */
void comments_collect(struct comments *c, uint64_t seen_by_all);

#endif
