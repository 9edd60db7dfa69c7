/* refuse.h - an error as the answer to a request, counted among what was rejected (docs/metrics.md). */
#ifndef KOLABPAD_API_REFUSE_H
#define KOLABPAD_API_REFUSE_H

#include "net/http.h"

void refuse(struct http_request *request, enum error why);

#endif
