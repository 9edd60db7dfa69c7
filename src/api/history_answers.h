/* history_answers.h - what is answered to questions about a document's past.
 *
 * A digest of a STORE_HISTORY (store.h) makes the whole answer on the thread that has
 * read it; the document's shard only passes it on. A question knows nothing but its own
 * numbers and the store's answer, so any thread may work on it, one at a time. */
#ifndef KOLABPAD_API_HISTORY_ANSWERS_H
#define KOLABPAD_API_HISTORY_ANSWERS_H

#include "store/store.h"

enum { HISTORY_LIMIT_MAX = 1000, HISTORY_OPERATIONS_BYTES = 1024 * 1024 };

struct history_question;

struct history_answerer {
    /* Which part of the history is wanted. */
    void (*ask)(const struct history_question *q, struct store_history *what);
    /* Fills in the answer of a document that was found. */
    enum error (*answer)(struct history_question *q, const struct store_history *h);
    const char *content_type;
    const char *nothing; /* the answer where no history is kept; NULL: ERR_GONE */
};
/* GET …/history, …/history/{revision}, …/history/operations, …/history/diff, …/authorship */
extern const struct history_answerer history_sittings, history_text, history_operations, history_diff,
    history_authorship;

struct history_question {
    const struct history_answerer *answerer;
    uint64_t from,
        to;         /* revisions: the text at `to`; sittings before `to`; operations and difference of both */
    uint32_t limit; /* of sittings */
    bool is_off;    /* no history is kept here; that it is off for the document, the store says */

    /* out */
    enum error err;             /* ERR_GONE: the nearest that exist are */
    bool has_before, has_after; /* … these: */
    uint64_t before, after;
    struct buf body;
    uint64_t hash;   /* of the body */
    int64_t time_ms; /* history_text: of what led to it, by the wall clock; 0: nobody knows */
};

/* A STORE_HISTORY that asks it; its context is the caller's. NULL: no memory. */
struct store_request *history_question_ask(struct slice id, const struct history_question *q);
/* The digest: `question` is answered, with an error of its own perhaps. */
void history_question_answer(struct history_question *q, const struct store_request *req);

#endif
