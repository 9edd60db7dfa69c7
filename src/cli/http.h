/* http.h - one HTTP request to the server, and its answer.
 *
 * Everything is read into memory, up to HTTP_BODY_MAX. Redirects are not
 * followed: what is written would be sent to somebody else. */
#ifndef KOLABPAD_CLI_HTTP_H
#define KOLABPAD_CLI_HTTP_H

#include "cli/net.h"

enum { HTTP_HEADERS_MAX = 4, HTTP_BODY_MAX = 128 << 20, HTTP_WHY_BYTES = 160 };

struct http_request {
    const char *method;
    const char *path;    /* with its query; begins with "/" */
    struct slice bearer; /* password, link or owner token; NULL ptr: none */
    struct {
        const char *name, *value;
    } headers[HTTP_HEADERS_MAX]; /* ends with the first without a name */
    struct slice body;           /* NULL ptr: none */
};

struct http_answer {
    int status; /* 0: there was none, and `why` says the reason */
    int retry_after_s;
    char why[HTTP_WHY_BYTES];
    char etag[80];
    char location[ADDRESS_PART_BYTES];
    struct buf body; /* the caller's: buf_deinit */
};

/* A request under way; its owner keeps it, the request and the answer where they
 * are until `done` is called, which may take it apart. */
struct http {
    struct net_peer peer;
    struct net *net;
    const struct http_request *request;
    struct http_answer *answer;
    size_t sent_bytes;
    bool is_complete, is_over;
    void (*done)(struct http *http);
};

/* `done` may be called before this returns. */
void http_start(struct http *http, struct net *net, const struct http_request *request,
                struct http_answer *answer, void (*done)(struct http *));

/* Asks, and lets the loop turn until the answer is there. */
void http_ask(struct net *net, const struct http_request *request, struct http_answer *answer);

/* Tells what an answer that is none of 2xx means, and the exit code of that.
 * EXIT_PASSWORD is not told: the caller may ask for another password. */
enum exit_code http_explain(const struct net *net, const struct http_answer *answer);

/* The sentence of a refusal, {"error":"…"}, into `out`; else a sentence of ours. */
void http_reason(const struct http_answer *answer, char *out, size_t size);

#endif
