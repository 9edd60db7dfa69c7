/* response_head.h - reads the head of an HTTP/1.1 response from another server of
 * ours.
 *
 * It is stricter than RFC 9112 asks of a client, since the peer is a Kolabpad: CRLF
 * line ends, no folded lines, no transfer coding, a Content-Length wherever there is
 * a body but for event streams, which end with their connection. Whatever is not so is refused, never
 * guessed.
 *
 * No sockets, no allocation; all texts are borrowed from the bytes. */
#ifndef KOLABPAD_NET_RESPONSE_HEAD_H
#define KOLABPAD_NET_RESPONSE_HEAD_H

#include "base/error.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

enum { RESPONSE_HEAD_MAX = 16 * 1024 };

struct response_head {
    int status;          /* 100 … 599 */
    uint64_t body_bytes; /* 0 for statuses that have no body */
    bool is_stream;      /* 200, text/event-stream, and nobody knows how long */
    struct slice fields; /* the field lines, each with its CRLF */
};

/* The length of the head at the beginning of `bytes`, with the blank line that ends
 * it; 0: there is no end of it yet. */
size_t response_head_len(struct slice bytes);

/* `head` is as long as response_head_len said. ERR_MALFORMED. */
enum error response_head_read(struct slice head, struct response_head *out);

/* The trimmed value of the first field of that name, in any case; ptr NULL: there is
 * none. */
struct slice response_head_field(const struct response_head *head, struct slice name);

#endif
