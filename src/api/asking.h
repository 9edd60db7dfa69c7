/* asking.h - a question about a document's past under way: from a job to the store and back.
 *
 * While the store has it, it outlives its job, which may be refused by a server that stops.
 * Shard's thread, but for the digest, which sees the question alone. */
#ifndef KOLABPAD_API_ASKING_H
#define KOLABPAD_API_ASKING_H

#include "api/history_answers.h"
#include "api/http_job.h"

struct asking {
    struct history_question question;
    /* The question is answered: the job is there, and is to be answered or failed. */
    void (*answered)(struct http_job *job, struct asking *asking);
    struct http_job *job; /* NULL: it is gone, or has not asked yet */
    bool is_asked;        /* the store has it */
};

/* NULL: no memory. */
struct asking *asking_new(const struct history_question *question);
/* The job has gone, answered or not. Harmless with NULL. */
void asking_let_go(struct asking *asking);

/* Asks, for `answered`, unless that cannot be: then the job is failed. */
void asking_begin(struct asking *asking, struct http_job *job);
/* Answers the job with the error; where the history does not have that revision, also with the
 * nearest that it has. */
void asking_fail(struct http_job *job, const struct asking *asking, enum error err);

/* May whoever opened it so see the history? It needs edit, or a link that shows it. */
enum error asking_check(const struct open_result *result);

#endif
