/* http.h - the HTTP server: HTTP/1.1 on one thread of libmicrohttpd.
 *
 * Each complete request (body included) is given to the handler on the
 * server's thread. The handler answers by http_respond or http_upgrade, at once
 * or later and from any thread: until then the HTTP connection is suspended and
 * costs no thread. Exactly one answer for each request; the request is gone
 * after it.
 *
 * Bounded: connections in total, bytes of headers, bytes of body (HTTP_BODY_MAX, or as
 * the owner says for this request), bytes of all bodies together, seconds for slow or
 * half-open requests. A body that Content-Length says is too large is refused before it
 * is read. Every response carries the security
 * headers. Oversized, malformed (request_head.h) or aborted requests never reach the
 * handler. */
#ifndef KOLABPAD_NET_HTTP_H
#define KOLABPAD_NET_HTTP_H

#include "net/address.h"
#include "net/security_headers.h"

enum { HTTP_BODY_MAX = 16 * 1024, HTTP_HEADERS_MAX = 16 };

struct http_server;

struct http_request {
    struct slice method;
    /* BASE_PATH removed, of escapes only those decoded that mean the same without
     * ("%73tats"); begins with '/', or is "*" (with OPTIONS only). */
    struct slice path;
    /* "name" or "name:port" that the client asked for: of an absolute target, else Host;
     * behind TRUSTED_PROXIES X-Forwarded-Host. ptr NULL: HTTP/1.0 without one. */
    struct slice host;
    struct slice body;
    struct address client; /* the real one, behind TRUSTED_PROXIES */
    bool is_tls;           /* X-Forwarded-Proto: https from a trusted proxy */
    /* Another server of ours passed it on for its client, and proved it: `client`, `is_tls` and `host` are
     * what that server says. It must not be passed on again. */
    bool is_relayed;
    void *context; /* the handler's */
};

/* Absent: ptr NULL. Present but empty: ptr set, len 0. Borrowed until the
 * answer. Query names and values are percent-decoded, headers trimmed. */
struct slice http_query(const struct http_request *req, const char *name);
/* All of it, as sent, without the '?'; absent: ptr NULL. */
struct slice http_raw_query(const struct http_request *req);
struct slice http_header(const struct http_request *req, const char *name);

/* Decodes %XX; false for a broken escape. */
bool http_percent_decode(struct slice raw, struct buf *out);

struct http_header_pair {
    const char *name;
    struct slice value;
};

struct http_response {
    int status;
    const char *content_type;     /* NULL: none */
    struct slice body;            /* copied, unless there is a free_body */
    void (*free_body)(void *arg); /* called when the body is not needed any more, on any thread */
    void *free_arg;
    struct http_header_pair headers[HTTP_HEADERS_MAX];
    size_t header_count;
    int file_fd; /* with file_bytes > 0: sent instead of body and closed */
    uint64_t file_bytes;
};

/* HEAD is answered without the body by the server itself. A Content-Security-Policy among the headers takes
 * the place of the page's. */
void http_respond(struct http_request *req, const struct http_response *response);

/* The error as JSON: {"error":"…","code":"…"} with its status, and the headers that
 * RFC 9110 demands with that status. */
void http_respond_error(struct http_request *req, enum error err);
/* The error, of a body or a document that may have so many bytes: the text says so, and "max_bytes". */
void http_respond_too_large(struct http_request *req, enum error err, uint64_t max_bytes);
/* The same of a fault in the body: {"error":"… (At byte 17.)","code":"…","offset":17}. */
void http_respond_fault(struct http_request *req, enum error err, uint64_t offset_bytes);

/* A page of this origin may read the answer, though it is of another site: the answer will
 * say so. `origin` is as the request has it. Before it is answered. */
void http_allow_origin(struct http_request *req, struct slice origin);
/* ERR_METHOD with Allow, a list like "GET, HEAD". */
void http_respond_method(struct http_request *req, struct slice allow);

/* OK for a correct WebSocket handshake (RFC 6455, version 13); ERR_UPGRADE for what is
 * none, ERR_HANDSHAKE for one without a correct key. */
enum error http_check_websocket(const struct http_request *req);
/* True when Sec-WebSocket-Protocol offers it. */
bool http_offers_protocol(const struct http_request *req, struct slice protocol);

/* True when Sec-WebSocket-Extensions offers compression that deflate_accepted answers. */
bool http_offers_compression(const struct http_request *req);

/* Answers 101 and hands the socket over: `on_socket` is called on the
 * server's thread with a socket that is the callee's from then on (non-blocking,
 * TCP_NODELAY), and the bytes already read behind the handshake (borrowed). If
 * the client has gone meanwhile, fd is -1. `protocol` and `extensions` are what was
 * chosen of those that the client offered, as the headers have them; empty: none. */
void http_upgrade(struct http_request *req, struct slice protocol, struct slice extensions,
                  void (*on_socket)(void *arg, int fd, struct slice already_read), void *arg);

/* Takes the request's socket away from the server, for an answer that takes long: whoever has it
 * writes HTTP to it, and closes it. The connection does not count among the server's any more, and
 * costs it nothing. What the client sent behind this request is lost, so the answer must say
 * "Connection: close". `on_socket` as for http_upgrade, perhaps inside the call; the request is gone
 * when it returns. For a request whose handler has returned, or from another thread. */
void http_detach(struct http_request *req, void (*on_socket)(void *arg, int fd, struct slice already_read),
                 void *arg);
/* The head of such an answer with its blank line, written behind `out`: status, the headers that every answer
 * carries, those of `response`, and "Connection: close". `body_bytes` -1: the end of the connection is the
 * body's. Before the request is detached. ERR_NO_MEMORY. */
enum error http_write_head(struct http_request *req, const struct http_response *response, int64_t body_bytes,
                           struct buf *out);

struct http_config {
    struct slice host;        /* empty: all addresses, IPv6 and IPv4 */
    uint16_t port;            /* 0: any free one */
    int listen_fd;            /* a listening socket from outside, instead of host and port; 0: none */
    struct slice base_path;   /* "" or "/pad" */
    uint32_t connections_max; /* HTTP connections at a time (upgraded ones do not count) */
    uint32_t timeout_s;
    const struct network *trusted; /* borrowed for life */
    size_t trusted_count;
    /* Does this value of the header X-Kolabpad-Node prove that another server of ours speaks? Whoever sends
     * another value is a client like all others. NULL: there are no other servers. */
    bool (*is_server)(void *arg, struct slice credential);
    struct page_policy policy; /* its texts are borrowed for life */
    /* How many bytes of body this request may have: asked when its head is there. NULL: HTTP_BODY_MAX. */
    size_t (*body_max)(void *arg, const struct http_request *req);
    void (*handler)(void *arg, struct http_request *req);
    void *arg;
};

/* Binds and starts the thread. ERR_STORAGE never; ERR_OVERLOADED when the
 * address cannot be bound: `message` says which and why. */
enum error http_open(const struct http_config *config, struct http_server **out, char message[512]);
uint16_t http_port(const struct http_server *s);
/* The listening socket, for a process that outlives this server and gives the
 * socket to the next one as listen_fd. http_close still closes it. */
int http_share_socket(struct http_server *s);
/* Stops accepting; requests under way may still be answered. New connections are
 * refused at once, or, when the socket came from outside or is shared, wait for
 * the next server. */
void http_quiesce(struct http_server *s);
/* Every request must have been answered. */
void http_close(struct http_server *s);

#endif
