/* bearer.h - the secret in `Authorization: Bearer SECRET`. */
#ifndef KOLABPAD_API_BEARER_H
#define KOLABPAD_API_BEARER_H

#include "net/http.h"

/* NULL ptr: none was sent. Borrowed until the request is answered. */
struct slice bearer_secret(const struct http_request *request);

#endif
