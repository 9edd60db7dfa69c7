/* http_job.h - an HTTP request on its way to a document and back.
 *
 *   HTTP server's thread ─task─► shard ─► kind->begin ─► … ─► answer (any thread)
 *                                              └► another server has the document: forward.h
 *
 * A job answers its request exactly once and is then gone. What it does is its
 * kind's: read_jobs.h, write_jobs.h, password_jobs.h, upgrade_job.h.
 *
 * Made on the HTTP server's thread; owned by the shard (shard->http_jobs) from
 * http_job_post on, and only touched by its thread. */
#ifndef KOLABPAD_API_HTTP_JOB_H
#define KOLABPAD_API_HTTP_JOB_H

#include "api/api.h"
#include "api/forward.h"
#include "base/id128.h"
#include "doc/commit_wait.h"
#include "doc/link_find.h"
#include "doc/open.h"
#include "doc/password.h"
#include "doc/rights.h"
#include "shard/shard.h"

struct http_job;

struct http_job_kind {
    /* On the shard's thread. Answers, or arranges for it. */
    void (*begin)(struct http_job *job);
    /* Another server has the document, and the request goes there by a way of its own: on error it is not
     * answered, otherwise it is the callee's, and the job ends. NULL: forward.h. */
    enum error (*send_on)(struct shard *shard, struct http_request *request, const struct store_owner *to);
    /* Frees http_job.own when the job is gone, answered or not. NULL: there is none. */
    void (*end)(void *own);
    bool is_handshake;     /* of a WebSocket: another server may answer it with a 101 */
    bool is_search;        /* forward_request.is_search */
    bool is_stream;        /* forward_request.may_stream */
    bool password_follows; /* open_request.password_follows */
    bool is_by_link;       /* the Bearer is a link and nothing else: http_job_by_link */
};

struct http_job {
    struct loop_task task;
    struct link link; /* shard->http_jobs */
    const struct http_job_kind *kind;
    struct shard *shard;
    struct http_request *request;
    struct slice id, part; /* in the same allocation, with `password`; no id: see http_job_by_link */
    struct slice password; /* NULL ptr: none was given. A Bearer is more than that: http_job_open */
    struct link_find find; /* … which document it is about */
    struct buf found_id;   /* … which `id` is then */

    struct open *open; /* the open request under way; NULL: none */
    void (*opened)(struct http_job *job, const struct open_result *result); /* whom it answers */
    struct forward *forward;       /* under way to the server that has the document; NULL: not */
    uint32_t forwards;             /* how often it was sent on */
    bool is_guess;                 /* the last time by what the shard remembered, and not the database */
    struct buf body;               /* of the answer, as of wait.revision */
    struct id128 epoch;            /* … of this epoch; zero: of a document that nobody made */
    struct commit_wait wait;       /* until what is in `body` is committed */
    void *own;                     /* the kind's, NULL unless http_job_post_own gave it */
    struct password_change change; /* password jobs: what is being written */
    struct rights_change rights;   /* the same of jobs about links and owners */
    /* The database may have what was asked for already, so a stopping server waits for the
     * answer instead of refusing the job. */
    bool is_writing;
};

/* Copies id and password and hands the request to the document's shard; answers
 * it with an error where that cannot be. */
void http_job_post(struct server *server, struct http_request *request, const struct http_job_kind *kind,
                   struct slice id, struct slice password);

/* The same with something of the kind's own, which its `end` frees, on the shard's thread or here. */
void http_job_post_own(struct server *server, struct http_request *request, const struct http_job_kind *kind,
                       struct slice id, struct slice password, void *own);

/* The same of a request with a second part behind the document's id in its path: a link's, say. */
void http_job_post_part(struct server *server, struct http_request *request, const struct http_job_kind *kind,
                        struct slice id, struct slice part, struct slice password);
/* The same of a request that says by its Bearer, a link's token, which document it is about; with
 * something of the kind's own, or NULL. */
void http_job_post_link(struct server *server, struct http_request *request, const struct http_job_kind *kind,
                        void *own);

/* Finds the document that the job's link opens, and calls `found` on the shard that has it, or on
 * this one where another server has it. For `begin` of a kind that is_by_link, which is called once
 * more then. */
void http_job_by_link(struct http_job *job, void (*found)(struct http_job *job));

/* Opens the job's document, for `opened`, with whatever the request shows: its Bearer may be the
 * password, a link's token or the owner's. When another server has it, the request is sent on to that one,
 * and `opened` not called. */
void http_job_open(struct http_job *job, enum open_goal goal,
                   void (*opened)(struct http_job *job, const struct open_result *result));

/* Sends the request on to another server, for `done`, which finds it unanswered unless it was
 * FORWARD_ANSWERED. Fails the job where that cannot be. */
void http_job_forward(struct http_job *job, const struct store_owner *to,
                      void (*done)(void *job, enum forward_outcome outcome));

/* May the document be written to now? Takes one write of the client's address, as an edit on a socket takes
 * one of its connection: ERR_RATE_LIMITED when there is none left. ERR_STORAGE while nothing can be kept,
 * since nothing is done that is not answered. Whether this client may write is for the caller to know. */
enum error http_job_take_write(struct http_job *job, const struct document *doc);

/* The same of a change that is no edit: of links, settings and histories, and of deletions. */
enum error http_job_take_change(struct http_job *job);

/* The answer; the job is gone afterwards. http_job_end: somebody else answers. */
void http_job_respond(struct http_job *job, const struct http_response *response);
/* Answers with what has that tag, or as the request's If-Match and If-None-Match have it: 412, 304. */
void http_job_respond_tagged(struct http_job *job, struct slice tag, const char *content_type,
                             struct slice body);
/* Answers with what `j` has written into job->body, which no cache keeps; with its error instead, if it has
 * one. */
void http_job_respond_json(struct http_job *job, int status, const struct json *j);
void http_job_fail(struct http_job *job, enum error err);
/* The same of what was to be done to `doc`, NULL where it was not opened: how much it may hold is said, too.
 */
void http_job_fail_write(struct http_job *job, enum error err, const struct document *doc);
/* The same of a fault in the body. */
void http_job_fault(struct http_job *job, enum error err, uint64_t offset_bytes);
void http_job_end(struct http_job *job);

/* Answers every job of the shard with ERR_SHUTTING_DOWN, but for those whose
 * change is being written: they are answered when it is, or is given up. */
void http_jobs_refuse_all(struct shard *shard);

#endif
