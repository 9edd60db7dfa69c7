/* bearer.h - the secret in `Authorization: Bearer SECRET`. */
#ifndef KOLABPAD_API_BEARER_H
#define KOLABPAD_API_BEARER_H

#include "net/http.h"

/* NULL ptr: none was sent. Borrowed until the request is answered. */
struct slice bearer_secret(const struct http_request *request);

/* What somebody shows who may also have it in the address: the Bearer, or else ?otp=. The same. */
struct slice bearer_or_otp(const struct http_request *request);

#endif
