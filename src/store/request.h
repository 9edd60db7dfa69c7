/* request.h - what the store's own files ask about a request. */
#ifndef KOLABPAD_STORE_REQUEST_H
#define KOLABPAD_STORE_REQUEST_H

#include "store/store.h"

static inline struct store_request *request_of(struct link *l)
{
    return LIST_ITEM(l, struct store_request, link);
}

bool request_is_write(const struct store_request *req);

/* Do they concern a common document, so that their order matters? */
bool request_shares_document(const struct store_request *a, const struct store_request *b);

/* Bytes of input it holds. */
size_t request_bytes(const struct store_request *req);

/* Forgets an answer, before the request is carried out (again). */
void request_clear_answer(struct store_request *req);

/* Moves all of `from` to the end of `to`. */
void requests_move(struct link *from, struct link *to);

#endif
