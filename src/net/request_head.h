/* request_head.h - whether the head of a request is framed as RFC 9112 demands.
 *
 * libmicrohttpd 0.9.75 reads leniently what others read differently: a folded
 * line, a NUL, a space before the colon, two Hosts, Transfer-Encoding next to
 * Content-Length. Wherever two servers see different requests in the same bytes,
 * somebody can smuggle one past a proxy, so such a head is refused before the
 * handler sees it.
 *
 *   head_begin ─► head_field, for each field line in order ─► head_end
 *
 * The library cuts the head up where it lies, by writing NUL over the bytes
 * between its parts:
 *
 *     GET·/a?b·HTTP/1.1··Host: x··Accept:  y····      · is now a NUL
 *     method   version   name  value
 *
 * So a head that was read as it was sent has its parts exactly where these
 * separators leave them. A part that ends too early (a NUL), a line that ends in
 * LF alone and one that was folded (the library moves it elsewhere) are where
 * they should not be. Of another library the layout is not known: then its memory is
 * not looked at, and it is trusted with those three.
 *
 * No sockets, no allocation; all texts are borrowed. */
#ifndef KOLABPAD_NET_REQUEST_HEAD_H
#define KOLABPAD_NET_REQUEST_HEAD_H

#include "base/error.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

struct head {
    enum error err; /* the first fault; OK so far */
    bool has_layout;
    bool is_http_1_0;
    const char *start, *at; /* of the head; where the next field line has to begin */
    struct slice host;      /* of the only Host line; ptr NULL: none yet */
    struct slice length;    /* the one value in all Content-Length lines; ptr NULL: none */
    struct slice coding;    /* the first Transfer-Encoding line, as it is; ptr NULL: none */
    uint32_t codings;       /* in all Transfer-Encoding lines */
    uint32_t chunked;       /* how many of them are "chunked" */
    bool is_chunked_last;
};

/* `target` is a copy of what was sent, since the library writes into its own, which
 * is at `target_at`; NULL: the layout is not known. The others lie where the library
 * has them. */
void head_begin(struct head *h, struct slice method, struct slice target, const char *target_at,
                struct slice version);
void head_field(struct head *h, struct slice name, struct slice value);
/* `bytes` is what the library says is the length of the head. ERR_MALFORMED, or
 * ERR_NOT_IMPLEMENTED for a transfer coding other than chunked; either way
 * nobody knows where the next request begins: the connection has to be closed. */
enum error head_end(struct head *h, size_t bytes);

/* The number that Content-Length gives; more than `max` counts as max + 1. */
uint64_t head_length(const struct head *h, uint64_t max);

/* host [":" port], as in Host and in a target of absolute form. An empty host is
 * one: a target without an authority has it. */
bool is_authority(struct slice text);

#endif
