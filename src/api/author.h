/* author.h - who writes over HTTP, and how often one request counts.
 *
 *     X-Author-Name: J%C3%B6rg, or ?name=   the name, percent-encoded
 *     Idempotency-Key: 1 to 64 characters   the request is carried out once, however often it is sent
 *
 * On the HTTP server's thread, where nothing else is said. */
#ifndef KOLABPAD_API_AUTHOR_H
#define KOLABPAD_API_AUTHOR_H

#include "base/id128.h"
#include "net/http.h"

struct pad;

struct author {
    struct buf name;    /* cleaned; empty: none was given */
    struct id128 token; /* as writer_come takes it: the same name at the same address is the same person */
    struct id128 key;   /* as document_write takes it; zero: none was sent */
    bool has_key;
};

/* The one of a request that concerns the document `id`. `out` is zeroed, and is to be freed also on
 * failure: ERR_BAD_NAME, ERR_BAD_KEY, ERR_NO_MEMORY. */
enum error author_of(const struct http_request *request, struct slice id, struct author *out);
void author_deinit(struct author *author);
/* The revision that the same request led to when it came before under its key; 0: it did not, or was
 * refused then. ERR_KEY_REUSED: another request came under that key. Shard's thread. */
enum error author_earlier(const struct author *author, const struct pad *pad, uint64_t *revision);
/* The Idempotency-Key alone; NULL ptr: none was sent. ERR_BAD_KEY. */
enum error author_key(const struct http_request *request, struct slice *out);
/* The name alone. ERR_BAD_NAME, ERR_NO_MEMORY. */
enum error author_name(const struct http_request *request, struct buf *out);

/* The id of the document that a request makes: another one each time, or that of its key. Nobody can
 * guess it who does not know `secret`. 22 characters of base64url. ERR_BAD_KEY. */
enum error author_new_id(const struct http_request *request, struct slice secret, char out[ID128_CHARS]);
/* The token of its owner, the same each time; false: the request has no key. */
bool author_owner_token(const struct http_request *request, struct slice secret, char out[ID128_CHARS]);

#endif
